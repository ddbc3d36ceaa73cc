import type { CodeDoc } from "../../diag/codes.ts";

export const targetGroupCodes = {
  "target-group": {
    title: "A target group with fields that exclude each other",
    cause: "Target groups of Application Load Balancers (HTTP, HTTPS) and of Network Load Balancers have different settings.",
    cure: "Remove the field, or change the protocol.",
  },
  "health-check": {
    title: "A health check that AWS refuses",
    cause: "TCP health checks have neither path nor matcher. A check must time out before the next one begins.",
    cure: "Change the health check as the message says.",
  },
  target: {
    title: "A target that the target group cannot contain",
    cause: "A target group contains instances, or with `targetType: ip` addresses, and never both.",
    cure: "Write targets of the type of the group.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof targetGroupCodes, CodeDoc> {}
}
