import type { Case } from "../case.ts";
import { image, network } from "../network.ts";

export const autoScalingGroup: Case = {
  kind: "autoScalingGroup",
  world: {
    ...network,
    launchTemplates: { one: { image, instanceType: "t3.micro", securityGroups: ["one"] } },
    targetGroups: { one: { vpc: "net", protocol: "HTTP", port: 80 } },
    topics: { one: {} },
  },
  bare: { launchTemplate: "one", subnets: ["a"], minSize: 0, maxSize: 2 },
  full: {
    launchTemplate: "one",
    subnets: ["a", "b"],
    minSize: 1,
    maxSize: 4,
    targetGroups: ["one"],
    healthCheckType: "ELB",
    healthCheckGracePeriod: 60,
    defaultCooldown: 120,
    defaultInstanceWarmup: 60,
    terminationPolicies: ["OldestInstance"],
    metrics: ["GroupInServiceInstances"],
    scalingPolicies: { cpu: { targetTracking: { metric: "ASGAverageCPUUtilization", target: 50 } } },
    scheduledActions: { evening: { recurrence: "0 22 * * *", minSize: 0 } },
    notifications: [{ topic: "one", events: ["launchError"] }],
  },
  changes: [
    { field: "subnets", to: ["a", "c"], action: "update" },
    { field: "maxSize", to: 5, action: "update" },
    { field: "targetGroups", to: [], action: "update" },
    { field: "healthCheckType", to: "EC2", action: "update" },
    { field: "healthCheckGracePeriod", to: 90, action: "update" },
    { field: "defaultCooldown", to: 150, action: "update" },
    { field: "defaultInstanceWarmup", to: 90, action: "update" },
    { field: "terminationPolicies", to: ["NewestInstance"], action: "update" },
    { field: "metrics", to: ["GroupInServiceInstances", "GroupMaxSize"], action: "update" },
    { field: "scalingPolicies", to: { cpu: { targetTracking: { metric: "ASGAverageCPUUtilization", target: 60 } } }, action: "update" },
    { field: "scheduledActions", to: { evening: { recurrence: "0 23 * * *", minSize: 0 } }, action: "update" },
    { field: "notifications", to: [{ topic: "one", events: ["launchError", "terminateError"] }], action: "update" },
  ],
};
