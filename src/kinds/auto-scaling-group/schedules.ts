/** Converts scheduled actions to Auto Scaling's form and back. */
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import type { Change } from "../kind.ts";
import type { AutoScalingGroup, ScheduledAction } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/autoscaling.ts");
export type Schedules = NonNullable<AutoScalingGroup["scheduledActions"]>;

export async function setSchedules(
  aws: Aws,
  sdk: Sdk,
  AutoScalingGroupName: string,
  request: Schedules,
  change: Change<Schedules | undefined>,
): Promise<void> {
  const { added = [], changed = [], removed = [] } = change.items ?? {};
  // Removes first: two actions cannot have the same time (Auto Scaling API, PutScheduledUpdateGroupAction).
  for (const { key } of removed) await remove(key);
  for (const { key } of changed) await remove(key);
  for (const { key } of [...changed, ...added]) if (!hasRun(request[key]!, aws.clock.now())) await put(key, request[key]!);

  async function remove(ScheduledActionName: string): Promise<void> {
    await unlessGone(aws.autoscaling(new sdk.DeleteScheduledActionCommand({ AutoScalingGroupName, ScheduledActionName })));
  }

  async function put(ScheduledActionName: string, action: ScheduledAction): Promise<void> {
    await aws.autoscaling(
      new sdk.PutScheduledUpdateGroupActionCommand({
        AutoScalingGroupName,
        ScheduledActionName,
        Recurrence: action.recurrence,
        TimeZone: action.timeZone,
        StartTime: startOf(action, aws.clock.now()),
        EndTime: action.endTime === undefined ? undefined : new Date(action.endTime),
        MinSize: action.minSize,
        MaxSize: action.maxSize,
        DesiredCapacity: action.desiredCapacity,
      }),
    );
  }
}

/** AWS takes no start in the past. A recurring action with such a start has already begun. */
function startOf({ startTime }: ScheduledAction, now: number): Date | undefined {
  return startTime === undefined || Date.parse(startTime) <= now ? undefined : new Date(startTime);
}

/** Whether a one-time action is over. AWS has then deleted it. */
export function hasRun(action: ScheduledAction, now: number): boolean {
  return action.recurrence === undefined && action.startTime !== undefined && Date.parse(action.startTime) <= now;
}

export async function readSchedules(aws: Aws, sdk: Sdk, AutoScalingGroupName: string): Promise<Schedules> {
  const found: Record<string, ScheduledAction> = {};
  for await (const page of aws.autoscaling.pages(sdk.DescribeScheduledActionsCommand, { AutoScalingGroupName, MaxRecords: 100 }))
    for (const one of page.ScheduledUpdateGroupActions ?? [])
      found[one.ScheduledActionName!] = {
        recurrence: one.Recurrence,
        timeZone: one.TimeZone,
        startTime: one.StartTime?.toISOString(),
        endTime: one.EndTime?.toISOString(),
        minSize: one.MinSize,
        maxSize: one.MaxSize,
        desiredCapacity: one.DesiredCapacity,
      };
  return found;
}
