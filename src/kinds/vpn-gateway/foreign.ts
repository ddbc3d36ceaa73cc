import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["vgw", "virtual_private_gateway", "VPNGateway", "aws_vpn_gateway_attachment"],
  fields: { vpc_id: "vpc", amazon_side_asn: "amazonSideAsn", asn: "amazonSideAsn" },
};
