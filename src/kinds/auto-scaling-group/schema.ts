import type { Static } from "typebox";
import { boolean, integer, list, map, object, oneOf, optional, ref, set, string } from "../../resource/fields.ts";
import { instanceRequirements } from "../shared/instances/requirements.ts";
import { scalingPolicy } from "./policy-schema.ts";

const size = (doc: string) => integer(doc, { minimum: 0, maximum: 10_000 });

const override = object({
  instanceType: optional(string("An instance type to use instead of the template's.")),
  instanceRequirements: optional(instanceRequirements),
  weight: optional(integer("Number of the group's capacity units that one instance of this type provides.", { minimum: 1, maximum: 999 })),
  launchTemplate: optional(ref("launchTemplate", "Another launch template for this type, for example for another processor architecture.")),
});

const mixedInstances = object(
  {
    enabled: optional(boolean("Whether the policy is on; `false` removes it. Default: true.")),
    overrides: optional(list(override, "Instance types, in order of preference.", { maxItems: 40 })),
    onDemandBase: optional(size("Number of instances that are always On-Demand.")),
    onDemandPercentage: optional(
      integer("The percentage of On-Demand Instances above `onDemandBase`; 100 is AWS's default.", { minimum: 0, maximum: 100 }),
    ),
    onDemandStrategy: optional(oneOf(["lowest-price", "prioritized"], "The strategy by which AWS chooses types for On-Demand Instances.")),
    spotStrategy: optional(
      oneOf(
        ["capacity-optimized", "capacity-optimized-prioritized", "lowest-price", "price-capacity-optimized"],
        "The strategy by which AWS chooses types for Spot Instances.",
      ),
    ),
    spotPools: optional(integer("Number of the cheapest Spot pools to use, for `lowest-price`.", { minimum: 1, maximum: 20 })),
    spotMaxPrice: optional(string("The highest hourly price of a Spot Instance. If omitted: the On-Demand price.")),
  },
  "Instances of several types, and Spot Instances.",
);

const lifecycleHook = object({
  transition: oneOf(["launching", "terminating"], "The transition at which instances wait: launch or termination."),
  heartbeat: optional(integer("The timeout in seconds for an answer; AWS's default is one hour.", { minimum: 30, maximum: 7200 })),
  defaultResult: optional(
    oneOf(
      ["ABANDON", "CONTINUE"],
      "The action when the timeout passes without an answer. AWS's default terminates an instance that was launching.",
    ),
  ),
  topic: optional(ref("topic", "The topic that gets the notification. If omitted: only Amazon EventBridge gets it.")),
  role: optional(ref("iamRole", "The role with which Auto Scaling publishes to the topic.", { named: true })),
  metadata: optional(string("Additional text in the notification.", { maxLength: 1023 })),
});

const moment = (doc: string) =>
  optional(
    string(doc, { pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d)?(Z|[+-]\\d\\d:\\d\\d)$", examples: ["2027-01-01T00:00:00Z"] }),
  );

const scheduledAction = object({
  recurrence: optional(
    string("Five cron fields: minute, hour, day of the month, month, day of the week.", { examples: ["0 20 * * MON-FRI"] }),
  ),
  timeZone: optional(string("The time zone of the recurrence. Default: UTC.", { examples: ["Asia/Seoul"] })),
  startTime: moment("The time of the action, or the start of its recurrence."),
  endTime: moment("The end of the recurrence."),
  minSize: optional(size("The new minimum size.")),
  maxSize: optional(size("The new maximum size.")),
  desiredCapacity: optional(size("The new desired capacity.")),
});

const notification = object({
  topic: ref("topic", "The topic that gets the notifications."),
  events: optional(
    set(oneOf(["launch", "launchError", "terminate", "terminateError"], "An event."), "The events to notify about; all if omitted.", {
      minItems: 1,
      uniqueItems: true,
    }),
  ),
});

const warmPool = object(
  {
    enabled: optional(boolean("Whether the warm pool is on; `false` removes it. Default: true.")),
    minSize: optional(size("The minimum number of instances in the warm pool.")),
    maxGroupPreparedCapacity: optional(
      integer("The maximum number of instances in the warm pool and in service together; -1: the group's maximum.", { minimum: -1 }),
    ),
    poolState: optional(oneOf(["Hibernated", "Running", "Stopped"], "The state of the instances in the warm pool.")),
    reuseOnScaleIn: optional(boolean("Whether instances return to the warm pool on scale-in instead of being terminated.")),
  },
  "A pool of initialized instances that wait until they are needed.",
);

const processes = [
  "AZRebalance",
  "AddToLoadBalancer",
  "AlarmNotification",
  "HealthCheck",
  "InstanceRefresh",
  "Launch",
  "ReplaceUnhealthy",
  "ScheduledActions",
  "Terminate",
] as const;
const metrics = [
  "GroupDesiredCapacity",
  "GroupInServiceCapacity",
  "GroupInServiceInstances",
  "GroupMaxSize",
  "GroupMinSize",
  "GroupPendingCapacity",
  "GroupPendingInstances",
  "GroupStandbyCapacity",
  "GroupStandbyInstances",
  "GroupTerminatingCapacity",
  "GroupTerminatingInstances",
  "GroupTotalCapacity",
  "GroupTotalInstances",
] as const;

const name = "^[A-Za-z0-9][A-Za-z0-9_./-]*$";

export const schema = object({
  launchTemplate: ref(
    "launchTemplate",
    "The launch template for instances. The group names a version by number, and infra updates it when the template changes.",
  ),
  mixedInstances: optional(mixedInstances),
  minSize: size("The minimum number of instances."),
  maxSize: size("The maximum number of instances. A value below the current number terminates instances."),
  desiredCapacity: optional(
    size("The number of instances at creation. If omitted, and where a policy or a schedule changes it, infra leaves it alone."),
  ),
  subnets: list(ref("subnet", "A subnet."), "The subnets for instances; the group spreads them over the zones.", {
    minItems: 1,
    uniqueItems: true,
  }),
  targetGroups: optional(
    list(ref("targetGroup", "A target group."), "The target groups in which the instances are registered.", {
      maxItems: 50,
      uniqueItems: true,
    }),
  ),
  trafficSources: optional(
    list(
      string("The ARN of a VPC Lattice target group; for one in this file, an expression.", {
        examples: ["arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/tg-0123456789abcdef0"],
      }),
      "The VPC Lattice target groups in which the instances are registered.",
      { maxItems: 5, uniqueItems: true },
    ),
  ),
  healthCheckType: optional(
    string("The health checks that count in addition to EC2's: ELB for those of the load balancer.", {
      pattern: "^(EBS|EC2|ELB|VPC_LATTICE)(,(EBS|EC2|ELB|VPC_LATTICE))*$",
      examples: ["ELB"],
    }),
  ),
  healthCheckGracePeriod: optional(
    integer("Number of seconds in which a new instance may be unhealthy. AWS's default, 0, terminates instances before they are ready.", {
      minimum: 0,
    }),
  ),
  defaultCooldown: optional(integer("Number of seconds between two simple scaling activities.", { minimum: 0 })),
  defaultInstanceWarmup: optional(
    integer("Number of seconds until a new instance counts for policies and instance refreshes; -1: not set.", { minimum: -1 }),
  ),
  terminationPolicies: optional(
    list(
      string(
        "A policy: `Default`, `OldestInstance`, `NewestInstance`, `OldestLaunchTemplate`, `ClosestToNextInstanceHour`, `AllocationStrategy`, or the ARN of a function.",
      ),
      "The policies that select the instances to terminate first.",
    ),
  ),
  protectFromScaleIn: optional(boolean("Whether new instances are protected from scale-in.")),
  maxInstanceLifetime: optional(
    integer("The maximum lifetime of an instance in seconds, at least one day, after which it is replaced; 0: no limit.", { minimum: 0 }),
  ),
  capacityRebalance: optional(boolean("Whether Spot Instances with a raised risk of interruption are replaced before the interruption.")),
  suspendedProcesses: optional(
    list(oneOf(processes, "A process."), "The processes that are suspended. If written, exactly these.", {
      uniqueItems: true,
    }),
  ),
  metrics: optional(
    list(oneOf(metrics, "A metric."), "The group metrics that are sent to CloudWatch every minute.", { uniqueItems: true }),
  ),
  propagateTags: optional(
    list(
      string("A key.", { pattern: "^(?!aws:|infra:)" }),
      "The tags of the group that new instances get as well. The ownership tags are never among them.",
      { uniqueItems: true },
    ),
  ),
  scalingPolicies: optional(map(scalingPolicy, "Scaling policies, by name.", name)),
  lifecycleHooks: optional(map(lifecycleHook, "Lifecycle hooks, by name: they make instances wait at launch or termination.", name)),
  scheduledActions: optional(
    map(scheduledAction, "Scheduled actions, by name: they change the sizes of the group at certain times.", name),
  ),
  notifications: optional(list(notification, "Notifications about instances of the group, each to a topic.", { maxItems: 10 })),
  warmPool: optional(warmPool),
  refresh: optional(
    oneOf(
      ["none", "rolling"],
      "The effect of a changed template on running instances: an instance refresh replaces them step by step (`rolling`, the default), or they stay until they are terminated otherwise.",
    ),
  ),
  refreshMinHealthy: optional(
    integer(
      "The percentage of instances that stay healthy during a refresh. Default: 90; in groups of one or two instances, all stay healthy.",
      {
        minimum: 0,
        maximum: 100,
      },
    ),
  ),
  rollback: optional(boolean("Whether a refresh that fails rolls back to the previous version.")),
  refreshSkipMatching: optional(
    boolean("Whether a refresh skips instances that already run the new version. Default: true; `false` replaces all."),
  ),
  refreshCheckpoints: optional(
    object(
      {
        percentages: list(
          integer("A percentage of replaced instances.", { minimum: 1, maximum: 100 }),
          "The percentages, ascending. Without 100 at the end, the refresh leaves some old instances.",
          {
            minItems: 1,
          },
        ),
        delay: optional(integer("Number of seconds to wait at each checkpoint. Default: one hour.", { minimum: 0, maximum: 172_800 })),
      },
      "Checkpoints at which a refresh waits, so that there is time to verify the new instances.",
    ),
  ),
  refreshAlarms: optional(
    set(ref("alarm", "An alarm."), "Alarms that stop a refresh when they go into ALARM: it fails, or rolls back with `rollback`.", {
      minItems: 1,
      maxItems: 10,
      uniqueItems: true,
    }),
  ),
  refreshBakeTime: optional(
    integer("Number of seconds that a refresh waits after the last instance is replaced, before it is complete.", {
      minimum: 0,
      maximum: 172_800,
    }),
  ),
  refreshScaleInProtectedInstances: optional(
    oneOf(
      ["Ignore", "Refresh", "Wait"],
      "The handling of instances that are protected from scale-in during a refresh: it skips them (the default), replaces them too, or waits for an hour and fails.",
    ),
  ),
  refreshStandbyInstances: optional(
    oneOf(
      ["Ignore", "Terminate", "Wait"],
      "The handling of instances in standby during a refresh: it skips them (the default), terminates them, or waits for an hour and fails.",
    ),
  ),
  maintenancePolicy: optional(
    object(
      {
        minHealthyPercentage: integer("The minimum percentage of healthy instances; -1 in both fields: no policy.", {
          minimum: -1,
          maximum: 100,
        }),
        maxHealthyPercentage: integer("The maximum percentage of instances, 100 to 200; -1 in both fields: no policy.", {
          minimum: -1,
          maximum: 200,
        }),
      },
      "The limits on the number of instances while AWS replaces some (rebalancing, health checks, instance refreshes): whether new ones are launched first. The two differ by at most 100.",
    ),
  ),
  zoneDistribution: optional(
    oneOf(
      ["balanced-best-effort", "balanced-only", "reservations-then-balanced"],
      "The strategy when a zone has no capacity: launch in other zones, or wait for the zone; the last value uses up capacity reservations first.",
    ),
  ),
  capacityReservations: optional(
    object(
      {
        preference: oneOf(
          ["default", "none", "capacity-reservations-first", "capacity-reservations-only"],
          "Whether instances use capacity reservations: as the template says, never, if capacity is available, or only.",
        ),
        reservations: optional(
          set(ref("capacityReservation", "A reservation."), "The capacity reservations to use. If omitted: any open one.", {
            minItems: 1,
            uniqueItems: true,
          }),
        ),
      },
      "The use of capacity reservations by instances of the group.",
    ),
  ),
  serviceLinkedRole: optional(
    string("The ARN of the service-linked role of the group. If omitted: the default one of the account.", {
      pattern: "^arn:[^:]+:iam::[0-9]{12}:role/aws-service-role/autoscaling\\.amazonaws\\.com/AWSServiceRoleForAutoScaling",
    }),
  ),
});

export type AutoScalingGroup = Static<typeof schema>;
export type { ScalingPolicy } from "./policy-schema.ts";
export type LifecycleHook = Static<typeof lifecycleHook>;
export type ScheduledAction = Static<typeof scheduledAction>;
export type Notification = Static<typeof notification>;
export type Override = Static<typeof override>;
export type MixedInstances = Static<typeof mixedInstances>;
export type WarmPool = Static<typeof warmPool>;
