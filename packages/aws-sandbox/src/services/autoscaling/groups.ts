/** Auto Scaling groups: created, changed, deleted. The effects come later, in life.ts, and no answer shows whether they succeeded. */
import type {
  CreateAutoScalingGroupType,
  DeleteAutoScalingGroupType,
  SetDesiredCapacityType,
  UpdateAutoScalingGroupType,
} from "@aws-sdk/client-auto-scaling";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { capacityReservations, subnets } from "../ec2/state.ts";
import { targetGroups } from "../elbv2/state.ts";
import { sourcesOf } from "./traffic-source-names.ts";
import { isUnderWay } from "./activities.ts";
import { between, invalid, needGroup, needLiving, required } from "./faults.ts";
import { putHook } from "./hooks.ts";
import { stir } from "./motion.ts";
import { machinesOf, takeOut } from "./machines.ts";
import { dropPolicies } from "./policies.ts";
import { activeRefresh } from "./refresh.ts";
import { uuid } from "./ids.ts";
import { sourceOf } from "./sources.ts";
import { groups, type GroupRecord } from "./state.ts";
import { checkedTags } from "./tags.ts";
import { timing } from "./timing.ts";

const modelled = [
  "AutoScalingGroupName",
  "AvailabilityZoneDistribution",
  "CapacityReservationSpecification",
  "CapacityRebalance",
  "DefaultCooldown",
  "DefaultInstanceWarmup",
  "DesiredCapacity",
  "HealthCheckGracePeriod",
  "HealthCheckType",
  "InstanceMaintenancePolicy",
  "LaunchTemplate",
  "MaxInstanceLifetime",
  "MaxSize",
  "MinSize",
  "MixedInstancesPolicy",
  "NewInstancesProtectedFromScaleIn",
  "ServiceLinkedRoleARN",
  "TerminationPolicies",
  "VPCZoneIdentifier",
] as const;

const quota = 500;

const create: Handler<CreateAutoScalingGroupType, object> = (input, call) => {
  refuseUnknown(call, input, [...modelled, "LifecycleHookSpecificationList", "Tags", "TargetGroupARNs", "TrafficSources"]);
  const name = required(input.AutoScalingGroupName, "autoScalingGroupName");
  if (name.length > 255 || /[:\p{Cc}]|[^\x20-\x7e]/u.test(name))
    throw invalid(`The name '${name}' has a character that group names cannot have, or more than 255`);
  const known = groups(call).get(name);
  if (known)
    throw new AwsFault(
      "AlreadyExists",
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists${known.deleting ? " and is pending delete" : ""}`,
    );
  if (groups(call).size >= quota) throw new AwsFault("LimitExceeded", `You have reached the limit of ${quota} Auto Scaling groups.`);
  const source = sourceOf(call, input);
  if (!source)
    throw invalid(
      "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.",
    );
  const min = required(input.MinSize, "minSize");
  const max = required(input.MaxSize, "maxSize");
  const desired = input.DesiredCapacity ?? min;
  checkSizes(min, max, desired);
  const tags = checkedTags(input.Tags, name, {});
  const group: GroupRecord = {
    name,
    arn: `arn:${call.partition}:autoscaling:${call.region}:${call.account}:autoScalingGroup:${uuid(call)}:autoScalingGroupName/${name}`,
    createdAt: call.now,
    source,
    min,
    max,
    desired,
    subnets: subnetsIn(call, required(input.VPCZoneIdentifier, "VPCZoneIdentifier")),
    targetGroups: [...(input.TargetGroupARNs ?? []), ...sourcesOf(input.TrafficSources, "elbv2")].map((arn) => needTargets(call, arn)),
    lattice: sourcesOf(input.TrafficSources, "vpc-lattice"),
    healthCheckType: "EC2",
    grace: 0,
    cooldown: 300,
    terminationPolicies: ["Default"],
    protect: false,
    capacityRebalance: false,
    tags,
    suspended: {},
    metrics: [],
    hooks: {},
    schedules: {},
    notifications: {},
    machines: {},
    refreshes: [],
  };
  setFields(call, group, input);
  for (const hook of input.LifecycleHookSpecificationList ?? []) putHook(call, group, hook);
  groups(call).set(name, group);
  if (desired > 0) stir(call, group);
  return {};
};

const update: Handler<UpdateAutoScalingGroupType, object> = (input, call) => {
  refuseUnknown(call, input, modelled);
  const group = needLiving(call, input.AutoScalingGroupName);
  const source = sourceOf(call, input);
  const places = input.VPCZoneIdentifier ? subnetsIn(call, input.VPCZoneIdentifier) : undefined;
  const min = input.MinSize ?? group.min;
  const max = input.MaxSize ?? group.max;
  // A higher minimum raises the desired capacity, a lower maximum lowers it. AWS then terminates instances without asking.
  const desired = input.DesiredCapacity ?? Math.min(max, Math.max(min, group.desired));
  checkSizes(min, max, desired);
  Object.assign(group, { min, max, desired, ...(source ? { source } : {}), ...(places ? { subnets: places } : {}) });
  setFields(call, group, input);
  if (places) leaveOtherSubnets(call, group);
  stir(call, group);
  return {};
};

/** Replaces the instances in subnets that the group no longer has. */
function leaveOtherSubnets(call: Call, group: GroupRecord): void {
  for (const machine of machinesOf(group))
    if (!group.subnets.includes(machine.subnet))
      takeOut(
        call,
        group,
        machine,
        "instances were launched to balance instances in zones with other zones resulting in more than desired number of instances in the group.",
      );
}

function setFields(call: Call, group: GroupRecord, input: UpdateAutoScalingGroupType): void {
  setReplacing(call, group, input);
  const type = input.HealthCheckType;
  if (type !== undefined && type.split(",").some((one) => !["EBS", "EC2", "ELB", "VPC_LATTICE"].includes(one.trim())))
    throw invalid(`Invalid Health Check Type ${type}.`);
  if (type !== undefined) group.healthCheckType = type;
  group.grace = between(input.HealthCheckGracePeriod, 0, 2 ** 31, "healthCheckGracePeriod") ?? group.grace;
  group.cooldown = between(input.DefaultCooldown, 0, 2 ** 31, "defaultCooldown") ?? group.cooldown;
  const warmup = between(input.DefaultInstanceWarmup, -1, 2 ** 31, "defaultInstanceWarmup");
  if (warmup === -1) delete group.warmup;
  else if (warmup !== undefined) group.warmup = warmup;
  const lifetime = input.MaxInstanceLifetime;
  if (lifetime !== undefined && lifetime !== 0 && lifetime < 86_400)
    throw invalid("MaxInstanceLifetime must be 0 or at least 86400 seconds.");
  if (lifetime === 0) delete group.maxLifetime;
  else if (lifetime !== undefined) group.maxLifetime = lifetime;
  for (const policy of input.TerminationPolicies ?? [])
    if (!terminationPolicies.includes(policy) && !/^arn:[^:]+:lambda:/.test(policy)) throw invalid(`Invalid Termination Policy ${policy}.`);
  if (input.TerminationPolicies?.length) group.terminationPolicies = [...input.TerminationPolicies];
  group.protect = input.NewInstancesProtectedFromScaleIn ?? group.protect;
  group.capacityRebalance = input.CapacityRebalance ?? group.capacityRebalance;
}

/**
 * Checks and sets these three settings of a group (Auto Scaling API, InstanceMaintenancePolicy, AvailabilityZoneDistribution and
 * CapacityReservationSpecification).
 */
function setReplacing(call: Call, group: GroupRecord, input: UpdateAutoScalingGroupType): void {
  const { InstanceMaintenancePolicy: policy, AvailabilityZoneDistribution: zones, CapacityReservationSpecification: capacity } = input;
  const { MinHealthyPercentage: min, MaxHealthyPercentage: max } = policy ?? {};
  const isOff = min === -1 && max === -1;
  if (policy && !isOff) {
    if (min === undefined || max === undefined) throw invalid("Both MinHealthyPercentage and MaxHealthyPercentage must be specified");
    if (min < 0 || min > 100 || max < 100 || max > 200 || max - min > 100)
      throw invalid("The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100.");
  }
  const strategy = zones?.CapacityDistributionStrategy;
  if (
    strategy !== undefined &&
    strategy !== "balanced-best-effort" &&
    strategy !== "balanced-only" &&
    strategy !== "reservations-then-balanced"
  )
    throw invalid(`Invalid capacity distribution strategy ${String(strategy)}.`);
  const preference = capacity?.CapacityReservationPreference;
  if (preference && !["default", "none", "capacity-reservations-first", "capacity-reservations-only"].includes(preference))
    throw invalid(`Invalid capacity reservation preference ${preference}.`);
  const named = capacity?.CapacityReservationTarget?.CapacityReservationIds ?? [];
  if (named.length > 0 && preference !== "capacity-reservations-first" && preference !== "capacity-reservations-only")
    throw invalid("A capacity reservation target needs the preference capacity-reservations-first or capacity-reservations-only.");
  for (const id of named)
    if (capacityReservations(call).get(id)?.cancelledAt !== undefined || !capacityReservations(call).has(id))
      throw invalid(`The capacity reservation '${id}' does not exist`);
  if (isOff) delete group.maintenance;
  else if (policy) group.maintenance = { min: min!, max: max! };
  if (strategy) group.zoneStrategy = strategy;
  if (capacity) group.capacity = { preference: preference ?? "default", reservations: [...named] };
  if (input.ServiceLinkedRoleARN) group.role = input.ServiceLinkedRoleARN;
}

/** The termination policies (EC2 Auto Scaling User Guide, "Configure termination policies"). A custom one is the ARN of a function. */
const terminationPolicies = [
  "AllocationStrategy",
  "ClosestToNextInstanceHour",
  "Default",
  "NewestInstance",
  "OldestInstance",
  "OldestLaunchConfiguration",
  "OldestLaunchTemplate",
];

function checkSizes(min: number, max: number, desired: number): void {
  if (min < 0 || max < 0) throw invalid("Min and max sizes cannot be negative");
  if (min > max) throw invalid("Max bound, " + max + ", must be greater than or equal to min bound, " + min);
  if (desired < min || desired > max)
    throw invalid(`Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`);
}

function subnetsIn(call: Call, identifier: string): string[] {
  const ids = identifier
    .split(",")
    .map((id) => id.trim())
    .filter(Boolean);
  for (const id of ids) if (!subnets(call).has(id) || !call.sees(id, "id")) throw invalid(`The subnet ID '${id}' does not exist`);
  if (new Set(ids.map((id) => subnets(call).get(id)!.vpcId)).size > 1) throw invalid("The subnets must be of one VPC");
  return ids;
}

export function needTargets(call: Call, arn: string): string {
  if (!targetGroups(call).has(arn) || !call.sees(arn, "id"))
    throw invalid(`Provided Target Groups may not be valid. Please ensure they exist and try again. (${arn})`);
  return arn;
}

const remove: Handler<DeleteAutoScalingGroupType, object> = (input, call) => {
  const group = needGroup(call, input.AutoScalingGroupName);
  if (group.deleting) throw new AwsFault("ScalingActivityInProgress", `The group ${group.name} is pending delete`);
  if (!input.ForceDelete) {
    if (machinesOf(group).length > 0)
      throw new AwsFault(
        "ResourceInUse",
        "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.",
      );
    if (isUnderWay(call, group))
      throw new AwsFault(
        "ScalingActivityInProgress",
        "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.",
      );
    if (group.warmPool) throw new AwsFault("ResourceInUse", "You cannot delete an AutoScalingGroup while it has a warm pool.");
    if (activeRefresh(group))
      throw new AwsFault("ResourceInUse", "You cannot delete an AutoScalingGroup while an instance refresh is in progress.");
  }
  Object.assign(group, { deleting: true, min: 0, max: 0, desired: 0 });
  for (const machine of machinesOf(group)) takeOut(call, group, machine, "the group is deleted.");
  dropPolicies(call, group);
  call.later(timing.deleted, "autoscaling:groupGone", { name: group.name, arn: group.arn });
  return {};
};

const setDesired: Handler<SetDesiredCapacityType, object> = (input, call) => {
  const group = needLiving(call, input.AutoScalingGroupName);
  const desired = required(input.DesiredCapacity, "desiredCapacity");
  if (desired > group.max)
    throw invalid(`New SetDesiredCapacity value ${desired} is above max value ${group.max} for the AutoScalingGroup.`);
  if (desired < group.min)
    throw invalid(`New SetDesiredCapacity value ${desired} is below min value ${group.min} for the AutoScalingGroup.`);
  group.desired = desired;
  stir(call, group);
  return {};
};

export const groupOperations: Record<string, Handler> = {
  CreateAutoScalingGroup: create,
  DeleteAutoScalingGroup: remove,
  SetDesiredCapacity: setDesired,
  UpdateAutoScalingGroup: update,
};
