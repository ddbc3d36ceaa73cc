/** Finds all flows of a network, for changes, pictures and tables. */
import type { AclPart, FirewallPart, OfferPart, PartId } from "../kinds/kind.ts";
import { passagesTo } from "./balancers.ts";
import { offersOf } from "./offered.ts";
import { hasFamily, isEverything, ofFamily, spanOf, type Addresses, type Family } from "./addresses.ts";
import { isNone, minusFlows, type Flows } from "./flows.ts";
import { groupBy } from "../resource/group-by.ts";
import { inMap, newMap } from "./memo.ts";
import { rangesOf, type Endpoint, type Network, type Spot, type Subnet } from "./network.ts";
import { internet, internet6 } from "./parties.ts";
import { reach } from "./reach.ts";
import { isEmpty, meet, minus, normal } from "./spans.ts";
import { nat64Of } from "./translated.ts";
import { clientsOf, never, outsiders, partyOf, serviceParty, type Party, type Verdict } from "./verdict.ts";

export interface Flow {
  /** An address of a resource, "internet", or a network outside: "203.0.113.10/32". */
  readonly from: string;
  readonly to: string;
  /** The flows that may pass. */
  readonly may: Flows;
  /** The flows that pass for certain. */
  readonly must: Flows;
}

/** "inward": without flows to the outside. */
export type Extent = "all" | "inward";

/**
 * Returns all flows between resources, and between them and the outside. The list is the same for the same network. `groups`: only the
 * flows with one of these security groups at one end.
 */
export function flowsOfNetwork(network: Network, extent: Extent = "all", groups?: ReadonlySet<PartId>): readonly Flow[] {
  const classes = classesOf(network);
  const senders = new Senders(network, classes);
  const found: Flow[] = [];
  const isMeant = (one: Class) => groups === undefined || [...groupsOf(one)].some((id) => groups.has(id));
  for (const target of classes) {
    const isTarget = isMeant(target);
    for (const source of senders.of(target)) if (isTarget || isMeant(source)) found.push(...between(network, source, target));
    if (isTarget) found.push(...withOutside(network, target, extent));
  }
  return found.sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// ───────────────────────────────────────────────────────────── endpoints with the same flows

interface Class {
  readonly one: Endpoint;
  readonly members: readonly Endpoint[];
}

/** Groups endpoints that differ only in their names. The flows of one apply to all of them. */
function classesOf(network: Network): readonly Class[] {
  const pools = new Map<PartId, string[]>();
  for (const [id, { targets }] of network.pools)
    for (const { endpoint, port } of targets) pools.set(endpoint, [...(pools.get(endpoint) ?? []), `${id} ${port}`]);
  const keyOf = ({ id, part, spots }: Endpoint) =>
    network.forwards.has(id)
      ? id
      : JSON.stringify([{ ...part, id: "" }, spots.map(({ firewalls, public: isPublic }) => [firewalls, isPublic]), pools.get(id) ?? []]);
  return [...groupBy([...network.endpoints.values()], keyOf).values()].map((members) => ({ one: members[0]!, members }));
}

function between(network: Network, source: Class, target: Class): readonly Flow[] {
  const isSame = source === target;
  // If a class is its own target, two of its members are taken, or the only member with itself.
  const from = isSame ? (source.members[1] ?? source.one) : source.one;
  const { may, some } = reach(network, partyOf(from), partyOf(target.one));
  if (isNone(may)) return [];
  network.work.spend(source.members.length * target.members.length);
  return source.members.flatMap((sender) =>
    target.members
      .filter((receiver) => sender !== receiver || receiver.part.isMany === true)
      .map((receiver): Flow => ({ from: sender.id, to: receiver.id, may, must: some })),
  );
}

/** Finds the endpoints that the rules of a target's groups may let in. No other endpoint needs to be checked. */
class Senders {
  readonly #network: Network;
  readonly #classes: readonly Class[];
  readonly #byGroup = new Map<PartId, Class[]>();
  readonly #byRange = new Map<string, readonly Class[]>();
  readonly #passedOn: ReadonlySet<PartId>;
  /**
   * Classes that must be checked with every target, because rules do not show them: their groups are unknown, or a NAT gateway sends for
   * them.
   */
  readonly #untold: readonly Class[];

  constructor(network: Network, classes: readonly Class[]) {
    this.#network = network;
    this.#classes = classes;
    for (const one of classes) for (const id of groupsOf(one)) this.#byGroup.set(id, [...(this.#byGroup.get(id) ?? []), one]);
    const pools = [...network.forwards.values()].flat().flatMap(({ passes, pools: ids }) => (passes === "connections" ? ids : []));
    const targets = pools.flatMap((id) => network.pools.get(id)?.targets ?? []).map(({ endpoint }) => endpoint);
    this.#untold = classes.filter((sender) => hasUnreadGroups(sender) || isTranslated(network, sender));
    this.#passedOn = new Set([...targets, ...[...network.offers.values()].flatMap(({ balancers }) => balancers)]);
  }

  of({ one }: Class): Iterable<Class> {
    const { spots } = one;
    if (this.#passedOn.has(one.id) || spots.some(({ firewalls }) => typeof firewalls === "string")) return this.#classes;
    const found = new Set<Class>(this.#untold);
    for (const id of new Set(spots.flatMap(({ firewalls }) => firewalls))) {
      const firewall = this.#network.firewalls.get(id);
      if (!firewall) return this.#classes;
      for (const { peer } of firewall.ingress) {
        if ("unread" in peer) return this.#classes;
        for (const sender of "firewall" in peer ? (this.#byGroup.get(peer.firewall) ?? []) : this.#in(peer.range))
          if (isConnected(sender, one)) found.add(sender);
      }
    }
    return found;
  }

  #in(range: string): readonly Class[] {
    const span = spanOf(range);
    const known = this.#byRange.get(range);
    if (known || !span) return known ?? [];
    const here = this.#classes.filter(({ one }) => one.spots.some(({ addresses }) => !isEmpty(meet(addresses, [span]))));
    this.#byRange.set(range, here);
    return here;
  }
}

/**
 * Whether packets of a class can come to the target's VPC at all. Most rules that name a range also cover addresses from which no route
 * leads there.
 */
function isConnected({ one }: Class, target: Endpoint): boolean {
  return one.spots.some(({ place }) => typeof place !== "object" || leaves(place) || target.spots.some((spot) => isIn(place.vpc, spot)));
}

function isIn(vpc: PartId, { place }: Spot): boolean {
  return typeof place !== "object" || place.vpc === vpc;
}

function leaves({ table }: Subnet): boolean {
  if (table === "unread" || table.unread.length > 0 || table.ofUnread !== undefined) return true;
  return table.routes.some(({ by }) => by.leads === "peer" || by.leads === "transit" || by.leads === "unknown");
}

function groupsOf({ one }: Class): ReadonlySet<PartId> {
  return new Set(one.spots.flatMap(({ firewalls }) => (typeof firewalls === "string" ? [] : firewalls)));
}

function isTranslated(network: Network, { one }: Class): boolean {
  return one.spots.some((spot) => nat64Of(network, spot) !== undefined);
}

function hasUnreadGroups({ one }: Class): boolean {
  return one.spots.some(({ firewalls }) => firewalls === "unread");
}

// ───────────────────────────────────────────────────────────── the outside

/**
 * Returns the flows with the outside. Networks outside that rules name are separate from the rest of the internet: "203.0.113.10/32" from
 * "everybody". Each family is separate too, because a rule for everybody is written for one family.
 */
function withOutside(network: Network, target: Class, extent: Extent): readonly Flow[] {
  const own = partyOf(target.one);
  const has6 = target.one.spots.some(({ addresses }) => hasFamily(addresses, 6));
  return [
    ...outsideOver(4, network, target, extent),
    ...(has6 ? outsideOver(6, network, target, extent) : []),
    ...[...network.services.values()].flatMap((service) =>
      told(target, reach(network, own, serviceParty(service, network.internet)), service.id, false),
    ),
    ...offersTo(network, target.one.id).flatMap((offer) => {
      const party = clientsOf(offer);
      return told(target, reach(network, party, own), party.name, true);
    }),
  ];
}

/** Returns the services to which an endpoint belongs as a load balancer, or as a target behind one. */
function offersTo(network: Network, id: PartId): readonly OfferPart[] {
  const isBehind = (balancer: PartId) =>
    balancer === id ||
    (network.forwards.get(balancer) ?? []).some(
      ({ passes, pools }) =>
        passes === "connections" && pools.some((pool) => network.pools.get(pool)?.targets.some(({ endpoint }) => endpoint === id)),
    );
  return [...network.offers.values()].filter(({ balancers }) => balancers.some(isBehind));
}

function outsideOver(family: Family, network: Network, target: Class, extent: Extent): readonly Flow[] {
  const ranges = outsideRanges(network, target.one).filter(({ spans }) => hasFamily(spans, family));
  const rest = restOf(family, network, ranges);
  const everybody = everybodyOf(family);
  const own = partyOf(target.one);
  const inward = rest && mayEnter(network, target.one, rest) ? reach(network, rest, own) : never;
  const outward = rest && extent === "all" ? reach(network, own, rest) : never;
  return [
    ...told(target, inward, everybody, true),
    ...told(target, outward, everybody, false),
    ...ranges.flatMap(({ text, spans }) => {
      const party: Party = outsiders(text, spans);
      return [
        ...told(target, beyond(reach(network, party, own), inward), text, true),
        ...(extent === "all" ? told(target, beyond(reach(network, own, party), outward), text, false) : []),
      ];
    }),
  ];
}

/**
 * Whether a rule of an endpoint's groups names addresses outside. Always true for a target of a load balancer, whose rules name the load
 * balancer and not the clients, and for a load balancer of an endpoint service.
 */
function mayEnter(network: Network, { id, spots }: Endpoint, { spots: outside }: Party): boolean {
  if (passagesTo(network, id).length > 0 || offersOf(network, id).length > 0) return true;
  return spots.some(({ firewalls }) => {
    if (typeof firewalls === "string") return true;
    return firewalls.some((one) => {
      const firewall = network.firewalls.get(one);
      return !firewall || firewall.ingress.some(({ peer }) => "unread" in peer || ("range" in peer && meets(peer.range, outside)));
    });
  });
}

function meets(range: string, spots: readonly Spot[]): boolean {
  const span = spanOf(range);
  return span !== undefined && spots.some(({ addresses }) => !isEmpty(meet(addresses, [span])));
}

function everybodyOf(family: Family): string {
  return family === 4 ? internet : internet6;
}

const rests = new WeakMap<Network, Map<string, Party | "nobody">>();

/** Returns the internet without the networks that a target's rules name. Targets whose rules name the same networks share one party. */
function restOf(
  family: Family,
  network: Network,
  named: readonly { readonly text: string; readonly spans: Addresses }[],
): Party | undefined {
  const known = inMap(rests, network, newMap<string, Party | "nobody">);
  const found = inMap(known, [family, ...named.map(({ text }) => text)].join(), () => {
    const others = minus(ofFamily(network.internet, family), normal(named.flatMap(({ spans }) => [...spans])));
    return isEmpty(others) ? "nobody" : outsiders(everybodyOf(family), others);
  });
  return found === "nobody" ? undefined : found;
}

/** Returns the internet without the networks that the rules of an endpoint name: "internet" in the list of all flows. */
export function everybodyElse(network: Network, name: string, endpoint: Endpoint): Party | undefined {
  const family = name === internet6 ? 6 : 4;
  const named = outsideRanges(network, endpoint).filter(({ spans }) => hasFamily(spans, family));
  return restOf(family, network, named);
}

const owns = new WeakMap<Network, Addresses>();

function told({ members }: Class, { may, some }: Verdict, name: string, isIn: boolean): readonly Flow[] {
  if (isNone(may)) return [];
  return members.map(({ id }) => ({ ...(isIn ? { from: name, to: id } : { from: id, to: name }), may, must: some }));
}

/** Removes the flows that everybody has already, so that they are not repeated for some. */
function beyond({ may, some, ...verdict }: Verdict, rest: Verdict): Verdict {
  return { ...verdict, may: minusFlows(may, rest.may), some: minusFlows(some, rest.may) };
}

function outsideRanges(network: Network, { spots }: Endpoint): readonly { readonly text: string; readonly spans: Addresses }[] {
  const texts = new Set(spots.flatMap((spot) => [...rangesAt(network, spot)]));
  const own = inMap(owns, network, () => rangesOf(network.vpcs));
  return [...texts].sort().flatMap((text) => {
    const span = spanOf(text);
    const spans = span && !isEverything(span) ? minus([span], own) : [];
    return isEmpty(spans) ? [] : [{ text, spans }];
  });
}

function* rangesAt(network: Network, { firewalls, place }: Spot): Iterable<string> {
  if (typeof firewalls !== "string") for (const id of firewalls) yield* peersOf(network.firewalls.get(id));
  if (typeof place !== "object") return;
  if (typeof place.acl === "object") yield* entriesOf(place.acl);
  if (place.table !== "unread") for (const { to, by } of place.table.routes) if (by.leads !== "local") yield to;
}

function peersOf(firewall: FirewallPart | undefined): readonly string[] {
  return [...(firewall?.ingress ?? []), ...(firewall?.egress ?? [])].flatMap(({ peer }) => ("range" in peer ? [peer.range] : []));
}

function entriesOf({ ingress, egress }: AclPart): readonly string[] {
  return [...ingress, ...egress].map(({ peer }) => peer);
}
