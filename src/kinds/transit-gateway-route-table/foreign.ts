import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: [
    "tgw_route_table",
    "ec2_transit_gateway_route_table",
    "aws_ec2_transit_gateway_route_table",
    "aws_ec2_transit_gateway_route",
    "TransitGatewayRoute",
    "aws_ec2_transit_gateway_route_table_association",
    "TransitGatewayRouteTableAssociation",
    "aws_ec2_transit_gateway_route_table_propagation",
    "TransitGatewayRouteTablePropagation",
  ],
  fields: {
    transit_gateway_id: "transitGateway",
    destination_cidr_block: "destination",
    DestinationCidrBlock: "destination",
    transit_gateway_attachment_id: "target associations propagations",
    TransitGatewayAttachmentId: "target associations propagations",
  },
};
