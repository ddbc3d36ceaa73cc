/** Faults that the simulator must find: the text of a source file, and its text with the fault. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Core } from "./oracle.ts";

export interface Fault {
  readonly what: string;
  readonly file: string;
  readonly is: string;
  readonly becomes: string;
  /** The seed of a random network that shows the fault. */
  readonly found: number;
}

const fault = (what: string, file: string, is: string, becomes: string): Omit<Fault, "found"> => ({ what, file, is, becomes });

const planted: readonly Omit<Fault, "found">[] = [
  fault(
    "answers pass the client's ACL unasked",
    "steps.ts",
    "const back = way(network, to, from, target, source)",
    `const back = way(network, to, from, target, source).filter(({ what, direction }) => what !== "acl" || direction !== "ingress")`,
  ),
  fault("a later entry of an ACL counts as well", "filters.ts", "left = minusFlows(left, flows);", ""),
  fault("an ACL filters inside its subnet", "steps.ts", "if (source === target) return [out, into];", ""),
  fault("a VPC's own ACL filters nothing", "network.ts", " ?? defaults.get(part.vpc)", ""),
  fault("a VPC's own group is as AWS made it", "places.ts", "if (declared !== undefined) return [declared];", ""),
  fault("any route that fits is taken", "tables.ts", "[...known, ...this.#local(vpc)].sort(isLonger)", "[...known, ...this.#local(vpc)]"),
  fault("a group rule lets everybody in", "filters.ts", "sorted.ofFirewalls.get(id) ?? nothing", "sorted.ofAnyFirewall"),
  fault("the NAT gateway's subnet does not filter what comes back", "steps.ts", `{ ...acl(nat, "ingress", to), back: 0 },`, ""),
  fault("the NAT gateway's subnet does not filter what goes out", "steps.ts", `acl(nat, "egress", to),\n`, ""),
  fault("a NAT gateway needs no route of its own", "steps.ts", "route(network, nat, to.at, (way) => isGatewayOf(way, nat)),", ""),
  fault("a NAT gateway passes every protocol on", "steps.ts", "must: passedByNat, may: passedByNat", "...everything"),
  fault(
    "a private machine needs no public address",
    "steps.ts",
    "[gateway(network, source, to.at), publicAddress(from)]",
    "[gateway(network, source, to.at)]",
  ),
  fault("a machine without a public address is reached", "steps.ts", "publicAddress(to), ", ""),
  fault(
    "no gateway has to be attached",
    "hop.ts",
    'return { ...blocked("gateway", `${vpc} has no internet gateway`), id: vpc };',
    'return { what: "gateway", ...everything };',
  ),
  fault("answers need no route to the gateway", "steps.ts", "...filters, back];", "...filters];"),
  fault(
    "one table of a peering is enough",
    "steps.ts",
    "const back = way(network, to, from, target, source)",
    `const back = way(network, to, from, target, source).filter(({ what }) => what !== "route")`,
  ),
  fault("a peering leads to every VPC", "hop.ts", "way.vpcs.includes(subnet.vpc) && way.vpcs.includes(other.vpc)", "true"),
  fault(
    "one port of the client is enough",
    "flows.ts",
    "back.every((leg) => includes(leg[protocol], clientPorts))",
    "back.every((leg) => !isEmpty(leg[protocol]))",
  ),
  fault("an answer is needed for harm", "flows.ts", "{ ...there, tcp: noSpans } : there", "noFlows : there"),
  fault("one address stands for all", "spans.ts", "return [...chosen.values()];", "return [...chosen.values()].slice(0, 1);"),
  fault(
    "one place of several is enough",
    "direct.ts",
    "must = meetFlows(must, bounds.must);\n      may",
    "must = unionFlows(must === allFlows ? noFlows : must, bounds.must);\n      may",
  ),
  fault(
    "what was not read is closed",
    "filters.ts",
    "return { must: noFlows, may: allFlows, unknown: why };",
    "return { must: noFlows, may: noFlows, unknown: why };",
  ),
  fault(
    "what was not read is open",
    "filters.ts",
    "return { must: noFlows, may: allFlows, unknown: why };",
    "return { must: allFlows, may: allFlows, unknown: why };",
  ),
  fault("the default group lets everybody in", "places.ts", "peer: { firewall: id } }],", `peer: { range: "0.0.0.0/0" } }],`),
  fault("every node serves every zone", "balancers.ts", "const nodes = isCross ?", "const nodes = isCross || true ?"),
  fault("targets never see the client", "balancers.ts", "keeps ? asClient(", "keeps && false ? asClient("),
  fault("targets always see the client", "balancers.ts", "keeps ? asClient(", "keeps || true ? asClient("),
  fault("a balancer answers without targets", "balancers.ts", "must: minusFlows(verdict.must, flows), some, unknown", "unknown"),
  fault("balancers of requests pass connections on", "balancers.ts", `if (forward.passes === "connections")`, ""),
  fault("an egress-only gateway lets others in", "steps.ts", "...onlyOutwards(network, target, from.at), ", ""),
  fault("an egress-only gateway lets nobody out", "steps.ts", ` || (by.leads === "outwards" && by.vpc === source.vpc)`, ""),
  fault("private IPv6 addresses are public", "hop.ts", "if (place !== undefined && !has(globalIpv6, at))", "if (false)"),
  fault("internal balancers are open over IPv6", "hop.ts", "if (endpoint?.part.isInternal === true)", "if (false)"),
  fault("ICMP of one family is that of the other", "flows.ts", `if ((protocol === "icmp") !== (family === 4)) return noFlows;`, ""),
  fault("answers to echo requests are alike in both families", "flows.ts", "reply: 129 * 256", "reply: 0"),
  fault("whoever may have IPv6 has it", "steps.ts", `spot.ipv6 === "unread" &&`, "false &&"),
  fault(
    "a place without IPv6 is no matter",
    "direct.ts",
    `choice === "any" || spots.every(({ addresses }) => hasFamily(addresses, family))`,
    "true",
  ),
  fault("a range that AWS picks lies outside", "hop.ts", `other.part.ipv6Range === "unread"`, "false"),
  fault(
    "a range that AWS picks is one address",
    "network.ts",
    "isEmpty(known) ? strange : known",
    "[[globalIpv6[0]![0], globalIpv6[0]![0]]]",
  ),
  fault("a subnet's own network is no part of the VPC", "tables.ts", "...(ipv6Range ? [ipv6Range] : [])", ""),
  fault("targets see clients of the other family", "balancers.ts", "isSeen && family === familyOfPool(network, pool)", "isSeen"),
  fault("balancers speak IPv4 alone", "balancers.ts", "?.part.ipv6 === true ? 6 : 4", " === undefined ? 4 : 4"),
  fault("the default group lets nothing out over IPv6", "places.ts", `{ ...all, peer: { range: "::/0" } },`, ""),
  fault(
    "every machine in a network of IPv6 has an address",
    "places.ts",
    "subnet.part.givesIpv6 === true ? subnet.ipv6 : []",
    "subnet.ipv6",
  ),
  fault(
    "IPv6 rules count for IPv4 as well",
    "filters.ts",
    "span[0] <= at && at <= span[1]",
    "(typeof span[0] !== typeof at || (span[0] <= at && at <= span[1]))",
  ),
  fault("gateways pass private addresses on", "hop.ts", "if (to !== undefined && has(refusedByGateways, to))", "if (false)"),
  fault("a transit gateway leads to every VPC", "across.ts", "attachment.vpc === target.vpc ? ", "attachment.vpc !== undefined ? "),
  fault("a transit gateway drops nothing", "transit.ts", "return range ? [{ range, to", "return range && by !== undefined ? [{ range, to"),
  fault(
    "networks of attachments come before written routes",
    "transit.ts",
    "Number(b.isWritten) - Number(a.isWritten)",
    "Number(a.isWritten) - Number(b.isWritten)",
  ),
  fault("all attachments follow the default table", "transit.ts", "named.get(one.id) ?? byItself(one)", "byItself(one)"),
  fault("every attachment follows some table", "transit.ts", "door.associates ? usual.table : undefined", "usual.table"),
  fault("every zone leads to a transit gateway", "across.ts", "({ zone }) => zone === source.zone", "() => true"),
  fault("the subnet to a transit gateway does not filter", "across.ts", `, acl(exit[0], "ingress", from)]`, "]"),
  fault("the subnet from a transit gateway does not filter", "across.ts", `[acl(entry, "egress", to), `, "["),
  fault("an ACL filters what a transit gateway sends into its own subnet", "across.ts", "entry === target ? [] : ", ""),
  fault(
    "groups are seen across every transit gateway",
    "hop.ts",
    `return direction === "ingress" && isShared ? firewalls : "none";`,
    "return firewalls;",
  ),
  fault("attachments carry IPv6 by themselves", "across.ts", "(!here.ipv6 || there?.ipv6 === false)", "false"),
  fault(
    "a transit gateway always stays in the zone",
    "across.ts",
    "near.length > 0 && !there.anyZone && !here.anyZone ?",
    "near.length > 0 ?",
  ),
  fault("what a transit gateway drops may arrive outside", "hop.ts", `if (taken?.is === "nowhere") return`, "if (false) return"),
  fault(
    "nothing is behind a transit gateway",
    "hop.ts",
    "return unknown(taken?.is",
    "if (transit) return nothing;\n  return unknown(taken?.is",
  ),
  fault("what others give a transit gateway is no matter", "transit.ts", "if (table.unread.length > 0 &&", "if (false &&"),
  fault("an endpoint leads to no service", "offered.ts", "if (endpoint === from.endpoint) continue;", "continue;"),
  fault("an interface endpoint opens connections", "reach.ts", "if (from.endpoint?.part.isSilent === true) return never;", ""),
  fault("nobody else uses a service", "offered.ts", "({ clientOf }) => clientOf === offer.id", "() => false"),
  fault("every service accepts every endpoint", "offered.ts", "offer.acceptsAll ? both", "true ? both"),
  fault("groups never filter what comes by an endpoint", "offered.ts", "if (spot.endpoint?.part.isOpenToClients)", "if (true)"),
  fault("groups always filter what comes by an endpoint", "offered.ts", "if (spot.endpoint?.part.isOpenToClients)", "if (false)"),
  fault("no ACL filters what comes by an endpoint", "offered.ts", `if (place.acl === "open")`, "if (true)"),
  fault(
    "who comes by an endpoint reaches no target",
    "balancers.ts",
    "return eitherWay(all, byService(",
    "return all ?? eitherWay(all, byService(",
  ),
  fault("a bound on groups knows IPv4 alone", "filters.ts", "families.map((family) => flowsOf", "([4] as const).map((family) => flowsOf"),
  fault("a group that nobody read lets nothing in", "reach.ts", ": allFlows;\n  }, noFlows);", ": all;\n  }, noFlows);"),
  fault(
    "a bound on groups knows the first one alone",
    "reach.ts",
    "return firewalls.reduce((all, id)",
    "return firewalls.slice(0, 1).reduce((all, id)",
  ),
  fault(
    "a bound on groups knows the first rule alone",
    "filters.ts",
    "openings.flatMap((one) => families",
    "openings.slice(0, 1).flatMap((one) => families",
  ),
  fault("nothing is translated", "reach.ts", "byNat64(network, from, to, untranslated)", "never"),
  fault("what is translated is certain", "translated.ts", "must: noFlows, some: noFlows, may", "must: may, some: may, may"),
];

/** Seeds by the description of the fault. */
const foundIn: Readonly<Record<string, number>> = {
  "the NAT gateway's subnet does not filter what comes back": 706,
  "answers pass the client's ACL unasked": 21,
  "a later entry of an ACL counts as well": 2,
  "an ACL filters inside its subnet": 2,
  "any route that fits is taken": 1,
  "a group rule lets everybody in": 1,
  "the NAT gateway's subnet does not filter what goes out": 196,
  "a NAT gateway needs no route of its own": 1,
  "a NAT gateway passes every protocol on": 8,
  "a private machine needs no public address": 2,
  "a machine without a public address is reached": 2,
  "no gateway has to be attached": 1,
  "answers need no route to the gateway": 1,
  "a VPC's own ACL filters nothing": 39,
  "a VPC's own group is as AWS made it": 97,
  "one table of a peering is enough": 1,
  "a peering leads to every VPC": 38,
  "one port of the client is enough": 10,
  "an answer is needed for harm": 1,
  "one address stands for all": 12,
  "one place of several is enough": 2,
  "what was not read is closed": 1,
  "what was not read is open": 1,
  "the default group lets everybody in": 1,
  "every node serves every zone": 2,
  "targets never see the client": 14,
  "targets always see the client": 641,
  "a balancer answers without targets": 2,
  "balancers of requests pass connections on": 187,
  "IPv6 rules count for IPv4 as well": 2,
  "an egress-only gateway lets nobody out": 2,
  "an egress-only gateway lets others in": 2,
  "every machine in a network of IPv6 has an address": 2,
  "whoever may have IPv6 has it": 2,
  "a place without IPv6 is no matter": 4,
  "gateways pass private addresses on": 8,
  "what is translated is certain": 14,
  "nothing is translated": 16,
  "internal balancers are open over IPv6": 36,
  "a range that AWS picks is one address": 40,
  "private IPv6 addresses are public": 40,
  "ICMP of one family is that of the other": 88,
  "the default group lets nothing out over IPv6": 90,
  "a range that AWS picks lies outside": 150,
  "balancers speak IPv4 alone": 174,
  "a subnet's own network is no part of the VPC": 284,
  "answers to echo requests are alike in both families": 2430,
  "targets see clients of the other family": 2144,
  "a transit gateway leads to every VPC": 805,
  "a transit gateway drops nothing": 40,
  "networks of attachments come before written routes": 40,
  "all attachments follow the default table": 15,
  "every attachment follows some table": 230,
  "every zone leads to a transit gateway": 35,
  "the subnet to a transit gateway does not filter": 80,
  "the subnet from a transit gateway does not filter": 135,
  "an ACL filters what a transit gateway sends into its own subnet": 15,
  "groups are seen across every transit gateway": 190,
  "attachments carry IPv6 by themselves": 150,
  "a transit gateway always stays in the zone": 255,
  "what a transit gateway drops may arrive outside": 35,
  "nothing is behind a transit gateway": 80,
  "what others give a transit gateway is no matter": 15,
  "an endpoint leads to no service": 12,
  "an interface endpoint opens connections": 84,
  "every service accepts every endpoint": 348,
  "groups never filter what comes by an endpoint": 3,
  "no ACL filters what comes by an endpoint": 978,
  "a bound on groups knows IPv4 alone": 384,
  "nobody else uses a service": 12,
  "groups always filter what comes by an endpoint": 12,
  "who comes by an endpoint reaches no target": 33,
  "a group that nobody read lets nothing in": 15,
  "a bound on groups knows the first one alone": 1,
  "a bound on groups knows the first rule alone": 6,
};

export const faults: readonly Fault[] = planted.map((one) => ({ ...one, found: foundIn[one.what] ?? 0 }));

const folder = fileURLToPath(new URL("../../src/reach/", import.meta.url));

/** Returns the core with a fault in it. */
export async function withFault({ what, file, is, becomes }: Omit<Fault, "found">): Promise<Core> {
  const path = `${folder}${file}`;
  const text = readFileSync(path, "utf8");
  if (!text.includes(is)) throw new Error(`${file} no longer holds what "${what}" changes: ${is}`);
  const changed = text.replace(is, () => becomes);
  const entry = ["addresses", "network", "reach", "verdict"]
    .map((name) => `export * from ${JSON.stringify(`${folder}${name}.ts`)};`)
    .join("\n");
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: folder, loader: "ts" },
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    plugins: [
      {
        name: "fault",
        setup: (plugin) =>
          plugin.onLoad({ filter: /\.ts$/ }, (args) => (args.path === path ? { contents: changed, loader: "ts" } : undefined)),
      },
    ],
  });
  return (await import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString("base64")}`
  )) as Core;
}
