/** The fields of a transit gateway as authors write them. */
import { boolean, cidr, list, object, optional, string } from "../../resource/fields.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

/** The number that AWS uses by default (EC2 API, TransitGatewayRequestOptions). */
export const usualAsn = 64_512;

export const schema = object({
  description: optional(string("A description of the transit gateway.", { maxLength: 255 })),
  amazonSideAsn: optional(
    Type.Integer({
      description:
        "The private autonomous system number (ASN) of AWS's side of VPN connections, 64512 to 65534 or 4200000000 to 4294967294. AWS changes it only while no VPN or Direct Connect is attached.",
      minimum: usualAsn,
      maximum: 4_294_967_294,
      examples: [65_010],
    }),
  ),
  cidrBlocks: optional(
    list(
      cidr("A network, /24 or larger; of IPv6, /64 or larger.", "any", "10.255.0.0/24"),
      "The networks of the gateway itself, for Connect attachments.",
    ),
  ),
  defaultRouteTableAssociation: optional(
    boolean(
      "Whether new attachments are associated with the route table that AWS makes with the gateway. Write false if you have route tables of your own.",
    ),
  ),
  defaultRouteTablePropagation: optional(
    boolean("Whether new attachments propagate their networks to that table. Write false if you have route tables of your own."),
  ),
  dnsSupport: optional(boolean("Whether public DNS names resolve to private addresses across attached VPCs.")),
  vpnEcmpSupport: optional(boolean("Whether traffic is spread over several VPN connections to the same networks (ECMP).")),
  securityGroupReferencingSupport: optional(boolean("Whether security groups may reference groups of other attached VPCs.")),
  autoAcceptSharedAttachments: optional(boolean("Whether attachments from accounts with which it is shared are accepted automatically.")),
  multicastSupport: optional(boolean("Whether the gateway supports multicast.")),
});

export type TransitGateway = Static<typeof schema>;

export interface Handle {
  /** Whether no change of it is under way. */
  readonly isSettled: boolean;
}
