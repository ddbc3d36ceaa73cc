/** The fields of a transit gateway attachment as authors write them. */
import { boolean, list, object, optional, ref } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  transitGateway: ref("transitGateway", "The transit gateway. One of another account is named by its id, once it is shared with this one."),
  vpc: ref("vpc", "The VPC that is attached."),
  subnets: list(
    ref("subnet", "A subnet."),
    "Where the gateway has its interfaces, one subnet in a zone. Machines in zones without one do not reach the gateway.",
    { minItems: 1 },
  ),
  applianceModeSupport: optional(
    boolean("Whether both directions of a connection take the same zone, as firewalls in the VPC need it; false when unwritten."),
  ),
  dnsSupport: optional(boolean("Whether public names lead to private addresses in the other VPCs; true when unwritten.")),
  ipv6Support: optional(boolean("Whether it carries IPv6; its subnets need IPv6 networks. False when unwritten.")),
  securityGroupReferencingSupport: optional(
    boolean("Whether groups may name groups of the other VPCs, where the gateway allows it. If omitted: as AWS makes it."),
  ),
});

export type TransitGatewayAttachment = Static<typeof schema>;

export interface Handle {
  /** Whether no change of it is under way. */
  readonly isSettled: boolean;
}
