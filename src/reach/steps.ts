/**
 * The way of a connection between two places, step by step, with the flows that each step lets through. An answer passes a security group
 * without a rule. It passes a network ACL only by a rule for the client's port.
 */
import type { PartId, ServicePart } from "../kinds/kind.ts";
import { byTransit } from "./across.ts";
import { familyOf, type Address } from "./addresses.ts";
import { everything, nothing, unknown } from "./filters.ts";
import { allFlows, echoRequests, isNone, meetFlows, noFlows, type Flows } from "./flows.ts";
import { acl, between, blocked, gateway, groups, publicAddress, route, transitTo, unread, type At, type Step } from "./hop.ts";
import { inMap, newMap } from "./memo.ts";
import type { Network, Subnet, Way } from "./network.ts";
import { has } from "./spans.ts";
import { routeFor } from "./tables.ts";

/** Returns the steps of the way that matter. If security groups let nothing pass, no other step is computed. */
export function decidingSteps(network: Network, from: At, to: At): readonly Step[] {
  const [source, target] = [from.spot.place, to.spot.place];
  const into = target === undefined ? undefined : groups(network, "target-groups", to, from);
  if (into && isNone(into.may)) return [into];
  const out = source === undefined ? undefined : groups(network, "source-groups", from, to);
  if (out && isNone(out.may)) return [out];
  if (into && out && isNone(meetFlows(into.may, out.may))) return [out, into];
  if (into && out && typeof source === "object" && typeof target === "object")
    return [out, into, ...unsureOf(from, to), ...filtersBetween(network, from, to, source, target)];
  return stepsBetween(network, from, to);
}

/** Steps by the two subnets, and then by the two addresses. */
type Filters = Map<Subnet, Map<Subnet, ByAddress>>;
type ByAddress = Map<Address, Map<Address, readonly Step[]>>;

const filtersOf = new WeakMap<Network, Filters>();

/**
 * Returns the steps in which tables and ACLs hold traffic back between two subnets, for any interfaces there. Steps that let everything
 * pass are left out.
 */
function filtersBetween(network: Network, from: At, to: At, source: Subnet, target: Subnet): readonly Step[] {
  const filters = inMap(filtersOf, network, (): Filters => new Map());
  const byAddress = inMap(inMap(filters, source, newMap<Subnet, ByAddress>), target, newMap<Address, Map<Address, readonly Step[]>>);
  return inMap(inMap(byAddress, from.at, newMap<Address, readonly Step[]>), to.at, () =>
    inside(network, from, to, source, target).filter(
      ({ what, must }) => what !== "source-groups" && what !== "target-groups" && must !== allFlows,
    ),
  );
}

/** Returns all steps of the way. If both ends are outside of every VPC, nothing of this environment is on the way. */
export function stepsBetween(network: Network, from: At, to: At): readonly Step[] {
  return [...unsureOf(from, to), ...stepsOf(network, from, to)];
}

/** Returns an unknown step for each end that may have no IPv6 address. Without one it neither opens nor takes connections over IPv6. */
export function unsureOf(...ends: readonly At[]): readonly Step[] {
  return ends
    .filter(({ spot, at }) => spot.ipv6 === "unread" && typeof at === "bigint")
    .map(({ spot }) => ({ what: "place", id: spot.endpoint?.id, ...unknown("whether it has an IPv6 address is not known") }));
}

function stepsOf(network: Network, from: At, to: At): readonly Step[] {
  const [source, target] = [from.spot.place, to.spot.place];
  const [client, clientThere] = [from.spot.clientOf, to.spot.clientOf];
  if (client !== undefined) return [{ ...blocked("place", "its clients reach only its load balancers and their targets"), id: client }];
  if (clientThere !== undefined) return [{ ...blocked("place", "it opens no connections to its clients"), id: clientThere }];
  if (from.spot.service) return [blocked("place", "a service opens no connections")];
  if (to.spot.service && source !== undefined) return toService(network, from, to, source, to.spot.service);
  if (source === undefined)
    return target === undefined ? [blocked("place", "no VPC of this environment is on the way")] : inward(network, from, to, target);
  if (target === undefined) return outward(network, from, to, source);
  return inside(network, from, to, source, target);
}

// ───────────────────────────────────────────────────────────── between two interfaces

function inside(network: Network, from: At, to: At, source: Subnet | "unread", target: Subnet | "unread"): Step[] {
  const out = groups(network, "source-groups", from, to);
  const into = groups(network, "target-groups", to, from);
  if (source === "unread" || target === "unread") return [out, unread(source === "unread" ? from.spot : to.spot), into];
  // Traffic inside a subnet passes neither a table nor an ACL (VPC User Guide, "Network ACL basics").
  if (source === target) return [out, into];
  const back = way(network, to, from, target, source).map((step): Step => ({ ...step, back: 0 }));
  return [out, ...way(network, from, to, source, target), into, ...back];
}

/** Returns the steps between two subnets in one direction. */
function way(network: Network, from: At, to: At, source: Subnet, target: Subnet): readonly Step[] {
  const transit = transitTo(network, source, to.at, target);
  if (transit) return byTransit(network, transit, from, to, source, target);
  return [between(network, source, to.at, target), acl(source, "egress", to), acl(target, "ingress", from)];
}

// ───────────────────────────────────────────────────────────── from and to the outside

function inward(network: Network, from: At, to: At, target: Subnet | "unread"): Step[] {
  const into = groups(network, "target-groups", to, from);
  if (target === "unread") return [unread(to.spot), into];
  const filters = [acl(target, "ingress", from), into, { ...acl(target, "egress", from), back: 0 }];
  if (!has(network.internet, from.at)) return [fromElsewhere(network, target, from.at), ...filters];
  const back: Step = { ...route(network, target, from.at, (way) => isGatewayOf(way, target)), back: 0 };
  return [gateway(network, target), publicAddress(to), ...onlyOutwards(network, target, from.at), ...filters, back];
}

/**
 * The step for a private address outside of our VPCs. It comes by a VPN, a transit gateway or a peering if the table leads its answers
 * there.
 */
function fromElsewhere(network: Network, target: Subnet, address: Address): Step {
  return route(network, target, address, () => false);
}

/**
 * Returns a blocking step if the answers leave by an egress-only internet gateway. Nobody outside can open a connection through one (VPC
 * User Guide, "Egress-only internet gateway basics").
 */
function onlyOutwards(network: Network, { table, vpc }: Subnet, address: Address): readonly Step[] {
  if (typeof address !== "bigint" || table === "unread") return [];
  const { route: taken, unsure } = routeFor(network, table, address);
  if (unsure !== undefined || taken?.by.leads !== "outwards" || taken.by.vpc !== vpc) return [];
  const says = `${taken.to} → ${taken.by.id} allows no connections from outside`;
  return [{ ...blocked("gateway", says), id: taken.by.id, path: taken.path }];
}

function outward(network: Network, from: At, to: At, source: Subnet | "unread"): Step[] {
  const out = groups(network, "source-groups", from, to);
  if (source === "unread") return [out, unread(from.spot)];
  const taken = source.table === "unread" ? undefined : routeFor(network, source.table, to.at);
  const way = taken?.unsure === undefined ? taken?.route?.by : undefined;
  if (way?.leads === "nat" && typeof to.at === "number") return byNat(network, from, to, source, way, out);
  return [
    out,
    route(network, source, to.at, (by) => isGatewayOf(by, source) || (by.leads === "outwards" && by.vpc === source.vpc)),
    ...(way?.leads === "internet" ? [gateway(network, source, to.at), publicAddress(from)] : []),
    ...(way?.leads === "outwards" ? [publicAddress(from)] : []),
    acl(source, "egress", to),
    { ...acl(source, "ingress", to), back: 0 },
  ];
}

/**
 * Returns the steps to a service behind a gateway endpoint. The route to the endpoint is more specific than every other (VPC User Guide,
 * "Gateway endpoint routes"). For the protocols that it takes, see Reachability Analyzer User Guide, "Explanation codes",
 * VPCE_GATEWAY_PROTOCOL_RESTRICTION.
 */
function toService(network: Network, from: At, to: At, source: Subnet | "unread", service: ServicePart): Step[] {
  const out = groups(network, "source-groups", from, to);
  if (source === "unread") return [out, unread(from.spot)];
  const taken = { ...noFlows, tcp: allFlows.tcp, icmp: echoRequests(familyOf(to.at)).icmp };
  return [
    out,
    serviceRoute(source, service),
    { what: "place", id: service.id, must: taken, may: taken, says: "accepts TCP and ICMP echo requests" },
    acl(source, "egress", to),
    { ...acl(source, "ingress", to), back: 0 },
  ];
}

function serviceRoute({ id, table }: Subnet, service: ServicePart): Step {
  if (table === "unread") return { what: "route", id, ...unknown(`the route table of ${id} was not read`) };
  const step = { what: "route", id: table.id ?? id } as const;
  if (table.id === undefined || !service.tables.includes(table.id))
    return { ...step, ...nothing, says: `its route table has no route to ${service.id}` };
  return { ...step, ...everything, says: `to ${service.id}` };
}

type NatDoor = Extract<Way, { leads: "nat" }>;

/** The flows that NAT gateways pass on (VPC User Guide, "NAT gateway basics"). */
export const passedByNat: Flows = { ...allFlows, other: noFlows.other };

/**
 * Returns the steps through a NAT gateway in two legs: to the gateway, and from it with its own address. The ACL of the gateway's subnet
 * filters both (VPC User Guide, "NAT gateways").
 */
function byNat(network: Network, from: At, to: At, source: Subnet, door: NatDoor, out: Step): Step[] {
  if ("vpc" in door) return byRegionalNat(network, from, to, source, door, out);
  const nat = network.subnets.get(door.subnet);
  const leave: Step = { ...route(network, source, to.at, (way) => way.leads === "nat") };
  if (!nat) return [out, leave, { what: "place", ...unknown(`the subnet ${door.subnet} of ${door.id} was not read`) }];
  const isNear = nat === source;
  const leadsOut = nat.table !== "unread" && routeFor(network, nat.table, to.at).route?.by.leads === "internet";
  return [
    out,
    leave,
    ...(isNear ? [] : [acl(source, "egress", to), acl(nat, "ingress", from)]),
    { what: "nat", id: door.id, must: passedByNat, may: passedByNat, says: "forwards TCP, UDP and ICMP" },
    acl(nat, "egress", to),
    route(network, nat, to.at, (way) => isGatewayOf(way, nat)),
    gateway(network, nat, leadsOut ? to.at : undefined),
    { ...acl(nat, "ingress", to), back: 0 },
    ...(isNear
      ? []
      : [
          { ...between(network, nat, from.at, source), back: 1 },
          { ...acl(nat, "egress", from), back: 1 },
          { ...acl(source, "ingress", to), back: 1 },
        ]),
  ];
}

type RegionalNat = Extract<NatDoor, { vpc: PartId }>;

/**
 * Returns the steps through a regional NAT gateway. It is in no subnet, and its own table leads to the internet gateway (VPC User Guide,
 * "Regional NAT gateways").
 */
function byRegionalNat(network: Network, from: At, to: At, source: Subnet, door: RegionalNat, out: Step): Step[] {
  const leave: Step = { ...route(network, source, to.at, (way) => way.leads === "nat") };
  if (door.vpc !== source.vpc) return [out, leave, { ...blocked("nat", `${door.id} serves ${door.vpc} only`), id: door.id }];
  const pass: Step = door.unsureFrom?.includes(source.id)
    ? { what: "nat", id: door.id, ...unknown(`${door.id} has no address for the zone of ${source.id}`) }
    : { what: "nat", id: door.id, must: passedByNat, may: passedByNat, says: "forwards TCP, UDP and ICMP" };
  return [out, leave, acl(source, "egress", to), pass, gateway(network, source, to.at), { ...acl(source, "ingress", to), back: 0 }];
}

function isGatewayOf(way: Way, subnet: Subnet): boolean {
  return way.leads === "internet" && way.vpc === subnet.vpc;
}
