/** Explains hop by hop why something is reached or not, with the line of the file that decides. */
import type { AclEntry, AclPart, Opening, PartId } from "../kinds/kind.ts";
import { families, familyOf, isNetwork, spanOf, type Address, type Family } from "./addresses.ts";
import { passagesTo } from "./balancers.ts";
import { along, casesOf, stepsOfWalk } from "./direct.ts";
import { entriesThatLet, matches, openingsThatLet, type Direction } from "./filters.ts";
import {
  allFlows,
  clientPorts,
  echoReplies,
  flowsOf,
  flowsOfPorts,
  flowsText,
  includesFlows,
  isEveryPort,
  isNone,
  meetFlows,
  noFlows,
  type Flows,
  unionFlows,
} from "./flows.ts";
import type { Endpoint, Network, Spot, Subnet } from "./network.ts";
import { offersOf } from "./offered.ts";
import { reach } from "./reach.ts";
import { blocked, type At, type Step } from "./hop.ts";
import { stepsBetween } from "./steps.ts";
import { has } from "./spans.ts";
import { partyOf, type Party, type Verdict } from "./verdict.ts";

/** "partly": some of the addresses or ports that were asked about are reachable, and others are not. */
export type Answer = "reachable" | "partly" | "blocked" | "unknown";

export interface Explained {
  readonly from: string;
  readonly to: string;
  readonly asked: Flows;
  readonly answer: Answer;
  readonly verdict: Verdict;
  /** An address for which the flows pass, when they pass only for some addresses. */
  readonly such?: Address;
  readonly hops: readonly Hop[];
  /** The first hop that blocks it, and further ones that would. */
  readonly blockedAt: readonly Hop[];
  /** The rule that is missing, when a security group is the first hop that blocks. */
  readonly needs?: { readonly id: PartId; readonly rule: string };
}

export interface Hop {
  /** The name of the hop: "securityGroup/web", "network ACL of subnet/a". */
  readonly what: string;
  /** The resource whose line decides. */
  readonly id?: PartId | undefined;
  readonly path?: string | undefined;
  readonly says: string;
  readonly passes: "yes" | "no" | "unknown";
  readonly isBack: boolean;
  /** The prefix list that the rule or the route names. */
  readonly list?: PartId | undefined;
  /** The flows that the hop may let through. */
  readonly lets: Flows;
  /** Everything by which it lets some of the flows through: each rule, each entry, the route. Empty where it lets none through. */
  readonly by: readonly Letting[];
}

/** A rule, an entry, a route or a field that lets flows through. */
export interface Letting {
  readonly id: PartId;
  readonly path?: string | undefined;
  readonly list?: PartId | undefined;
  readonly text: string;
}

/** Returns the verdict on one pair of parties, and the hops of one way between them: a way with the same answer, if there is one. */
export function explain(network: Network, from: Party, to: Party, asked: Flows): Explained {
  const verdict = reach(network, from, to);
  const answer = answerOf(verdict, asked);
  const { way, hops } = hopsFor(network, from, to, asked, answer);
  const blockedAt = answer === "blocked" ? hops.filter(({ passes }) => passes === "no") : [];
  const such = answer === "partly" && includesFlows(verdict.some, asked) ? (from.choice === "any" ? way.from?.at : way.to?.at) : undefined;
  return {
    from: from.name,
    to: to.name,
    asked,
    answer,
    verdict,
    hops,
    blockedAt,
    ...(such === undefined ? {} : { such }),
    ...needOf(network, way, blockedAt, asked, [from.name, to.name]),
  };
}

/** Returns the hops of a way that shows the reason for the answer. */
export function hopsFor(
  network: Network,
  from: Party,
  to: Party,
  asked: Flows,
  answer: Answer,
): { readonly way: Way; readonly hops: readonly Hop[] } {
  const isSilent = answer === "blocked" && from.endpoint?.part.isSilent === true;
  const way = isSilent ? { steps: [silence(from.endpoint!)] } : wayToShow(network, from, to, asked, answer);
  const isPassedOn = answer !== "blocked" && isNone(meetFlows(along(way.steps, familyOfWay(way)).may, asked));
  const passed = isPassedOn ? hopsBy(network, from, to, asked) : undefined;
  return { way, hops: passed ?? way.steps.map((step) => hopOf(network, step, asked, familyOfWay(way))) };
}

/**
 * Returns the answer: all flows that were asked about pass for certain, some do, none may, or it is unknown. When every port was asked
 * about, one is enough.
 */
function answerOf({ must, some, may }: Pick<Verdict, "must" | "some" | "may">, asked: Flows): Answer {
  if (isNone(meetFlows(may, asked))) return "blocked";
  const isPart = (flows: Flows) => !isNone(meetFlows(flows, asked));
  if (isEveryPort(asked)) return isPart(must) ? "reachable" : isPart(some) ? "partly" : "unknown";
  if (includesFlows(must, asked)) return "reachable";
  return includesFlows(some, asked) || isPart(must) ? "partly" : "unknown";
}

function isSingle(flows: Flows): boolean {
  const spans = [flows.tcp, flows.udp, flows.icmp, flows.other].flat();
  return spans.length === 1 && spans[0]![0] === spans[0]![1];
}

interface Way {
  readonly from?: At;
  readonly to?: At;
  readonly steps: readonly Step[];
}

function silence({ id }: Endpoint): Step {
  return { ...blocked("place", "it opens no connections"), id };
}

function familyOfWay({ to }: Way): Family {
  return to ? familyOf(to.at) : 4;
}

function wayToShow(network: Network, from: Party, to: Party, asked: Flows, answer: Answer): Way {
  let shown: Way | undefined;
  for (const family of families)
    for (const one of casesOf(network, from, to, "ingress", family).flat())
      for (const other of casesOf(network, to, from, "egress", family).flat()) {
        network.work.spend(stepsOfWalk);
        const way = { from: one, to: other, steps: stepsBetween(network, one, other) };
        const bounds = along(way.steps, family);
        const is = answerOf({ ...bounds, some: bounds.must }, asked);
        if (is === answer || (answer === "partly" && is === "reachable")) return way;
        shown ??= way;
      }
  return shown ?? { steps: [] };
}

/**
 * Returns the hops through something that passes the connection on: an endpoint of a service, or a load balancer. For targets that are not
 * reached directly.
 */
function hopsBy(network: Network, from: Party, { endpoint }: Party, asked: Flows): readonly Hop[] | undefined {
  if (!endpoint) return undefined;
  for (const { offer, endpoints } of offersOf(network, endpoint.id)) {
    if (from.spots.every(({ clientOf }) => clientOf === offer.id))
      return [passingOn(offer.id, "its endpoints in other VPCs are not known", "unknown")];
    for (const by of endpoints.filter((one) => one !== from.endpoint)) {
      const first = explain(network, from, partyOf(by), asked);
      const says = `connects to ${offer.id}${offer.acceptsAll ? "" : ", which has to accept it first"}`;
      if (first.answer !== "blocked") return [...first.hops, passingOn(by.id, says, offer.acceptsAll ? "yes" : "unknown")];
    }
  }
  for (const { balancer, forward, pool, port } of passagesTo(network, endpoint.id)) {
    const { protocol, port: front, path } = forward;
    if (balancer === from.endpoint || isNone(meetFlows(asked, flowsOfPorts(protocol, [[port, port]])))) continue;
    const first = explain(network, from, partyOf(balancer), flowsOfPorts(protocol, [[front, front]]));
    const says = `forwards ${protocol} ${front} to port ${port} of ${pool}`;
    if (first.answer !== "blocked") return [...first.hops, passingOn(balancer.id, says, "yes", path)];
  }
  return undefined;
}

function passingOn(id: PartId, says: string, passes: Hop["passes"], path?: string): Hop {
  return { what: id, id, path, says, passes, isBack: false, lets: allFlows, by: [{ id, path, text: says }] };
}

// ───────────────────────────────────────────────────────────── one hop

function hopOf(network: Network, step: Step, asked: Flows, family: Family): Hop {
  const isBack = step.back !== undefined;
  const wanted = isBack ? answersTo(asked, family) : asked;
  const passes = includesOrSome(step.must, wanted) ? "yes" : isNone(meetFlows(step.may, wanted)) ? "no" : "unknown";
  const decides = deciding(network, step, wanted);
  return {
    what: nameOf(step, decides?.id),
    id: decides?.id ?? step.id,
    path: decides?.path ?? step.path,
    says: (passes === "unknown" ? step.unknown : undefined) ?? decides?.text ?? step.says ?? flowsText(step.may),
    passes,
    isBack,
    list: decides?.list ?? step.list,
    lets: step.may,
    by: passes === "no" ? [] : lettingOf(network, step, wanted),
  };
}

function lettingOf(network: Network, step: Step, wanted: Flows): readonly Letting[] {
  const { direction, peer, id, path, list, says = "" } = step;
  if (direction !== undefined && peer !== undefined) {
    if (step.what !== "acl") return rulesOf(network, step, wanted, direction, peer);
    const { acl } = step.of as Subnet;
    if (typeof acl === "object")
      return entriesThatLet(acl, direction, peer.at, wanted).map((entry) => decidingEntry(acl, entry, direction));
  }
  return id === undefined ? [] : [{ id, path, list, text: says }];
}

function rulesOf(network: Network, step: Step, wanted: Flows, direction: Direction, { at, spot }: At): readonly Decides[] {
  const found = openingsThatLet(network, (step.of as Spot).firewalls, direction, { at, firewalls: spot.firewalls }, wanted);
  return found.map(({ id, opening }) => ({ id, path: opening.path, list: opening.list, text: ruleText(opening, direction) }));
}

function includesOrSome(flows: Flows, wanted: Flows): boolean {
  return isSingle(wanted) || isClientPorts(wanted) ? includesFlows(flows, wanted) : !isNone(meetFlows(flows, wanted));
}

function isClientPorts({ tcp, udp }: Flows): boolean {
  return tcp === clientPorts || udp === clientPorts;
}

/**
 * Returns the flows of the answer: to the client's port for TCP and UDP, echo replies for ICMP. For other protocols they are the same as
 * those of the request.
 */
function answersTo(asked: Flows, family: Family): Flows {
  if (!isNone(meetFlows(asked, flowsOfPorts("tcp")))) return { ...noFlows, tcp: clientPorts };
  if (!isNone(meetFlows(asked, flowsOfPorts("udp")))) return { ...noFlows, udp: clientPorts };
  return isNone(meetFlows(asked, flowsOfPorts("icmp"))) ? asked : echoReplies(family);
}

function nameOf(step: Step, decides: PartId | undefined): string {
  switch (step.what) {
    case "source-groups":
    case "target-groups":
      return decides ?? groupsText(step.of as Spot);
    case "acl":
      return typeof step.of === "object" && "acl" in step.of && typeof step.of.acl === "object"
        ? step.of.acl.id
        : `network ACL of ${(step.of as Subnet | undefined)?.id ?? step.id}`;
    case "route":
      return `routes of ${step.id}`;
    case "nat":
      return step.id ?? "NAT gateway";
    case "public-address":
      return isNone(step.may) ? "public address" : (step.id ?? "public address");
    case "gateway":
    case "place":
      return step.id ?? step.what;
  }
}

function groupsText({ firewalls }: Spot): string {
  if (typeof firewalls === "string") return firewalls === "none" ? "no security group" : "security groups";
  return firewalls.length === 0 ? "no security group" : firewalls.join(", ");
}

interface Decides {
  readonly list?: PartId | undefined;
  readonly id: PartId;
  readonly path: string;
  readonly text: string;
}

interface Undecided {
  readonly id: undefined;
  readonly path: undefined;
  readonly list?: undefined;
  readonly text: string;
}

/** Returns the rule or entry that lets flows through, or the reason why there is none. */
function deciding(network: Network, step: Step, wanted: Flows): Decides | Undecided | undefined {
  const { direction, peer } = step;
  if (direction === undefined || peer === undefined) return undefined;
  if (step.what === "acl") return entryOf(step, wanted, direction, peer.at);
  const { firewalls } = step.of as Spot;
  const seen = { at: peer.at, firewalls: peer.spot.firewalls };
  const [first] = rulesOf(network, step, wanted, direction, peer);
  if (first) return first;
  if (typeof firewalls === "string") return undefined;
  const way = direction === "ingress" ? "in" : "out";
  const openings = firewalls.flatMap((id) => network.firewalls.get(id)?.[direction] ?? []);
  const here = openings
    .filter((opening) => matches(opening, seen) !== "no")
    .reduce((all, opening) => unionFlows(all, flowsOf(opening, familyOf(peer.at))), noFlows);
  const other = peer.spot.endpoint?.id ?? "there";
  const side = direction === "ingress" ? `from ${other}` : `to ${other}`;
  const text = isNone(here) ? `allows nothing ${way} ${side}` : `allows only ${flowsText(here)} ${way} ${side}`;
  return { id: undefined, path: undefined, text };
}

function entryOf(step: Step, wanted: Flows, direction: Direction, at: Address): ReturnType<typeof deciding> {
  const acl = (step.of as { readonly acl: AclPart | string }).acl;
  if (typeof acl === "string") return { id: undefined, path: undefined, text: acl === "open" ? "AWS's default: everything" : "not read" };
  const entry = acl[direction].find((one) => {
    const span = spanOf(one.peer);
    return span !== undefined && has([span], at) && !isNone(meetFlows(flowsOf(one, familyOf(at)), wanted));
  });
  if (!entry) return { id: undefined, path: undefined, text: `no ${direction} entry matches, so it denies` };
  return decidingEntry(acl, entry, direction);
}

function decidingEntry(acl: AclPart, entry: AclEntry, direction: Direction): Decides {
  const number = entry.path.slice(entry.path.indexOf(".") + 1);
  return {
    id: acl.id,
    path: entry.path,
    text: `${number}: ${entry.allows ? "allow" : "deny"} ${trafficText(entry)} ${direction === "ingress" ? "from" : "to"} ${entry.peer}`,
  };
}

/** Returns a rule as the file writes it: "{ port: 22, source: 0.0.0.0/0 }". */
function ruleText(opening: Opening, direction: Direction): string {
  const { peer } = opening;
  const whom = opening.list !== undefined ? opening.list : "range" in peer ? peer.range : "firewall" in peer ? peer.firewall : peer.unread;
  return `{ ${fieldsOf(opening)}${direction === "ingress" ? "source" : "destination"}: ${whom} }`;
}

function fieldsOf({ protocol, from, to }: Pick<Opening, "protocol" | "from" | "to">): string {
  const name = protocol === "tcp" ? "" : `protocol: ${protocol}, `;
  if (from === -1) return name;
  if (protocol === "icmp" || protocol === "icmpv6") return `${name}icmpType: ${from}, `;
  return `${name}${from === to ? `port: ${from}` : `ports: ${from}-${to}`}, `;
}

function trafficText({ protocol, from, to }: Pick<Opening, "protocol" | "from" | "to">): string {
  if (from === -1) return protocol === "all" ? "everything" : protocol;
  return `${protocol} ${from === to || to === -1 ? from : `${from}-${to}`}`;
}

/** Returns the missing rule, if one port was asked about and a security group is the first hop that blocks. */
function needOf(
  network: Network,
  way: Way,
  blockedAt: readonly Hop[],
  asked: Flows,
  [from, to]: readonly [string, string],
): Pick<Explained, "needs"> {
  const step = way.steps.find(({ may, back }) => isNone(meetFlows(may, back === undefined ? asked : answersTo(asked, familyOfWay(way)))));
  if (blockedAt.length === 0 || !step?.peer || (step.what !== "target-groups" && step.what !== "source-groups")) return {};
  const { firewalls } = step.of as Spot;
  const protocol = isNone(meetFlows(asked, flowsOfPorts("tcp"))) ? "udp" : "tcp";
  const [span, ...more] = asked[protocol];
  if (!span || more.length > 0 || typeof firewalls === "string" || !isSingle(asked)) return {};
  const id = firewalls.find((one) => network.firewalls.has(one) && !one.includes(" "));
  const other = step.what === "target-groups" ? from : to;
  const whom = namedPeer(step.peer) ?? (isNetwork(other) ? other : undefined);
  if (id === undefined || whom === undefined) return {};
  const direction = step.what === "target-groups" ? "ingress" : "egress";
  return {
    needs: {
      id,
      rule: `${direction} { ${fieldsOf({ protocol, from: span[0], to: span[1] })}${direction === "ingress" ? "source" : "destination"}: ${whom} }`,
    },
  };
}

function namedPeer({ spot }: At): string | undefined {
  if (typeof spot.firewalls !== "string") return spot.firewalls.find((id) => !id.includes(" "));
  return undefined;
}
