import type { CodeDoc } from "../../diag/codes.ts";

export const transitGatewayAttachmentCodes = {
  "unserved-zone": {
    title: "A subnet that cannot reach its transit gateway",
    cause: "A transit gateway accepts traffic only from Availability Zones in which its attachment has a subnet.",
    cure: "Add a subnet in that zone to the subnets of the attachment.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof transitGatewayAttachmentCodes, CodeDoc> {}
}
