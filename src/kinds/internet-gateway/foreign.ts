import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["igw", "aws_internet_gateway_attachment", "VPCGatewayAttachment"],
  fields: {},
};
