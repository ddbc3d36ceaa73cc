import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: [
    "tgw_attachment",
    "ec2_transit_gateway_vpc_attachment",
    "aws_ec2_transit_gateway_vpc_attachment",
    "TransitGatewayVpcAttachment",
    "TransitGatewayAttachment",
  ],
  fields: {
    transit_gateway_id: "transitGateway",
    vpc_id: "vpc",
    subnet_ids: "subnets",
    appliance_mode_support: "applianceModeSupport",
    dns_support: "dnsSupport",
    ipv6_support: "ipv6Support",
  },
};
