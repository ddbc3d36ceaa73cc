/** Suspended processes and collected metrics. For both, a missing list means all of them. */
import type { DisableMetricsCollectionQuery, EnableMetricsCollectionQuery, ScalingProcessQuery } from "@aws-sdk/client-auto-scaling";
import type { Handler } from "../../model.ts";
import { invalid, needLiving } from "./faults.ts";
import { stir } from "./motion.ts";

const processes = [
  "AddToLoadBalancer",
  "AlarmNotification",
  "AZRebalance",
  "HealthCheck",
  "InstanceRefresh",
  "Launch",
  "ReplaceUnhealthy",
  "ScheduledActions",
  "Terminate",
];
const metrics = [
  "GroupAndWarmPoolDesiredCapacity",
  "GroupAndWarmPoolTotalCapacity",
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
  "WarmPoolDesiredCapacity",
  "WarmPoolMinSize",
  "WarmPoolPendingCapacity",
  "WarmPoolTerminatingCapacity",
  "WarmPoolTotalCapacity",
  "WarmPoolWarmedCapacity",
];

function meant(given: readonly string[] | undefined, all: readonly string[], what: string): readonly string[] {
  for (const one of given ?? []) if (!all.includes(one)) throw invalid(`${one} is not a valid ${what}.`);
  return given?.length ? given : all;
}

export const processOperations: Record<string, Handler> = {
  SuspendProcesses(input: ScalingProcessQuery, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    for (const name of meant(input.ScalingProcesses, processes, "process"))
      group.suspended[name] ??= `User suspended at ${new Date(call.now).toISOString()}`;
    return {};
  },

  ResumeProcesses(input: ScalingProcessQuery, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    for (const name of meant(input.ScalingProcesses, processes, "process")) delete group.suspended[name];
    stir(call, group);
    return {};
  },

  EnableMetricsCollection(input: EnableMetricsCollectionQuery, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    if (input.Granularity !== "1Minute") throw invalid("The only valid granularity is 1Minute.");
    group.metrics = [...new Set([...group.metrics, ...meant(input.Metrics, metrics, "metric")])].sort();
    return {};
  },

  DisableMetricsCollection(input: DisableMetricsCollectionQuery, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    const off = meant(input.Metrics, metrics, "metric");
    group.metrics = group.metrics.filter((one) => !off.includes(one));
    return {};
  },
};
