import type { CodeDoc } from "../../diag/codes.ts";

export const autoScalingGroupCodes = {
  "auto-scaling-group": {
    title: "An Auto Scaling group that AWS refuses",
    cause: "The sizes, policies, schedules and other fields of an Auto Scaling group must fit each other.",
    cure: "Change the field as the message says. `infra explain autoScalingGroup` lists all fields.",
  },
  "health-grace": {
    title: "An Auto Scaling group that terminates its instances too early",
    cause: "With the health checks of a load balancer and a grace period of 0, no instance lives long enough to become healthy.",
    cure: "Remove `healthCheckGracePeriod`, or give instances the time that they need.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof autoScalingGroupCodes, CodeDoc> {}
}
