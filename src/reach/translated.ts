/**
 * NAT64: instances with IPv6 reach IPv4 addresses through a NAT gateway, in the same VPC, in others and on the internet, by addresses of
 * 64:ff9b::/96 (VPC User Guide, "DNS64 and NAT64"). The translation of packets is not modelled, so such flows are possible and never
 * certain.
 */
import { directOver } from "./direct.ts";
import { isNone, meetFlows, noFlows, type Flows } from "./flows.ts";
import { hasFamily, spanOf, type Address } from "./addresses.ts";
import { inMap } from "./memo.ts";
import type { Network, Spot, Way } from "./network.ts";
import { assignable } from "./places.ts";
import { isEmpty, meet, type Span } from "./spans.ts";
import { passedByNat } from "./steps.ts";
import { eitherWay, never, outsiders, type Party, type Verdict } from "./verdict.ts";

/** A function that returns the connections that a NAT gateway can open to a party. */
export type Reach = (network: Network, from: Party, to: Party) => Verdict;

const wellKnown: Span<Address> = spanOf("64:ff9b::/96")!;
const translated = outsiders("NAT64", [wellKnown]);

/** Returns the flows through NAT gateways, which send for IPv6 instances with their own IPv4 addresses. */
export function byNat64(network: Network, from: Party, to: Party, reach: Reach): Verdict {
  let all = never;
  for (const spot of from.spots) {
    const door = nat64Of(network, spot);
    if (!door) continue;
    const first = directOver(6, network, { ...from, spots: [spot] }, translated).may;
    if (isNone(first)) continue;
    const onwards = reach(network, gatewayAt(network, door), to);
    const may = bothWays(first, meetFlows(onwards.may, passedByNat));
    const unknown = [`infra does not model what ${door.id} forwards by NAT64`];
    if (!isNone(may)) all = eitherWay(all, { must: noFlows, some: noFlows, may, unknown });
  }
  return all;
}

/** Combines the flows to the gateway and from it. ICMPv6 becomes ICMP, which has types of its own. */
function bothWays(first: Flows, onwards: Flows): Flows {
  const both = meetFlows(first, onwards);
  return isNone(both) && isEmpty(first.icmp) ? noFlows : { ...both, icmp: isEmpty(first.icmp) ? [] : onwards.icmp, other: [] };
}

type Nat = Extract<Way, { leads: "nat" }>;

const known = new WeakMap<Network, Map<Spot, Nat | "none">>();

/** Returns the NAT gateway to which the table of a place leads translated addresses. */
export function nat64Of(network: Network, spot: Spot): Nat | undefined {
  const found = inMap(
    inMap(known, network, () => new Map<Spot, Nat | "none">()),
    spot,
    () => search(spot),
  );
  return found === "none" ? undefined : found;
}

function search({ place, addresses }: Spot): Nat | "none" {
  if (typeof place !== "object" || place.table === "unread" || !hasFamily(addresses, 6)) return "none";
  const isNat = (by: Way): by is Nat => by.leads === "nat";
  return place.table.routes.flatMap(({ range, by }) => (isNat(by) && !isEmpty(meet([range], [wellKnown])) ? [by] : []))[0] ?? "none";
}

/** Returns a NAT gateway as a party. A regional gateway has no known place, so the way of its packets is unknown. */
function gatewayAt({ subnets }: Network, door: Nat): Party {
  const { id } = door;
  const { subnet, address } = "subnet" in door ? door : { subnet: "", address: undefined };
  const place = subnets.get(subnet);
  const own = address === undefined ? undefined : spanOf(`${address}/32`);
  const spot: Spot = {
    place: place ?? "unread",
    addresses: own ? [own] : place ? place.ipv4.map(assignable) : [spanOf("0.0.0.0/0")!],
    ipv6: "yes",
    firewalls: "none",
    public: "yes",
  };
  return { name: id, choice: "of-aws", spots: [spot] };
}
