/**
 * Checks whether instances come up. Auto Scaling accepts a request and launches later, so its answer proves nothing. Only instances in
 * service do, and only the scaling activities tell what went wrong.
 */
import type { Activity, AutoScalingGroup as AwsGroup } from "@aws-sdk/client-auto-scaling";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import type { AwsId, Run } from "../kind.ts";
import { Refusal } from "../../resource/refusal.ts";
import { isInService } from "./observe.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");

/** In seconds. Longer than instances take that install software at boot. */
const launchTimeout = 1200;

/** The number of capacity failures at which the wait gives up. After a lack of capacity in one zone, AWS tries another. */
const capacityFailures = 3;

/**
 * Waits until the desired number of instances is in service and, behind a load balancer, healthy. If they do not come up, throws AWS's own
 * words.
 */
export async function untilInService(aws: Aws, sdk: Sdk, name: AwsId, since: number, run: Pick<Run, "until" | "say">): Promise<void> {
  let said = "";
  await run.until("its instances to be in service and healthy", launchTimeout, 10, async () => {
    const group = await describeGroup(aws, sdk, name);
    if (!group) throw new Refusal(`the Auto Scaling group ${name} no longer exists`);
    const desired = group.DesiredCapacity ?? 0;
    const serving = (group.Instances ?? []).filter(isInService);
    const unhealthy = serving.length > 0 ? await unhealthyTargets(aws, group) : new Map<AwsId, string>();
    const fit = serving.filter((machine) => !unhealthy.has(machine.InstanceId!));
    if (fit.length >= desired) return true;
    const failure = whyNot(await failuresSince(aws, sdk, name, since));
    if (failure !== undefined) throw new Refusal(failure);
    const text = `${fit.length} of ${desired} instances in service${details(group, unhealthy)}`;
    if (text !== said) run.say(text);
    said = text;
    return false;
  });
}

export async function describeGroup(aws: Aws, sdk: Sdk, name: AwsId): Promise<AwsGroup | undefined> {
  // For an unknown name AWS answers with an empty list, and with no error (Auto Scaling API, DescribeAutoScalingGroups).
  return (await aws.autoscaling(new sdk.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }))).AutoScalingGroups?.[0];
}

function details(group: AwsGroup, unhealthy: ReadonlyMap<AwsId, string>): string {
  const waiting = (group.Instances ?? []).filter((one) => one.LifecycleState?.endsWith(":Wait"));
  if (waiting.length > 0) return ` (${waiting.map((one) => one.InstanceId).join(", ")} waiting for a lifecycle hook)`;
  const [first] = unhealthy;
  return first ? ` (${first[0]}: ${first[1]})` : "";
}

/**
 * The instances that their load balancers do not find healthy yet, and why. Where no listener forwards to a target group, nobody checks
 * them.
 */
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

/** The activities since then that failed, or that replaced an unhealthy instance: the newest first. */
export async function failuresSince(aws: Aws, sdk: Sdk, AutoScalingGroupName: AwsId, since: number): Promise<Activity[]> {
  const { Activities = [] } = await aws.autoscaling(new sdk.DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: 50 }));
  return Activities.filter((one) => (one.StartTime?.getTime() ?? 0) >= since && (hasFailed(one) || isForHealth(one)));
}

/** Whether the activity failed for good. An instance profile reaches EC2 only seconds after it was made, and AWS tries again by itself. */
function hasFailed(activity: Activity): boolean {
  return activity.StatusCode === "Failed" && !/Invalid IAM Instance Profile/.test(activity.StatusMessage ?? "");
}

function isForHealth(activity: Activity): boolean {
  return /health.?check/i.test(activity.Cause ?? "") && (activity.Description ?? "").startsWith("Terminating");
}

/** The reason to give up, or undefined while it is worth waiting. */
function whyNot(failures: readonly Activity[]): string | undefined {
  const fatal = failures.find((one) => !isLackOfRoom(one));
  const told = fatal ?? (failures.length >= capacityFailures ? failures[0] : undefined);
  return told && `AWS cannot launch the instances: ${wordsOf(told)}`;
}

function isLackOfRoom(activity: Activity): boolean {
  return hasFailed(activity) && /capacity|Insufficient/i.test(activity.StatusMessage ?? "");
}

/** AWS's own words for what went wrong. */
export function wordsOf(activity: Activity): string {
  return activity.StatusMessage ?? `${activity.Description ?? ""} (${(activity.Cause ?? "").replace(/^At \S+ /, "")})`;
}
