/** The fields of a transit gateway as authors write them. */
import { boolean, cidr, list, object, optional, string } from "../../resource/fields.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

/** The number that AWS uses by default (EC2 API, TransitGatewayRequestOptions). */
export const usualAsn = 64_512;

export const schema = object({
  description: optional(string("What it is for.", { maxLength: 255 })),
  amazonSideAsn: optional(
    Type.Integer({
      description:
        "The private autonomous system number of AWS's side of VPNs, 64512 to 65534 or 4200000000 to 4294967294. Unwritten: 64512. AWS changes it only while no VPN or Direct Connect is attached.",
      minimum: usualAsn,
      maximum: 4_294_967_294,
      examples: [65_010],
    }),
  ),
  cidrBlocks: optional(
    list(
      cidr("A network, /24 or larger; of IPv6, /64 or larger.", "any", "10.255.0.0/24"),
      "Addresses of the gateway itself, for Connect attachments.",
    ),
  ),
  defaultRouteTableAssociation: optional(
    boolean(
      "Whether new attachments follow the route table that AWS makes with the gateway; true when unwritten. With route tables of your own: false.",
    ),
  ),
  defaultRouteTablePropagation: optional(
    boolean(
      "Whether that table gets the networks of new attachments by itself; true when unwritten. With route tables of your own: false.",
    ),
  ),
  dnsSupport: optional(boolean("Whether public names lead to private addresses across attached VPCs; true when unwritten.")),
  vpnEcmpSupport: optional(boolean("Whether traffic is spread over several VPNs that lead to the same networks; true when unwritten.")),
  securityGroupReferencingSupport: optional(
    boolean("Whether security groups may name groups of other attached VPCs as sources; false when unwritten."),
  ),
  autoAcceptSharedAttachments: optional(
    boolean("Whether attachments of accounts with which it is shared are accepted by themselves; false when unwritten."),
  ),
  multicastSupport: optional(boolean("Whether it can carry multicast; false when unwritten.")),
});

export type TransitGateway = Static<typeof schema>;

export interface Handle {
  /** Whether no change of it is under way. */
  readonly isSettled: boolean;
}
