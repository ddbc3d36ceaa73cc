/** The connections that one party can open to another directly: all ways between their addresses, taken together. */
import { families, familyOf, globalIpv6, hasFamily, ofFamily, refusedByGateways, spanOf, type Address, type Family } from "./addresses.ts";
import { allFlows, answered, isSameFlows, meetFlows, noFlows, unionFlows, type Flows } from "./flows.ts";
import type { Direction } from "./filters.ts";
import { inMap, newMap } from "./memo.ts";
import type { Network, Spot, Subnet } from "./network.ts";
import { meet, minus, next, representatives, type Span } from "./spans.ts";
import type { At, Step } from "./hop.ts";
import { decidingSteps } from "./steps.ts";
import { eitherWay, never, type Party, type Verdict } from "./verdict.ts";

/** A function that finds the steps between two addresses. */
export type Walk = (network: Network, from: At, to: At) => readonly Step[];

/** Returns the flows over IPv4 or IPv6. A party with both uses each family that leads there. */
export function direct(network: Network, from: Party, to: Party, walk: Walk = decidingSteps): Verdict {
  return families.reduce((all, family) => eitherWay(all, directOver(family, network, from, to, walk)), never);
}

export function directOver(family: Family, network: Network, from: Party, to: Party, walk: Walk = decidingSteps): Verdict {
  if (!isAnywhere(from, family) || !isAnywhere(to, family)) return never;
  const sources = casesOf(network, from, to, "ingress", family);
  const targets = casesOf(network, to, from, "egress", family);
  let verdict: Verdict | undefined;
  for (const some of sources)
    for (const others of targets) {
      const one = overChoices(network, some, others, walk);
      verdict = verdict ? { ...eitherWay(verdict, one), must: meetFlows(verdict.must, one.must) } : one;
    }
  if (!verdict || (isEverywhere(from, family) && isEverywhere(to, family))) return verdict ?? never;
  return { ...verdict, must: noFlows, some: noFlows, unknown: [...verdict.unknown, `AWS may choose a subnet without IPv${family}`] };
}

function isAnywhere({ spots }: Party, family: Family): boolean {
  return spots.some(({ addresses }) => hasFamily(addresses, family));
}

/**
 * Whether a party certainly has an address of a family. A client that chooses its address has one. A party that AWS places has one only if
 * each possible place has one.
 */
function isEverywhere({ choice, spots }: Party, family: Family): boolean {
  return choice === "any" || spots.every(({ addresses }) => hasFamily(addresses, family));
}

/**
 * Returns the addresses of a party that can have different flows. If AWS chooses, they are together one case; otherwise each is its own
 * case. `direction`: the rules of the other side's groups that see the party.
 */
export function casesOf(network: Network, party: Party, other: Party, direction: Direction, family: Family): readonly (readonly At[])[] {
  const addresses = addressesOf(network, party, other, direction, family);
  const places = party.spots.flatMap((spot, i) => (addresses[i] ?? []).map((at): At => ({ spot, at })));
  return party.choice === "of-aws" ? [places] : places.map((place) => [place]);
}

const chosen = new WeakMap<Network, Map<string, readonly (readonly Address[])[]>>();

/** Returns the addresses for each spot of the party. Parties in the same subnets have the same flows with the same other party. */
function addressesOf(network: Network, party: Party, other: Party, direction: Direction, family: Family): readonly (readonly Address[])[] {
  const known = inMap(chosen, network, newMap<string, readonly (readonly Address[])[]>);
  const key = [
    family,
    direction,
    party.choice,
    ...party.spots.map(placeKey),
    "",
    ...other.spots.map((spot) => cutsKey(network, spot, direction)),
  ].join();
  const found = known.get(key);
  if (found) return found;
  const cuts = new Set<Address>();
  const add = (cut: Address) => familyOf(cut) === family && cuts.add(cut);
  for (const spot of other.spots) for (const cut of cutsOf(network, spot, direction)) add(cut);
  for (const spot of party.spots) for (const cut of cutsOf(network, spot, direction === "ingress" ? "nat" : "transit")) add(cut);
  network.work.spend(10 + cuts.size);
  const addresses = party.spots.map((spot) => {
    const some = ofFamily(spot.addresses, family);
    // Public and private addresses have different flows, whatever the rules say.
    if (party.choice === "of-aws" && family === 4) return representatives(some, cuts);
    const open = party.choice === "any" ? network.internet : globalIpv6;
    const others = minus(some, open);
    const kinds = [meet(some, open), meet(others, refusedByGateways), minus(others, refusedByGateways)];
    return kinds.flatMap((kind) => representatives(kind, cuts));
  });
  known.set(key, addresses);
  return addresses;
}

const placeKeys = new WeakMap<Spot, string>();

function placeKey(spot: Spot): string {
  return inMap(placeKeys, spot, () => `${placeOf(spot)} ${spot.addresses.join()}`);
}

const cutsKeys: Readonly<Record<Direction, WeakMap<Spot, string>>> = { ingress: new WeakMap(), egress: new WeakMap() };

/**
 * Returns a key of everything that `cutsOf` reads: the ranges of the groups, the ACL, the table and the VPC, but not the names of the
 * groups.
 */
function cutsKey({ firewalls: known }: Network, spot: Spot, direction: Direction): string {
  const { firewalls, place } = spot;
  return inMap(cutsKeys[direction], spot, () => {
    const ranges = new Set<string>();
    if (typeof firewalls !== "string")
      for (const id of firewalls) for (const { peer } of known.get(id)?.[direction] ?? []) if ("range" in peer) ranges.add(peer.range);
    return `${typeof place === "object" ? filtersOf(place) : String(place)} ${[...ranges].sort().join(" ")}`;
  });
}

function filtersOf({ acl, table, vpc }: Subnet): string {
  return [typeof acl === "object" ? acl.id : acl, typeof table === "object" ? (table.id ?? "main") : table, vpc].join(" ");
}

function placeOf({ place }: Spot): string {
  return typeof place === "object" ? place.id : String(place);
}

/** The cost of one way, compared with the cost of one rule (measured by bench/reach.ts). */
export const stepsOfWalk = 10;

function overChoices(network: Network, sources: readonly At[], targets: readonly At[], walk: Walk): Verdict {
  if (sources.length * targets.length === 0) return never;
  let must = allFlows;
  let may = noFlows;
  const reasons = new Set<string>();
  for (const source of sources)
    for (const target of targets) {
      network.work.spend(stepsOfWalk);
      const bounds = along(walk(network, source, target), familyOf(target.at));
      must = meetFlows(must, bounds.must);
      may = unionFlows(may, bounds.may);
      for (const why of bounds.unknown) reasons.add(why);
    }
  if (reasons.size === 0 && !isSameFlows(must, may)) reasons.add("it depends on the addresses and subnets that AWS chooses");
  return { must, may, some: must, unknown: [...reasons] };
}

export interface Bounds {
  readonly must: Flows;
  readonly may: Flows;
  readonly unknown: readonly string[];
}

/** Security groups track connections, network ACLs do not. Clients on Linux use the ports 32768 to 60999, others use more. */
const partlyAnswered = "responses go to the client's port, 1024 to 65535, but a network ACL allows only some of these ports";

/** Returns the flows that pass all steps and are answered. */
export function along(steps: readonly Step[], family: Family): Bounds {
  let must = allFlows;
  let may = allFlows;
  const legs: { must: Flows; may: Flows }[] = [];
  const unknown: string[] = [];
  for (const step of steps) {
    if (step.unknown !== undefined) unknown.push(step.unknown);
    const leg = step.back === undefined ? undefined : (legs[step.back] ??= { must: allFlows, may: allFlows });
    if (leg) {
      leg.must = meetFlows(leg.must, step.must);
      leg.may = meetFlows(leg.may, step.may);
    } else {
      must = meetFlows(must, step.must);
      may = meetFlows(may, step.may);
    }
  }
  const certain = answered(
    must,
    legs.map((leg) => leg.must),
    true,
    family,
  );
  const possible = answered(
    may,
    legs.map((leg) => leg.may),
    false,
    family,
  );
  if (isSameFlows(certain, possible)) return { must: certain, may: possible, unknown: [] };
  const isPartlyAnswered = unknown.length === 0 && isSameFlows(must, may);
  return { must: certain, may: possible, unknown: isPartlyAnswered ? [partlyAnswered] : unknown };
}

// ───────────────────────────────────────────────────────────── the bounds between addresses with different flows

type Seen = Direction | "nat" | "transit";

const known = new WeakMap<Network, Map<Spot, Map<Seen, ReadonlySet<Address>>>>();

/**
 * Returns the bounds of every range that a filter or a table on the way of this spot names. "nat", "transit": only those of the NAT
 * gateways or transit gateways between it and others.
 */
function cutsOf(network: Network, spot: Spot, seen: Seen): ReadonlySet<Address> {
  const cache = known.get(network) ?? new Map<Spot, Map<Seen, ReadonlySet<Address>>>();
  known.set(network, cache);
  const ofSpot = cache.get(spot) ?? new Map<Seen, ReadonlySet<Address>>();
  cache.set(spot, ofSpot);
  const found = ofSpot.get(seen);
  if (found) return found;
  const cuts = new Set<Address>();
  const add = (span: Span<Address> | undefined) => span && cuts.add(span[0]).add(next(span[1]));
  const isBetween = seen === "nat" || seen === "transit";
  if (!isBetween && typeof spot.firewalls !== "string")
    for (const id of spot.firewalls)
      for (const { peer } of network.firewalls.get(id)?.[seen] ?? []) if ("range" in peer) add(spanOf(peer.range));
  if (typeof spot.place === "object") {
    if (!isBetween) addPlace(spot.place, add);
    if (seen !== "transit") for (const nat of natsOf(network, spot.place)) addPlace(nat, add);
    addTransits(network, spot.place, add);
  }
  ofSpot.set(seen, cuts);
  return cuts;
}

function addPlace({ acl, table }: Subnet, add: (span: Span<Address> | undefined) => unknown): void {
  if (typeof acl === "object") for (const { peer } of [...acl.ingress, ...acl.egress]) add(spanOf(peer));
  if (table !== "unread") for (const { range } of table.routes) add(range);
}

/**
 * Adds the ranges of the route tables of each transit gateway to which the VPC is attached, and those of the subnets of its attachments.
 */
function addTransits({ transits, subnets }: Network, { vpc }: Subnet, add: (span: Span<Address> | undefined) => unknown): void {
  for (const { byVpc, follows } of transits.values()) {
    const here = byVpc.get(vpc);
    if (!here) continue;
    for (const table of new Set(follows.values())) if (table !== "unread") for (const { range } of table.routes) add(range);
    for (const id of here.subnets) {
      const subnet = subnets.get(id);
      if (subnet) addPlace(subnet, add);
    }
  }
}

function natsOf(network: Network, { table }: Subnet): readonly Subnet[] {
  if (table === "unread") return [];
  return table.routes.flatMap(({ by }) => (by.leads === "nat" && "subnet" in by ? (network.subnets.get(by.subnet) ?? []) : []));
}
