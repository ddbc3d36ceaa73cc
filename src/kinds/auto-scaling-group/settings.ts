/** The settings that have calls of their own: suspended processes, metrics, the warm pool. */
import type { WarmPoolConfiguration } from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import type { Change, Run } from "../kind.ts";
import { markOf, marksIn } from "../../resource/made-marks.ts";
import type { LiveGroup } from "./live.ts";
import type { AutoScalingGroup, WarmPool } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");

function difference(change: Change<readonly string[] | undefined>): { readonly more: string[]; readonly less: string[] } {
  const [before, after] = [change.before ?? [], change.after ?? []];
  return { more: after.filter((one) => !before.includes(one)), less: before.filter((one) => !after.includes(one)) };
}

/** Without a list, both calls mean every process (Auto Scaling API), so they are never sent without one. */
export async function setProcesses(
  aws: Aws,
  sdk: Sdk,
  AutoScalingGroupName: string,
  change: Change<AutoScalingGroup["suspendedProcesses"]>,
): Promise<void> {
  const more = (change.items?.added ?? []).map(({ key }) => key);
  const less = (change.items?.removed ?? []).map(({ key }) => key);
  if (more.length > 0) await aws.autoscaling(new sdk.SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: more }));
  if (less.length > 0) await aws.autoscaling(new sdk.ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: less }));
}

/** The processes that stay suspended: those that the YAML writes. Without the field, those that others suspended. */
export function suspendedUnder({ handle, tags }: LiveGroup, request: AutoScalingGroup): readonly string[] {
  const marks = marksIn(tags);
  return request.suspendedProcesses ?? handle.suspended.filter((process) => !marks.has(markOf("suspendedProcesses", process)));
}

/** As with processes, no list would mean all metrics. */
export async function setMetrics(
  aws: Aws,
  sdk: Sdk,
  AutoScalingGroupName: string,
  change: Change<AutoScalingGroup["metrics"]>,
): Promise<void> {
  const { more, less } = difference(change);
  if (more.length > 0)
    await aws.autoscaling(new sdk.EnableMetricsCollectionCommand({ AutoScalingGroupName, Metrics: more, Granularity: "1Minute" }));
  if (less.length > 0) await aws.autoscaling(new sdk.DisableMetricsCollectionCommand({ AutoScalingGroupName, Metrics: less }));
}

/** A put replaces all settings of the pool, so settings that the YAML does not write are sent as they are. */
export async function setWarmPool(
  aws: Aws,
  sdk: Sdk,
  group: string,
  request: WarmPool,
  have: WarmPool | undefined,
  run: Pick<Run, "until">,
): Promise<void> {
  if (request.enabled === false) return dropWarmPool(aws, sdk, group, run);
  const pool = { ...have, ...request };
  await aws.autoscaling(
    new sdk.PutWarmPoolCommand({
      AutoScalingGroupName: group,
      MinSize: pool.minSize,
      MaxGroupPreparedCapacity: pool.maxGroupPreparedCapacity,
      PoolState: pool.poolState,
      ...(pool.reuseOnScaleIn === undefined ? {} : { InstanceReusePolicy: { ReuseOnScaleIn: pool.reuseOnScaleIn } }),
    }),
  );
}

/** Deletes the pool with its instances and waits until it is gone. Does nothing where there is none. */
export async function dropWarmPool(aws: Aws, sdk: Sdk, group: string, run: Pick<Run, "until">): Promise<void> {
  await unlessGone(aws.autoscaling(new sdk.DeleteWarmPoolCommand({ AutoScalingGroupName: group, ForceDelete: true })));
  await run.until("its warm pool to be deleted", 900, 10, async () => {
    const { AutoScalingGroups: [found] = [] } = await aws.autoscaling(
      new sdk.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group], IncludeInstances: false }),
    );
    return found?.WarmPoolConfiguration === undefined;
  });
}

export function warmPoolOf(found: WarmPoolConfiguration | undefined): WarmPool {
  if (!found || found.Status === "PendingDelete") return { enabled: false };
  return {
    enabled: true,
    minSize: found.MinSize ?? 0,
    maxGroupPreparedCapacity: found.MaxGroupPreparedCapacity ?? -1,
    poolState: found.PoolState,
    reuseOnScaleIn: found.InstanceReusePolicy?.ReuseOnScaleIn ?? false,
  };
}
