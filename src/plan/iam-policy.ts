/** The least that a role must be allowed, computed from what the kinds need and what an environment uses of them. */
import type { Desired, IamNeeds, Kind, Spec } from "../kinds/kind.ts";
import { ownership } from "../resource/ownership.ts";
import { mapAnnotated, refsOf } from "../resource/references.ts";
import { accessOf, createActionKeys, isRead } from "./iam-actions.ts";

export type Purpose = "plan" | "apply" | "adopt" | "guard";

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: "*" | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What a policy is made for. */
export interface PolicySubject {
  readonly project: string;
  readonly name: string;
  readonly region: string;
  readonly account?: string;
  readonly nodes: readonly Desired[];
}

/** A managed policy holds so many characters, white space not counted. */
export const managedPolicyLimit = 6_144;

/** The policy for one purpose. `except`: for a guard, the principals that may do what all others may not. */
export function iamPolicy(
  kinds: readonly Kind[],
  subject: PolicySubject,
  purpose: Purpose,
  except: readonly string[] = [],
): PolicyDocument {
  const place = new Place(subject);
  switch (purpose) {
    case "plan":
      return document(planning(kinds, subject, place));
    case "apply":
      return document([...planning(kinds, subject, place), ...applying(kinds, subject, place)]);
    case "adopt":
      return document(adopting(usedKinds(kinds, subject), subject));
    case "guard":
      return document([guarding(place, except)]);
  }
}

/** The same policy as several documents, none of which is too long for a managed policy. */
export function split({ Statement: statements }: PolicyDocument): readonly PolicyDocument[] {
  const documents: Statement[][] = [];
  for (const statement of statements) {
    const last = documents.at(-1);
    if (last && lengthOf(document([...last, statement])) <= managedPolicyLimit) last.push(statement);
    else documents.push([statement]);
  }
  return documents.map((one) => document(one));
}

/** Its length as IAM counts it. */
export function lengthOf(policy: PolicyDocument): number {
  return JSON.stringify(policy).length;
}

function planning(kinds: readonly Kind[], subject: PolicySubject, place: Place): Statement[] {
  const used = usedKinds(kinds, subject);
  const must = sorted([
    ...used.flatMap((kind) => needed(kind, "read", subject)),
    ...used.flatMap((kind) => lookedUp(kinds, kind, subject)),
    "ec2:DescribeTags",
    "sts:GetCallerIdentity",
  ]);
  const others = kinds.filter((kind) => !used.includes(kind));
  const may = sorted(others.flatMap((kind) => needed(kind, "read", subject))).filter((action) => !must.includes(action));
  const images = parametersOf(kinds, subject);
  return [
    allow("Read", must, "*"),
    // A kind that the YAML does not use any more is looked for all the same: what it left is to be deleted.
    ...(may.length > 0 ? [allow("ReadWhatTheYamlNoLongerUses", may, "*")] : []),
    ...(images.length > 0
      ? [
          allow(
            "ReadImageParameters",
            ["ssm:GetParameters"],
            images.map((name) => place.parameter(name)),
          ),
        ]
      : []),
    allow("LookAtLease", ["ssm:GetParametersByPath"], [place.lease(""), place.lease("/*")]),
  ];
}

function applying(kinds: readonly Kind[], subject: PolicySubject, place: Place): Statement[] {
  const used = usedKinds(kinds, subject);
  const needs = used.map((kind) => ({ kind, actions: needed(kind, "write", subject) }));
  const all = sorted(needs.flatMap(({ actions }) => actions));
  const read = new Set(planning(kinds, subject, place).flatMap(({ Action }) => Action));
  const reads = all.filter((action) => isRead(action) && !action.startsWith("ssm:") && !read.has(action));
  const writes = all.filter((action) => !isRead(action) && !isElsewhere(action));
  const forGroups = needs.some(({ actions }) => actions.includes("autoscaling:CreateAutoScalingGroup"));
  return [
    ...(reads.length > 0 ? [allow("ReadWhileApplying", reads, "*")] : []),
    ...making(writes, subject, place),
    ...tagging(writes, subject),
    ...changing(writes, subject, place),
    ...touching(writes, place),
    ...(forGroups ? [launching(place)] : []),
    ...elsewhere(
      all,
      needs.map(({ actions }) => actions),
      subject,
      place,
    ),
    allow("HoldLease", ["ssm:DeleteParameter", "ssm:PutParameter"], [place.lease("/*")]),
  ];
}

/** Creates, with our tags in the call. */
function making(writes: readonly string[], subject: PolicySubject, place: Place): Statement[] {
  const creates = writes.filter((action) => accessOf(action).made !== undefined);
  const resources = sorted(creates.flatMap((action) => accessOf(action).made!.map((type) => place.resource(action, type))));
  return creates.length === 0 ? [] : [allow("MakeWithOurTags", creates, resources, { StringEquals: tagKeys("aws:RequestTag", subject) })];
}

/** Tags in a create are allowed by the create's name: the object does not bear them yet. */
function tagging(writes: readonly string[], subject: PolicySubject): Statement[] {
  return Object.entries(createActionKeys).flatMap(([action, key]) => {
    const service = action.slice(0, action.indexOf(":") + 1);
    const creates = writes
      .filter((one) => one.startsWith(service) && accessOf(one).made !== undefined)
      .map((one) => one.slice(service.length));
    if (!writes.includes(action) || creates.length === 0) return [];
    return [
      allow(`TagWhatIsMade${service === "ec2:" ? "" : "Balancing"}`, [action], "*", {
        StringEquals: { [key]: creates, ...tagKeys("aws:RequestTag", subject) },
      }),
    ];
  });
}

/** Changes and deletes of what is ours. */
function changing(writes: readonly string[], subject: PolicySubject, place: Place): Statement[] {
  const ours = writes.filter((action) => accessOf(action).ours !== undefined);
  const narrow = ours.filter((action) => !accessOf(action).ours!.includes("*"));
  const wide = ours.filter((action) => !narrow.includes(action));
  const Condition = { StringEquals: tagKeys("aws:ResourceTag", subject) };
  return [
    ...(wide.length > 0 ? [allow("ChangeWhatIsOurs", wide, "*", Condition)] : []),
    ...(narrow.length > 0
      ? [
          allow(
            "UseWhatIsOurs",
            narrow,
            sorted(narrow.flatMap((action) => accessOf(action).ours!.map((type) => place.resource(action, type)))),
            Condition,
          ),
        ]
      : []),
  ];
}

/** What a call also touches and what bears no tags of ours, a statement for each set of types: two sets must not be mixed. */
function touching(writes: readonly string[], place: Place): Statement[] {
  const byResources = new Map<string, { readonly resources: readonly string[]; readonly actions: string[] }>();
  for (const action of writes) {
    const { any } = accessOf(action);
    if (any === undefined) continue;
    const resources = sorted(any.map((type) => place.resource(action, type)));
    const entry = byResources.get(resources.join()) ?? { resources, actions: [] };
    entry.actions.push(action);
    byResources.set(resources.join(), entry);
  }
  return [...byResources.values()].map(({ resources, actions }, i) => allow(`Touch${i + 1}`, actions, resources));
}

/** EC2 Auto Scaling asks whether the caller may launch from the template; its machines bear none of our tags. */
function launching(place: Place): Statement {
  const template = place.resource("ec2:RunInstances", "launch-template");
  return allow("LaunchFromTemplates", ["ec2:RunInstances"], [place.resource("ec2:RunInstances", "instance")], {
    ArnLike: { "ec2:LaunchTemplate": template },
  });
}

/** Actions of services that others call on our behalf, each tied to those others. */
function isElsewhere(action: string): boolean {
  return /^(iam|kms|secretsmanager|ssm):/.test(action);
}

function elsewhere(all: readonly string[], byKind: readonly (readonly string[])[], subject: PolicySubject, place: Place): Statement[] {
  const statements: Statement[] = [];
  const has = (action: string) => all.includes(action);
  if (has("iam:PassRole"))
    statements.push(
      allow("PassRoles", ["iam:PassRole"], [place.role("*")], {
        StringEquals: { "iam:PassedToService": servicesOf(byKind, "iam:PassRole", passedTo) },
      }),
    );
  if (has("iam:CreateServiceLinkedRole"))
    statements.push(
      allow("MakeServiceRoles", ["iam:CreateServiceLinkedRole"], [place.role("aws-service-role/*")], {
        StringEquals: { "iam:AWSServiceName": servicesOf(byKind, "iam:CreateServiceLinkedRole", linkedTo) },
      }),
    );
  const kms = all.filter((action) => action.startsWith("kms:"));
  if (kms.length > 0)
    statements.push(
      allow("UseKeysThroughServices", kms, "*", {
        StringLike: {
          "kms:ViaService": ["ec2", "rds", "secretsmanager", "ssm"].map((service) => `${service}.${subject.region}.${place.suffix}`),
        },
      }),
    );
  const secrets = all.filter((action) => action.startsWith("secretsmanager:"));
  if (secrets.length > 0) statements.push(allow("LetRdsKeepPasswords", secrets, [place.arn("secretsmanager", "secret:rds!*")]));
  const passwords = subject.nodes.flatMap(({ spec }) => passwordParameters(spec as Spec));
  const parameters = all.filter((action) => action.startsWith("ssm:"));
  if (parameters.length > 0 && passwords.length > 0)
    statements.push(allow("PasswordParameters", parameters, sorted(passwords.map((name) => place.parameter(name)))));
  return statements;
}

/** Services to which a role is passed, told by what else the kind asks for. */
const passedTo: Readonly<Record<string, string>> = {
  "ec2:RunInstances": "ec2.amazonaws.com",
  "rds:CreateDBInstance": "monitoring.rds.amazonaws.com",
};

const linkedTo: Readonly<Record<string, string>> = {
  "autoscaling:CreateAutoScalingGroup": "autoscaling.amazonaws.com",
  "ec2:CreateNatGateway": "nat-gateway.amazonaws.com",
  "ec2:RunInstances": "spot.amazonaws.com",
  "elasticloadbalancing:CreateLoadBalancer": "elasticloadbalancing.amazonaws.com",
  "rds:CreateDBInstance": "rds.amazonaws.com",
};

function servicesOf(byKind: readonly (readonly string[])[], action: string, table: Readonly<Record<string, string>>): readonly string[] {
  return sorted(byKind.filter((actions) => actions.includes(action)).flatMap((actions) => actions.flatMap((one) => table[one] ?? [])));
}

/** Giving our tags to something that bears none. Beside the policy for apply, and only for as long as `adopt:` stands in the YAML. */
function adopting(used: readonly Kind[], subject: PolicySubject): Statement[] {
  const tagActions = sorted(
    used
      .flatMap((kind) => kind.iam.write)
      .filter(
        (action) =>
          /:(CreateTags|AddTags|CreateOrUpdateTags|AddTagsToResource|TagResource)$/.test(action) && !action.startsWith("secretsmanager:"),
      ),
  );
  const unowned = { Null: { [`aws:ResourceTag/${ownership.project}`]: "true", [`aws:ResourceTag/${ownership.environment}`]: "true" } };
  return [allow("TagWhatNobodyOwns", tagActions, "*", { StringEquals: tagKeys("aws:RequestTag", subject), ...unowned })];
}

/** For everybody else: our tags decide what is ours, so nobody else may write or remove them. */
function guarding(place: Place, except: readonly string[]): Statement {
  return {
    Sid: "LeaveTagsOfInfraAlone",
    Effect: "Deny",
    Action: [
      "autoscaling:CreateOrUpdateTags",
      "autoscaling:DeleteTags",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
      "ec2:CreateTags",
      "ec2:DeleteTags",
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:RemoveTags",
      "logs:TagResource",
      "logs:UntagResource",
      "rds:AddTagsToResource",
      "rds:RemoveTagsFromResource",
      "sns:TagResource",
      "sns:UntagResource",
      "tag:TagResources",
      "tag:UntagResources",
    ],
    Resource: "*",
    Condition: {
      "ForAnyValue:StringLike": { "aws:TagKeys": ["infra:*"] },
      ArnNotLike: { "aws:PrincipalArn": except.length > 0 ? except : [place.role("infra-apply*")] },
    },
  };
}

function usedKinds(kinds: readonly Kind[], { nodes }: PolicySubject): readonly Kind[] {
  const names = new Set(nodes.map(({ kind }) => kind));
  return kinds.filter(({ name }) => names.has(name));
}

/** What a kind needs of one sort, without what only unwritten fields would need. */
function needed(kind: Kind, sort: "read" | "write", { nodes }: PolicySubject): readonly string[] {
  const specs = nodes.filter((node) => node.kind === kind.name).map(({ spec }) => spec as Spec);
  const { onlyFor = {} } = kind.iam as IamNeeds;
  return kind.iam[sort].filter((action) => {
    const fields = onlyFor[action];
    return fields === undefined || specs.some((spec) => fields.some((field) => spec[field] !== undefined));
  });
}

/** Reads behind what a plan resolves: images by name, zones by id, objects of others by tags. */
function lookedUp(kinds: readonly Kind[], kind: Kind, { nodes }: PolicySubject): readonly string[] {
  const actions: string[] = [];
  for (const { spec } of nodes.filter((node) => node.kind === kind.name)) {
    for (const image of imagesOf(kind, spec))
      if (typeof image === "object" && image !== null && "owner" in image) actions.push("ec2:DescribeImages");
    mapAnnotated(kind.schema, spec, "x-zone", (zone) => {
      if (/-az\d+$/.test(String(zone))) actions.push("ec2:DescribeAvailabilityZones");
      return zone;
    });
    for (const { value, allowedKinds } of refsOf(kind.schema, spec)) {
      if (typeof value !== "object" || value === null || !("tags" in value)) continue;
      const foreign = (value as { readonly kind?: string }).kind ?? allowedKinds[0];
      actions.push(...(kinds.find(({ name }) => name === foreign)?.iam.read ?? []));
    }
  }
  return actions;
}

/** Names of the parameters that name images. */
function parametersOf(kinds: readonly Kind[], { nodes }: PolicySubject): readonly string[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const names = nodes.flatMap(({ kind, spec }) =>
    imagesOf(byName.get(kind)!, spec).flatMap((image) =>
      typeof image === "object" && image !== null && "ssm" in image ? [String(image.ssm)] : [],
    ),
  );
  return sorted(names);
}

function imagesOf(kind: Kind, spec: unknown): readonly unknown[] {
  const images: unknown[] = [];
  mapAnnotated(kind.schema, spec, "x-image", (image) => {
    images.push(image);
    return image;
  });
  return images;
}

/** `{ ssmParameter: NAME }`, the one way to write where a secret is kept. */
function passwordParameters(spec: Spec): readonly string[] {
  return Object.values(spec).flatMap((value) =>
    typeof value === "object" && value !== null && "ssmParameter" in value ? [String(value.ssmParameter)] : [],
  );
}

/** ARNs of one environment's account and region. */
class Place {
  readonly suffix: string;
  readonly #partition: string;
  readonly #subject: PolicySubject;

  constructor(subject: PolicySubject) {
    const { region } = subject;
    this.#subject = subject;
    this.#partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    this.suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  }

  arn(service: string, rest: string, account = this.#subject.account ?? "*"): string {
    return `arn:${this.#partition}:${service}:${this.#subject.region}:${account}:${rest}`;
  }

  role(name: string): string {
    return `arn:${this.#partition}:iam::${this.#subject.account ?? "*"}:role/${name}`;
  }

  /** All resources of a type, in the service of the action. */
  resource(action: string, type: string): string {
    const service = action.slice(0, action.indexOf(":"));
    if (service === "autoscaling") return this.arn(service, `${type}:*:autoScalingGroupName/*`);
    if (service === "sns") return this.arn(service, "*");
    if (service === "rds" || service === "cloudwatch" || service === "logs") return this.arn(service, `${type}:*`);
    return type === "image" || type === "snapshot" ? this.arn(service, `${type}/*`, "*") : this.arn(service, `${type}/*`);
  }

  /** AWS's own public parameters are in no account. */
  parameter(name: string): string {
    const path = name.replace(/^\//, "");
    return this.arn("ssm", `parameter/${path}`, path.startsWith("aws/") ? "" : undefined);
  }

  lease(rest: string): string {
    return this.parameter(`plumbline/${this.#subject.project}/${this.#subject.name}${rest}`);
  }
}

function tagKeys(key: "aws:RequestTag" | "aws:ResourceTag", { project, name }: PolicySubject): Readonly<Record<string, string>> {
  return { [`${key}/${ownership.project}`]: project, [`${key}/${ownership.environment}`]: name };
}

function allow(Sid: string, Action: readonly string[], Resource: Statement["Resource"], Condition?: Statement["Condition"]): Statement {
  return { Sid, Effect: "Allow", Action: sorted(Action), Resource, ...(Condition ? { Condition } : {}) };
}

function document(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
