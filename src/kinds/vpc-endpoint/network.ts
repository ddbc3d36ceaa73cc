import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { isSomebodys, typeOf } from "./service.ts";
import type { VpcEndpoint } from "./schema.ts";

/**
 * Returns its addresses in the VPC, with the endpoint service when that is not one of AWS's. A gateway endpoint returns the route tables
 * that lead to its service.
 */
export function network({ address, spec }: Subject<Partial<VpcEndpoint>>): readonly NetworkPart[] {
  const hasIpv6 = spec.ipAddressType === "dualstack" || spec.ipAddressType === "ipv6";
  if (typeOf(spec) === "Gateway")
    return [{ is: "service", id: address, tables: (spec.routeTables ?? []).map(refKey), ...(hasIpv6 ? { ipv6: true } : {}) }];
  if (typeOf(spec) !== "Interface") return [];
  return [
    {
      is: "endpoint",
      id: address,
      subnets: (spec.subnets ?? []).map(refKey),
      firewalls: spec.securityGroups?.map(refKey) ?? "default",
      public: "no",
      ...(hasIpv6 ? { ipv6: "yes" } : {}),
      isInternal: true,
      // Reachability Analyzer User Guide, "Explanation codes", VPCE_INTRA_VPC_TRAFFIC.
      isSilent: true,
      ...(spec.service !== undefined && isSomebodys(spec.service) ? { leadsTo: refKey(spec.service) } : {}),
    },
  ];
}
