/** Single steps on the way of a connection: the flows that a security group, an ACL, a route table or a gateway lets through. */
import type { PartId } from "../kinds/kind.ts";
import { globalIpv6, refusedByGateways, type Address } from "./addresses.ts";
import { aclLets, everything, firewallsLet, nothing, unknown, type Direction, type Let } from "./filters.ts";
import type { Network, Spot, Subnet, Way } from "./network.ts";
import { has } from "./spans.ts";
import { routeFor } from "./tables.ts";
import { takenBy, type Transit } from "./transit.ts";

/** A spot with one of its addresses. */
export interface At {
  readonly spot: Spot;
  readonly at: Address;
}

export interface Step extends Let {
  readonly what: "source-groups" | "target-groups" | "route" | "acl" | "public-address" | "gateway" | "nat" | "place";
  /** The resource whose part decides, if there is one: "securityGroup/web". */
  readonly id?: PartId | undefined;
  readonly path?: string | undefined;
  /** The prefix list that the route names. */
  readonly list?: PartId | undefined;
  /** The number of the leg on the way back. Absent on the way there. */
  readonly back?: number;
  readonly direction?: Direction;
  /** The other side that the filter sees. */
  readonly peer?: At;
  /** The owner of the filter or table. */
  readonly of?: Spot | Subnet;
  /** A description, for a step that is not a filter. */
  readonly says?: string;
}

/** The step through a VPC's internet gateway. `to`: the destination of outgoing traffic. */
export function gateway(network: Network, { vpc }: Subnet, to?: Address): Step {
  const [found] = network.gateways.get(vpc) ?? [];
  if (to !== undefined && has(refusedByGateways, to))
    return { ...blocked("gateway", "internet gateways forward nothing to private addresses"), id: found?.id ?? vpc };
  if (found) return { what: "gateway", ...everything, id: found.id, says: `attached to ${vpc}` };
  if (!network.vpcs.has(vpc)) return { what: "gateway", id: vpc, ...unknown(`whether ${vpc} has an internet gateway was not read`) };
  return { ...blocked("gateway", `${vpc} has no internet gateway`), id: vpc };
}

/** The step for a public IPv6 address. Every global IPv6 address is public (VPC User Guide, "IP addressing for your VPCs and subnets"). */
function publicIpv6({ spot: { endpoint, place }, at }: At): Step {
  const what = { what: "public-address", id: endpoint?.id } as const;
  if (place !== undefined && !has(globalIpv6, at)) return { ...what, ...nothing, says: "its IPv6 address is not public" };
  if (endpoint?.part.isInternal === true)
    return { ...what, ...nothing, says: "it is internal, and receives nothing from internet gateways" };
  const says = `has ${endpoint?.part.ipv6Address ?? "a public IPv6 address"}`;
  return { what: "public-address", id: endpoint?.id, ...everything, says };
}

export function publicAddress(of: At): Step {
  if (typeof of.at === "bigint") return publicIpv6(of);
  const { public: isPublic, publicBy, endpoint } = of.spot;
  const by = { id: publicBy?.id, path: publicBy?.path };
  if (isPublic === "unread") return { what: "public-address", ...by, ...unknown("whether it has a public address is not known") };
  if (isPublic === "no") return { ...blocked("public-address", "it has no public address"), ...by };
  return {
    what: "public-address",
    ...everything,
    ...by,
    says: by.id === undefined || by.id === endpoint?.id ? "has a public address" : "gives it a public address",
  };
}

/** Whether a subnet's table leads an address to the other subnet: inside the VPC, or by a peering of the two VPCs. */
export function between(network: Network, subnet: Subnet, address: Address, other: Subnet): Step {
  // If AWS has not picked the VPC's range yet, no route can show that the address lies inside, and no route can be more specific.
  if (typeof address === "bigint" && subnet.vpc === other.vpc && other.part.ipv6Range === "unread" && typeof subnet.table === "object")
    return { what: "route", id: subnet.table.id ?? subnet.id, ...everything, says: "inside the VPC" };
  return route(network, subnet, address, (way) => {
    if (way.leads === "local") return subnet.vpc === other.vpc;
    return way.leads === "peer" && subnet.vpc !== other.vpc && way.vpcs.includes(subnet.vpc) && way.vpcs.includes(other.vpc);
  });
}

export function blocked(what: Step["what"], says: string): Step {
  return { what, ...nothing, says };
}

export function unread({ endpoint }: Spot): Step {
  const why = `the subnet of ${endpoint?.id ?? "one of the two"} is not in this environment, and was not read`;
  return { what: "place", id: endpoint?.id, ...unknown(why) };
}

export function groups(network: Network, what: "source-groups" | "target-groups", self: At, other: At): Step {
  const direction = what === "source-groups" ? "egress" : "ingress";
  const peer = { at: other.at, firewalls: seenGroups(network, direction, self, other) };
  return { what, direction, peer: other, of: self.spot, ...firewallsLet(network, self.spot.firewalls, direction, peer) };
}

/**
 * Returns the security groups that rules see on the other side. Across a transit gateway, rules see groups of the other VPC only if that is
 * allowed, and only the groups of the client (Transit Gateways Guide, "Security group referencing").
 */
function seenGroups(network: Network, direction: Direction, self: At, other: At): Spot["firewalls"] {
  const [near, far] = [self.spot.place, other.spot.place];
  const { firewalls } = other.spot;
  if (network.transits.size === 0 || typeof near !== "object" || typeof far !== "object" || near.vpc === far.vpc) return firewalls;
  const transit = direction === "egress" ? transitTo(network, near, other.at, far) : transitTo(network, far, self.at, near);
  if (!transit) return firewalls;
  const isShared = [near, far].every(({ vpc }) => transit.byVpc.get(vpc)?.sharesGroups === true) && transit.door.sharesGroups;
  return direction === "ingress" && isShared ? firewalls : "none";
}

export function acl(subnet: Subnet, direction: Direction, peer: At): Step {
  const step = { what: "acl", direction, peer, of: subnet } as const;
  if (subnet.acl === "open") return { ...step, ...everything };
  if (subnet.acl === "unread") return { ...step, id: subnet.id, ...unknown(`the network ACL of ${subnet.id} was not read`) };
  const flows = aclLets(subnet.acl, direction, peer.at);
  return { ...step, id: subnet.acl.id, must: flows, may: flows };
}

/**
 * The step through a route table: whether the route of an address is one that `isRight` accepts. It is unknown if the route leads to
 * something that is not modelled.
 */
export function route(network: Network, { id: subnet, table }: Subnet, address: Address, isRight: (way: Way) => boolean): Step {
  const step = { what: "route" } as const;
  if (table === "unread") return { ...step, id: subnet, ...unknown(`the route table of ${subnet} was not read`) };
  const id = table.id ?? subnet;
  const { route: found, unsure } = routeFor(network, table, address);
  if (unsure !== undefined) return { ...step, id, ...unknown(unsure) };
  if (!found) return { ...step, ...blocked("route", "its table has no route there"), id };
  const known = {
    ...step,
    id,
    path: found.path,
    list: found.list,
    says: found.by.leads === "local" ? "inside the VPC" : `${found.to} → ${found.by.id}`,
  };
  if (isRight(found.by)) return { ...known, ...everything };
  if (found.by.leads === "transit") return { ...known, ...behindTransit(network, subnet, found.by.id, address) };
  if (found.by.leads === "nat" && typeof address === "bigint") return { ...known, ...unknown(notTranslated) };
  if (found.by.leads === "unknown")
    return { ...known, ...unknown(`${found.to} → ${found.by.id}, and infra does not model what is behind it`) };
  return { ...known, ...nothing };
}

/**
 * The step behind a transit gateway for traffic that leaves all VPCs of this environment. It is not modelled, except for traffic that the
 * gateway sends nowhere.
 */
function behindTransit({ transits, subnets }: Network, subnet: PartId, door: PartId, address: Address): Let & Pick<Step, "says"> {
  const transit = transits.get(door);
  const here = transit?.byVpc.get(subnets.get(subnet)?.vpc ?? "");
  if (transit && !here) return { ...nothing, says: `its VPC is not attached to ${door}` };
  const taken = transit && here ? takenBy(transit, here, address) : undefined;
  if (taken?.is === "nowhere") return { ...nothing, says: taken.says };
  return unknown(taken?.is === "unknown" ? taken.why : `infra does not model what ${door} forwards there`);
}

const notTranslated = "infra does not model how a NAT gateway translates IPv6 (NAT64)";

/** Returns the transit gateway to which the table of a subnet leads traffic for another VPC. */
export function transitTo(network: Network, source: Subnet, at: Address, target: Subnet): Transit | undefined {
  const { transits } = network;
  if (transits.size === 0 || source.vpc === target.vpc || source.table === "unread") return undefined;
  const { route: taken, unsure } = routeFor(network, source.table, at);
  return taken && unsure === undefined && taken.by.leads === "transit" ? transits.get(taken.by.id) : undefined;
}
