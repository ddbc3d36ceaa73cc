/** Describes groups and their instances. */
import type { AutoScalingGroup, AutoScalingGroupNamesType, DescribeAutoScalingInstancesType, Instance } from "@aws-sdk/client-auto-scaling";
import { matcher } from "../../filters.ts";
import type { Call, Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { trafficSourcesOf } from "./traffic-source-names.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { instances, subnets } from "../ec2/state.ts";
import { notice } from "./motion.ts";
import { machinesOf } from "./machines.ts";
import { describeSource, specificationOf } from "./sources.ts";
import { groups, type GroupRecord, type MachineRecord } from "./state.ts";
import { describeTags } from "./tags.ts";
import { describePool } from "./warm-pool.ts";

/** Describes groups. An unknown name is not an error; the answer just does not contain it. */
const describe: Handler<AutoScalingGroupNamesType, object> = (input, call) => {
  refuseUnknown(call, input, ["AutoScalingGroupNames", "Filters", "IncludeInstances", "MaxRecords", "NextToken"]);
  const names = input.AutoScalingGroupNames ?? [];
  const fits = matcher(input.Filters, {}, describeTags);
  const isTagged = (input.Filters?.length ?? 0) > 0;
  const all = [...groups(call).values()]
    .filter((group) => (names.length === 0 || names.includes(group.name)) && fits(group) && call.sees(group.name, isTagged ? "tags" : "id"))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, next } = page(call, all, input, { key: (one) => one.name, max: 100, size: 50, names: "autoscaling" });
  for (const group of items) notice(call, group);
  return { AutoScalingGroups: items.map((group) => describeGroup(call, group, input.IncludeInstances ?? true)), ...next };
};

function describeGroup(call: Call, group: GroupRecord, withInstances: boolean): AutoScalingGroup {
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    ...describeSource(group.source),
    MinSize: group.min,
    MaxSize: group.max,
    DesiredCapacity: group.desired,
    DefaultCooldown: group.cooldown,
    ...(group.warmup === undefined ? {} : { DefaultInstanceWarmup: group.warmup }),
    AvailabilityZones: [...new Set(group.subnets.map((id) => subnets(call).get(id)?.zone ?? ""))],
    LoadBalancerNames: [],
    TargetGroupARNs: group.targetGroups,
    TrafficSources: trafficSourcesOf(group),
    HealthCheckType: group.healthCheckType,
    HealthCheckGracePeriod: group.grace,
    Instances: withInstances ? machinesOf(group).map((one) => describeMachine(call, one)) : [],
    CreatedTime: new Date(group.createdAt),
    SuspendedProcesses: Object.entries(group.suspended).map(([ProcessName, SuspensionReason]) => ({ ProcessName, SuspensionReason })),
    VPCZoneIdentifier: [...group.subnets].reverse().join(","), // AWS returns its own order
    EnabledMetrics: group.metrics.map((Metric) => ({ Metric, Granularity: "1Minute" })),
    ...(group.deleting ? { Status: "Delete in progress" } : {}),
    Tags: describeTags(group),
    TerminationPolicies: group.terminationPolicies,
    NewInstancesProtectedFromScaleIn: group.protect,
    ServiceLinkedRoleARN:
      group.role ??
      `arn:${call.partition}:iam::${call.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    ...(group.maxLifetime === undefined ? {} : { MaxInstanceLifetime: group.maxLifetime }),
    CapacityRebalance: group.capacityRebalance,
    ...(group.maintenance
      ? {
          InstanceMaintenancePolicy: {
            MinHealthyPercentage: group.maintenance.min,
            MaxHealthyPercentage: group.maintenance.max,
          },
        }
      : {}),
    AvailabilityZoneDistribution: { CapacityDistributionStrategy: group.zoneStrategy ?? "balanced-best-effort" },
    CapacityReservationSpecification: {
      CapacityReservationPreference: (group.capacity?.preference ?? "default") as "default",
      ...(group.capacity?.reservations.length
        ? { CapacityReservationTarget: { CapacityReservationIds: [...group.capacity.reservations] } }
        : {}),
    },
    ...(group.warmPool ? { WarmPoolConfiguration: describePool(group.warmPool), WarmPoolSize: 0 } : {}),
  };
}

function describeMachine(call: Call, machine: MachineRecord): Instance {
  return {
    InstanceId: machine.id,
    InstanceType: machine.type,
    AvailabilityZone: machine.zone,
    LifecycleState: machine.state,
    HealthStatus: machine.healthy && instances(call).has(machine.id) ? "Healthy" : "Unhealthy",
    LaunchTemplate: specificationOf(machine.template),
    ProtectedFromScaleIn: machine.protected,
  };
}

const describeMachines: Handler<DescribeAutoScalingInstancesType, object> = (input, call) => {
  const ids = input.InstanceIds ?? [];
  const all = [...groups(call).values()]
    .flatMap((group) => machinesOf(group).map((machine) => ({ group, machine })))
    .filter(({ machine }) => ids.length === 0 || ids.includes(machine.id));
  const { items, next } = page(call, all, input, { key: ({ machine }) => machine.id, max: 50, size: 50, names: "autoscaling" });
  return {
    AutoScalingInstances: items.map(({ group, machine }) => {
      const { HealthStatus, ...told } = describeMachine(call, machine);
      return { ...told, AutoScalingGroupName: group.name, HealthStatus: HealthStatus!.toUpperCase() };
    }),
    ...next,
  };
};

export const describeOperations: Record<string, Handler> = {
  DescribeAutoScalingGroups: describe,
  DescribeAutoScalingInstances: describeMachines,
};
