/** Traffic as one set for each protocol, and the way in which answers come back. */
import type { Traffic } from "../kinds/kind.ts";
import type { Family } from "./addresses.ts";
import { has, includes, isEmpty, isSame, meet, minus, normal, noSpans, spansText, union, type Span, type Spans } from "./spans.ts";

export const protocols = ["tcp", "udp", "icmp", "other"] as const;
export type Protocol = (typeof protocols)[number];

/**
 * Sets by protocol: destination ports of TCP and UDP; types and codes of ICMP (ICMPv6 between IPv6 addresses) as 256 × type + code; numbers
 * of other protocols.
 */
export type Flows = Readonly<Record<Protocol, Spans>>;

const everyPort: Spans = [[0, 65_535]];
/** All protocol numbers except ICMP (1), TCP (6), UDP (17) and ICMPv6 (58). */
const otherProtocols: Spans = [
  [0, 0],
  [2, 5],
  [7, 16],
  [18, 57],
  [59, 255],
];

export const allFlows: Flows = { tcp: everyPort, udp: everyPort, icmp: everyPort, other: otherProtocols };
export const noFlows: Flows = { tcp: noSpans, udp: noSpans, icmp: noSpans, other: noSpans };

/**
 * The ports that clients use: those of NAT gateways and of every common operating system (VPC User Guide, "Network ACLs", ephemeral ports).
 */
export const clientPorts: Spans = [[1024, 65_535]];
/** The types of echo requests and of their replies (IANA, ICMP and ICMPv6 Type Numbers). */
const echo: Readonly<Record<Family, { readonly requests: readonly [Span]; readonly reply: number }>> = {
  4: { requests: [[8 * 256, 8 * 256 + 255]], reply: 0 },
  6: { requests: [[128 * 256, 128 * 256 + 255]], reply: 129 * 256 },
};

export function meetFlows(a: Flows, b: Flows): Flows {
  if (a === allFlows || b === noFlows) return b;
  if (b === allFlows || a === noFlows || a === b) return a;
  return each((protocol) => meet(a[protocol], b[protocol]));
}

export function unionFlows(a: Flows, b: Flows): Flows {
  if (a === allFlows || b === noFlows) return a;
  if (b === allFlows || a === noFlows || a === b) return b;
  return each((protocol) => union(a[protocol], b[protocol]));
}

/** Returns the union of many flows. Each set is sorted only once. */
export function unionOf(all: readonly Flows[]): Flows {
  if (all.includes(allFlows)) return allFlows;
  return each((protocol) => normal(all.flatMap((one) => [...one[protocol]])));
}

export function minusFlows(a: Flows, b: Flows): Flows {
  if (b === noFlows || a === noFlows) return a;
  return each((protocol) => minus(a[protocol], b[protocol]));
}

export function isNone(flows: Flows): boolean {
  return flows === noFlows || protocols.every((protocol) => isEmpty(flows[protocol]));
}

export function isSameFlows(a: Flows, b: Flows): boolean {
  return a === b || protocols.every((protocol) => isSame(a[protocol], b[protocol]));
}

export function includesFlows(a: Flows, b: Flows): boolean {
  return protocols.every((protocol) => includes(a[protocol], b[protocol]));
}

function each(of: (protocol: Protocol) => Spans): Flows {
  return { tcp: of("tcp"), udp: of("udp"), icmp: of("icmp"), other: of("other") };
}

const known: Readonly<Record<Family, WeakMap<Traffic, Flows>>> = { 4: new WeakMap(), 6: new WeakMap() };

/** Returns the traffic that a rule describes, between addresses of one family. ICMP is a different protocol in each family. */
export function flowsOf(traffic: Traffic, family: Family = 4): Flows {
  const made = known[family].get(traffic) ?? make(traffic, family);
  known[family].set(traffic, made);
  return made;
}

function make({ protocol, from, to }: Traffic, family: Family): Flows {
  if (protocol === "all") return allFlows;
  if (protocol === "tcp" || protocol === "udp") return { ...noFlows, [protocol]: from === -1 ? everyPort : [[from, to]] };
  if (protocol === "icmp" || protocol === "icmpv6") {
    if ((protocol === "icmp") !== (family === 4)) return noFlows;
    if (from === -1) return { ...noFlows, icmp: everyPort };
    return { ...noFlows, icmp: [to === -1 ? [from * 256, from * 256 + 255] : [from * 256 + to, from * 256 + to]] };
  }
  const number = Number(protocol);
  return Number.isInteger(number) && number !== 58 ? { ...noFlows, other: [[number, number]] } : noFlows;
}

/** Returns flows of one protocol: those to some ports, or all. */
export function flowsOfPorts(protocol: Protocol, ports: Spans = allFlows[protocol]): Flows {
  return { ...noFlows, [protocol]: normal(ports) };
}

/** Whether flows contain all traffic of a protocol, so that they ask for no particular port. */
export function isEveryPort(flows: Flows): boolean {
  return (Object.keys(allFlows) as Protocol[]).some((protocol) => includes(flows[protocol], allFlows[protocol]));
}

/**
 * Returns the flows that arrive and are answered. `back`: the flows that each leg of the way back lets through, by the client's ports.
 * `certain`: whatever the client's port; otherwise for at least one port. Without a connection (UDP, ICMP, others) a packet may do harm
 * even if nobody can answer it, so possible flows of these need no answer.
 */
export function answered(there: Flows, back: readonly Flows[], isCertain: boolean, family: Family): Flows {
  if (isNone(there)) return noFlows;
  if (!isCertain) return back.some(({ tcp }) => isEmpty(meet(tcp, clientPorts))) ? { ...there, tcp: noSpans } : there;
  const hasAll = (protocol: "tcp" | "udp") => back.every((leg) => includes(leg[protocol], clientPorts));
  const { requests, reply } = echo[family];
  return {
    tcp: hasAll("tcp") ? there.tcp : noSpans,
    udp: hasAll("udp") ? there.udp : noSpans,
    icmp: back.every(({ icmp }) => has(icmp, reply)) ? there.icmp : minus(there.icmp, requests),
    other: back.reduce((left, leg) => meet(left, leg.other), there.other),
  };
}

/** Returns flows as text: "tcp 22, 80; udp all". */
export function flowsText(flows: Flows): string {
  if (isSameFlows(flows, allFlows)) return "everything";
  const parts = protocols.flatMap((protocol) => {
    const spans = flows[protocol];
    if (isEmpty(spans)) return [];
    if (isSame(spans, allFlows[protocol])) return [protocol === "other" ? "other protocols" : `${protocol} all`];
    if (protocol === "icmp") return [isEcho(spans) ? "icmp echo" : "icmp some types"];
    return [protocol === "other" ? `protocol ${spansText(spans)}` : `${protocol} ${spansText(spans)}`];
  });
  return parts.length === 0 ? "nothing" : parts.join("; ");
}

function isEcho(icmp: Spans): boolean {
  return Object.values(echo).some(({ requests: [[first]] }) => has(icmp, first));
}

/** Returns the flows of an answer to an echo request of this family. */
export function echoReplies(family: Family): Flows {
  return flowsOfPorts("icmp", [[echo[family].reply, echo[family].reply]]);
}

export function echoRequests(family: Family): Flows {
  return flowsOfPorts("icmp", echo[family].requests);
}

/** Returns ports as text by protocol: `{ "tcp": "22, 8000-8100" }`. Protocols without flows are left out. */
export function portsByProtocol(flows: Flows): Readonly<Record<string, string>> {
  return Object.fromEntries(
    protocols.filter((protocol) => flows[protocol].length > 0).map((protocol) => [protocol, spansText(flows[protocol])]),
  );
}
