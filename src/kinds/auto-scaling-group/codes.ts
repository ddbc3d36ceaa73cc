import type { CodeDoc } from "../../diag/codes.ts";

export const autoScalingGroupCodes = {
  "auto-scaling-group": {
    title: "A group that Auto Scaling would not make as written",
    cause: "Sizes, policies, schedules and the rest of a group have to fit each other.",
    cure: "Change the field as the message says; `infra explain autoScalingGroup` lists what there is.",
  },
  "health-grace": {
    title: "A group that ends its machines before they are up",
    cause: "With the load balancer's word on health and a grace period of 0, no machine lives long enough to become healthy.",
    cure: "Leave `healthCheckGracePeriod` out, or give machines the time that they need.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof autoScalingGroupCodes, CodeDoc> {}
}
