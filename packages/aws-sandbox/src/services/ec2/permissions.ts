/** Normalizes a security group rule and describes it again: protocol names, ports, canonical networks, one source each. */
import type { IpPermission, SecurityGroupRule, SecurityGroupRuleRequest } from "@aws-sdk/client-ec2";
import { AwsFault, type Call } from "../../model.ts";
import { formatIpv4, ipv4, ipv6 } from "./cidrs.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "./faults.ts";
import { arn, idKinds, need } from "./ids.ts";
import { needPrefixList } from "./prefix-lists.ts";
import { groupNames, groups, type GroupRecord, type RuleRecord, type RuleSource } from "./state.ts";
import { tagList } from "./tags.ts";
import { arePeered } from "./vpc-peerings.ts";

/** A rule without its id. */
export type Permission = Omit<RuleRecord, "id">;

/** The rules in a request. One permission holds many sources; a rule has one. */
export function permissionsOf(call: Call, group: GroupRecord, egress: boolean, given: readonly IpPermission[]): Permission[] {
  const all = given.flatMap((one) => permissionOf(call, group, egress, one));
  const keys = new Set(all.map(keyOf));
  if (keys.size < all.length) throw invalidValue("The same permission must not appear multiple times");
  return all;
}

function permissionOf(call: Call, group: GroupRecord, egress: boolean, given: IpPermission): Permission[] {
  const shape = shapeOf(given.IpProtocol, given.FromPort, given.ToPort);
  const rules: Permission[] = [];
  const add = (source: RuleSource, description: string | undefined) =>
    rules.push({ egress, ...shape, source, ...describedAs(description) });
  for (const { CidrIp, Description } of given.IpRanges ?? []) add(ipv4Source(required(CidrIp, "cidrIp")), Description);
  for (const { CidrIpv6, Description } of given.Ipv6Ranges ?? []) add(ipv6Source(required(CidrIpv6, "cidrIpv6")), Description);
  for (const { PrefixListId, Description } of given.PrefixListIds ?? [])
    add(prefixListSource(call, required(PrefixListId, "prefixListId")), Description);
  for (const pair of given.UserIdGroupPairs ?? [])
    add(groupSource(call, group, pair.GroupId ?? namedGroup(call, group, pair.GroupName)), pair.Description);
  if (rules.length === 0) throw missingParameter("ipRanges, ipv6Ranges, prefixListIds or groups");
  return rules;
}

/** The one rule of a ModifySecurityGroupRules request. */
export function permissionOfRule(call: Call, group: GroupRecord, egress: boolean, given: SecurityGroupRuleRequest): Permission {
  const sources: RuleSource[] = [];
  if (given.CidrIpv4) sources.push(ipv4Source(given.CidrIpv4));
  if (given.CidrIpv6) sources.push(ipv6Source(given.CidrIpv6));
  if (given.PrefixListId) sources.push(prefixListSource(call, given.PrefixListId));
  if (given.ReferencedGroupId) sources.push(groupSource(call, group, given.ReferencedGroupId));
  const [source] = sources;
  if (!source) throw missingParameter("CidrIpv4, CidrIpv6, PrefixListId or ReferencedGroupId");
  if (sources.length > 1) throw invalidCombination("Only one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId may be given");
  return { egress, ...shapeOf(given.IpProtocol, given.FromPort, given.ToPort), source, ...describedAs(given.Description) };
}

const names: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", all: "-1" };

/**
 * The protocol and ports of a rule. TCP and UDP need ports, ICMP type and code. Any other protocol applies to all ports,
 * whatever is given (EC2 API, IpPermission).
 */
function shapeOf(
  protocol: string | undefined,
  from: number | undefined,
  to: number | undefined,
): Pick<RuleRecord, "protocol" | "from" | "to"> {
  const given = required(protocol, "ipProtocol").toLowerCase();
  const name = names[given] ?? given;
  if (name === "tcp" || name === "udp") return { protocol: name, ...ports(from, to) };
  if (name === "icmp" || name === "icmpv6") return { protocol: name, ...icmp(name, from, to) };
  if (name !== "-1" && (!/^\d{1,3}$/.test(name) || Number(name) > 255))
    throw invalidValue(`Invalid value '${protocol}' for IP protocol. Unknown protocol.`);
  return { protocol: name, from: -1, to: -1 };
}

function ports(from: number | undefined, to: number | undefined): { from: number; to: number } {
  if (from === undefined || to === undefined)
    throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  for (const port of [from, to]) if (port < 0 || port > 65535) throw invalidValue(`TCP/UDP port (${port}) out of range`);
  if (from > to) throw invalidValue(`Invalid TCP/UDP port range (${from}:${to})`);
  return { from, to };
}

function icmp(name: string, type: number | undefined, code: number | undefined): { from: number; to: number } {
  if (name === "icmp" && (type === undefined || code === undefined))
    throw invalidValue("Invalid value 'Must specify both type and code with ICMP.' for portRange.");
  const from = type ?? -1;
  const to = code ?? -1;
  if (from < -1 || from > 255 || to < -1 || to > 255) throw invalidValue(`ICMP type (${from}) or code (${to}) out of range`);
  if (from === -1 && to !== -1) throw invalidValue(`ICMP code (${to}) is not allowed with all types`);
  return { from, to };
}

function ipv4Source(text: string): RuleSource {
  return { type: "ipv4", value: formatIpv4(ipv4(text, "cidrIp")) };
}

function ipv6Source(text: string): RuleSource {
  return { type: "ipv6", value: ipv6(text, "cidrIpv6") };
}

function prefixListSource(call: Call, id: string): RuleSource {
  return { type: "prefixList", value: needPrefixList(call, id).id };
}

function groupSource(call: Call, group: GroupRecord, id: string): RuleSource {
  const source = need(call, idKinds.group, id, "groupId");
  // VPC Peering Guide, "Update your security groups to reference peer security groups".
  if (source.vpcId !== group.vpcId && !arePeered(call, source.vpcId, group.vpcId))
    throw new AwsFault("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.");
  return { type: "group", value: source.id };
}

function namedGroup(call: Call, group: GroupRecord, name: string | undefined): string {
  const owner = groupNames(call).get(`${group.vpcId}/${required(name, "groupId").toLowerCase()}`);
  if (!owner) throw new AwsFault("InvalidGroup.NotFound", `The security group '${name}' does not exist in VPC '${group.vpcId}'`);
  return owner.owner;
}

/** Checks a description: up to 255 characters from a fixed set (EC2 API, IpRange). */
export function describedAs(description: string | undefined): { description?: string } {
  if (description === undefined || description === "") return {};
  if (description.length > 255 || !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/.test(description))
    throw invalidValue(
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    );
  return { description };
}

/** The key that two equal rules of a group share. The description is not part of it. */
export function keyOf({ egress, protocol, from, to, source }: Permission): string {
  return `${egress ? "egress" : "ingress"} ${protocol} ${from} ${to} ${source.type} ${source.value}`;
}

/** Rules in the form of DescribeSecurityGroups: grouped by protocol and ports, without their ids. */
export function ipPermissions(call: Call, rules: readonly RuleRecord[]): IpPermission[] {
  const byShape = new Map<string, IpPermission>();
  for (const { protocol, from, to, source, description: Description } of rules) {
    const key = `${protocol} ${from} ${to}`;
    const hasPorts = from !== -1 || to !== -1 || protocol === "icmp" || protocol === "icmpv6";
    const into = byShape.get(key) ?? {
      IpProtocol: protocol,
      ...(hasPorts ? { FromPort: from, ToPort: to } : {}),
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    byShape.set(key, into);
    if (source.type === "ipv4") into.IpRanges!.push({ CidrIp: source.value, Description });
    else if (source.type === "ipv6") into.Ipv6Ranges!.push({ CidrIpv6: source.value, Description });
    else if (source.type === "prefixList") into.PrefixListIds!.push({ PrefixListId: source.value, Description });
    else into.UserIdGroupPairs!.push({ GroupId: source.value, UserId: call.account, Description });
  }
  return [...byShape.values()];
}

/** A rule in the form of DescribeSecurityGroupRules: the ports of "all" are -1. */
export function describeRule(call: Call, group: GroupRecord, rule: RuleRecord): SecurityGroupRule {
  const { type, value } = rule.source;
  return {
    SecurityGroupRuleId: rule.id,
    SecurityGroupRuleArn: arn(call, "security-group-rule", rule.id),
    GroupId: group.id,
    GroupOwnerId: call.account,
    IsEgress: rule.egress,
    IpProtocol: rule.protocol,
    FromPort: rule.from,
    ToPort: rule.to,
    CidrIpv4: type === "ipv4" ? value : undefined,
    CidrIpv6: type === "ipv6" ? value : undefined,
    PrefixListId: type === "prefixList" ? value : undefined,
    ReferencedGroupInfo: type === "group" ? { GroupId: value, UserId: call.account, VpcId: groups(call).get(value)?.vpcId } : undefined,
    Description: rule.description,
    Tags: tagList(call, rule.id),
  };
}
