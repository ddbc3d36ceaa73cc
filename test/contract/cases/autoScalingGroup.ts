import type { Case } from "../case.ts";
import { image, network } from "../network.ts";
import { needs, requirementChanges } from "../requirements.ts";

const targets = { vpc: "net", protocol: "HTTP", port: 80 };
const balancer = (targetGroup: string) => ({
  scheme: "internal",
  subnets: ["a", "b"],
  securityGroups: ["one"],
  listeners: { 80: { protocol: "HTTP", forward: [{ targetGroup }, { targetGroup: `${targetGroup}-too` }] } },
});
const alarm = {
  namespace: "Ours",
  metricName: "Errors",
  statistic: "Sum",
  period: 60,
  evaluationPeriods: 1,
  threshold: 10,
  comparisonOperator: "GreaterThanThreshold",
};
const room = { instanceType: "t3.micro", availabilityZone: "a", instanceCount: 1 };
const serviceRole = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
const others = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/two/0123456789abcdef";
const small = { launchTemplate: "one", subnets: ["a"], minSize: 0, maxSize: 4 };

const lattice = (name: "one" | "two") =>
  `arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/tg-${name === "one" ? "0123456789abcdef0" : "0123456789abcdef1"}`;

export const autoScalingGroup: Case = {
  kind: "autoScalingGroup",
  index: {
    ...network,
    launchTemplates: {
      one: { image, instanceType: "t3.micro", securityGroups: ["one"] },
      two: { image, instanceType: "t3.micro", securityGroups: ["two"] },
    },
  },
  bare: { launchTemplate: "one", subnets: ["a"], minSize: 0, maxSize: 2 },
  forms: [
    {
      index: {
        targetGroups: { one: targets },
        topics: { one: {}, two: {} },
        alarms: { one: alarm, two: alarm },
        capacityReservations: { one: room, two: room },
        iamRoles: { hooks: { trust: "autoscaling.amazonaws.com" } },
      },
      full: {
        launchTemplate: "one",
        subnets: ["a", "b"],
        minSize: 1,
        maxSize: 4,
        desiredCapacity: 2,
        targetGroups: ["one"],
        healthCheckType: "EBS",
        healthCheckGracePeriod: 60,
        defaultCooldown: 120,
        defaultInstanceWarmup: 60,
        terminationPolicies: ["OldestInstance"],
        protectFromScaleIn: false,
        maxInstanceLifetime: 604_800,
        capacityRebalance: false,
        suspendedProcesses: ["AZRebalance"],
        metrics: ["GroupInServiceInstances"],
        tags: { team: "web", cost: "42" },
        propagateTags: ["team"],
        lifecycleHooks: {
          drain: {
            transition: "terminating",
            heartbeat: 30,
            defaultResult: "CONTINUE",
            topic: "one",
            role: "hooks",
            metadata: "say goodbye",
          },
        },
        notifications: [{ topic: "one", events: ["launchError"] }],
        warmPool: { enabled: true, minSize: 1, maxGroupPreparedCapacity: 3, poolState: "Stopped", reuseOnScaleIn: false },
        refresh: "rolling",
        refreshMinHealthy: 90,
        rollback: false,
        refreshSkipMatching: true,
        refreshCheckpoints: { percentages: [50, 100], delay: 60 },
        refreshAlarms: ["one"],
        trafficSources: [lattice("one")],
        refreshBakeTime: 30,
        refreshScaleInProtectedInstances: "Refresh",
        refreshStandbyInstances: "Terminate",
        maintenancePolicy: { minHealthyPercentage: 90, maxHealthyPercentage: 120 },
        zoneDistribution: "balanced-best-effort",
        capacityReservations: { preference: "capacity-reservations-first", reservations: ["one"] },
        serviceLinkedRole: `${serviceRole}_one`,
        unlisted: "remove",
      },
      changes: [
        ["launchTemplate", "two"],
        ["minSize", 2],
        ["maxSize", 5],
        ["desiredCapacity", 3],
        ["subnets", ["a", "c"]],
        ["targetGroups", []],
        ["healthCheckType", "EC2"],
        ["healthCheckGracePeriod", 90],
        ["defaultCooldown", 150],
        ["defaultInstanceWarmup", -1],
        ["terminationPolicies", []],
        ["protectFromScaleIn", true],
        ["maxInstanceLifetime", 0],
        ["capacityRebalance", true],
        ["suspendedProcesses", ["AlarmNotification"]],
        ["metrics", ["GroupInServiceInstances", "GroupMaxSize"]],
        ["propagateTags", ["cost"]],
        ["lifecycleHooks", {}],
        ["lifecycleHooks.drain.transition", "launching"],
        ["lifecycleHooks.drain.heartbeat", 60],
        ["lifecycleHooks.drain.defaultResult", "ABANDON"],
        ["lifecycleHooks.drain.topic", "two"],
        ["lifecycleHooks.drain.role", { name: "others" }],
        ["lifecycleHooks.drain.metadata", "say adieu"],
        ["notifications", []],
        ["notifications.0.topic", "two"],
        ["notifications.0.events", ["launchError", "terminateError"]],
        ["warmPool.enabled", false],
        ["warmPool.minSize", 0],
        ["warmPool.maxGroupPreparedCapacity", -1],
        ["warmPool.poolState", "Running"],
        ["warmPool.reuseOnScaleIn", true],
        ["refresh", "none", "nothing"],
        ["refreshMinHealthy", 50, "nothing"],
        ["rollback", true, "nothing"],
        ["refreshSkipMatching", false, "nothing"],
        ["refreshCheckpoints.percentages", [20, 100], "nothing"],
        ["refreshCheckpoints.delay", 120, "nothing"],
        ["refreshAlarms", ["two"], "nothing"],
        ["trafficSources", [lattice("two")]],
        ["refreshBakeTime", 60, "nothing"],
        ["refreshScaleInProtectedInstances", "Ignore", "nothing"],
        ["refreshStandbyInstances", "Ignore", "nothing"],
        ["maintenancePolicy.minHealthyPercentage", 80],
        ["maintenancePolicy.maxHealthyPercentage", 150],
        ["maintenancePolicy", { minHealthyPercentage: -1, maxHealthyPercentage: -1 }],
        ["zoneDistribution", "balanced-only"],
        ["capacityReservations", { preference: "default" }],
        ["capacityReservations.preference", "capacity-reservations-only"],
        ["capacityReservations.reservations", ["two"]],
        ["serviceLinkedRole", `${serviceRole}_two`],
      ],
    },
    {
      full: {
        ...small,
        mixedInstances: {
          enabled: true,
          overrides: [
            { instanceType: "t3.small", weight: 1 },
            { instanceType: "t3.medium", weight: 2, launchTemplate: "one" },
          ],
          onDemandBase: 1,
          onDemandPercentage: 50,
          onDemandStrategy: "prioritized",
          spotStrategy: "lowest-price",
          spotPools: 3,
          spotMaxPrice: "0.05",
        },
      },
      changes: [
        ["mixedInstances.enabled", false],
        ["mixedInstances.overrides", [{ instanceType: "t3.small", weight: 1 }]],
        ["mixedInstances.overrides.0.instanceType", "t3a.small"],
        ["mixedInstances.overrides.1.weight", 3],
        ["mixedInstances.overrides.1.launchTemplate", "two"],
        ["mixedInstances.onDemandBase", 2],
        ["mixedInstances.onDemandPercentage", 60],
        ["mixedInstances.onDemandStrategy", "lowest-price"],
        ["mixedInstances.spotStrategy", "price-capacity-optimized", "update", { also: { "mixedInstances.spotPools": undefined } }],
        ["mixedInstances.spotPools", 4],
        ["mixedInstances.spotMaxPrice", "0.06"],
      ],
    },
    {
      full: {
        ...small,
        mixedInstances: { overrides: [{ instanceRequirements: needs }] },
      },
      changes: requirementChanges("mixedInstances.overrides.0.instanceRequirements"),
    },
    {
      full: {
        ...small,
        mixedInstances: {
          overrides: [{ instanceRequirements: { vCpuCount: { min: 2 }, memoryMiB: { min: 1024 }, allowedInstanceTypes: ["m5.*"] } }],
        },
      },
      changes: [["mixedInstances.overrides.0.instanceRequirements.allowedInstanceTypes", ["m5.*", "c5.*"]]],
    },
    {
      index: {
        targetGroups: { one: targets, "one-too": targets },
        loadBalancers: { one: balancer("one") },
      },
      full: {
        ...small,
        targetGroups: ["one", "one-too"],
        scalingPolicies: {
          math: {
            targetTracking: {
              metrics: {
                perMachine: { expression: "waiting / machines", label: "Waiting", period: 60, returnData: true },
                waiting: {
                  namespace: "Shop",
                  name: "Waiting",
                  dimensions: { Queue: "one" },
                  statistic: "Sum",
                  unit: "Count",
                  period: 60,
                  returnData: false,
                },
                machines: { namespace: "Shop", name: "Machines", statistic: "Average", returnData: false },
              },
              target: 10,
            },
          },
          daily: {
            predictive: {
              metric: "ASGCPUUtilization",
              target: 50,
              mode: "ForecastOnly",
              schedulingBufferTime: 300,
              maxCapacityBreachBehavior: "IncreaseMaxCapacity",
              maxCapacityBuffer: 10,
            },
          },
          requests: { predictive: { metric: "ALBRequestCount", loadBalancer: "one", targetGroup: "one", target: 100 } },
        },
      },
      changes: [
        [
          "scalingPolicies.math.targetTracking.metrics",
          {
            perMachine: { expression: "machines / waiting", label: "Each", period: 30, returnData: false },
            waiting: {
              namespace: "Store",
              name: "Late",
              dimensions: { Queue: "two" },
              statistic: "Average",
              unit: "None",
              period: 30,
              returnData: true,
            },
            machines: { namespace: "Shop", name: "Machines", statistic: "Average", returnData: false },
          },
        ],
        [
          "scalingPolicies.daily.predictive",
          {
            metric: "ASGNetworkIn",
            target: 60,
            mode: "ForecastAndScale",
            schedulingBufferTime: 600,
            maxCapacityBreachBehavior: "HonorMaxCapacity",
          },
        ],
        ["scalingPolicies.daily.predictive.maxCapacityBuffer", 20],
        ["scalingPolicies.daily.predictive", undefined, "update", simply("scalingPolicies.daily")],
        ["scalingPolicies.requests.predictive.targetGroup", "one-too"],
        ["scalingPolicies.requests.predictive.loadBalancer", { id: others }],
      ],
    },
    {
      full: {
        ...small,
        scalingPolicies: {
          cpu: { targetTracking: { metric: "ASGAverageCPUUtilization", target: 50, disableScaleIn: false }, warmup: 60, enabled: true },
          queue: {
            targetTracking: {
              customMetric: { namespace: "Shop", name: "Waiting", dimensions: { Queue: "one" }, statistic: "Average", unit: "Count" },
              target: 10,
            },
          },
          steps: {
            step: {
              adjustmentType: "PercentChangeInCapacity",
              steps: [
                { lower: 0, upper: 10, adjustment: 10 },
                { lower: 10, adjustment: 30 },
              ],
              minAdjustmentMagnitude: 1,
              metricAggregationType: "Average",
            },
          },
          simple: { simple: { adjustmentType: "PercentChangeInCapacity", adjustment: 10, cooldown: 60, minAdjustmentMagnitude: 1 } },
        },
        scheduledActions: {
          once: { startTime: "2026-06-01T08:00:00Z", minSize: 1 },
          evening: {
            recurrence: "0 22 * * *",
            timeZone: "Asia/Seoul",
            endTime: "2026-12-01T00:00:00Z",
            minSize: 0,
            maxSize: 3,
            desiredCapacity: 0,
          },
        },
        unlisted: "remove",
      },
      changes: [
        ["scalingPolicies", {}],
        ["scalingPolicies.cpu.targetTracking.metric", "ASGAverageNetworkIn"],
        ["scalingPolicies.cpu.targetTracking.target", 60],
        ["scalingPolicies.cpu.targetTracking.disableScaleIn", true],
        ["scalingPolicies.cpu.warmup", 90],
        ["scalingPolicies.cpu.enabled", false],
        ["scalingPolicies.cpu.targetTracking", undefined, "update", simply("scalingPolicies.cpu")],
        ["scalingPolicies.queue.targetTracking.customMetric.namespace", "Store"],
        ["scalingPolicies.queue.targetTracking.customMetric.name", "Late"],
        ["scalingPolicies.queue.targetTracking.customMetric.dimensions", { Queue: "two" }],
        ["scalingPolicies.queue.targetTracking.customMetric.statistic", "Maximum"],
        ["scalingPolicies.queue.targetTracking.customMetric.unit", "None"],
        ["scalingPolicies.steps.step", undefined, "update", simply("scalingPolicies.steps")],
        [
          "scalingPolicies.steps.step.adjustmentType",
          "ChangeInCapacity",
          "update",
          { also: { "scalingPolicies.steps.step.minAdjustmentMagnitude": undefined } },
        ],
        ["scalingPolicies.steps.step.steps", [{ lower: 0, adjustment: 20 }]],
        ["scalingPolicies.steps.step.steps.0.lower", 5],
        ["scalingPolicies.steps.step.steps.0.upper", 20, "update", { also: { "scalingPolicies.steps.step.steps.1.lower": 20 } }],
        ["scalingPolicies.steps.step.steps.0.adjustment", 20],
        ["scalingPolicies.steps.step.minAdjustmentMagnitude", 2],
        ["scalingPolicies.steps.step.metricAggregationType", "Maximum"],
        [
          "scalingPolicies.simple.simple.adjustmentType",
          "ExactCapacity",
          "update",
          { also: { "scalingPolicies.simple.simple.minAdjustmentMagnitude": undefined } },
        ],
        ["scalingPolicies.simple.simple.adjustment", 20],
        ["scalingPolicies.simple.simple.cooldown", 90],
        ["scalingPolicies.simple.simple.minAdjustmentMagnitude", 2],
        ["scheduledActions", {}],
        ["scheduledActions.once.startTime", "2026-06-02T08:00:00Z"],
        ["scheduledActions.evening.recurrence", "0 23 * * *"],
        ["scheduledActions.evening.timeZone", "Europe/Berlin"],
        ["scheduledActions.evening.endTime", "2026-12-02T00:00:00Z"],
        ["scheduledActions.evening.minSize", 1],
        ["scheduledActions.evening.maxSize", 2],
        ["scheduledActions.evening.desiredCapacity", 1],
      ],
    },
    {
      index: {
        targetGroups: { one: targets, "one-too": targets, two: targets, "two-too": targets },
        loadBalancers: { one: balancer("one"), two: balancer("two") },
      },
      full: {
        ...small,
        targetGroups: ["one", "one-too", "two"],
        scalingPolicies: {
          requests: {
            targetTracking: { metric: "ALBRequestCountPerTarget", loadBalancer: "one", targetGroup: "one", target: 100 },
          },
        },
      },
      changes: [
        ["scalingPolicies.requests.targetTracking.targetGroup", "one-too"],
        [
          "scalingPolicies.requests.targetTracking.loadBalancer",
          "two",
          "update",
          { also: { "scalingPolicies.requests.targetTracking.targetGroup": "two" } },
        ],
      ],
    },
  ],
};

/** A simple policy under the same name. */
function simply(at: string) {
  const simple = { adjustmentType: "ChangeInCapacity", adjustment: 1 };
  return { also: { [`${at}.simple`]: simple, [`${at}.warmup`]: undefined } };
}
