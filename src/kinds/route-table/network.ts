import type { NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { networksOf } from "../shared/network/prefix-lists.ts";
import type { RouteTable } from "./schema.ts";

export function network({ address, spec }: Subject<Partial<RouteTable>>, index: ResourceIndex): readonly NetworkPart[] {
  const vpc = refKey(spec.vpc);
  const routes = (spec.routes ?? []).flatMap(({ destination, target }, i) => {
    const to = typeof destination === "string" ? (networksOf(index, destination) ?? [destination]) : ["a prefix list"];
    return to.map((range) => ({ to: range, by: refKey(target), path: `routes[${i}]` }));
  });
  // AWS accepts routes only to internet gateways of the table's own VPC (EC2 API, CreateRoute).
  const gateways = new Set(routes.map(({ by }) => by).filter((by) => by.startsWith("igw-") || by.startsWith("eigw-")));
  // The networks behind a VPN connection are known where they are static; with BGP the other end announces them.
  const propagating: NetworkPart[] = (spec.propagatingVpnGateways ?? []).map((gateway) => ({
    is: "blind",
    id: address,
    what: `routes from ${refKey(gateway)} in ${address}`,
    lets: "more",
  }));
  return [
    ...propagating,
    {
      is: "table",
      id: address,
      vpc,
      main: spec.main ?? isMadeMain(address, spec, index),
      subnets: (spec.subnets ?? []).map(refKey),
      routes,
      ...(propagating.length > 0 ? { propagating: (spec.propagatingVpnGateways ?? []).map(refKey) } : {}),
    },
    ...[...gateways].map((id): NetworkPart => ({ is: "door", id, leads: id.startsWith("eigw-") ? "outwards" : "internet", vpc })),
  ];
}

/** Whether the table that AWS made with the VPC is still the main one, because no other table has taken its place. */
function isMadeMain(address: string, { vpc, default: isDefault }: Partial<RouteTable>, index: ResourceIndex): boolean {
  if (isDefault !== true) return false;
  return !index.of("routeTable").some((one) => one.address !== address && one.spec.main === true && refKey(one.spec.vpc) === refKey(vpc));
}
