/** Reads groups: each with its instances, and with the parts that the YAML writes. */
import type { AutoScalingGroup as AwsGroup, Instance } from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import { addressOfTag, ownership, tagsOf } from "../../resource/ownership.ts";
import type { Scope } from "../kind.ts";
import { hasOtherMarks, markOf, marksOf } from "../../resource/made-marks.ts";
import { readHooks } from "./hooks.ts";
import type { LiveGroup } from "./live.ts";
import { readNotifications } from "./notifications.ts";
import { readPolicies } from "./policies.ts";
import { hasRun, readSchedules, type Schedules } from "./schedules.ts";
import type { AutoScalingGroup } from "./schema.ts";
import { warmPoolOf } from "./settings.ts";
import { observeSource } from "./source.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");

/**
 * Reads a group and those of its parts that need extra calls: the parts that the YAML writes, and the parts for which the group has marks.
 * For an adoption it reads all of them.
 */
export async function observe(aws: Aws, sdk: Sdk, found: AwsGroup, scope: Scope): Promise<LiveGroup> {
  const base = live(found);
  const address = base.tags[ownership.resource] === undefined ? undefined : addressOfTag(base.tags[ownership.resource]!);
  if (address !== undefined && base.tags[ownership.project] !== scope.project) return base;
  const asks = (field: keyof AutoScalingGroup) => address === undefined || scope.asks(address, field);
  const wants = (field: keyof AutoScalingGroup) => (address === undefined ? undefined : scope.wants?.(address, field));
  const isResized = (["minSize", "maxSize"] as const).some((field) => wants(field) !== undefined && wants(field) !== base.spec[field]);
  const asked: Record<Part, boolean> = {
    scalingPolicies: asks("scalingPolicies") || asks("desiredCapacity"),
    lifecycleHooks: asks("lifecycleHooks"),
    // If a size differs, a schedule may have set it, whoever made the schedule.
    scheduledActions: asks("scheduledActions") || asks("desiredCapacity") || isResized,
    notifications: asks("notifications"),
  };
  const parts = await readParts(aws, sdk, base.id, asked);
  // Parts that we made and the YAML no longer has are looked for while some marks remain unexplained: they match neither the parts that
  // were read nor the parts in the YAML (a run may have ended before it made the part). Every group has a template, so `launchTemplate`
  // tells whether the YAML declares the group.
  const written = Object.fromEntries(partsByName.map((part) => [part, wants(part)]));
  if (asks("launchTemplate"))
    for (const part of partNames)
      if (!asked[part] && hasOtherMarks(base.tags, [...knownMarks({ ...base.spec, ...parts }), ...marksOfNames(written)]))
        Object.assign(parts, await readParts(aws, sdk, base.id, { [part]: true }));
  const past = pastActions(wants("scheduledActions") as Schedules | undefined, parts.scheduledActions, aws.clock.now());
  return {
    ...base,
    spec: {
      ...base.spec,
      ...parts,
      ...(parts.scheduledActions ? { scheduledActions: { ...parts.scheduledActions, ...past } } : {}),
    },
    notes: [
      ...(base.notes ?? []),
      ...Object.keys(past).map((name) => `the scheduled action ${name} has run and can be removed from the YAML`),
    ],
  };
}

const partsByName = ["scalingPolicies", "scheduledActions", "lifecycleHooks"] as const;
const partNames = [...partsByName, "notifications"] as const;
type Part = (typeof partNames)[number];
type Parts = Pick<Partial<AutoScalingGroup>, Part>;

async function readParts(aws: Aws, sdk: Sdk, name: string, which: Readonly<Partial<Record<Part, boolean>>>): Promise<Parts> {
  const [scalingPolicies, lifecycleHooks, scheduledActions, notifications] = await Promise.all([
    which.scalingPolicies ? readPolicies(aws, sdk, name) : undefined,
    which.lifecycleHooks ? readHooks(aws, sdk, name) : undefined,
    which.scheduledActions ? readSchedules(aws, sdk, name) : undefined,
    which.notifications ? readNotifications(aws, sdk, name) : undefined,
  ]);
  return {
    ...(scalingPolicies ? { scalingPolicies } : {}),
    ...(lifecycleHooks ? { lifecycleHooks } : {}),
    ...(scheduledActions ? { scheduledActions } : {}),
    ...(notifications ? { notifications } : {}),
  };
}

function marksOfNames(spec: Partial<AutoScalingGroup>): string[] {
  return partsByName.flatMap((part) => marksOf(part, Object.keys(spec[part] ?? {})));
}

/** The marks that the read parts explain. */
function knownMarks(spec: Partial<AutoScalingGroup>): string[] {
  return [
    ...marksOfNames(spec),
    ...marksOf(
      "notifications",
      (spec.notifications ?? []).map(({ topic }) => topic),
    ),
    ...marksOf("suspendedProcesses", spec.suspendedProcesses ?? []),
    ...(["mixedInstances", "warmPool"] as const).map((setting) => markOf(setting)),
  ];
}

/** AWS forgets a one-time action after its run. That is no difference. */
function pastActions(resolved: Schedules | undefined, have: Schedules | undefined, now: number): Schedules {
  if (!resolved || !have) return {};
  return Object.fromEntries(Object.entries(resolved).filter(([name, action]) => !(name in have) && hasRun(action, now)));
}

/** Builds the group from the answer of the one call. */
export function live(found: AwsGroup): LiveGroup {
  const machines = found.Instances ?? [];
  const suspended = (found.SuspendedProcesses ?? []).map((one) => one.ProcessName!);
  const arn = found.AutoScalingGroupARN;
  return {
    id: found.AutoScalingGroupName!,
    aliases: arn ? [arn] : [],
    tags: tagsOf(found.Tags),
    ...(arn ? { owner: arn.split(":")[4]! } : {}),
    name: found.AutoScalingGroupName,
    state: found.Status === undefined ? "ready" : "deleting",
    createdAt: found.CreatedTime?.toISOString(),
    spec: {
      ...observeSource(found),
      minSize: found.MinSize,
      maxSize: found.MaxSize,
      desiredCapacity: found.DesiredCapacity,
      subnets: (found.VPCZoneIdentifier ?? "").split(",").filter(Boolean),
      targetGroups: found.TargetGroupARNs ?? [],
      trafficSources: (found.TrafficSources ?? []).flatMap(({ Identifier, Type }) => (Type === lattice && Identifier ? [Identifier] : [])),
      healthCheckType: found.HealthCheckType,
      healthCheckGracePeriod: found.HealthCheckGracePeriod ?? 0,
      defaultCooldown: found.DefaultCooldown,
      defaultInstanceWarmup: found.DefaultInstanceWarmup ?? -1,
      terminationPolicies: found.TerminationPolicies ?? [],
      protectFromScaleIn: found.NewInstancesProtectedFromScaleIn ?? false,
      maxInstanceLifetime: found.MaxInstanceLifetime ?? 0,
      capacityRebalance: found.CapacityRebalance ?? false,
      maintenancePolicy: {
        minHealthyPercentage: found.InstanceMaintenancePolicy?.MinHealthyPercentage ?? -1,
        maxHealthyPercentage: found.InstanceMaintenancePolicy?.MaxHealthyPercentage ?? -1,
      },
      zoneDistribution: found.AvailabilityZoneDistribution?.CapacityDistributionStrategy ?? "balanced-best-effort",
      capacityReservations: {
        preference: found.CapacityReservationSpecification?.CapacityReservationPreference ?? "default",
        reservations: [...(found.CapacityReservationSpecification?.CapacityReservationTarget?.CapacityReservationIds ?? [])],
      },
      ...(found.ServiceLinkedRoleARN ? { serviceLinkedRole: found.ServiceLinkedRoleARN } : {}),
      suspendedProcesses: suspended as NonNullable<AutoScalingGroup["suspendedProcesses"]>,
      metrics: (found.EnabledMetrics ?? []).map((one) => one.Metric!) as NonNullable<AutoScalingGroup["metrics"]>,
      propagateTags: (found.Tags ?? []).filter((tag) => tag.PropagateAtLaunch && !tag.Key!.startsWith("infra:")).map((tag) => tag.Key!),
      warmPool: warmPoolOf(found.WarmPoolConfiguration),
    },
    handle: { machines, desired: found.DesiredCapacity ?? 0, suspended },
    outputs: { name: found.AutoScalingGroupName!, machines: `${machines.filter(isInService).length} of ${found.DesiredCapacity ?? 0}` },
    parts: machines.map((one) => ({ id: one.InstanceId!, text: textOf(one) })),
    notes: notesOf(found, machines),
  };
}

/** Auto Scaling's name for a target group of VPC Lattice. It lists those of load balancers a second time, by their ARNs alone. */
export const lattice = "vpc-lattice";

export function isInService(machine: Instance): boolean {
  return machine.LifecycleState === "InService" && machine.HealthStatus === "Healthy";
}

/** Whether an instance has another version than the group: a refresh may be under way. */
export function isInBetween(found: AwsGroup): boolean {
  const pinned = (found.LaunchTemplate ?? found.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification)?.Version;
  return new Set([pinned, ...(found.Instances ?? []).map((one) => one.LaunchTemplate?.Version)]).size > 1;
}

function textOf(machine: Instance): string {
  const marks = [
    machine.HealthStatus === "Healthy" ? "" : "unhealthy",
    machine.ProtectedFromScaleIn ? "protected from scale-in" : "",
  ].filter(Boolean);
  return `${machine.InstanceType} in ${machine.AvailabilityZone}, ${machine.LifecycleState}, template version ${machine.LaunchTemplate?.Version ?? "none"}${marks.map((mark) => `, ${mark}`).join("")}`;
}

/** A refresh would replace instances of an older version. They are a note, and no difference of the group. */
function notesOf(found: AwsGroup, machines: readonly Instance[]): string[] {
  const notes: string[] = [];
  const version = found.LaunchTemplate?.Version;
  const old = machines.filter(
    (one) =>
      one.LaunchTemplate?.Version !== undefined && version !== undefined && /^\d+$/.test(version) && one.LaunchTemplate.Version !== version,
  );
  if (old.length > 0)
    notes.push(
      `${old.length} of ${machines.length} instances ${old.length === 1 ? "runs" : "run"} another version of the template than ${version}: ${old.map((one) => one.InstanceId).join(", ")}`,
    );
  const ours = (found.Tags ?? []).filter((tag) => tag.PropagateAtLaunch && tag.Key!.startsWith("infra:")).map((tag) => tag.Key!);
  if (ours.length > 0)
    notes.push(`somebody else made the tags ${ours.join(", ")} propagate to its instances; these still count as instances of the group`);
  return notes;
}
