/** The flows that security groups and network ACLs let through, for one address on the other side. */
import type { AclEntry, AclPart, FirewallPart, Opening, PartId } from "../kinds/kind.ts";
import { families, familyOf, spanOf, type Address, type Family } from "./addresses.ts";
import { allFlows, flowsOf, isNone, meetFlows, minusFlows, noFlows, unionFlows, unionOf, type Flows } from "./flows.ts";
import { inMap } from "./memo.ts";
import type { Network, Spot } from "./network.ts";

export type Direction = "ingress" | "egress";

/** The flows that pass for certain, and those that may pass. */
export interface Let {
  readonly must: Flows;
  readonly may: Flows;
  /** Why the two differ. */
  readonly unknown?: string;
}

export const everything: Let = { must: allFlows, may: allFlows };
export const nothing: Let = { must: noFlows, may: noFlows };

/** Returns the bounds for something unknown: any flow may pass, and none for certain. */
export function unknown(why: string): Let {
  return { must: noFlows, may: allFlows, unknown: why };
}

/** The other side of a filter: an address, and the security groups that it has when it comes with its private address. */
export interface Peer {
  readonly at: Address;
  readonly firewalls: Spot["firewalls"];
}

/**
 * Returns the flows that security groups let through. A group only allows, and the groups of an interface are a union (VPC User Guide,
 * "Security group rules").
 */
export function firewallsLet(network: Network, firewalls: Spot["firewalls"], direction: Direction, peer: Peer): Let {
  if (firewalls === "none") return everything;
  if (firewalls === "unread") return unknown("its security groups are not known");
  let all: Let = nothing;
  for (const id of firewalls) {
    const firewall = network.firewalls.get(id);
    all = either(all, firewall ? firewallLets(network, firewall, direction, peer) : unknown(`the rules of ${id} were not read`));
  }
  return all;
}

/** The openings of one list, sorted by the kind of their peer. Each opening is evaluated once, and not for every pair of interfaces. */
interface Sorted {
  readonly ofRanges: readonly Opening[];
  readonly ofFirewalls: ReadonlyMap<PartId, Let>;
  /** The flows of all groups together, for a peer whose groups are unknown. */
  readonly ofAnyFirewall: Let;
  readonly unread: Let;
  /** The flows by the address on the other side. */
  readonly at: Map<Address, Let>;
}

const seen: Readonly<Record<Family, WeakMap<readonly Opening[], Sorted>>> = { 4: new WeakMap(), 6: new WeakMap() };

function firewallLets({ work }: Network, firewall: FirewallPart, direction: Direction, peer: Peer): Let {
  const openings = firewall[direction];
  const family = familyOf(peer.at);
  let sorted = seen[family].get(openings);
  if (!sorted) seen[family].set(openings, (sorted = sortedBy(openings, family)));
  let all = sorted.at.get(peer.at);
  if (!all) {
    work.spend(sorted.ofRanges.length);
    all = letBy(sorted.ofRanges, peer, family);
    sorted.at.set(peer.at, all);
  }
  if (peer.firewalls === "unread") all = either(all, sorted.ofAnyFirewall);
  else if (peer.firewalls !== "none") for (const id of peer.firewalls) all = either(all, sorted.ofFirewalls.get(id) ?? nothing);
  return either(all, sorted.unread);
}

function sortedBy(openings: readonly Opening[], family: Family): Sorted {
  const anybody: Peer = { at: -1, firewalls: "unread" };
  const ofFirewalls = new Map<PartId, Let>();
  for (const opening of openings)
    if ("firewall" in opening.peer) {
      const id = opening.peer.firewall;
      ofFirewalls.set(id, either(ofFirewalls.get(id) ?? nothing, letBy([opening], { at: -1, firewalls: [id] }, family)));
    }
  return {
    ofRanges: openings.filter(({ peer }) => "range" in peer),
    ofFirewalls,
    ofAnyFirewall: letBy(
      openings.filter(({ peer }) => "firewall" in peer),
      anybody,
      family,
    ),
    unread: letBy(
      openings.filter(({ peer }) => "unread" in peer),
      anybody,
      family,
    ),
    at: new Map(),
  };
}

const most = new WeakMap<readonly Opening[], Flows>();

/** Returns the flows that pass for at least one peer, of either family. */
export function mostLet(openings: readonly Opening[]): Flows {
  return inMap(most, openings, () => unionOf(openings.flatMap((one) => families.map((family) => flowsOf(one, family)))));
}

function letBy(openings: readonly Opening[], peer: Peer, family: Family): Let {
  let all: Let = nothing;
  for (const opening of openings) {
    const match = matches(opening, peer);
    if (match === "no") continue;
    const flows = flowsOf(opening, family);
    all = either(all, match === "yes" ? { must: flows, may: flows } : { must: noFlows, may: flows, unknown: match });
  }
  return all;
}

/** Whether an opening applies to this peer: "yes", "no", or a text that says why this is unknown. */
export function matches({ peer: of }: Opening, { at, firewalls }: Peer): string {
  if ("range" in of) return isWithin(of.range, at) ? "yes" : "no";
  if ("unread" in of) return `the entries of ${of.unread} were not read`;
  if (firewalls === "unread") return "the security groups of the other side are not known";
  return firewalls !== "none" && firewalls.includes(of.firewall) ? "yes" : "no";
}

function either(a: Let, b: Let): Let {
  if (a === nothing) return b;
  if (b === nothing) return a;
  const why = a.unknown ?? b.unknown;
  return { must: unionFlows(a.must, b.must), may: unionFlows(a.may, b.may), ...(why === undefined ? {} : { unknown: why }) };
}

/**
 * Returns the flows that an ACL allows. The lowest rule number that matches decides, and traffic that no entry matches is denied (VPC User
 * Guide, "Network ACL rules").
 */
export function aclLets(acl: AclPart, direction: Direction, at: Address): Flows {
  const entries = acl[direction];
  const known = decided.get(entries) ?? new Map<Address, Flows>();
  decided.set(entries, known);
  const found = known.get(at);
  if (found) return found;
  let left = allFlows;
  let allowed = noFlows;
  for (const entry of entries) {
    if (!isWithin(entry.peer, at)) continue;
    const flows = flowsOf(entry, familyOf(at));
    if (entry.allows) allowed = unionFlows(allowed, meetFlows(left, flows));
    left = minusFlows(left, flows);
    if (isNone(left)) break;
  }
  known.set(at, allowed);
  return allowed;
}

const decided = new WeakMap<readonly AclEntry[], Map<Address, Flows>>();

function isWithin(range: string, at: Address): boolean {
  const span = spanOf(range);
  return span !== undefined && span[0] <= at && at <= span[1];
}

/** Returns the openings of the groups that let some of these flows through, those that do so for certain first. */
export function openingsThatLet(
  network: Network,
  firewalls: Spot["firewalls"],
  direction: Direction,
  peer: Peer,
  wanted: Flows,
): readonly { readonly id: PartId; readonly opening: Opening }[] {
  if (typeof firewalls === "string") return [];
  const those = firewalls.flatMap((id) =>
    (network.firewalls.get(id)?.[direction] ?? [])
      .filter((opening) => !isNone(meetFlows(flowsOf(opening, familyOf(peer.at)), wanted)))
      .map((opening) => ({ id, opening, match: matches(opening, peer) })),
  );
  return [...those.filter(({ match }) => match === "yes"), ...those.filter(({ match }) => match !== "yes" && match !== "no")];
}

/** Returns the entries of an ACL that allow some of these flows and are not behind others that decide about them. */
export function entriesThatLet(acl: AclPart, direction: Direction, at: Address, wanted: Flows): readonly AclEntry[] {
  let left = wanted;
  return acl[direction].filter((entry) => {
    if (!isWithin(entry.peer, at)) return false;
    const flows = flowsOf(entry, familyOf(at));
    const isDecisive = !isNone(meetFlows(left, flows));
    left = minusFlows(left, flows);
    return isDecisive && entry.allows;
  });
}
