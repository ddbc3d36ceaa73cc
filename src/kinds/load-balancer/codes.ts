import type { CodeDoc } from "../../diag/codes.ts";

export const loadBalancerCodes = {
  "load-balancer": {
    title: "A load balancer that AWS refuses",
    cause:
      "Application and Network Load Balancers differ in protocols, fields and targets. Both need one subnet in each Availability Zone.",
    cure: "Change the field as the message says. `infra explain loadBalancer` lists all fields.",
  },
  "log-bucket": {
    title: "A bucket that does not let the load balancer write its logs",
    cause:
      "Elastic Load Balancing writes a test file when a log is enabled. If the policy of the bucket forbids that, Elastic Load Balancing refuses the log.",
    cure: "Add the statement from the hint to the policy of the bucket.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof loadBalancerCodes, CodeDoc> {}
}
