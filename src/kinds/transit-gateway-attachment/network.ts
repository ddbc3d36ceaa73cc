import type { Live, NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { TransitGatewayAttachment } from "./schema.ts";

/** Returns the connection of its VPC to the gateway. An attachment that the gateway's owner has not accepted carries no traffic. */
export function network(
  { address, spec }: Subject<Partial<TransitGatewayAttachment>>,
  _index: unknown,
  live?: Live,
): readonly NetworkPart[] {
  if (spec.vpc === undefined || spec.transitGateway === undefined || live?.outputs?.state === "pendingAcceptance") return [];
  return [
    {
      is: "attachment",
      id: address,
      gateway: refKey(spec.transitGateway),
      vpc: refKey(spec.vpc),
      subnets: (spec.subnets ?? []).map(refKey),
      anyZone: spec.applianceModeSupport === true,
      ipv6: spec.ipv6Support === true,
      // AWS switches it on by default for attachments, but not for gateways (Transit Gateways Guide, "Security group referencing").
      sharesGroups: spec.securityGroupReferencingSupport !== false,
      isSettled: live !== undefined,
    },
  ];
}
