import type { CodeDoc } from "../../diag/codes.ts";

export const loadBalancerCodes = {
  "load-balancer": {
    title: "A load balancer that AWS would not make as written",
    cause: "Application and network load balancers differ in protocols, fields and targets, and both want one subnet a zone.",
    cure: "Change the field as the message says; `infra explain loadBalancer` lists what there is.",
  },
  "log-bucket": {
    title: "A bucket that does not let the balancer write its logs",
    cause: "Elastic Load Balancing writes a test file when a log is switched on, and refuses the log when the bucket's policy forbids it.",
    cure: "Give the bucket the statement of the hint.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof loadBalancerCodes, CodeDoc> {}
}
