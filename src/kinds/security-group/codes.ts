import type { CodeDoc } from "../../diag/codes.ts";

export const securityGroupCodes = {
  "duplicate-rule": {
    title: "One rule written twice",
    cause: "A rule is its protocol, ports and source. Another description does not make a second rule, and EC2 would refuse it.",
    cure: "Remove one of them.",
  },
  "open-admin-port": {
    title: "Administration open to the whole internet",
    cause: "Attackers find SSH and Remote Desktop that anybody can reach, and try them, within minutes.",
    cure: "Name the networks that need access, or use a bastion or Session Manager.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof securityGroupCodes, CodeDoc> {}
}
