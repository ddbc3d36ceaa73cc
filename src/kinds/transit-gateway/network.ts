import type { NetworkPart, Subject } from "../kind.ts";
import type { TransitGateway } from "./schema.ts";

/** Returns a router between the attached VPCs. The attachments of a gateway in another account are not known. */
export function network({ address, spec }: Subject<Partial<TransitGateway>>): readonly NetworkPart[] {
  if (!address.includes("/")) return [];
  const { defaultRouteTableAssociation = true, defaultRouteTablePropagation = true, securityGroupReferencingSupport = false } = spec;
  return [
    {
      is: "door",
      id: address,
      leads: "transit",
      associates: defaultRouteTableAssociation,
      propagates: defaultRouteTablePropagation,
      sharesGroups: securityGroupReferencingSupport,
    },
  ];
}
