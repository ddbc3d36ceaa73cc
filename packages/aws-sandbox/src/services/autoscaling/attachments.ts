/** Attaching and detaching target groups, and calls about single instances of a group. */
import type {
  AttachLoadBalancerTargetGroupsType,
  DescribeLoadBalancerTargetGroupsRequest,
  DetachLoadBalancerTargetGroupsType,
  EnterStandbyQuery,
  ExitStandbyQuery,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
} from "@aws-sdk/client-auto-scaling";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { addTarget, dropTarget, targetHealth } from "../elbv2/targets.ts";
import { invalid, needGroup, needLiving } from "./faults.ts";
import { needTargets } from "./groups.ts";
import { stir } from "./motion.ts";
import { standing, takeOut } from "./machines.ts";
import { activeRefresh } from "./refresh.ts";
import { groups, type GroupRecord, type MachineRecord } from "./state.ts";

export function checkedSources<T>(group: GroupRecord, arns: readonly T[] | undefined): readonly T[] {
  if (!arns?.length || arns.length > 10) throw invalid("1 to 10 target groups can be named in one call");
  if (activeRefresh(group))
    throw new AwsFault(
      "InstanceRefreshInProgress",
      "Target groups cannot be attached or detached while an instance refresh is in progress.",
    );
  return arns;
}

export function attachTargets(call: Call, group: GroupRecord, given: readonly string[]): void {
  const arns = given.map((arn) => needTargets(call, arn));
  group.targetGroups = [...new Set([...group.targetGroups, ...arns])];
  for (const machine of standing(group)) if (machine.state === "InService") for (const arn of arns) addTarget(call, arn, machine.id);
  stir(call, group);
}

export function detachTargets(call: Call, group: GroupRecord, arns: readonly string[]): void {
  for (const arn of arns)
    if (!group.targetGroups.includes(arn)) throw invalid(`Trying to remove Target Groups that are not part of the group: ${arn}`);
  group.targetGroups = group.targetGroups.filter((arn) => !arns.includes(arn));
  for (const machine of standing(group)) for (const arn of arns) dropTarget(call, arn, machine.id);
}

function namedOf(group: GroupRecord, ids: readonly string[] | undefined, state: MachineRecord["state"]): MachineRecord[] {
  if (!ids?.length || ids.length > 20) throw invalid("1 to 20 instances can be named in one call");
  return ids.map((id) => {
    const machine = group.machines[id];
    if (!machine) throw invalid(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    if (machine.state !== state || machine.leaving !== undefined) throw invalid(`The instance ${id} is not in ${state}.`);
    return machine;
  });
}

export const attachmentOperations: Record<string, Handler> = {
  AttachLoadBalancerTargetGroups(input: AttachLoadBalancerTargetGroupsType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    attachTargets(call, group, checkedSources(group, input.TargetGroupARNs));
    return {};
  },

  DetachLoadBalancerTargetGroups(input: DetachLoadBalancerTargetGroupsType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    detachTargets(call, group, checkedSources(group, input.TargetGroupARNs));
    return {};
  },

  DescribeLoadBalancerTargetGroups(input: DescribeLoadBalancerTargetGroupsRequest, call) {
    const group = needGroup(call, input.AutoScalingGroupName);
    const { items, next } = page(call, group.targetGroups, input, { key: (arn) => arn, max: 100, size: 100, names: "autoscaling" });
    const machines = standing(group);
    const stateOf = (arn: string) =>
      machines.some((one) => targetHealth(call, arn, one.id) === "healthy")
        ? "InService"
        : machines.every((one) => targetHealth(call, arn, one.id) !== undefined)
          ? "Added"
          : "Adding";
    return { LoadBalancerTargetGroups: items.map((arn) => ({ LoadBalancerTargetGroupARN: arn, State: stateOf(arn) })), ...next };
  },

  SetInstanceProtection(input: SetInstanceProtectionQuery, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    const ids = input.InstanceIds ?? [];
    if (ids.length > 50) throw invalid("At most 50 instances can be named in one call");
    for (const id of ids) if (!group.machines[id]) throw invalid(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    for (const id of ids) group.machines[id]!.protected = input.ProtectedFromScaleIn ?? false;
    stir(call, group);
    return {};
  },

  /** Puts instances on standby (EC2 Auto Scaling User Guide, "Temporarily remove instances from your Auto Scaling group"). */
  EnterStandby(input: EnterStandbyQuery, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    const machines = namedOf(group, input.InstanceIds, "InService");
    if (input.ShouldDecrementDesiredCapacity === undefined) throw invalid("ShouldDecrementDesiredCapacity is required");
    if (input.ShouldDecrementDesiredCapacity && group.desired - machines.length < group.min)
      throw invalid(
        `Currently, desiredSize equals minSize (${group.min}). Moving instances to Standby without replacement will violate group's min size constraint.`,
      );
    for (const machine of machines) {
      machine.state = "Standby";
      for (const arn of group.targetGroups) dropTarget(call, arn, machine.id);
    }
    if (input.ShouldDecrementDesiredCapacity) group.desired -= machines.length;
    stir(call, group);
    return { Activities: [] };
  },

  ExitStandby(input: ExitStandbyQuery, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    const machines = namedOf(group, input.InstanceIds, "Standby");
    if (group.desired + machines.length > group.max)
      throw invalid(`The group ${group.name} cannot grow beyond its max size (${group.max}) by instances that leave Standby.`);
    for (const machine of machines) {
      machine.state = "InService";
      for (const arn of group.targetGroups) addTarget(call, arn, machine.id);
    }
    group.desired += machines.length;
    stir(call, group);
    return { Activities: [] };
  },

  TerminateInstanceInAutoScalingGroup(input: TerminateInstanceInAutoScalingGroupType, call) {
    const group = [...groups(call).values()].find((one) => one.machines[input.InstanceId ?? ""]);
    if (!group) throw invalid(`Instance Id not found - No managed instance found for instance ID ${input.InstanceId}`);
    takeOut(call, group, group.machines[input.InstanceId!]!, "an instance was taken out of service in response to a user request.");
    if (input.ShouldDecrementDesiredCapacity) {
      if (group.desired <= group.min)
        throw invalid(
          `Currently, desiredSize equals minSize (${group.min}). Terminating instance without replacement will violate group's min size constraint.`,
        );
      group.desired--;
    }
    stir(call, group);
    return {};
  },
};
