import type { CodeDoc } from "../../diag/codes.ts";

export const vpcCodes = {
  "cidr-mixed": {
    title: "Ranges that AWS may not allow in one VPC",
    cause:
      "Amazon's guide to VPCs allows additional ranges that are in the same private range as the first one (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 198.19.0.0/16), in 100.64.0.0/10, or public.",
    cure: "Choose another range. If AWS accepts this range in your account, keep it.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof vpcCodes, CodeDoc> {}
}
