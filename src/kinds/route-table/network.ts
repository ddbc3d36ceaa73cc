import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import { blindToDefault } from "../shared/defaults.ts";
import type { RouteTable } from "./route-table.ts";

export function network({ address, spec }: Subject<Partial<RouteTable>>): readonly NetworkPart[] {
  const vpc = refKey(spec.vpc);
  const routes = (spec.routes ?? []).map(({ destination, target }, i) => ({
    to: typeof destination === "string" ? destination : "a prefix list",
    by: refKey(target),
    path: `routes[${i}]`,
  }));
  // AWS takes routes to internet gateways of the table's own VPC only (EC2 API, CreateRoute).
  const gateways = new Set(routes.map(({ by }) => by).filter((by) => by.startsWith("igw-")));
  return [
    ...blindToDefault(address, spec),
    { is: "table", id: address, vpc, main: spec.main === true, subnets: (spec.subnets ?? []).map(refKey), routes },
    ...[...gateways].map((id): NetworkPart => ({ is: "door", id, leads: "internet", vpc })),
  ];
}
