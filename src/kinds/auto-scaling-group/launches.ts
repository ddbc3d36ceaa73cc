/**
 * Whether machines come up. Auto Scaling takes a request and launches later, so its answer proves nothing: only machines
 * in service do, and what goes wrong is told in the scaling activities alone.
 */
import type { Activity, AutoScalingGroup as AwsGroup } from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import type { AwsId, Run } from "../kind.ts";
import { Refusal } from "../../resource/refusal.ts";
import { isInService } from "./observe.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");

/** Seconds; longer than machines take that are installed when they boot. */
const launchTimeout = 1200;

/** A lack of room in one zone is tried in another; so often it is waited out. */
const capacityFailures = 3;

/** Waits until as many machines as are desired are in service and, behind a balancer, healthy. Throws in AWS's own words when they do not come. */
export async function untilInService(aws: Aws, sdk: Sdk, name: AwsId, since: number, run: Pick<Run, "until" | "say">): Promise<void> {
  let said = "";
  await run.until("its machines to be in service and healthy", launchTimeout, 10, async () => {
    const group = await describeGroup(aws, sdk, name);
    if (!group) throw new Refusal(`the group ${name} is gone`);
    const desired = group.DesiredCapacity ?? 0;
    const serving = (group.Instances ?? []).filter(isInService);
    const unhealthy = serving.length > 0 ? await unhealthyTargets(aws, group) : new Map<AwsId, string>();
    const fit = serving.filter((machine) => !unhealthy.has(machine.InstanceId!));
    if (fit.length >= desired) return true;
    const failure = whyNot(await failuresSince(aws, sdk, name, since));
    if (failure !== undefined) throw new Refusal(failure);
    const text = `${fit.length} of ${desired} machines in service${details(group, unhealthy)}`;
    if (text !== said) run.say(text);
    said = text;
    return false;
  });
}

export async function describeGroup(aws: Aws, sdk: Sdk, name: AwsId): Promise<AwsGroup | undefined> {
  // No group of that name: an empty answer, and no error (Auto Scaling API, DescribeAutoScalingGroups).
  return (await aws.autoscaling(new sdk.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }))).AutoScalingGroups?.[0];
}

function details(group: AwsGroup, unhealthy: ReadonlyMap<AwsId, string>): string {
  const waiting = (group.Instances ?? []).filter((one) => one.LifecycleState?.endsWith(":Wait"));
  if (waiting.length > 0) return ` (${waiting.map((one) => one.InstanceId).join(", ")} held by a lifecycle hook)`;
  const [first] = unhealthy;
  return first ? ` (${first[0]}: ${first[1]})` : "";
}

/** Machines that their balancers do not, or not yet, find healthy, and why. Where no listener forwards to a group nobody asks. */
async function unhealthyTargets(aws: Aws, group: AwsGroup): Promise<ReadonlyMap<AwsId, string>> {
  const elbv2 = await import("../../aws/sdk/elbv2.ts");
  const found = new Map<AwsId, string>();
  await Promise.all(
    (group.TargetGroupARNs ?? []).map(async (TargetGroupArn) => {
      const answer = await unlessGone(aws.elbv2(new elbv2.DescribeTargetHealthCommand({ TargetGroupArn })));
      for (const { Target, TargetHealth } of answer?.TargetHealthDescriptions ?? [])
        if (TargetHealth?.State === "initial" || TargetHealth?.State === "unhealthy")
          found.set(Target!.Id!, [TargetHealth.State, TargetHealth.Description].filter(Boolean).join(": "));
    }),
  );
  return found;
}

/** Activities that began since then and failed, or took an unhealthy machine out: the newest first. */
export async function failuresSince(aws: Aws, sdk: Sdk, AutoScalingGroupName: AwsId, since: number): Promise<Activity[]> {
  const { Activities = [] } = await aws.autoscaling(new sdk.DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: 50 }));
  return Activities.filter((one) => (one.StartTime?.getTime() ?? 0) >= since && (hasFailed(one) || isForHealth(one)));
}

/** An instance profile reaches EC2 seconds after it was made; AWS tries again by itself. */
function hasFailed(activity: Activity): boolean {
  return activity.StatusCode === "Failed" && !/Invalid IAM Instance Profile/.test(activity.StatusMessage ?? "");
}

function isForHealth(activity: Activity): boolean {
  return /health.?check/i.test(activity.Cause ?? "") && (activity.Description ?? "").startsWith("Terminating");
}

/** The words for giving up, or undefined while it is worth waiting. */
function whyNot(failures: readonly Activity[]): string | undefined {
  const fatal = failures.find((one) => !isLackOfRoom(one));
  const told = fatal ?? (failures.length >= capacityFailures ? failures[0] : undefined);
  return told && `AWS cannot bring the machines up: ${wordsOf(told)}`;
}

function isLackOfRoom(activity: Activity): boolean {
  return hasFailed(activity) && /capacity|Insufficient/i.test(activity.StatusMessage ?? "");
}

/** AWS's own words for what went wrong. */
export function wordsOf(activity: Activity): string {
  return activity.StatusMessage ?? `${activity.Description ?? ""} (${(activity.Cause ?? "").replace(/^At \S+ /, "")})`;
}
