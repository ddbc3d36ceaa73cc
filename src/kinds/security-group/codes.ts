import type { CodeDoc } from "../../diag/codes.ts";

export const securityGroupCodes = {
  "duplicate-rule": {
    title: "One rule written twice",
    cause: "A rule is its protocol, ports and source; a description makes no second one of it, and EC2 would refuse it.",
    cure: "Remove one of the two.",
  },
  "open-admin-port": {
    title: "Administration open to the whole internet",
    cause: "SSH and Remote Desktop that anybody can reach are found and tried within minutes.",
    cure: "Name the networks that need it, or go through a bastion or Session Manager.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof securityGroupCodes, CodeDoc> {}
}
