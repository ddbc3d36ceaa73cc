import type { Live, NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import type { TransitGatewayAttachment } from "./schema.ts";

/** Its VPC at the gateway. One that the gateway's owner has yet to accept carries nothing. */
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
      // On attachments AWS turns it on by itself, on gateways it does not (Transit Gateways Guide, "Security group referencing").
      sharesGroups: spec.securityGroupReferencingSupport !== false,
      isSettled: live !== undefined,
    },
  ];
}
