import type { CodeDoc } from "../../diag/codes.ts";

export const subnetCodes = {
  "cidr-outside-vpc": {
    title: "A subnet outside its VPC",
    cause: "A subnet is a part of one of its VPC's ranges.",
    cure: "Correct one of the two, or add a range under `secondaryCidrBlocks`.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof subnetCodes, CodeDoc> {}
}
