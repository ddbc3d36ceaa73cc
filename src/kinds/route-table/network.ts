import type { NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import { networksOf } from "../shared/prefix-lists.ts";
import { blindToDefault } from "../shared/defaults.ts";
import type { RouteTable } from "./route-table.ts";

export function network({ address, spec }: Subject<Partial<RouteTable>>, index: ResourceIndex): readonly NetworkPart[] {
  const vpc = refKey(spec.vpc);
  const routes = (spec.routes ?? []).flatMap(({ destination, target }, i) => {
    const to = typeof destination === "string" ? (networksOf(index, destination) ?? [destination]) : ["a prefix list"];
    return to.map((range) => ({ to: range, by: refKey(target), path: `routes[${i}]` }));
  });
  // AWS takes routes to internet gateways of the table's own VPC only (EC2 API, CreateRoute).
  const gateways = new Set(routes.map(({ by }) => by).filter((by) => by.startsWith("igw-")));
  // The networks behind a connection are known where they are static; with BGP the other end tells them.
  const propagating: NetworkPart[] = (spec.propagatingVpnGateways ?? []).map((gateway) => ({
    is: "blind",
    id: address,
    what: `routes that ${refKey(gateway)} gives to ${address}`,
    lets: "more",
  }));
  return [
    ...propagating,
    ...blindToDefault(address, spec),
    { is: "table", id: address, vpc, main: spec.main === true, subnets: (spec.subnets ?? []).map(refKey), routes },
    ...[...gateways].map((id): NetworkPart => ({ is: "door", id, leads: "internet", vpc })),
  ];
}
