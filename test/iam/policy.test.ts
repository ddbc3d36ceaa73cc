import { describe, expect, test } from "vitest";
import { loadEnvironment, listEnvironments } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { iamPolicy, lengthOf, managedPolicyLimit, split } from "../../src/iam/policy.ts";
import type { PolicyDocument, PolicyOptions, PolicySubject, Purpose } from "../../src/iam/subject.ts";
import { isRead } from "../../src/iam/statements.ts";

const cwd = new URL("../..", import.meta.url).pathname;
const names = listEnvironments(cwd).map(({ name }) => name);
const load = (name: string) => loadEnvironment({ nameOrPath: name, cwd, kinds, types }).environment!;
const actionsOf = ({ Statement }: PolicyDocument) => Statement.flatMap(({ Action }) => Action);

/** Resources of one kind with only these fields. */
function subject(kind: string, spec: object): PolicySubject {
  return {
    project: "shop",
    name: "prod",
    region: "eu-west-1",
    account: "123456789012",
    nodes: [{ kind, address: `${kind}/x`, name: "x", spec, tags: {} }] as unknown as PolicySubject["nodes"],
  };
}

describe("golden", () => {
  /** Policies for the kinds in the YAML alone, so that a new kind changes none of them. */
  test.each([
    ["web-service", "plan"],
    ["web-service", "apply"],
    ["database", "apply"],
    ["auto-scaling", "apply"],
    ["basic-vpc", "adopt"],
  ] as const)("%s for %s", async (name, purpose) => {
    await expect(printed(load(name), purpose, { fileOnly: true })).toMatchFileSnapshot(`golden/${name}-${purpose}.json`);
  });

  /** The policy for a YAML without resources covers earlier ones: the reads and the deletes of every kind. */
  test("kinds that the YAML no longer uses", async () => {
    const some = kinds.filter(({ name }) => someKinds.includes(name));
    expect(some.map(({ name }) => name)).toEqual(someKinds);
    await expect(printed(empty, "apply", {}, some)).toMatchFileSnapshot("golden/no-longer-used.json");
  });
});

test("a guard of these kinds", async () => {
  const some = kinds.filter(({ name }) => someKinds.includes(name));
  await expect(printed(empty, "guard", {}, some)).toMatchFileSnapshot("golden/guard.json");
});

test("adopting writes tags and removes none, whatever the service calls that", () => {
  const nodes = ["certificate", "hostedZone", "bucket", "fileSystem"].flatMap((kind) => subject(kind, {}).nodes);
  const [statement] = iamPolicy(kinds, { ...empty, nodes }, "adopt").Statement;
  expect(statement?.Action).toEqual(["acm:AddTagsToCertificate", "elasticfilesystem:TagResource", "s3:TagResource"]);
});

/** Kinds of several services, with data and without, in the order of the list. */
const someKinds = [
  "vpc",
  "subnet",
  "securityGroup",
  "instance",
  "autoScalingGroup",
  "record",
  "topic",
  "kmsKey",
  "bucket",
  "dbInstance",
  "iamRole",
];
const empty: PolicySubject = { ...subject("vpc", {}), nodes: [] };

function printed(...[of, purpose, options, some = kinds]: [PolicySubject, Purpose, PolicyOptions?, (readonly Kind[])?]): string {
  return `${JSON.stringify(iamPolicy(some, of, purpose, options), undefined, 2)}\n`;
}

/** Actions without resources and conditions of ours. AWS also checks the service's own action, which is restricted. */
const handedOn: ReadonlySet<string> = new Set([
  "cloudformation:CreateResource",
  "cloudformation:DeleteResource",
  "cloudformation:UpdateResource",
  "tag:TagResources",
  "tag:UntagResources",
]);

describe.each(names)("%s", (name) => {
  test("a plan may write nothing and decrypt nothing", () => {
    for (const action of actionsOf(iamPolicy(kinds, load(name), "plan")))
      expect(action).toMatch(/^[a-z0-9-]+:(Describe|List|Get|Search|GET$)/);
    for (const action of actionsOf(iamPolicy(kinds, load(name), "plan")))
      expect(action).toMatch(/^[a-z0-9-]+:(Describe|List|Search|Get|GET$)/);
    expect(
      actionsOf(iamPolicy(kinds, load(name), "plan")).filter((action) =>
        /^(kms:(?!Describe|List|GetKeyPolicy|GetKeyRotationStatus)|ssm:GetParameter$|secretsmanager:(?!DescribeSecret$|ListSecrets$))/.test(
          action,
        ),
      ),
    ).toEqual([]);
  });

  test("an apply writes nothing without a condition or a resource, where AWS has any", () => {
    // A hosted zone is created in no resource and with no tags (Service Authorization Reference, "Amazon Route 53"). Deregistering a task
    // definition is checked on no resource (the same, "Amazon Elastic Container Service").
    const hasNeither = new Set(["route53:CreateHostedZone", "ecs:DeregisterTaskDefinition"]);
    for (const { Action, Resource, Condition, Sid } of iamPolicy(kinds, load(name), "apply").Statement)
      if (Resource === "*" && Condition === undefined)
        expect(
          Action.filter((action) => !isRead(action) && !hasNeither.has(action) && !handedOn.has(action)),
          Sid,
        ).toEqual([]);
  });

  test("an apply may do all that a plan may", () => {
    expect(actionsOf(iamPolicy(kinds, load(name), "apply"))).toEqual(
      expect.arrayContaining(actionsOf(iamPolicy(kinds, load(name), "plan"))),
    );
  });

  test("statements have names that IAM takes, each once", () => {
    for (const purpose of ["plan", "apply", "adopt", "guard"] as Purpose[]) {
      const sids = iamPolicy(kinds, load(name), purpose).Statement.map(({ Sid }) => Sid);
      expect(new Set(sids).size).toBe(sids.length);
      for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
    }
  });

  test("split, it fits into managed policies and loses nothing", () => {
    const whole = iamPolicy(kinds, load(name), "apply");
    const parts = split(whole);
    for (const part of parts) expect(lengthOf(part)).toBeLessThanOrEqual(managedPolicyLimit);
    expect(parts.flatMap(({ Statement }) => Statement)).toEqual(whole.Statement);
  });
});

/** An Auto Scaling group whose launch template is another resource, or is not declared. */
function groupFrom(launchTemplate: unknown, template: object = {}, lifecycleHooks: object = {}): PolicySubject {
  const group = subject("autoScalingGroup", { launchTemplate, subnets: [], lifecycleHooks });
  return { ...group, nodes: [...group.nodes, ...subject("launchTemplate", template).nodes] };
}

const statementsFor = (one: PolicySubject, action: string) =>
  iamPolicy(kinds, one, "apply").Statement.filter(({ Action }) => Action.includes(action));

describe("roles", () => {
  test("only those are passed that the YAML names, each to its own service", () => {
    const database = subject("dbInstance", { monitoringRole: "arn:aws:iam::1:role/watch" });
    const group = groupFrom("launchTemplate/x", {}, { drain: { transition: "terminating", role: "arn:aws:iam::1:role/tell" } });
    const statements = statementsFor({ ...group, nodes: [...database.nodes, ...group.nodes] }, "iam:PassRole");
    expect(statements.map(({ Resource, Condition }) => [Resource, Condition])).toEqual([
      [["arn:aws:iam::1:role/watch"], { StringEquals: { "iam:PassedToService": "monitoring.rds.amazonaws.com" } }],
      [["arn:aws:iam::1:role/tell"], { StringEquals: { "iam:PassedToService": "autoscaling.amazonaws.com" } }],
    ]);
  });

  test("a machine gets the profile that the YAML names, or none", () => {
    const without = statementsFor(subject("instance", {}), "ec2:RunInstances").find(({ Sid }) => Sid === "LaunchMachines");
    expect(without?.Condition?.["Null"]).toEqual({ "ec2:InstanceProfile": "true" });
    const named = statementsFor(subject("instance", { instanceProfile: { name: "web" } }), "ec2:RunInstances").find(
      ({ Sid }) => Sid === "LaunchMachines",
    );
    expect(named?.Condition?.["ArnLike"]).toEqual({
      "ec2:InstanceProfile": ["arn:aws:iam::123456789012:instance-profile/web", "arn:aws:iam::123456789012:instance-profile/*/web"],
    });
  });

  test("a group hands on the role of its template, and whichever when the template is not declared", () => {
    expect(statementsFor(groupFrom("launchTemplate/x"), "iam:PassRole")).toEqual([]);
    expect(statementsFor(groupFrom("launchTemplate/x", { instanceProfile: { name: "web" } }), "iam:PassRole")).toHaveLength(1);
    expect(statementsFor(groupFrom({ id: "lt-0123456789abcdef0" }), "iam:PassRole")).toHaveLength(1);
  });
});

describe("objects that the YAML names and does not declare may be another environment's", () => {
  const withVpc = (vpc: unknown) =>
    statementsFor(subject("subnet", { vpc, cidrBlock: "10.0.0.0/24" }), "ec2:CreateSubnet").find(({ Sid }) => Sid === "UseOthers");

  test.each([
    ["by id", { id: "vpc-0123456789abcdef0" }, ["arn:aws:ec2:eu-west-1:*:vpc/vpc-0123456789abcdef0"], undefined],
    [
      "by tags",
      { tags: { Name: "shared" } },
      ["arn:aws:ec2:eu-west-1:123456789012:vpc/*"],
      { StringEquals: { "aws:ResourceTag/Name": "shared" } },
    ],
  ])("%s", (_how, vpc, Resource, Condition) => {
    expect(withVpc(vpc)).toMatchObject({ Resource, ...(Condition ? { Condition } : {}) });
  });

  test("a group's template, and a replica's source", () => {
    const others = (one: PolicySubject, action: string) => statementsFor(one, action).find(({ Sid }) => Sid === "UseOthers")?.Resource;
    expect(others(groupFrom({ id: "lt-0123456789abcdef0" }), "ec2:RunInstances")).toEqual([
      "arn:aws:ec2:eu-west-1:*:launch-template/lt-0123456789abcdef0",
    ]);
    expect(others(subject("dbInstance", { replicaOf: { id: "theirs" } }), "rds:CreateDBInstanceReadReplica")).toEqual([
      "arn:aws:rds:eu-west-1:*:db:theirs",
    ]);
  });

  test("allows no change of it", () => {
    const group = subject("instance", { subnet: "subnet/x", securityGroups: [{ id: "sg-0123456789abcdef0" }] });
    const both = { ...group, nodes: [...group.nodes, ...subject("securityGroup", { vpc: "vpc/x", ingress: [] }).nodes] };
    const others = iamPolicy(kinds, both, "apply").Statement.find(({ Sid }) => Sid === "UseOthers");
    expect(others?.Action).toEqual(["ec2:ModifyNetworkInterfaceAttribute", "ec2:RunInstances"]);
  });

  test("leaves out what it declares", () => {
    expect(withVpc("vpc/x")).toBeUndefined();
  });
});

describe("--file-only", () => {
  const actions = (fileOnly: boolean) =>
    actionsOf(iamPolicy(kinds, subject("subnet", { vpc: "vpc/x", cidrBlock: "10.0.0.0/24" }), "apply", { fileOnly }));

  test("leaves out finding and deleting kinds that only an earlier YAML had", () => {
    expect(actions(false)).toEqual(
      expect.arrayContaining(["sns:ListTopics", "sns:DeleteTopic", "rds:DeleteDBInstance", "ec2:DeleteSubnet"]),
    );
    expect(actions(true)).toContain("ec2:DeleteSubnet");
    expect(actions(true).filter((action) => !/^(ec2|ssm|sts):/.test(action))).toEqual(["tag:GetResources"]); // without the index, a plan lists every kind
  });
});

describe("only the rights for the written fields", () => {
  test.each([
    ["ec2:DescribeInstanceAttribute", "instance", {}, { disableApiTermination: true }],
    ["ec2:DescribeSpotInstanceRequests", "instance", {}, { spot: true }],
    ["iam:PassRole", "instance", {}, { instanceProfile: "web" }],
    ["iam:PassRole", "dbInstance", {}, { monitoringRole: "arn:aws:iam::1:role/x" }],
    ["iam:CreateServiceLinkedRole", "instance", {}, { spot: true }],
    ["iam:CreateServiceLinkedRole", "alarm", {}, { okActions: [{ id: "arn:aws:automate:eu-west-1:ec2:stop" }] }],
    ["kms:CreateGrant", "instance", {}, { volumes: { "/dev/sdf": { kmsKey: "alias/disks" } } }],
    ["kms:GenerateDataKeyWithoutPlaintext", "instance", {}, { rootVolume: { encrypted: true } }],
    ["kms:CreateGrant", "dbInstance", {}, { kmsKey: "alias/data" }],
    ["ssm:GetParameter", "dbInstance", {}, { masterPassword: { ssmParameter: "/shop/password" } }],
    ["secretsmanager:CreateSecret", "dbInstance", { masterPassword: { ssmParameter: "/p" } }, { masterPassword: "managed" }],
    ["secretsmanager:CreateSecret", "dbInstance", { replicaOf: "dbInstance/y" }, {}],
    ["rds:DeleteDBSnapshot", "dbInstance", {}, { keepSnapshots: 3 }],
    ["rds:CreateDBSnapshot", "dbInstance", { snapshotBefore: "never" }, { snapshotBefore: "always" }],
    ["autoscaling:PutWarmPool", "autoScalingGroup", {}, { warmPool: {} }],
    [
      "elasticloadbalancing:AddListenerCertificates",
      "loadBalancer",
      { listeners: { 80: {} } },
      { listeners: { 443: { certificates: [] } } },
    ],
    ["ec2:ModifyVolume", "instance", { rootVolume: { encrypted: true } }, { rootVolume: { size: 20 } }],
    ["ec2:ModifyVpcTenancy", "vpc", {}, { instanceTenancy: "dedicated" }],
  ])("%s of %s", (action, kind, without, written) => {
    expect(actionsOf(iamPolicy(kinds, subject(kind, without), "apply"))).not.toContain(action);
    expect(actionsOf(iamPolicy(kinds, subject(kind, written), "apply"))).toContain(action);
  });

  test("an image's parameter is the only one that is read", () => {
    const { Statement } = iamPolicy(kinds, subject("instance", { image: { ssm: "/aws/service/ami" } }), "plan");
    expect(Statement.find(({ Sid }) => Sid === "ReadImageParameters")).toEqual({
      Sid: "ReadImageParameters",
      Effect: "Allow",
      Action: ["ssm:GetParameters"],
      Resource: ["arn:aws:ssm:eu-west-1::parameter/aws/service/ami"],
    });
  });
});

test.each([
  ["eu-west-1", "aws", "amazonaws.com"],
  ["cn-north-1", "aws-cn", "amazonaws.com.cn"],
  ["us-gov-west-1", "aws-us-gov", "amazonaws.com"],
  ["us-iso-east-1", "aws-iso", "c2s.ic.gov"],
  ["us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"],
  ["us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"],
  ["eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"],
  ["eusc-de-east-1", "aws-eusc", "amazonaws.eu"],
])("in %s every ARN is of the partition %s, and keys are used through hosts of %s", (region, partition, suffix) => {
  const nodes = ["dbInstance", "instance", "bucket", "hostedZone", "fileSystem", "flowLog"].flatMap((kind) => subject(kind, {}).nodes);
  const printed = ["plan", "apply", "guard"].map((purpose) => iamPolicy(kinds, { ...empty, nodes, region }, purpose as Purpose));
  const text = JSON.stringify(printed);
  expect(new Set([...text.matchAll(/arn:([^:"]+):/g)].map(([, found]) => found))).toEqual(new Set([partition]));
  expect(new Set([...text.matchAll(new RegExp(`"[a-z]+\\.${region}\\.([^"]+)"`, "g"))].map(([, found]) => found))).toEqual(
    new Set([suffix]),
  );
});

test("a guard exempts the named principals", () => {
  const [statement] = iamPolicy(kinds, subject("vpc", {}), "guard", {
    except: ["arn:aws:iam::123456789012:role/deployer"],
  }).Statement;
  expect(statement).toMatchObject({
    Effect: "Deny",
    Condition: { ArnNotLike: { "aws:PrincipalArn": ["arn:aws:iam::123456789012:role/deployer"] } },
  });
});
