/** Deletes a group: first whatever blocks it, then its instances, which drain in their load balancers, then the group. */
import type { AutoScalingGroup as AwsGroup } from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import { batches, unlessGone } from "../../aws/eventual.ts";
import type { AwsId, Run } from "../kind.ts";
import { marksChange, marksIn, marksOf } from "../../resource/made-marks.ts";
import { describeGroup } from "./launches.ts";
import type { LiveGroup } from "./live.ts";
import { isInBetween } from "./observe.ts";
import { dropWarmPool } from "./settings.ts";
import { writeTags } from "./tags.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");

/** In seconds: draining, hooks of up to an hour, and the end of the instances. */
const drainTimeout = 5400;

/** The maximum of SetInstanceProtection (Auto Scaling API). */
const perCall = 50;

export async function remove(aws: Aws, sdk: Sdk, live: LiveGroup, run: Pick<Run, "until" | "say">): Promise<void> {
  const AutoScalingGroupName = live.id;
  const group = await describeGroup(aws, sdk, live.id);
  if (!group || group.Status !== undefined) return;
  if (isInBetween(group)) await unlessGone(aws.autoscaling(new sdk.CancelInstanceRefreshCommand({ AutoScalingGroupName })));
  if (group.WarmPoolConfiguration) await dropWarmPool(aws, sdk, live.id, run);
  await standStill(aws, sdk, group, live);
  if (live.handle.suspended.includes("Terminate"))
    await aws.autoscaling(new sdk.ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ["Terminate"] }));
  await aws.autoscaling(new sdk.UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: 0, MaxSize: 0, DesiredCapacity: 0 }));
  await unprotect(
    aws,
    sdk,
    live.id,
    (group.Instances ?? []).filter((one) => one.ProtectedFromScaleIn).map((one) => one.InstanceId!),
  );
  await whenEmpty(aws, sdk, live.id, run);
  await unlessGone(aws.autoscaling(new sdk.DeleteAutoScalingGroupCommand({ AutoScalingGroupName })));
}

/** The processes that would start instances while the group drains: a schedule sets its own sizes, and a policy grows the group. */
const movers = ["AlarmNotification", "Launch", "ScheduledActions"];

/**
 * Suspends the processes, so that no new instance starts, and marks that we did so. If the run ends here and the file still has the group,
 * the next apply resumes them.
 */
async function standStill(aws: Aws, sdk: Sdk, group: AwsGroup, { id: AutoScalingGroupName, tags }: LiveGroup): Promise<void> {
  const suspended = (group.SuspendedProcesses ?? []).map((one) => one.ProcessName);
  const ScalingProcesses = movers.filter((process) => !suspended.includes(process));
  if (ScalingProcesses.length === 0) return;
  const marks = [...marksIn(tags), ...marksOf("suspendedProcesses", ScalingProcesses)];
  await writeTags(aws, sdk, AutoScalingGroupName, marksChange(tags, marks).set, new Set());
  await aws.autoscaling(new sdk.SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses }));
}

/** An instance that left meanwhile fails the call for all. It no longer belongs to the group, so it needs no change. */
async function unprotect(aws: Aws, sdk: Sdk, AutoScalingGroupName: AwsId, ids: readonly AwsId[]): Promise<void> {
  for (const InstanceIds of batches(ids, perCall))
    await unlessGone(
      aws.autoscaling(new sdk.SetInstanceProtectionCommand({ AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn: false })),
    );
}

async function whenEmpty(aws: Aws, sdk: Sdk, name: AwsId, run: Pick<Run, "until" | "say">): Promise<void> {
  let said = -1;
  await run.until("its instances to drain and terminate", drainTimeout, 15, async () => {
    const left = (await describeGroup(aws, sdk, name))?.Instances ?? [];
    if (left.length > 0 && left.length !== said) run.say(`${left.length} ${left.length === 1 ? "instance" : "instances"} left`);
    said = left.length;
    return left.length === 0;
  });
}
