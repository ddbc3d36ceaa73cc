import type { NetworkPart, Subject } from "../kind.ts";
import type { TransitGateway } from "./schema.ts";

/** A router between the VPCs that are attached to it. Of one of another account nobody here can say what is attached. */
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
