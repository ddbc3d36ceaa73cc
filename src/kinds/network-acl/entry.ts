/** One entry of a network ACL: the author's form, its normal form, and the form in EC2's requests and answers. */
import type { CreateNetworkAclEntryCommandInput, NetworkAclEntry } from "@aws-sdk/client-ec2";
import type { Change, FieldUrgency } from "../kind.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import { hasPorts, isIcmp, portsOf, protocolNumbers, protocolOf } from "../shared/network/protocols.ts";

export type Direction = "ingress" | "egress";
export const directions = ["ingress", "egress"] as const;

/** An entry of either direction: `source` for ingress, `destination` for egress. */
export interface Entry {
  readonly action: "allow" | "deny";
  readonly protocol?: string | number;
  readonly port?: string | number;
  readonly ports?: string | number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly source?: string;
  readonly destination?: string;
}

/** Entries by their numbers. EC2 tries them in this order. */
export type Entries = Readonly<Record<string, Entry>>;

/**
 * The highest number that an entry can have. Above it are the "*" entries with which AWS ends every ACL (EC2 API, CreateNetworkAclEntry).
 */
export const lastNumber = 32_766;

/** Returns the entry in the driver's form, so that both sides of a comparison have the same form. */
export function normalEntry(entry: Entry): Entry {
  const protocol = protocolOf(entry.protocol);
  const range = portsOf(entry.ports ?? entry.port);
  return {
    action: entry.action,
    protocol,
    ...(hasPorts(protocol) && range ? portFields(range) : {}),
    ...(isIcmp(protocol) ? { icmpType: entry.icmpType ?? -1, icmpCode: entry.icmpCode ?? -1 } : {}),
    ...(entry.source === undefined ? {} : { source: canonicalCidr(entry.source) }),
    ...(entry.destination === undefined ? {} : { destination: canonicalCidr(entry.destination) }),
  };
}

function portFields({ from, to }: { readonly from: number; readonly to: number }): Pick<Entry, "port" | "ports"> {
  return from === to ? { port: from } : { ports: `${from}-${to}` };
}

/**
 * Returns as text what a change of entries opens to everybody: the traffic that it newly allows, and the traffic that it no longer denies.
 * Undefined when there is none.
 */
export function exposures({ added, changed, removed }: NonNullable<Change["items"]>): string | undefined {
  const now = [...added.map(({ value }) => value), ...changed.map(({ after }) => after)] as Entry[];
  const allowed = now.filter((entry) => entry.action === "allow" && isEverywhere(entry));
  const was = [...removed.map(({ value }) => value), ...changed.map(({ before }) => before)] as Entry[];
  const denied = was.filter((entry) => entry.action === "deny" && isEverywhere(entry));
  const said = [
    ...(allowed.length > 0 ? [`it allows ${allowed.map(textOf).join(", ")}`] : []),
    ...(denied.length > 0 ? [`it no longer denies ${denied.map(textOf).join(", ")}`] : []),
  ];
  return said.length === 0 ? undefined : said.join(" and ");
}

/** "exposure": AWS allows what the file does not, or does not deny what the file does. "traffic": it stops what the file lets pass. */
export function urgencyOfEntry(expected: Entry | undefined, actual: Entry | undefined): FieldUrgency {
  const allowsMore = actual?.action === "allow" && (expected?.action !== "allow" || !isWithin(actual, expected));
  const deniesLess = expected?.action === "deny" && (actual?.action !== "deny" || !isWithin(expected, actual));
  return allowsMore || deniesLess ? "exposure" : "traffic";
}

/** Whether one entry covers no more than the other, as far as one look tells: the same protocol and ports, and its network or everybody. */
function isWithin(one: Entry, other: Entry): boolean {
  const [a, b] = [normalEntry(one), normalEntry(other)];
  const isSame =
    a.protocol === b.protocol && (a.port ?? a.ports) === (b.port ?? b.ports) && a.icmpType === b.icmpType && a.icmpCode === b.icmpCode;
  return isSame && ((a.source ?? a.destination) === (b.source ?? b.destination) || isEverywhere(other));
}

function isEverywhere({ source, destination }: Entry): boolean {
  const peer = source ?? destination;
  return peer === "0.0.0.0/0" || peer === "::/0";
}

/** Returns the entry as text, such as "tcp 443 from 0.0.0.0/0". */
function textOf(entry: Entry): string {
  const { protocol, port, ports, source, destination } = normalEntry(entry);
  return [protocol, port ?? ports, source === undefined ? `to ${destination}` : `from ${source}`]
    .filter((part) => part !== undefined)
    .join(" ");
}

/** Returns the entries of one direction that people made, from DescribeNetworkAcls. */
export function observedEntries(rows: readonly NetworkAclEntry[], direction: Direction): Entries {
  return Object.fromEntries(
    rows
      .filter((row) => row.Egress === (direction === "egress") && row.RuleNumber! <= lastNumber)
      .map((row) => [String(row.RuleNumber), observedEntry(row, direction)]),
  );
}

function observedEntry(row: NetworkAclEntry, direction: Direction): Entry {
  const protocol = protocolOf(row.Protocol);
  return normalEntry({
    action: row.RuleAction === "deny" ? "deny" : "allow",
    protocol,
    ...(row.PortRange ? portFields({ from: row.PortRange.From!, to: row.PortRange.To! }) : {}),
    ...(row.IcmpTypeCode ? { icmpType: row.IcmpTypeCode.Type ?? -1, icmpCode: row.IcmpTypeCode.Code ?? -1 } : {}),
    [direction === "egress" ? "destination" : "source"]: row.CidrBlock ?? row.Ipv6CidrBlock ?? "",
  });
}

/** Returns the input of CreateNetworkAclEntry and of ReplaceNetworkAclEntry, which both take a complete entry. */
export function entryInput(acl: string, direction: Direction, number: string, entry: Entry): CreateNetworkAclEntryCommandInput {
  const protocol = protocolOf(entry.protocol);
  const range = portsOf(entry.ports ?? entry.port);
  const peer = entry.source ?? entry.destination ?? "";
  return {
    NetworkAclId: acl,
    RuleNumber: Number(number),
    Egress: direction === "egress",
    Protocol: protocolNumbers[protocol] ?? protocol,
    RuleAction: entry.action,
    ...(peer.includes(":") ? { Ipv6CidrBlock: peer } : { CidrBlock: peer }),
    ...(hasPorts(protocol) && range ? { PortRange: { From: range.from, To: range.to } } : {}),
    ...(isIcmp(protocol) ? { IcmpTypeCode: { Type: entry.icmpType ?? -1, Code: entry.icmpCode ?? -1 } } : {}),
  };
}
