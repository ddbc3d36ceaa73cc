import type { Aws } from "../../aws/aws.ts";
import { batches, unlessGone } from "../../aws/eventual.ts";
import { interfacesIn } from "../../aws/interfaces.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, ownership, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Blocker, Driver, Kind, ListShape, Live, Member, Scope } from "../kind.ts";
import { checkDefault, defaultMarks, defaultRule, isTakenOver, letGo, takeOver, takeOverGrants } from "../shared/network/defaults.ts";
import { defaultVpcs, idFilters, isMeant, networksOf, tagFilters } from "../shared/lookup.ts";
import { textOf } from "../shared/told.ts";
import { heldByForeign } from "../shared/network/foreign-in-vpc.ts";
import { admits } from "./admits.ts";
import { applyRules, type Known, readRules, revokeGroupRules } from "./apply.ts";
import { authored } from "./authored.ts";
import { checkSecurityGroup, forbidden } from "./check.ts";
import { securityGroupCodes } from "./codes.ts";
import { foreign } from "./foreign.ts";
import { addressOf, idsIn, knownAsWritten, type Written } from "./as-written.ts";
import { network } from "./network.ts";
import { everything, hasKnownWriter, isInitialTwin, normalRule, openings, type Rule, ruleKey, tellRule, urgencyOfRule } from "./rule.ts";
import type { egressRule, ingressRule } from "./schema.ts";
import { schema, type SecurityGroup } from "./schema.ts";
import type { SecurityGroup as AwsSecurityGroup } from "@aws-sdk/client-ec2";
import { inAnyCase, isSameInAnyCase } from "../../resource/naming.ts";
import { type Static } from "typebox";
import { ec2Index } from "../shared/ec2-index.ts";

type Ingress = Static<typeof ingressRule>;

type Egress = Static<typeof egressRule>;

/** The rules with their ids, in the order of the spec's lists; null until they were read. */
type Handle = Known | null;

const rules: ListShape = {
  key: (rule: Rule) => ruleKey(rule),
  unlisted: "remove",
  foreign: (rule: Rule, _key, resolved = new Map<string, unknown>()) => hasKnownWriter(rule) || isInitialTwin(rule, resolved),
};

export const securityGroup: Kind<SecurityGroup, Handle> = {
  name: "securityGroup",
  section: "securityGroups",
  file: "network",
  madeWith: { parent: "vpc" },
  idPrefix: "sg-",
  doc: "A firewall for network interfaces, with rules for inbound and outbound traffic.",
  outputs: { arn: "The ARN.", name: "The name in AWS.", vpc: "The id of the VPC." },
  foreign,
  codes: securityGroupCodes,
  schema,
  fields: {
    vpc: { change: "replace", because: "a security group cannot move to another VPC" },
    default: defaultRule,
    description: {
      change: "replace",
      default: { value: "Managed by infra", class: "create-only", unless: isTakenOver },
      because: "description of a security group cannot be changed",
    },
    ingress: {
      change: "update",
      as: rules,
      passes: "grown",
      whileGone: () => undefined,
      default: { value: [], class: "enforced", unless: isTakenOver },
      exposes: ({ added }) => openings(added),
      tell: tellRule,
      urgency: urgencyOfRule,
    },
    egress: {
      change: "update",
      as: rules,
      passes: "grown",
      whileGone: () => undefined,
      default: { value: [everything as Egress], class: "enforced", unless: isTakenOver },
      exposes: ({ added }) => openings(added),
      tell: tellRule,
      urgency: urgencyOfRule,
    },
  },
  summary: ({ default: isDefault, description, vpc }) =>
    isDefault === true
      ? { line: `the default security group of ${textOf(vpc)}`, tells: ["default", "vpc"] }
      : { line: `${JSON.stringify(description)} in ${textOf(vpc)}`, tells: ["default", "description", "vpc"] },
  stages: [{ name: "create" }, { name: "rules", fields: ["ingress", "egress"], detach: true }],
  usableAfter: "create",
  create: "tag-lookup",
  // VPC User Guide, "Create a security group": names are unique in a VPC, and case does not distinguish them.
  naming: { max: 255, forbidden, within: "vpc", anyCase: true },
  // Resources that refer to the old group then move to the new one. Otherwise the old group's interfaces would block its deletion.
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: ec2Index("security-group"),
  readCost: ({ ours }) => Math.max(1, Math.ceil(ours / 1000)) + Math.ceil(ours / 200),
  iam: {
    read: ["ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"],
    write: [
      "ec2:CreateSecurityGroup",
      "ec2:DeleteSecurityGroup",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:ModifySecurityGroupRules",
      "ec2:DescribeNetworkInterfaces",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteSecurityGroup", "ec2:DescribeNetworkInterfaces", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"],
    // The default also opens or closes rules that are not in the file. Only these two actions are needed for written rules alone.
    onlyFor: { "ec2:AuthorizeSecurityGroupIngress": ["ingress"], "ec2:ModifySecurityGroupRules": ["egress", "ingress"] },
    access: {
      "ec2:AuthorizeSecurityGroupEgress": { ours: ["security-group/*"], free: ["security-group-rule/*"] },
      "ec2:AuthorizeSecurityGroupIngress": { ours: ["security-group/*"], free: ["security-group-rule/*"] },
      "ec2:CreateSecurityGroup": { made: ["security-group/*"], free: ["vpc/*"] },
      "ec2:ModifySecurityGroupRules": { ours: ["security-group/*"], free: ["security-group-rule/*"] },
    },
    implied: (self, _index, place) => takeOverGrants(self, "security-group/*", place),
  },
  normalise: (spec) => ({
    ...spec,
    ...(spec.ingress && { ingress: spec.ingress.map(normalRule) as Ingress[] }),
    ...(spec.egress && { egress: spec.egress.map(normalRule) as Egress[] }),
  }),
  check: (self, index) => [...checkDefault(self, index, ["description"]), ...checkSecurityGroup(self, index)],
  marks: defaultMarks,
  machines: "having",
  network,
  authored,
  drawn: () => ({ as: "chip" }),
  admits,
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

/** The filters that find groups whose rules name other groups. */
const groupFilters = ["ip-permission.group-id", "egress.ip-permission.group-id"];

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<SecurityGroup, Handle> {
  const driver: Driver<SecurityGroup, Handle> = {
    async *list(aws, scope) {
      const found: AwsSecurityGroup[] = [];
      for await (const page of aws.ec2.pages(ec2.DescribeSecurityGroupsCommand, { Filters: environmentFilter(scope), MaxResults: 1000 }))
        found.push(...(page.SecurityGroups ?? []));
      yield* withRules(aws, found, scope, (group) => mayBeOurs(group, scope));
    },

    async get(aws, ids, scope) {
      const lives = new Map<string, Live<SecurityGroup, Handle>>();
      for (const Filters of idFilters("group-id", ids)) {
        const found: AwsSecurityGroup[] = [];
        for await (const page of aws.ec2.pages(ec2.DescribeSecurityGroupsCommand, { Filters, MaxResults: 1000 }))
          found.push(...(page.SecurityGroups ?? []));
        for await (const live of withRules(aws, found, scope, (group) => mayBeOurs(group, scope) || isUnmarked(group)))
          lives.set(live.id, live);
      }
      return lives;
    },

    async create(aws, request, identity) {
      if (request.default === true) {
        const found = await driver.defaults!(aws, [request.vpc]);
        return takeOver(aws, found.get(request.vpc), "security group", request.vpc, identity.tags);
      }
      const made = await aws.ec2(
        new ec2.CreateSecurityGroupCommand({
          GroupName: identity.name,
          Description: request.description ?? "Managed by infra",
          VpcId: request.vpc,
          TagSpecifications: tagSpecifications("security-group", identity.tags),
        }),
        { once: true },
      );
      return made.GroupId!;
    },

    initialState: (request) =>
      request.default === true ? undefined : { spec: { ingress: [], egress: [everything as Egress] }, handle: null },

    update: (aws, _stage, live, request, changes) => applyRules(aws, live, request, changes),

    detach: (aws, _stage, live) => revokeGroupRules(aws, live),

    async delete(aws, live, run) {
      if (live.isDefault) return letGo(aws, live, "security group", run);
      await unlessGone(aws.ec2(new ec2.DeleteSecurityGroupCommand({ GroupId: live.id })));
    },

    tag: ec2Tagging,

    // The filter `group-name` distinguishes upper and lower case, and CreateSecurityGroup does not, so all names in the VPCs are read.
    preflight: (aws, planned, around) =>
      heldByForeign(
        planned.filter(({ request }) => request.default !== true),
        around,
        "whether names of security groups are free",
        async (networks) => {
          const there: { network: string; id: string; found: AwsSecurityGroup }[] = [];
          for (const Filters of idFilters("vpc-id", networks))
            for await (const page of aws.ec2.pages(ec2.DescribeSecurityGroupsCommand, { Filters, MaxResults: 1000 }))
              for (const found of page.SecurityGroups ?? []) there.push({ network: found.VpcId!, id: found.GroupId!, found });
          return there;
        },
        ({ name }, { GroupName = "" }) =>
          isSameInAnyCase(name, GroupName)
            ? { path: "name", text: `the name "${name}"${inAnyCase(name, GroupName)} is taken by` }
            : undefined,
      ),

    async blockers(aws, lives) {
      const ids = lives.map(({ id }) => id);
      const [interfaces, ...referring] = await Promise.all([
        interfacesIn(aws, "group-id", ids),
        ...groupFilters.map((filter) => groupsThatName(aws, ids, filter)),
      ]);
      return new Map(
        ids.map((id) => {
          const unique = new Map(referring.flatMap((found) => found.get(id) ?? []).map((blocker) => [blocker.id, blocker]));
          return [id, [...(interfaces.get(id) ?? []), ...unique.values()]];
        }),
      );
    },

    async find(aws, tags, owner = aws.account) {
      const ids: string[] = [];
      for await (const page of aws.ec2.pages(ec2.DescribeSecurityGroupsCommand, { Filters: tagFilters(tags), MaxResults: 1000 }))
        for (const found of page.SecurityGroups ?? []) if (isMeant(found, tags, owner)) ids.push(found.GroupId!);
      return ids;
    },

    async defaults(aws, of) {
      const groups: AwsSecurityGroup[] = [];
      for (const inNetworks of idFilters("vpc-id", of.includes("") ? await defaultVpcs(aws) : of)) {
        const Filters = [...inNetworks, { Name: "group-name", Values: ["default"] }];
        for await (const page of aws.ec2.pages(ec2.DescribeSecurityGroupsCommand, { Filters, MaxResults: 1000 }))
          groups.push(...(page.SecurityGroups ?? []));
      }
      const lives = new Map<string, Live<SecurityGroup, Handle>>();
      for await (const live of withRules(aws, groups, {}, () => true)) lives.set(of.includes("") ? "" : live.spec.vpc!, live);
      return lives;
    },

    /** Lists the groups of the VPCs. Each VPC has a default group from the beginning. */
    async within(aws, found) {
      const members: Member[] = [];
      for (const Filters of idFilters("vpc-id", networksOf(found)))
        for await (const page of aws.ec2.pages(ec2.DescribeSecurityGroupsCommand, { Filters, MaxResults: 1000 }))
          for (const { GroupId, GroupName, VpcId } of page.SecurityGroups ?? [])
            members.push({ id: GroupId!, what: `security group "${GroupName}" in ${VpcId}`, isMadeByService: GroupName === "default" });
      return members;
    },
  };
  return driver;

  /**
   * Returns the groups with their rules. Rules are read only for groups that matter: 200 groups in each call, and up to a thousand groups
   * at the same time.
   */
  async function* withRules(
    aws: Aws,
    found: readonly AwsSecurityGroup[],
    scope: Pick<Scope, "existence" | "wants">,
    matters: (group: AwsSecurityGroup) => boolean,
  ): AsyncIterable<Live<SecurityGroup, Handle>> {
    const candidates: AwsSecurityGroup[] = [];
    const ids = idsIn(found.filter(matters));
    for (const group of found) {
      if (scope.existence || !matters(group)) yield liveOf(aws, group, undefined);
      else {
        const settled = writtenOf(group, scope);
        const known = settled && knownAsWritten(group, settled, ids);
        if (known) yield liveOf(aws, group, known);
        else candidates.push(group);
      }
    }
    for (const some of batches(candidates, 1000)) {
      const read = batches(some, 200).map((batch) =>
        readRules(
          aws,
          batch.map((group) => group.GroupId!),
        ),
      );
      const known = new Map((await Promise.all(read)).flatMap((rules) => [...rules]));
      for (const group of some) yield liveOf(aws, group, known.get(group.GroupId!) ?? { ingress: [], egress: [] });
    }
  }

  /** Returns the groups whose rules name one of these, by the id of the named group. */
  async function groupsThatName(aws: Aws, ids: readonly AwsId[], filter: string): Promise<Map<AwsId, Blocker[]>> {
    const blockers = new Map<AwsId, Blocker[]>(ids.map((id) => [id, []]));
    for (const Filters of idFilters(filter, ids))
      for await (const page of aws.ec2.pages(ec2.DescribeSecurityGroupsCommand, { Filters, MaxResults: 1000 }))
        for (const group of page.SecurityGroups ?? []) {
          const id = group.GroupId!;
          const named = [...(group.IpPermissions ?? []), ...(group.IpPermissionsEgress ?? [])].flatMap(({ UserIdGroupPairs = [] }) =>
            UserIdGroupPairs.map(({ GroupId }) => GroupId!),
          );
          for (const one of new Set(named))
            if (one !== id)
              blockers.get(one)?.push({ id, what: `security group "${group.GroupName}", whose rules name this one`, holder: id });
        }
    return blockers;
  }
}

/** Returns a group's rules in the file, if the file has the group. */
function writtenOf(group: AwsSecurityGroup, { wants }: Pick<Scope, "wants">): Written | undefined {
  const address = addressOf(group);
  // Every declaration of a group names its VPC.
  if (address === undefined || wants?.(address, "vpc") === undefined) return undefined;
  return {
    ingress: wants(address, "ingress") as Written["ingress"],
    egress: wants(address, "egress") as Written["egress"],
  };
}

/** Whether a group has no owner and was read by its id. It is being adopted, and all of it is compared. */
function isUnmarked(group: AwsSecurityGroup): boolean {
  return tagsOf(group.Tags)[ownership.resource] === undefined;
}

function mayBeOurs(group: AwsSecurityGroup, scope: Scope): boolean {
  const tags = tagsOf(group.Tags);
  return tags[ownership.project] === scope.project && tags[ownership.environment] === scope.environment;
}

function liveOf(aws: Aws, group: AwsSecurityGroup, known: Known | undefined): Live<SecurityGroup, Handle> {
  const id = group.GroupId!;
  const isDefault = group.GroupName === "default";
  const arn = group.SecurityGroupArn ?? `arn:${aws.partition}:ec2:${aws.region}:${group.OwnerId ?? aws.account}:security-group/${id}`;
  return {
    id,
    aliases: [arn],
    tags: tagsOf(group.Tags),
    ...(group.OwnerId ? { owner: group.OwnerId } : {}),
    ...(group.GroupName && !isDefault ? { name: group.GroupName } : {}), // a default group's name does not name its owner
    ...(isDefault ? { isDefault } : {}),
    state: "ready",
    spec: {
      ...(group.VpcId ? { vpc: group.VpcId } : {}),
      default: isDefault,
      ...(group.Description ? { description: group.Description } : {}),
      ...(known && {
        ingress: known.ingress.map(({ rule }) => rule) as Ingress[],
        egress: known.egress.map(({ rule }) => rule) as Egress[],
      }),
    },
    handle: known ?? null,
    outputs: { name: group.GroupName ?? "", vpc: group.VpcId ?? "" },
  };
}
