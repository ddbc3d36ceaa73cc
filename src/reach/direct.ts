/** What one party can begin with another by itself: all the ways between their addresses, taken together. */
import { allFlows, answered, isSameFlows, meetFlows, noFlows, unionFlows, type Flows } from "./flows.ts";
import { rangeIn, type Direction } from "./filters.ts";
import { inMap, newMap } from "./memo.ts";
import type { Network, Spot, Subnet } from "./network.ts";
import { meet, minus, representatives, type Span } from "./spans.ts";
import { decidingSteps, type At, type Step } from "./steps.ts";
import { eitherWay, never, type Party, type Verdict } from "./verdict.ts";

/** How the steps between two addresses are found. */
export type Walk = (network: Network, from: At, to: At) => readonly Step[];

export function direct(network: Network, from: Party, to: Party, walk: Walk = decidingSteps): Verdict {
  const sources = casesOf(network, from, to, "ingress");
  const targets = casesOf(network, to, from, "egress");
  let verdict: Verdict | undefined;
  for (const some of sources)
    for (const others of targets) {
      const one = overChoices(network, some, others, walk);
      verdict = verdict ? { ...eitherWay(verdict, one), must: meetFlows(verdict.must, one.must) } : one;
    }
  return verdict ?? never;
}

/**
 * The addresses of a party, one for each that fares differently: one case, in which AWS chooses, or each a case of its own.
 * `direction`: which rules of the other side's groups see the party.
 */
export function casesOf(network: Network, party: Party, other: Party, direction: Direction): readonly (readonly At[])[] {
  const addresses = addressesOf(network, party, other, direction);
  const places = party.spots.flatMap((spot, i) => (addresses[i] ?? []).map((at): At => ({ spot, at })));
  return party.choice === "of-aws" ? [places] : places.map((place) => [place]);
}

const chosen = new WeakMap<Network, Map<string, readonly (readonly number[])[]>>();

/** For each spot of the party. Parties of the same subnets fare alike before the same other one. */
function addressesOf(network: Network, party: Party, other: Party, direction: Direction): readonly (readonly number[])[] {
  const known = inMap(chosen, network, newMap<string, readonly (readonly number[])[]>);
  const key = [direction, party.choice, ...party.spots.map(placeKey), "", ...other.spots.map(cutsKey)].join();
  const found = known.get(key);
  if (found) return found;
  const cuts = new Set<number>();
  for (const spot of other.spots) for (const cut of cutsOf(network, spot, direction)) cuts.add(cut);
  if (direction === "ingress") for (const spot of party.spots) for (const cut of cutsOf(network, spot, "nat")) cuts.add(cut);
  network.work.spend(10 + cuts.size);
  const addresses = party.spots.map((spot) =>
    party.choice === "any"
      ? [
          ...representatives(meet(spot.addresses, network.internet), cuts),
          ...representatives(minus(spot.addresses, network.internet), cuts),
        ]
      : representatives(spot.addresses, cuts),
  );
  known.set(key, addresses);
  return addresses;
}

const placeKeys = new WeakMap<Spot, string>();

function placeKey(spot: Spot): string {
  return inMap(placeKeys, spot, () => `${placeOf(spot)} ${spot.addresses.join()}`);
}

const cutsKeys = new WeakMap<Spot, string>();

/** All that `cutsOf` looks at. */
function cutsKey(spot: Spot): string {
  const { firewalls } = spot;
  return inMap(cutsKeys, spot, () => `${placeOf(spot)} ${typeof firewalls === "string" ? firewalls : firewalls.join()}`);
}

function placeOf({ place }: Spot): string {
  return typeof place === "object" ? place.id : String(place);
}

/** What one way costs, compared with one rule that is looked at (measured by bench/reach.ts). */
export const stepsOfWalk = 10;

function overChoices(network: Network, sources: readonly At[], targets: readonly At[], walk: Walk): Verdict {
  if (sources.length * targets.length === 0) return never;
  let must = allFlows;
  let may = noFlows;
  const reasons = new Set<string>();
  for (const source of sources)
    for (const target of targets) {
      network.work.spend(stepsOfWalk);
      const bounds = along(walk(network, source, target));
      must = meetFlows(must, bounds.must);
      may = unionFlows(may, bounds.may);
      for (const why of bounds.unknown) reasons.add(why);
    }
  if (reasons.size === 0 && !isSameFlows(must, may)) reasons.add("it depends on the addresses and places that AWS picks");
  return { must, may, some: must, unknown: [...reasons] };
}

export interface Bounds {
  readonly must: Flows;
  readonly may: Flows;
  readonly unknown: readonly string[];
}

/** What passes all the steps, and is answered. */
export function along(steps: readonly Step[]): Bounds {
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
  );
  const possible = answered(
    may,
    legs.map((leg) => leg.may),
    false,
  );
  return { must: certain, may: possible, unknown: isSameFlows(certain, possible) ? [] : unknown };
}

// ───────────────────────────────────────────────────────────── where addresses begin to fare differently

type Seen = Direction | "nat";

const known = new WeakMap<Network, Map<Spot, Map<Seen, ReadonlySet<number>>>>();

/** Bounds of every range that a filter or a table on the way of this spot names; "nat": those of its NAT gateways' subnets alone. */
function cutsOf(network: Network, spot: Spot, seen: Seen): ReadonlySet<number> {
  const cache = known.get(network) ?? new Map<Spot, Map<Seen, ReadonlySet<number>>>();
  known.set(network, cache);
  const ofSpot = cache.get(spot) ?? new Map<Seen, ReadonlySet<number>>();
  cache.set(spot, ofSpot);
  const found = ofSpot.get(seen);
  if (found) return found;
  const cuts = new Set<number>();
  const add = (span: Span | undefined) => span && cuts.add(span[0]).add(span[1] + 1);
  if (seen !== "nat" && typeof spot.firewalls !== "string")
    for (const id of spot.firewalls)
      for (const { peer } of network.firewalls.get(id)?.[seen] ?? []) if ("range" in peer) add(rangeIn(peer.range));
  if (typeof spot.place === "object") {
    if (seen !== "nat") addPlace(spot.place, add);
    for (const nat of natsOf(network, spot.place)) addPlace(nat, add);
  }
  ofSpot.set(seen, cuts);
  return cuts;
}

function addPlace({ acl, table }: Subnet, add: (span: Span | undefined) => unknown): void {
  if (typeof acl === "object") for (const { peer } of [...acl.ingress, ...acl.egress]) add(rangeIn(peer));
  if (table !== "unread") for (const { range } of table.routes) add(range);
}

function natsOf(network: Network, { table }: Subnet): readonly Subnet[] {
  if (table === "unread") return [];
  return table.routes.flatMap(({ by }) => (by.leads === "nat" ? (network.subnets.get(by.subnet) ?? []) : []));
}
