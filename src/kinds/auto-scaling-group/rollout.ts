/**
 * Brings a new version to the instances. A refresh gets the version as its goal, and the group itself launches from it only when the
 * refresh has succeeded. With SkipMatching, a refresh that is started again after a crash replaces only instances that are still old (Auto
 * Scaling API, StartInstanceRefresh).
 */
import type { InstanceRefresh, RefreshPreferences } from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import type { AwsId, Run } from "../kind.ts";
import { Refusal } from "../../resource/refusal.ts";
import { describeGroup, failuresSince, wordsOf } from "./launches.ts";
import type { LiveGroup } from "./live.ts";
import { isInBetween } from "./observe.ts";
import type { AutoScalingGroup } from "./schema.ts";
import { suspendedUnder } from "./settings.ts";
import { sourceOf, type Source } from "./source.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");

export async function rollOut(
  aws: Aws,
  sdk: Sdk,
  live: LiveGroup,
  request: AutoScalingGroup,
  run: Pick<Run, "until" | "say">,
): Promise<void> {
  const source = await sourceOf(aws, { launchTemplate: request.launchTemplate, ...mixOf(live, request) });
  const group = await describeGroup(aws, sdk, live.id);
  const isEmpty = (group?.Instances ?? []).length === 0 && (group?.DesiredCapacity ?? 0) === 0;
  const held = suspendedUnder(live, request).filter((one) => one === "Launch" || one === "Terminate" || one === "InstanceRefresh");
  if (isEmpty || request.refresh === "none" || held.length > 0) {
    if (group && isInBetween(group)) await cancelOther(aws, sdk, live.id, undefined, run);
    await aws.autoscaling(new sdk.UpdateAutoScalingGroupCommand({ AutoScalingGroupName: live.id, ...source }));
    if (!isEmpty)
      run.say(
        held.length > 0
          ? `${held.join(" and ")} suspended: running instances keep the old version`
          : "running instances keep the old version",
      );
    return;
  }
  await resumeWhatHinders(aws, sdk, live, request);
  const began = aws.clock.now();
  const id =
    (await cancelOther(aws, sdk, live.id, source, run)) ?? (await start(aws, sdk, live, request, source, group?.Instances?.length ?? 0));
  await follow(aws, sdk, live.id, id, began, run, limitFor(request, live));
}

/** Parts of the mix that the YAML does not write stay as they are. */
function mixOf(live: LiveGroup, request: AutoScalingGroup): Pick<AutoScalingGroup, "mixedInstances"> {
  const have = live.spec.mixedInstances;
  if (!request.mixedInstances) return have ? { mixedInstances: have } : {};
  return { mixedInstances: { ...have, enabled: true, ...request.mixedInstances } };
}

/** Resumes processes that the YAML no longer suspends. A later stage would resume them, but a refresh would stand still until then. */
async function resumeWhatHinders(aws: Aws, sdk: Sdk, live: LiveGroup, request: AutoScalingGroup): Promise<void> {
  const still = suspendedUnder(live, request);
  const ScalingProcesses = live.handle.suspended.filter((one) => !still.includes(one));
  if (ScalingProcesses.length > 0)
    await aws.autoscaling(new sdk.ResumeProcessesCommand({ AutoScalingGroupName: live.id, ScalingProcesses }));
}

const active = ["Pending", "InProgress", "Baking", "Cancelling", "RollbackInProgress"];

/** Keeps an earlier run's refresh towards the same goal and cancels any other. Returns the refresh that it keeps. */
async function cancelOther(
  aws: Aws,
  sdk: Sdk,
  name: AwsId,
  goal: Source | undefined,
  run: Pick<Run, "until" | "say">,
): Promise<string | undefined> {
  const running = await activeRefresh(aws, sdk, name);
  if (!running) return undefined;
  if (goal && running.Status !== "Cancelling" && running.Status !== "RollbackInProgress" && isFor(running, goal)) {
    run.say("a refresh to this version is already under way");
    return running.InstanceRefreshId;
  }
  if (running.Status !== "Cancelling" && running.Status !== "RollbackInProgress")
    await aws.autoscaling(new sdk.CancelInstanceRefreshCommand({ AutoScalingGroupName: name }));
  await run.until("the earlier refresh to end", 3600, 10, async () => (await activeRefresh(aws, sdk, name)) === undefined);
  return undefined;
}

async function activeRefresh(aws: Aws, sdk: Sdk, AutoScalingGroupName: AwsId): Promise<InstanceRefresh | undefined> {
  const { InstanceRefreshes = [] } = await aws.autoscaling(
    new sdk.DescribeInstanceRefreshesCommand({ AutoScalingGroupName, MaxRecords: 10 }),
  );
  return InstanceRefreshes.find((one) => active.includes(one.Status ?? ""));
}

function isFor({ DesiredConfiguration: resolved }: InstanceRefresh, goal: Source): boolean {
  return keyOf(resolved) === keyOf(goal);
}

/** Two goals are the same if their templates, versions and types are the same. AWS adds names and defaults to the goal that it got. */
function keyOf(source: InstanceRefresh["DesiredConfiguration"] | Source): string {
  const { LaunchTemplate: plain, MixedInstancesPolicy: mixed } = (source ?? {}) as NonNullable<InstanceRefresh["DesiredConfiguration"]>;
  const base = plain ?? mixed?.LaunchTemplate?.LaunchTemplateSpecification;
  const overrides = (mixed?.LaunchTemplate?.Overrides ?? []).map((one) => [
    one.InstanceType,
    one.InstanceRequirements?.VCpuCount,
    one.InstanceRequirements?.MemoryMiB,
    one.LaunchTemplateSpecification?.LaunchTemplateId,
    one.LaunchTemplateSpecification?.Version,
  ]);
  return JSON.stringify([base?.LaunchTemplateId, base?.Version, overrides]);
}

async function start(
  aws: Aws,
  sdk: Sdk,
  live: LiveGroup,
  request: AutoScalingGroup,
  DesiredConfiguration: Source,
  machines: number,
): Promise<string> {
  const answer = await aws.autoscaling(
    new sdk.StartInstanceRefreshCommand({
      AutoScalingGroupName: live.id,
      Strategy: "Rolling",
      DesiredConfiguration,
      Preferences: preferencesOf(request, machines),
    }),
  );
  return answer.InstanceRefreshId!;
}

/**
 * Instances that somebody protected or put on standby stay. With AWS's default, the refresh would wait an hour for them and then fail. A
 * group of one or two instances can spare none, so new ones come before old ones go.
 */
function preferencesOf(request: AutoScalingGroup, machines: number): RefreshPreferences {
  const least = request.refreshMinHealthy ?? (machines <= 2 ? 100 : 90);
  const policy = request.refreshMinHealthy === undefined ? request.maintenancePolicy : undefined;
  return {
    MinHealthyPercentage: least,
    MaxHealthyPercentage: least === 100 ? 200 : 100,
    SkipMatching: request.refreshSkipMatching ?? true,
    ...(request.refreshCheckpoints
      ? {
          CheckpointPercentages: [...request.refreshCheckpoints.percentages],
          ...(request.refreshCheckpoints.delay === undefined ? {} : { CheckpointDelay: request.refreshCheckpoints.delay }),
        }
      : {}),
    ...(request.refreshAlarms ? { AlarmSpecification: { Alarms: [...request.refreshAlarms] } } : {}),
    ...(request.refreshBakeTime === undefined ? {} : { BakeTime: request.refreshBakeTime }),
    AutoRollback: request.rollback ?? false,
    ScaleInProtectedInstances: request.refreshScaleInProtectedInstances ?? "Ignore",
    StandbyInstances: request.refreshStandbyInstances ?? "Ignore",
    // The group's own policy says how instances are replaced, where nothing else does.
    ...(policy && policy.minHealthyPercentage >= 0
      ? { MinHealthyPercentage: policy.minHealthyPercentage, MaxHealthyPercentage: policy.maxHealthyPercentage }
      : {}),
  };
}

/** In seconds: an hour, and for each instance its grace period and some time to boot. */
function limitFor(request: AutoScalingGroup, live: LiveGroup): number {
  const grace = request.healthCheckGracePeriod ?? live.spec.healthCheckGracePeriod ?? 300;
  const { percentages = [], delay = 3600 } = request.refreshCheckpoints ?? {};
  return 3600 + live.handle.machines.length * (grace + 600) + percentages.length * delay + (request.refreshBakeTime ?? 0);
}

async function follow(
  aws: Aws,
  sdk: Sdk,
  name: AwsId,
  id: string,
  began: number,
  run: Pick<Run, "until" | "say">,
  limit: number,
): Promise<void> {
  let said = "";
  await run.until("its instances to be replaced", limit, 15, async () => {
    const { InstanceRefreshes: [refresh] = [] } = await aws.autoscaling(
      new sdk.DescribeInstanceRefreshesCommand({ AutoScalingGroupName: name, InstanceRefreshIds: [id] }),
    );
    const status = refresh?.Status ?? "Pending";
    if (status === "Successful") return true;
    if (!active.includes(status)) throw new Refusal(await whyFailed(aws, sdk, name, refresh!, began));
    const text = `${status === "RollbackInProgress" ? "rolling back: " : ""}${refresh?.PercentageComplete ?? 0} % of the instances replaced`;
    if (text !== said) run.say(text);
    said = text;
    return false;
  });
}

/** The status, AWS's reason, and the texts of the activities, which name the cause. */
async function whyFailed(aws: Aws, sdk: Sdk, name: AwsId, refresh: InstanceRefresh, began: number): Promise<string> {
  const failures = await failuresSince(aws, sdk, name, Math.min(began, refresh.StartTime?.getTime() ?? began));
  const words = [...new Set(failures.map(wordsOf))].slice(0, 3);
  const end: Readonly<Record<string, string>> = {
    RollbackSuccessful: "the refresh failed and was rolled back to the old version",
    RollbackFailed: "the refresh failed, and so did its rollback",
    Cancelled: "somebody cancelled the refresh",
  };
  return [end[refresh.Status ?? ""] ?? "the refresh failed", refresh.StatusReason, ...words].filter(Boolean).join(": ");
}
