import type { CodeDoc } from "../../diag/codes.ts";

export const networkAclCodes = {
  "two-acls": {
    title: "A subnet with two network ACLs",
    cause: "A subnet uses exactly one network ACL.",
    cure: "Remove it from one of the two.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof networkAclCodes, CodeDoc> {}
}
