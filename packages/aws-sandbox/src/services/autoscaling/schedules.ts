/** Scheduled actions: sizes of a group that apply at certain times. An action that runs only once disappears afterwards. */
import type {
  DeleteScheduledActionType,
  DescribeScheduledActionsType,
  PutScheduledUpdateGroupActionType,
} from "@aws-sdk/client-auto-scaling";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { nextRun } from "./cron.ts";
import { invalid, needGroup, needLiving, required } from "./faults.ts";
import { stir } from "./motion.ts";
import { groups, type GroupRecord, type ScheduleRecord } from "./state.ts";

const put: Handler<PutScheduledUpdateGroupActionType, object> = (input, call) => {
  refuseUnknown(call, input, [
    "AutoScalingGroupName",
    "DesiredCapacity",
    "EndTime",
    "MaxSize",
    "MinSize",
    "Recurrence",
    "ScheduledActionName",
    "StartTime",
    "TimeZone",
  ]);
  const group = needLiving(call, input.AutoScalingGroupName);
  const name = required(input.ScheduledActionName, "scheduledActionName");
  if ([input.MinSize, input.MaxSize, input.DesiredCapacity].every((size) => size === undefined))
    throw invalid("At least one of MinSize, MaxSize and DesiredCapacity must be specified");
  const timeZone = zoneOf(input.TimeZone);
  const given = input.StartTime?.getTime();
  if (given !== undefined && given < call.now) throw invalid("Given start time is in the past");
  const start = input.Recurrence ? nextRun(input.Recurrence, timeZone, (given ?? call.now) - (given === undefined ? 0 : 1)) : given;
  if (start === undefined)
    throw invalid(
      input.Recurrence ? `Given recurrence string:${input.Recurrence} is invalid` : "Either a StartTime or a recurrence must be specified",
    );
  const clash = Object.entries(group.schedules).find(([other, one]) => other !== name && one.start === start);
  if (clash) throw new AwsFault("AlreadyExists", `Cannot have two scheduled actions at the same time: ${clash[0]}`);
  if (!group.schedules[name] && Object.keys(group.schedules).length >= 125)
    throw new AwsFault("LimitExceeded", "A group can have 125 scheduled actions at most");
  const record: ScheduleRecord = {
    start,
    turn: call.id("turn"),
    ...(input.Recurrence ? { recurrence: input.Recurrence } : {}),
    ...(input.TimeZone ? { timeZone: input.TimeZone } : {}),
    ...(input.EndTime ? { end: input.EndTime.getTime() } : {}),
    ...(input.MinSize === undefined ? {} : { min: input.MinSize }),
    ...(input.MaxSize === undefined ? {} : { max: input.MaxSize }),
    ...(input.DesiredCapacity === undefined ? {} : { desired: input.DesiredCapacity }),
  };
  group.schedules[name] = record;
  arm(call, group, name, record);
  return {};
};

function zoneOf(timeZone = "UTC"): string {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw invalid(`The time zone ${timeZone} is not valid`);
  }
}

function arm(call: Call, group: GroupRecord, name: string, { start, turn }: ScheduleRecord): void {
  call.later(start - call.now, "autoscaling:scheduleFires", { name: group.name, arn: group.arn, action: name, turn });
}

interface Firing {
  readonly name: string;
  readonly arn: string;
  readonly action: string;
  readonly turn: string;
}

function fire({ name, arn, action, turn }: Firing, call: Call): void {
  const group = groups(call).get(name);
  const record = group?.schedules[action];
  if (!group || group.arn !== arn || record?.turn !== turn) return;
  if (!("ScheduledActions" in group.suspended)) resize(call, group, record);
  const next = record.recurrence ? nextRun(record.recurrence, zoneOf(record.timeZone), call.now) : undefined;
  if (next === undefined || (record.end !== undefined && next > record.end)) {
    delete group.schedules[action];
    return;
  }
  record.start = next;
  arm(call, group, action, record);
}

function resize(call: Call, group: GroupRecord, record: ScheduleRecord): void {
  group.min = record.min ?? group.min;
  group.max = Math.max(group.min, record.max ?? group.max);
  group.desired = Math.min(group.max, Math.max(group.min, record.desired ?? group.desired));
  stir(call, group);
}

const describe: Handler<DescribeScheduledActionsType, object> = (input, call) => {
  const some = input.AutoScalingGroupName ? [needGroup(call, input.AutoScalingGroupName)] : [...groups(call).values()];
  const names = input.ScheduledActionNames ?? [];
  const all = some
    .flatMap((group) => Object.entries(group.schedules).map(([name, record]) => ({ group, name, record })))
    .filter(({ name }) => names.length === 0 || names.includes(name));
  const { items, next } = page(call, all, input, {
    key: ({ group, name }) => `${group.name} ${name}`,
    max: 100,
    size: 50,
    names: "autoscaling",
  });
  return {
    ScheduledUpdateGroupActions: items.map(({ group, name, record }) => ({
      AutoScalingGroupName: group.name,
      ScheduledActionName: name,
      ScheduledActionARN: `arn:${call.partition}:autoscaling:${call.region}:${call.account}:scheduledUpdateGroupAction:${record.turn}:autoScalingGroupName/${group.name}:scheduledActionName/${name}`,
      Time: new Date(record.start),
      StartTime: new Date(record.start),
      ...(record.end === undefined ? {} : { EndTime: new Date(record.end) }),
      ...(record.recurrence ? { Recurrence: record.recurrence } : {}),
      ...(record.timeZone ? { TimeZone: record.timeZone } : {}),
      ...(record.min === undefined ? {} : { MinSize: record.min }),
      ...(record.max === undefined ? {} : { MaxSize: record.max }),
      ...(record.desired === undefined ? {} : { DesiredCapacity: record.desired }),
    })),
    ...next,
  };
};

const remove: Handler<DeleteScheduledActionType, object> = (input, call) => {
  const group = needLiving(call, input.AutoScalingGroupName);
  if (!group.schedules[input.ScheduledActionName ?? ""])
    throw invalid(`Scheduled action name not found - Scheduled action '${input.ScheduledActionName}' not found`);
  delete group.schedules[input.ScheduledActionName!];
  return {};
};

export const scheduleOperations: Record<string, Handler> = {
  DeleteScheduledAction: remove,
  DescribeScheduledActions: describe,
  PutScheduledUpdateGroupAction: put,
};

export const scheduleTransitions = { scheduleFires: fire };
