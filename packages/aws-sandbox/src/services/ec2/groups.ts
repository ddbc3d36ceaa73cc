/** Security groups. Their rules are in group-rules.ts. */
import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult,
  SecurityGroup,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { isLive } from "./blocks.ts";
import { list, type Filters } from "./describe.ts";
import { dependency, invalidValue, required } from "./faults.ts";
import { arn, idKinds, need } from "./ids.ts";
import { ipPermissions, type Permission } from "./permissions.ts";
import { within } from "./quotas.ts";
import { groupNames, groups, ruleOwners, vpcs, type GroupRecord, type RuleRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";

const charset = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/;

const create: Handler<CreateSecurityGroupRequest, CreateSecurityGroupResult> = (input, call) => {
  const name = required(input.GroupName, "GroupName");
  const description = required(input.Description, "GroupDescription");
  checkText("GroupName", name);
  checkText("GroupDescription", description);
  if (name.startsWith("sg-")) throw invalidValue("Invalid group name. Group names may not be in the format sg-*");
  if (name.toLowerCase() === "default") throw new AwsFault("InvalidGroup.Reserved", "Cannot use reserved security group name: default");
  const vpcId = input.VpcId ? need(call, idKinds.vpc, input.VpcId, "vpcId").id : defaultVpc(call);
  const tags = tagsToBe(input.TagSpecifications, "security-group");
  if (groupNames(call).has(nameKey(vpcId, name)))
    throw new AwsFault("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpcId}'`);
  within(call, "groups", groups(call).size, "SecurityGroupLimitExceeded", "The maximum number of security groups has been reached.");
  const group = makeGroup(call, vpcId, name, description);
  giveTags(call, group.id, tags["security-group"]);
  return { GroupId: group.id, SecurityGroupArn: arn(call, "security-group", group.id), Tags: tagList(call, group.id) };
};

function checkText(parameter: string, value: string): void {
  if (value.length > 255)
    throw invalidValue(`Value (${value}) for parameter ${parameter} is invalid. Value is too long; the maximum is 255 characters.`);
  if (!charset.test(value))
    throw invalidValue(`Value (${value}) for parameter ${parameter} is invalid. Character sets beyond ASCII are not supported.`);
}

function defaultVpc(call: Call): string {
  for (const vpc of vpcs(call).values()) if (vpc.isDefault) return vpc.id;
  throw new AwsFault("VPCIdNotSpecified", "No default VPC for this user");
}

function nameKey(vpcId: string, name: string): string {
  return `${vpcId}/${name.toLowerCase()}`;
}

/** Makes a group. AWS opens its egress completely, also over IPv6 if the VPC has it: a rule that no user declared. */
function makeGroup(call: Call, vpcId: string, name: string, description: string): GroupRecord {
  const group: GroupRecord = {
    id: call.id("sg"),
    vpcId,
    name,
    description,
    rules: [],
    interfaces: {},
    referencedBy: {},
    egressTouched: false,
  };
  groups(call).set(group.id, group);
  groupNames(call).set(nameKey(vpcId, name), { owner: group.id });
  addRule(call, group, { egress: true, protocol: "-1", from: -1, to: -1, source: { type: "ipv4", value: "0.0.0.0/0" } });
  if (vpcs(call).get(vpcId)!.ipv6.some(isLive)) openEgressToIpv6(call, group);
  return group;
}

/** Makes the default group of a VPC, which lets in all traffic from itself. */
export function makeDefaultGroup(call: Call, vpcId: string): GroupRecord {
  const group = makeGroup(call, vpcId, "default", "default VPC security group");
  addRule(call, group, { egress: false, protocol: "-1", from: -1, to: -1, source: { type: "group", value: group.id } });
  return group;
}

/** Opens the egress of a group to IPv6 when its VPC gets an IPv6 block, as AWS does if no user has edited that egress. */
export function openEgressToIpv6(call: Call, group: GroupRecord): void {
  const has = group.rules.some((rule) => rule.egress && rule.source.value === "::/0");
  if (!group.egressTouched && !has)
    addRule(call, group, { egress: true, protocol: "-1", from: -1, to: -1, source: { type: "ipv6", value: "::/0" } });
}

export function defaultGroupOf(call: Call, vpcId: string): GroupRecord {
  return groups(call).get(groupNames(call).get(nameKey(vpcId, "default"))!.owner)!;
}

/** Adds a rule to a group, and records it at the group that the rule names. */
export function addRule(call: Call, group: GroupRecord, permission: Permission): RuleRecord {
  const rule: RuleRecord = { id: call.id("sgr"), ...permission };
  group.rules.push(rule);
  ruleOwners(call).set(rule.id, { owner: group.id });
  refer(call, group, rule);
  return rule;
}

export function dropRule(call: Call, group: GroupRecord, rule: RuleRecord): void {
  group.rules = group.rules.filter((one) => one !== rule);
  ruleOwners(call).delete(rule.id);
  unrefer(call, rule);
  dropTags(call, rule.id);
}

export function refer(call: Call, group: GroupRecord, rule: RuleRecord): void {
  const named = rule.source.type === "group" && rule.source.value !== group.id ? groups(call).get(rule.source.value) : undefined;
  if (named) named.referencedBy[rule.id] = group.id;
}

export function unrefer(call: Call, rule: RuleRecord): void {
  const named = rule.source.type === "group" ? groups(call).get(rule.source.value) : undefined;
  if (named) delete named.referencedBy[rule.id];
}

/** The group with an id, or with a name in the default VPC. */
export function needGroup(
  call: Call,
  { GroupId, GroupName }: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
): GroupRecord {
  if (!GroupId && GroupName) {
    const vpcId = defaultVpc(call);
    const owner = groupNames(call).get(nameKey(vpcId, GroupName));
    if (!owner) throw new AwsFault("InvalidGroup.NotFound", `The security group '${GroupName}' does not exist in default VPC '${vpcId}'`);
    return groups(call).get(owner.owner)!;
  }
  return need(call, idKinds.group, GroupId, "groupId");
}

/**
 * Deletes a group. References from other groups of its VPC prevent it, also from the default group (EC2 API, DeleteSecurityGroup);
 * references from peered VPCs become stale.
 */
const remove: Handler<DeleteSecurityGroupRequest, DeleteSecurityGroupResult> = (input, call) => {
  const group = needGroup(call, input);
  if (group.name === "default")
    throw new AwsFault("CannotDelete", `the specified group: "${group.id}" name: "default" cannot be deleted by a user`);
  const isNamed = Object.values(group.referencedBy).some((by) => groups(call).get(by)?.vpcId === group.vpcId);
  if (Object.keys(group.interfaces).length > 0 || isNamed) throw dependency(`resource ${group.id} has a dependent object`);
  deleteGroupRecord(call, group);
  return { Return: true, GroupId: group.id };
};

export function deleteGroupRecord(call: Call, group: GroupRecord): void {
  for (const rule of group.rules) dropRule(call, group, rule);
  groups(call).delete(group.id);
  groupNames(call).delete(nameKey(group.vpcId, group.name));
  dropTags(call, group.id);
}

const describeGroups: Handler<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult> = (input, call) => {
  const named = (input.GroupNames ?? []).map((GroupName) => needGroup(call, { GroupName }).id);
  const { found, NextToken } = list<GroupRecord>(call, input, {
    records: groups(call).values(),
    ids: { kind: idKinds.group, given: [...(input.GroupIds ?? []), ...named], parameter: "groupId" },
    pages: [5, 1000],
    filters: {
      description: (group) => group.description,
      "group-id": (group) => group.id,
      "group-name": (group) => group.name,
      "owner-id": () => call.account,
      "vpc-id": (group) => group.vpcId,
      ...permissionFilters(call, "ip-permission", false),
      ...permissionFilters(call, "egress.ip-permission", true),
    },
  });
  return { NextToken, SecurityGroups: found.map((group) => describe(call, group)) };
};

function permissionFilters(call: Call, prefix: string, egress: boolean): Filters<GroupRecord> {
  const rules = (pick: (rule: RuleRecord) => string | number | undefined) => (group: GroupRecord) =>
    group.rules.filter((rule) => rule.egress === egress).map(pick);
  const source = (type: RuleRecord["source"]["type"]) => rules((rule) => (rule.source.type === type ? rule.source.value : undefined));
  return {
    [`${prefix}.cidr`]: source("ipv4"),
    [`${prefix}.ipv6-cidr`]: source("ipv6"),
    [`${prefix}.prefix-list-id`]: source("prefixList"),
    [`${prefix}.group-id`]: source("group"),
    [`${prefix}.group-name`]: rules((rule) => (rule.source.type === "group" ? groups(call).get(rule.source.value)?.name : undefined)),
    [`${prefix}.user-id`]: rules((rule) => (rule.source.type === "group" ? call.account : undefined)),
    [`${prefix}.protocol`]: rules((rule) => rule.protocol),
    [`${prefix}.from-port`]: rules((rule) => rule.from),
    [`${prefix}.to-port`]: rules((rule) => rule.to),
  };
}

function describe(call: Call, group: GroupRecord): SecurityGroup {
  return {
    GroupId: group.id,
    SecurityGroupArn: arn(call, "security-group", group.id),
    GroupName: group.name,
    Description: group.description,
    VpcId: group.vpcId,
    OwnerId: call.account,
    IpPermissions: ipPermissions(
      call,
      group.rules.filter((rule) => !rule.egress),
    ),
    IpPermissionsEgress: ipPermissions(
      call,
      group.rules.filter((rule) => rule.egress),
    ),
    Tags: tagList(call, group.id),
  };
}

/** References to a group over peering connections. The answer is always empty here, although the sandbox models peering connections. */
const describeReferences: Handler<DescribeSecurityGroupReferencesRequest, DescribeSecurityGroupReferencesResult> = (input, call) => {
  for (const id of required(input.GroupId, "groupId")) need(call, idKinds.group, id, "groupId");
  return { SecurityGroupReferenceSet: [] };
};

/** Stale rules, which peering connections leave behind. The answer is always empty here, although the sandbox models those connections. */
const describeStale: Handler<DescribeStaleSecurityGroupsRequest, DescribeStaleSecurityGroupsResult> = (input, call) => {
  need(call, idKinds.vpc, input.VpcId, "vpcId");
  return { StaleSecurityGroupSet: [] };
};

export const groupOperations: Record<string, Handler> = {
  CreateSecurityGroup: create,
  DeleteSecurityGroup: remove,
  DescribeSecurityGroupReferences: describeReferences,
  DescribeSecurityGroups: describeGroups,
  DescribeStaleSecurityGroups: describeStale,
};
