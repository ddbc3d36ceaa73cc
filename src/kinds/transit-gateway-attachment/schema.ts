/** The fields of a transit gateway attachment as authors write them. */
import { boolean, list, object, optional, ref } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  transitGateway: ref("transitGateway", "The transit gateway; one of another account by its id, after it is shared with this account."),
  vpc: ref("vpc", "The VPC to attach."),
  subnets: list(
    ref("subnet", "A subnet."),
    "The subnets for the network interfaces of the attachment, one per zone. Instances in zones without one cannot reach the gateway.",
    { minItems: 1 },
  ),
  applianceModeSupport: optional(boolean("Whether both directions of a connection use the same zone, as firewalls in the VPC need.")),
  dnsSupport: optional(boolean("Whether public DNS names resolve to private addresses from the other VPCs.")),
  ipv6Support: optional(boolean("Whether the attachment carries IPv6; its subnets need IPv6 networks.")),
  securityGroupReferencingSupport: optional(
    boolean("Whether security groups may reference groups of the other VPCs, if the gateway allows it. If omitted: AWS's default."),
  ),
});

export type TransitGatewayAttachment = Static<typeof schema>;

export interface Handle {
  /** Whether no change of it is under way. */
  readonly isSettled: boolean;
}
