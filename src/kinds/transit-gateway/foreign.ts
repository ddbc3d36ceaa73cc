import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["tgw", "ec2_transit_gateway", "aws_ec2_transit_gateway"],
  fields: {
    asn: "amazonSideAsn",
    dns_support: "dnsSupport",
    vpn_ecmp_support: "vpnEcmpSupport",
    transit_gateway_cidr_blocks: "cidrBlocks",
    TransitGatewayCidrBlocks: "cidrBlocks",
    auto_accept_shared_attachments: "autoAcceptSharedAttachments",
  },
};
