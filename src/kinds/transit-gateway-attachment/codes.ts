import type { CodeDoc } from "../../diag/codes.ts";

export const transitGatewayAttachmentCodes = {
  "unserved-zone": {
    title: "A subnet that does not reach its transit gateway",
    cause: "A transit gateway takes traffic only from zones in which its attachment has a subnet.",
    cure: "Add a subnet of that zone to the subnets of the attachment.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof transitGatewayAttachmentCodes, CodeDoc> {}
}
