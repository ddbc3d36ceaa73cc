import type { Authored } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import type { AutoScalingGroup, ScalingPolicy, ScheduledAction } from "./schema.ts";

/** An Auto Scaling group as an author writes it. A size that policies or schedules move belongs to them, so it is left out. */
export function authored(spec: Partial<AutoScalingGroup>): Authored<AutoScalingGroup> {
  const { scheduledActions = {}, scalingPolicies = {}, launchTemplate } = spec;
  const isMoved = Object.keys(scheduledActions).length + Object.keys(scalingPolicies).length > 0;
  const plain = without(omit(spec, ["scheduledActions", "scalingPolicies", ...(isMoved ? ["desiredCapacity" as const] : [])]), {
    mixedInstances: { enabled: false },
    healthCheckType: "EC2",
    defaultCooldown: 300,
    defaultInstanceWarmup: -1,
    terminationPolicies: ["Default"],
    protectFromScaleIn: false,
    maxInstanceLifetime: 0,
    capacityRebalance: false,
    maintenancePolicy: { minHealthyPercentage: -1, maxHealthyPercentage: -1 },
    zoneDistribution: "balanced-best-effort",
    capacityReservations: { preference: "default", reservations: [] },
    ...(spec.serviceLinkedRole?.endsWith("/AWSServiceRoleForAutoScaling") ? { serviceLinkedRole: spec.serviceLinkedRole } : {}),
    warmPool: { enabled: false },
    trafficSources: [],
  });
  const remarks =
    launchTemplate !== undefined && !launchTemplate.includes(":")
      ? [
          {
            path: "launchTemplate",
            text: "it uses the latest or the default version of the template; after its first change here, it uses a version number",
          },
        ]
      : [];
  return {
    spec: {
      ...plain,
      ...(launchTemplate !== undefined && { launchTemplate: launchTemplate.replace(/:.*$/, "") }),
      ...(Object.keys(scalingPolicies).length > 0 && {
        scalingPolicies: Object.fromEntries(Object.entries(scalingPolicies).map(([name, policy]) => [name, authoredPolicy(policy)])),
      }),
      ...(Object.keys(scheduledActions).length > 0 && {
        scheduledActions: Object.fromEntries(Object.entries(scheduledActions).map(([name, action]) => [name, authoredAction(action)])),
      }),
    },
    remarks,
  };
}

function authoredPolicy({ targetTracking, ...policy }: ScalingPolicy): ScalingPolicy {
  return {
    ...without(policy, { enabled: true }),
    ...(targetTracking && { targetTracking: without(targetTracking, { disableScaleIn: false }) as ScalingPolicy["targetTracking"] }),
  };
}

/**
 * The action without the start of a recurring schedule: AWS shows only the time of the next run there (Auto Scaling API,
 * ScheduledUpdateGroupAction).
 */
function authoredAction({ startTime, endTime, ...action }: ScheduledAction): ScheduledAction {
  const seconds = (time: string) => time.replace(/\.\d+Z$/, "Z");
  return {
    ...without(action, {}),
    ...(startTime !== undefined && action.recurrence === undefined && { startTime: seconds(startTime) }),
    ...(endTime !== undefined && { endTime: seconds(endTime) }),
  };
}
