import type { CodeDoc } from "../../diag/codes.ts";

export const subnetCodes = {
  "cidr-outside-vpc": {
    title: "A subnet outside its VPC",
    cause: "The range of a subnet must be part of a range of its VPC.",
    cure: "Correct one of the two, or add a range under `secondaryCidrBlocks`.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof subnetCodes, CodeDoc> {}
}
