/** Warm pools: their settings only. The sandbox does not model the instances in them: a pool is always empty. */
import type { DeleteWarmPoolType, DescribeWarmPoolType, PutWarmPoolType, WarmPoolConfiguration } from "@aws-sdk/client-auto-scaling";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { between, invalid, needGroup, needLiving } from "./faults.ts";
import { activeRefresh } from "./refresh.ts";
import { groups, type GroupRecord, type WarmPoolRecord } from "./state.ts";
import { timing } from "./timing.ts";

export function describePool(pool: WarmPoolRecord): WarmPoolConfiguration {
  return {
    MinSize: pool.min,
    ...(pool.max === undefined ? {} : { MaxGroupPreparedCapacity: pool.max }),
    PoolState: pool.state as "Stopped",
    InstanceReusePolicy: { ReuseOnScaleIn: pool.reuse },
    ...(pool.deleting ? { Status: "PendingDelete" as const } : {}),
  };
}

function needQuiet(group: GroupRecord): void {
  if (activeRefresh(group))
    throw new AwsFault("InstanceRefreshInProgress", "The warm pool cannot be changed while an instance refresh is in progress.");
}

function gone({ name, arn }: { readonly name: string; readonly arn: string }, call: Call): void {
  const group = groups(call).get(name);
  if (group?.arn === arn && group.warmPool?.deleting) delete group.warmPool;
}

function poolState(state: string): string {
  if (!["Hibernated", "Running", "Stopped"].includes(state)) throw invalid(`Invalid warm pool state ${state}.`);
  return state;
}

export const warmPoolOperations: Record<string, Handler> = {
  PutWarmPool(input: PutWarmPoolType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    needQuiet(group);
    if (group.source.mixed) throw invalid("You can't add a warm pool to an Auto Scaling group that has a mixed instances policy.");
    if (group.warmPool?.deleting) throw new AwsFault("ScalingActivityInProgress", "The warm pool is pending delete.");
    const max = between(input.MaxGroupPreparedCapacity, -1, 1_000_000, "maxGroupPreparedCapacity");
    group.warmPool = {
      min: between(input.MinSize, 0, 1_000_000, "minSize") ?? 0,
      ...(max === undefined || max === -1 ? {} : { max }),
      state: poolState(input.PoolState ?? "Stopped"),
      reuse: input.InstanceReusePolicy?.ReuseOnScaleIn ?? false,
    };
    return {};
  },

  DescribeWarmPool(input: DescribeWarmPoolType, call) {
    const { warmPool } = needGroup(call, input.AutoScalingGroupName);
    return { Instances: [], ...(warmPool ? { WarmPoolConfiguration: describePool(warmPool) } : {}) };
  },

  DeleteWarmPool(input: DeleteWarmPoolType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    if (!group.warmPool) throw invalid(`No warm pool found for Auto Scaling group ${group.name}`);
    needQuiet(group);
    group.warmPool.deleting = true;
    call.later(timing.warmPoolDeleted, "autoscaling:warmPoolGone", { name: group.name, arn: group.arn });
    return {};
  },
};

export const warmPoolTransitions = { warmPoolGone: gone };
