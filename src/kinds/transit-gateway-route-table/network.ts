import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { TransitGatewayRouteTable } from "./schema.ts";

/** Fields of the default table that are not written stay as AWS made them. */
export function network({ address, spec }: Subject<Partial<TransitGatewayRouteTable>>): readonly NetworkPart[] {
  if (spec.transitGateway === undefined) return [];
  const listOf = (list: readonly unknown[] | undefined) => list?.map(refKey) ?? (spec.default === true ? "as-made" : []);
  return [
    {
      is: "transit-table",
      id: address,
      gateway: refKey(spec.transitGateway),
      ...(spec.default === true ? { isDefault: true } : {}),
      associations: listOf(spec.associations),
      propagations: listOf(spec.propagations),
      routes: (spec.routes ?? []).map(({ destination, target }, i) => ({
        to: destination,
        ...(target === undefined ? {} : { by: refKey(target) }),
        path: `routes[${i}]`,
      })),
    },
  ];
}
