import type { CodeDoc } from "../../diag/codes.ts";

export const targetGroupCodes = {
  "target-group": {
    title: "A target group with fields that exclude each other",
    cause: "Groups of application balancers (HTTP, HTTPS) and of network balancers have different settings.",
    cure: "Remove the field, or change the protocol.",
  },
  "health-check": {
    title: "A health check that AWS would not take",
    cause: "TCP checks have neither path nor matcher, and a check must time out before the next one.",
    cure: "Change it as the message says.",
  },
  target: {
    title: "A target that the group cannot hold",
    cause: "A group holds machines, or addresses with `targetType: ip`, never both.",
    cure: "Write what the group's type takes.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof targetGroupCodes, CodeDoc> {}
}
