import type { Static } from "typebox";
import { boolean, integer, list, map, object, oneOf, optional, ref, set, string } from "../../resource/fields.ts";
import { instanceRequirements } from "../shared/instance-requirements.ts";
import { scalingPolicy } from "./policy-schema.ts";

const size = (doc: string) => integer(doc, { minimum: 0, maximum: 10_000 });

const override = object({
  instanceType: optional(string("A type that machines may be of instead of the template's.")),
  instanceRequirements: optional(instanceRequirements),
  weight: optional(integer("How many of the group's units of capacity one machine is.", { minimum: 1, maximum: 999 })),
  launchTemplate: optional(ref("launchTemplate", "Another template for this type, for another processor for example.")),
});

const mixedInstances = object(
  {
    enabled: optional(boolean("`false` takes it off again. On when unwritten.")),
    overrides: optional(list(override, "Types of machines, the preferred first.", { maxItems: 40 })),
    onDemandBase: optional(size("Machines that are never spot machines.")),
    onDemandPercentage: optional(
      integer("How many of 100 machines above the base are not spot machines; 100 is AWS's default.", { minimum: 0, maximum: 100 }),
    ),
    onDemandStrategy: optional(
      oneOf(["lowest-price", "prioritized"], "How AWS chooses among the types for machines that are not spot machines."),
    ),
    spotStrategy: optional(
      oneOf(
        ["capacity-optimized", "capacity-optimized-prioritized", "lowest-price", "price-capacity-optimized"],
        "How AWS chooses among the types for spot machines.",
      ),
    ),
    spotPools: optional(integer("Among how many of the cheapest types, for `lowest-price`.", { minimum: 1, maximum: 20 })),
    spotMaxPrice: optional(string("The most that an hour of a spot machine may cost; the on-demand price when unwritten.")),
  },
  "Machines of several types, and spot machines.",
);

const lifecycleHook = object({
  transition: oneOf(["launching", "terminating"], "Which machines it holds: those that come, or those that go."),
  heartbeat: optional(integer("Seconds that it waits for an answer; an hour is AWS's default.", { minimum: 30, maximum: 7200 })),
  defaultResult: optional(oneOf(["ABANDON", "CONTINUE"], "What silence means. AWS's default ends a machine that was launching.")),
  topic: optional(ref("topic", "Who is told. Without it, Amazon EventBridge alone is.")),
  role: optional(ref("iamRole", "The role with which the topic is told.", { named: true })),
  metadata: optional(string("Text that goes with the message.", { maxLength: 1023 })),
});

const moment = (doc: string) =>
  optional(
    string(doc, { pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d)?(Z|[+-]\\d\\d:\\d\\d)$", examples: ["2027-01-01T00:00:00Z"] }),
  );

const scheduledAction = object({
  recurrence: optional(
    string("Five cron fields: minute, hour, day of the month, month, day of the week.", { examples: ["0 20 * * MON-FRI"] }),
  ),
  timeZone: optional(string("The zone in which the recurrence is meant; UTC when unwritten.", { examples: ["Asia/Seoul"] })),
  startTime: moment("When it happens, or from when on it recurs."),
  endTime: moment("After when it recurs no more."),
  minSize: optional(size("What the minimum becomes.")),
  maxSize: optional(size("What the maximum becomes.")),
  desiredCapacity: optional(size("What the number of machines becomes.")),
});

const notification = object({
  topic: ref("topic", "Who is told."),
  events: optional(
    set(oneOf(["launch", "launchError", "terminate", "terminateError"], "An event."), "What they are told of; everything when unwritten.", {
      minItems: 1,
      uniqueItems: true,
    }),
  ),
});

const warmPool = object(
  {
    enabled: optional(boolean("`false` takes it off again. On when unwritten.")),
    minSize: optional(size("The least number of machines in it.")),
    maxGroupPreparedCapacity: optional(
      integer("The most machines in it and in service together; -1: the group's maximum.", { minimum: -1 }),
    ),
    poolState: optional(oneOf(["Hibernated", "Running", "Stopped"], "How they wait.")),
    reuseOnScaleIn: optional(boolean("Whether machines go back to it instead of being terminated.")),
  },
  "Machines that wait, prepared, until they are needed.",
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
    "What its machines are launched as. The group names the template's version by number, and follows it.",
  ),
  mixedInstances: optional(mixedInstances),
  minSize: size("The least number of machines."),
  maxSize: size("The most machines. Lowering it below what runs terminates machines."),
  desiredCapacity: optional(
    size("How many there are at first. Left out, and wherever a policy or schedule moves it, it is nobody's but theirs."),
  ),
  subnets: list(ref("subnet", "A subnet."), "Where its machines are launched; they are spread over the zones.", {
    minItems: 1,
    uniqueItems: true,
  }),
  targetGroups: optional(
    list(ref("targetGroup", "A target group."), "In which its machines are registered.", { maxItems: 50, uniqueItems: true }),
  ),
  trafficSources: optional(
    list(
      string("The ARN of a target group of VPC Lattice; that of one in this file is an expression.", {
        examples: ["arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/tg-0123456789abcdef0"],
      }),
      "Target groups of VPC Lattice in which its machines are registered.",
      { maxItems: 5, uniqueItems: true },
    ),
  ),
  healthCheckType: optional(
    string("Whose word on a machine's health counts besides EC2's: ELB for the load balancer's.", {
      pattern: "^(EBS|EC2|ELB|VPC_LATTICE)(,(EBS|EC2|ELB|VPC_LATTICE))*$",
      examples: ["ELB"],
    }),
  ),
  healthCheckGracePeriod: optional(
    integer("Seconds in which a new machine may be unhealthy. AWS's own default, 0, ends machines before they are up.", { minimum: 0 }),
  ),
  defaultCooldown: optional(integer("Seconds between two simple scaling activities.", { minimum: 0 })),
  defaultInstanceWarmup: optional(integer("Seconds until a new machine counts for policies and refreshes; -1: not set.", { minimum: -1 })),
  terminationPolicies: optional(
    list(
      string(
        "`Default`, `OldestInstance`, `NewestInstance`, `OldestLaunchTemplate`, `ClosestToNextInstanceHour`, `AllocationStrategy`, or a function's ARN.",
      ),
      "Which machines go first.",
    ),
  ),
  protectFromScaleIn: optional(boolean("Whether new machines are protected from being scaled in.")),
  maxInstanceLifetime: optional(integer("Seconds after which a machine is replaced, a day at least; 0: never.", { minimum: 0 })),
  capacityRebalance: optional(boolean("Whether spot machines at risk are replaced before they are taken away.")),
  suspendedProcesses: optional(
    list(oneOf(processes, "A process."), "What the group does not do by itself for now. Exactly these, where it is written.", {
      uniqueItems: true,
    }),
  ),
  metrics: optional(
    list(oneOf(metrics, "A metric."), "What the group tells CloudWatch of itself, a minute at a time.", { uniqueItems: true }),
  ),
  propagateTags: optional(
    list(
      string("A key.", { pattern: "^(?!aws:|infra:)" }),
      "Which of the group's tags its new machines have as well. The tags that say whose the group is are never among them.",
      { uniqueItems: true },
    ),
  ),
  scalingPolicies: optional(map(scalingPolicy, "What moves its size, by name.", name)),
  lifecycleHooks: optional(map(lifecycleHook, "What holds machines on their way in or out, by name.", name)),
  scheduledActions: optional(map(scheduledAction, "What its sizes become at certain times, by name.", name)),
  notifications: optional(list(notification, "Which topics are told what happens to its machines.", { maxItems: 10 })),
  warmPool: optional(warmPool),
  refresh: optional(
    oneOf(
      ["none", "rolling"],
      "What a changed template means for machines that run: they are replaced one after the other (`rolling`, also when unwritten), or stay until they go by themselves.",
    ),
  ),
  refreshMinHealthy: optional(
    integer("How many of 100 machines stay healthy during a refresh. 90 when unwritten; of one or two machines all.", {
      minimum: 0,
      maximum: 100,
    }),
  ),
  rollback: optional(boolean("Whether a refresh that fails goes back to the version before.")),
  refreshSkipMatching: optional(
    boolean("Whether a refresh leaves machines that are of the new version already; yes when unwritten. `false` replaces them all."),
  ),
  refreshCheckpoints: optional(
    object(
      {
        percentages: list(integer("After how many of 100 machines.", { minimum: 1, maximum: 100 }), "Ascending; 100 ends it.", {
          minItems: 1,
        }),
        delay: optional(integer("Seconds that it waits there; an hour when unwritten.", { minimum: 0, maximum: 172_800 })),
      },
      "Where a refresh waits, so that there is time to look.",
    ),
  ),
  refreshAlarms: optional(
    set(ref("alarm", "An alarm."), "Alarms that end a refresh when they go off: it fails, or goes back with `rollback`.", {
      minItems: 1,
      maxItems: 10,
      uniqueItems: true,
    }),
  ),
  refreshBakeTime: optional(
    integer("Seconds that a refresh waits at its end, when all machines are new, before it is done.", { minimum: 0, maximum: 172_800 }),
  ),
  refreshScaleInProtectedInstances: optional(
    oneOf(
      ["Ignore", "Refresh", "Wait"],
      "What a refresh does with machines that are protected from being scaled in: it leaves them as they are (unwritten), replaces them too, or waits an hour for them and fails.",
    ),
  ),
  refreshStandbyInstances: optional(
    oneOf(
      ["Ignore", "Terminate", "Wait"],
      "What a refresh does with machines that somebody has put into standby: it leaves them (unwritten), ends them, or waits an hour for them and fails.",
    ),
  ),
  maintenancePolicy: optional(
    object(
      {
        minHealthyPercentage: integer("How many of 100 machines are healthy at least; -1, as the other: no policy.", {
          minimum: -1,
          maximum: 100,
        }),
        maxHealthyPercentage: integer("How many of 100 there are at most: 100 to 200.", { minimum: -1, maximum: 200 }),
      },
      "Whether new machines come first where AWS replaces some: a rebalance, a health check, a refresh. Of the two at most 100 lie between.",
    ),
  ),
  zoneDistribution: optional(
    oneOf(
      ["balanced-best-effort", "balanced-only", "reservations-then-balanced"],
      "Whether machines may be launched in other zones where one has no room, or the group waits for it; the last fills reservations first.",
    ),
  ),
  capacityReservations: optional(
    object(
      {
        preference: oneOf(
          ["default", "none", "capacity-reservations-first", "capacity-reservations-only"],
          "Whether machines use reservations: as the template says, never, where there is room, or only.",
        ),
        reservations: optional(
          set(ref("capacityReservation", "A reservation."), "Which; any that is open when unwritten.", { minItems: 1, uniqueItems: true }),
        ),
      },
      "Which reserved capacity its machines use.",
    ),
  ),
  serviceLinkedRole: optional(
    string("The ARN of the service-linked role with which the group works; the account's usual one when unwritten.", {
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
