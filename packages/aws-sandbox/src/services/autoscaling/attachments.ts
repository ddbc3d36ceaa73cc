/** Target groups that come and go while a group lives, and what can be done to single machines. */
import type {
  AttachLoadBalancerTargetGroupsType,
  DescribeLoadBalancerTargetGroupsRequest,
  DetachLoadBalancerTargetGroupsType,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
} from "@aws-sdk/client-auto-scaling";
import { AwsFault, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { addTarget, dropTarget, targetHealth } from "../elbv2/targets.ts";
import { invalid, needGroup, needLiving } from "./faults.ts";
import { needTargets } from "./groups.ts";
import { stir } from "./motion.ts";
import { standing, takeOut } from "./machines.ts";
import { activeRefresh } from "./refresh.ts";
import { groups, type GroupRecord } from "./state.ts";

function checked(group: GroupRecord, arns: readonly string[] | undefined): readonly string[] {
  if (!arns?.length || arns.length > 10) throw invalid("1 to 10 target groups can be named in one call");
  if (activeRefresh(group))
    throw new AwsFault(
      "InstanceRefreshInProgress",
      "Target groups cannot be attached or detached while an instance refresh is in progress.",
    );
  return arns;
}

export const attachmentOperations: Record<string, Handler> = {
  AttachLoadBalancerTargetGroups(input: AttachLoadBalancerTargetGroupsType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    const arns = checked(group, input.TargetGroupARNs).map((arn) => needTargets(call, arn));
    group.targetGroups = [...new Set([...group.targetGroups, ...arns])];
    for (const machine of standing(group)) if (machine.state === "InService") for (const arn of arns) addTarget(call, arn, machine.id);
    stir(call, group);
    return {};
  },

  DetachLoadBalancerTargetGroups(input: DetachLoadBalancerTargetGroupsType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    const arns = checked(group, input.TargetGroupARNs);
    for (const arn of arns)
      if (!group.targetGroups.includes(arn)) throw invalid(`Trying to remove Target Groups that are not part of the group: ${arn}`);
    group.targetGroups = group.targetGroups.filter((arn) => !arns.includes(arn));
    for (const machine of standing(group)) for (const arn of arns) dropTarget(call, arn, machine.id);
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
