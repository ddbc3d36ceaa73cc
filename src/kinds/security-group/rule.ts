/**
 * One rule of a security group: the author's form, its normal form, and the form in EC2's requests and answers. A rule is identified by its
 * direction, protocol, ports and source. The description is no part of that and changes in place.
 */
import type {
  IpPermission,
  IpRange,
  Ipv6Range,
  PrefixListId,
  SecurityGroupRule,
  SecurityGroupRuleRequest,
  UserIdGroupPair,
} from "@aws-sdk/client-ec2";
import ipaddr from "ipaddr.js";
import type { FieldUrgency, Told } from "../kind.ts";
import { canonicalCidr, isEverywhere, isLikeNetwork, isPlainNetwork } from "../../resource/ranges.ts";
import { hasPorts, isIcmp, portsOf, protocolOf } from "../shared/network/protocols.ts";

export type Direction = "ingress" | "egress";

/** A rule of either direction: `source` for ingress, `destination` for egress. */
export interface Rule {
  readonly protocol?: string | number;
  readonly port?: string | number;
  readonly ports?: string | number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly source?: string;
  readonly destination?: string;
  readonly description?: string;
  /** Only in observed rules: the tag key of a known controller that maintains the rule. */
  readonly writer?: string;
}

/** The identity of a rule. `from` and `to` are ports, or ICMP type and code; -1 stands for all. */
export interface Opening {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly peer: string;
}

/** The rule that AWS puts into every new group: all traffic may leave. Where the VPC has IPv6, its IPv6 twin comes with it. */
export const everything: Rule = { protocol: "all", destination: "0.0.0.0/0" };
export const everythingIpv6: Rule = { protocol: "all", destination: "::/0" };

/** Returns the identity of a rule, the same for every way of writing it: "tcp 22 10.0.0.0/8", "all securityGroup/web". */
export function ruleKey(rule: Rule): string {
  return openingKey(openingOf(rule));
}

export function openingKey({ protocol, from, to, peer }: Opening): string {
  if (from === -1) return `${protocol} ${peer}`;
  if (isIcmp(protocol)) return `${protocol} ${to === -1 ? from : `${from}/${to}`} ${peer}`;
  return `${protocol} ${from === to ? from : `${from}-${to}`} ${peer}`;
}

export function openingOf(rule: Rule): Opening {
  const protocol = protocolOf(rule.protocol);
  return { protocol, ...rangeOf(rule, protocol), peer: peerOf(rule) };
}

/** Returns the rule in the driver's form, so that both sides of a comparison have the same form. */
export function normalRule(rule: Rule): Rule {
  const direction = rule.source === undefined ? "egress" : "ingress";
  const peer = rule.source ?? rule.destination;
  const normal = ruleOf(openingOf(rule), direction, rule.description, rule.writer);
  // A look-up without an answer yet stays an object.
  return typeof peer === "string" ? normal : { ...normal, [direction === "ingress" ? "source" : "destination"]: peer };
}

/** Returns the rule with the id of the group that it names, if that is known. */
export function withIds(rule: Rule, ids: ReadonlyMap<string, string | undefined>): Rule {
  const id = ids.get(rule.source ?? rule.destination ?? "");
  if (id === undefined) return rule;
  return rule.source === undefined ? { ...rule, destination: id } : { ...rule, source: id };
}

/** Whether a rule needs no look-up: its source is a network, the group itself, or another group by its id. */
export function isWhole(rule: Rule): boolean {
  const peer: unknown = rule.source ?? rule.destination;
  const isKnown = typeof peer === "string" && (peer === "self" || peer.startsWith("sg-") || isLikeNetwork(peer));
  return isKnown && !Number.isNaN(openingOf(rule).from);
}

/** Whether this is the IPv6 rule that AWS puts into a new group, and the IPv4 one beside it is desired. */
export function isInitialTwin(rule: Rule, resolved: ReadonlyMap<string, unknown>): boolean {
  return rule.destination !== undefined && ruleKey(rule) === ruleKey(everythingIpv6) && resolved.has(ruleKey(everything));
}

/** Controllers that write rules into foreign groups and maintain them (AWS Load Balancer Controller, Kubernetes' cloud provider). */
const writers = /^(elbv2\.k8s\.aws|kubernetes\.io|service\.k8s\.aws|ingress\.k8s\.aws)\//;

export function hasKnownWriter(rule: Rule): boolean {
  return rule.writer !== undefined || writers.test(rule.description ?? "");
}

/** Returns the rules among `added` that let everybody in, or everything out, as text; undefined when none does. */
export function openings(added: readonly { readonly key: string; readonly value: unknown }[]): string | undefined {
  const open = added.filter(({ value }) => isEverywhere(peerOf(value as Rule)));
  if (open.length === 0) return undefined;
  const way = (open[0]!.value as Rule).source === undefined ? "outbound" : "inbound";
  return `it allows ${way} ${open.map(({ key }) => key).join(", ")}`;
}

/** A rule that the file does not have opens more than it says; traffic that needs a missing one does not pass. Of one that both have, only
 * the description differs. */
export function urgencyOfRule(expected: Rule | undefined, actual: Rule | undefined): FieldUrgency | undefined {
  if (expected !== undefined && actual !== undefined) return undefined;
  return actual === undefined ? "traffic" : "exposure";
}

/** Returns a rule as a plan shows it: `in   tcp 80 from 0.0.0.0/0  "HTTP"`. */
export function tellRule(rule: Rule): Told {
  const isIn = rule.source !== undefined;
  const { protocol, from, to } = openingOf(rule);
  const ports = from === -1 ? "" : ` ${isIcmp(protocol) ? (to === -1 ? from : `${from}/${to}`) : from === to ? from : `${from}-${to}`}`;
  const said = rule.description === undefined ? "" : `  ${JSON.stringify(rule.description)}`;
  const text = `${isIn ? "in   " : "out  "}${protocol}${ports} ${isIn ? "from" : "to"} ${peerOf(rule)}${said}`;
  return isIn && isEverywhere(peerOf(rule)) ? { text, warning: "open to the internet" } : { text };
}

// ───────────────────────────────────────────────────────────── the parts of an author's rule

/**
 * Returns the ports of a rule. EC2 ignores ports of every protocol except TCP, UDP and ICMP (whose type and code take their place). NaN
 * stands for a value that cannot be read.
 */
function rangeOf(rule: Rule, protocol: string): { from: number; to: number } {
  if (isIcmp(protocol)) {
    const from = rule.icmpType ?? -1;
    return { from, to: from === -1 ? -1 : (rule.icmpCode ?? -1) };
  }
  return hasPorts(protocol) ? (portsOf(rule.ports ?? rule.port) ?? { from: Number.NaN, to: Number.NaN }) : { from: -1, to: -1 };
}

function peerOf(rule: Rule): string {
  const peer: unknown = rule.source ?? rule.destination;
  return typeof peer === "string" ? canonicalCidr(peer) : JSON.stringify(peer ?? null); // a look-up without an answer yet
}

/** Returns 4 or 6 for a network, and undefined for groups and prefix lists, which count for both. */
export function familyOf(peer: string): 4 | 6 | undefined {
  if (isPlainNetwork(peer)) return 4;
  if (!isLikeNetwork(peer)) return undefined;
  if (ipaddr.IPv4.isValidCIDR(peer)) return 4;
  return ipaddr.IPv6.isValidCIDR(peer) ? 6 : undefined;
}

// ───────────────────────────────────────────────────────────── to and from EC2

function ruleOf({ protocol, from, to, peer }: Opening, direction: Direction, description: string | undefined, writer?: string): Rule {
  return {
    protocol,
    ...(isIcmp(protocol) ? { ...(from === -1 ? {} : { icmpType: from }), ...(to === -1 ? {} : { icmpCode: to }) } : {}),
    ...(hasPorts(protocol) ? (from === to ? { port: from } : { ports: `${from}-${to}` }) : {}),
    ...(direction === "ingress" ? { source: peer } : { destination: peer }),
    ...(description === undefined ? {} : { description }),
    ...(writer === undefined ? {} : { writer }),
  };
}

/** Returns a rule from an answer of DescribeSecurityGroupRules. */
export function observedRule(row: SecurityGroupRule): Rule {
  const protocol = protocolOf(row.IpProtocol);
  const group = row.ReferencedGroupInfo?.GroupId;
  const peer = row.CidrIpv4 ?? row.CidrIpv6 ?? row.PrefixListId ?? (group === row.GroupId ? "self" : (group ?? ""));
  const range = isIcmp(protocol) || hasPorts(protocol) ? { from: row.FromPort ?? -1, to: row.ToPort ?? -1 } : { from: -1, to: -1 };
  const writer = row.Tags?.find((tag) => writers.test(tag.Key ?? ""))?.Key;
  return ruleOf(
    { protocol, ...range, peer: canonicalCidr(peer) },
    row.IsEgress ? "egress" : "ingress",
    row.Description || undefined,
    writer,
  );
}

/** Returns rules in the form of one Authorize or Revoke call: one permission for each protocol and range. `own` stands for "self". */
export function permissionsOf(rules: readonly Rule[], own: string): IpPermission[] {
  const permissions = new Map<string, Permission>();
  for (const rule of rules) {
    const { protocol, from, to, peer } = openingOf(rule);
    const key = `${protocol} ${from} ${to}`;
    const of: Permission = permissions.get(key) ?? {
      head: headOf(protocol, from, to),
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    permissions.set(key, of);
    const said = rule.description ? { Description: rule.description } : {};
    if (peer.startsWith("pl-")) of.PrefixListIds.push({ PrefixListId: peer, ...said });
    else if (familyOf(peer) === 4) of.IpRanges.push({ CidrIp: peer, ...said });
    else if (familyOf(peer) === 6) of.Ipv6Ranges.push({ CidrIpv6: peer, ...said });
    else of.UserIdGroupPairs.push({ GroupId: peer === "self" ? own : peer, ...said });
  }
  // Empty lists would be sent and read as a value.
  return [...permissions.values()].map(({ head, ...lists }) => ({
    ...head,
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
  }));
}

interface Permission {
  readonly head: IpPermission;
  readonly IpRanges: IpRange[];
  readonly Ipv6Ranges: Ipv6Range[];
  readonly PrefixListIds: PrefixListId[];
  readonly UserIdGroupPairs: UserIdGroupPair[];
}

/** Returns a complete rule in the form of ModifySecurityGroupRules, which clears fields that are left out. */
export function requestOf(rule: Rule, own: string): SecurityGroupRuleRequest {
  const { protocol, from, to, peer } = openingOf(rule);
  const head = { ...headOf(protocol, from, to), Description: rule.description ?? "" };
  if (peer.startsWith("pl-")) return { ...head, PrefixListId: peer };
  if (familyOf(peer) === 4) return { ...head, CidrIpv4: peer };
  if (familyOf(peer) === 6) return { ...head, CidrIpv6: peer };
  return { ...head, ReferencedGroupId: peer === "self" ? own : peer };
}

function headOf(protocol: string, from: number, to: number) {
  const IpProtocol = protocol === "all" ? "-1" : protocol;
  return hasPorts(protocol) || isIcmp(protocol) ? { IpProtocol, FromPort: from, ToPort: to } : { IpProtocol };
}
