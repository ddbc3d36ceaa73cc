/** Scaling activities: the actions of a group with their causes and errors. */
import type { DescribeScalingActivitiesType } from "@aws-sdk/client-auto-scaling";
import type { Call, Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { needGroup } from "./faults.ts";
import { activities, type ActivityRecord, type GroupRecord } from "./state.ts";

/** Begins an activity; `endActivity` records its result. */
export function beginActivity(call: Call, group: GroupRecord, Description: string, Cause: string): string {
  const id = call.id("activity").slice("activity-".length);
  const ActivityId = `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(12, 15)}-a${id.slice(2, 5)}-${id}`.slice(0, 36);
  activities(call).set(ActivityId, {
    ActivityId,
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    Description,
    Cause: `At ${new Date(call.now).toISOString().replace(/\.\d+/, "")} ${Cause}`,
    StatusCode: "InProgress",
    Progress: 30,
    Details: "{}",
    startedAt: call.now,
  });
  return ActivityId;
}

export function endActivity(call: Call, id: string, failure?: string): void {
  const activity = activities(call).get(id);
  if (!activity || activity.endedAt !== undefined) return;
  Object.assign(activity, { StatusCode: failure === undefined ? "Successful" : "Failed", Progress: 100, endedAt: call.now });
  if (failure !== undefined) activity.StatusMessage = failure;
}

export function isUnderWay(call: Call, group: GroupRecord): boolean {
  return [...activities(call).values()].some((one) => one.AutoScalingGroupARN === group.arn && one.endedAt === undefined);
}

export const activityOperations: Record<string, Handler> = {
  /** Describes activities, the newest first. */
  DescribeScalingActivities(input: DescribeScalingActivitiesType, call) {
    refuseUnknown(call, input, ["ActivityIds", "AutoScalingGroupName", "IncludeDeletedGroups", "MaxRecords", "NextToken"]);
    const group =
      input.AutoScalingGroupName === undefined || input.IncludeDeletedGroups ? undefined : needGroup(call, input.AutoScalingGroupName);
    const all = [...activities(call).values()]
      .filter((one) =>
        group
          ? one.AutoScalingGroupARN === group.arn
          : input.AutoScalingGroupName === undefined || one.AutoScalingGroupName === input.AutoScalingGroupName,
      )
      .filter((one) => !input.ActivityIds?.length || input.ActivityIds.includes(one.ActivityId!))
      .reverse();
    const { items, next } = page(call, all, input, { key: (one) => one.ActivityId!, max: 100, size: 100, names: "autoscaling" });
    return { Activities: items.map(describe), ...next };
  },
};

function describe({ startedAt, endedAt, ...activity }: ActivityRecord) {
  return { ...activity, StartTime: new Date(startedAt), ...(endedAt === undefined ? {} : { EndTime: new Date(endedAt) }) };
}
