/**
 * Instance refreshes. Each step compares the instances with the wanted source. It takes out as many old instances as the
 * minimum of healthy ones allows, and launches new ones as far as the maximum allows. The group itself uses the new
 * source only after the refresh has succeeded.
 */
import type {
  CancelInstanceRefreshType,
  DescribeInstanceRefreshesType,
  InstanceRefresh,
  RefreshPreferences,
  RollbackInstanceRefreshType,
  StartInstanceRefreshType,
} from "@aws-sdk/client-auto-scaling";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { alarms } from "../cloudwatch/alarms.ts";
import { between, invalid, needLiving, needGroup } from "./faults.ts";
import { uuid } from "./ids.ts";
import { stir } from "./motion.ts";
import { inStandby, isFit, launch, machinesOf, standing, takeOut } from "./machines.ts";
import { describeSource, isCurrent, sourceOf } from "./sources.ts";
import type { GroupRecord, LaunchSource, MachineRecord, RefreshRecord } from "./state.ts";
import { failuresOfRefresh, timing } from "./timing.ts";

const active = ["Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking"];

export function activeRefresh(group: GroupRecord): RefreshRecord | undefined {
  return group.refreshes.find((one) => active.includes(one.status));
}

const preferences = [
  "AlarmSpecification",
  "AutoRollback",
  "BakeTime",
  "CheckpointDelay",
  "CheckpointPercentages",
  "InstanceWarmup",
  "MaxHealthyPercentage",
  "MinHealthyPercentage",
  "ScaleInProtectedInstances",
  "SkipMatching",
  "StandbyInstances",
];

const start: Handler<StartInstanceRefreshType, object> = (input, call) => {
  refuseUnknown(call, input, ["AutoScalingGroupName", "DesiredConfiguration", "Preferences", "Strategy"]);
  if ((input.Strategy ?? "Rolling") !== "Rolling")
    throw new AwsFault("NotImplemented", "The sandbox does not model refreshes that are not rolling.");
  const group = needLiving(call, input.AutoScalingGroupName);
  if (activeRefresh(group))
    throw new AwsFault(
      "InstanceRefreshInProgress",
      "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.",
    );
  const given: RefreshPreferences = input.Preferences ?? {};
  refuseUnknown(call, given, preferences);
  between(given.MinHealthyPercentage, 0, 100, "minHealthyPercentage");
  between(given.MaxHealthyPercentage, 100, 200, "maxHealthyPercentage");
  if ((given.MaxHealthyPercentage ?? 100) - (given.MinHealthyPercentage ?? 90) > 100)
    throw invalid("The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100.");
  checkWaits(call, given);
  const wanted = sourceOf(call, input.DesiredConfiguration ?? {}) ?? group.source;
  if (given.AutoRollback) {
    if (!input.DesiredConfiguration) throw invalid("AutoRollback requires a desired configuration.");
    if (/"version":"\$/i.test(JSON.stringify([wanted, group.source])))
      throw invalid("AutoRollback cannot be used with a launch template version of $Latest or $Default.");
  }
  const refresh: RefreshRecord = {
    id: uuid(call),
    startedAt: call.now,
    preferences: {
      MinHealthyPercentage: 90,
      ScaleInProtectedInstances: "Wait",
      StandbyInstances: "Wait",
      SkipMatching: false,
      AutoRollback: false,
      ...given,
    },
    wanted,
    before: group.source,
    total: Math.max(1, toReplace(call, group, { wanted, preferences: given, startedAt: call.now }, standing(group)).length),
    status: "Pending",
    percentage: 0,
    failures: 0,
  };
  group.refreshes.unshift(refresh);
  stir(call, group);
  return { InstanceRefreshId: refresh.id };
};

/** Checks checkpoints, times and alarms (Auto Scaling API, RefreshPreferences). */
function checkWaits(
  call: Call,
  { CheckpointPercentages: steps = [], CheckpointDelay: delay, BakeTime: bake, AlarmSpecification: alarmed }: RefreshPreferences,
): void {
  if (steps.some((step, i) => step < 1 || step > 100 || (i > 0 && step <= steps[i - 1]!)))
    throw invalid("CheckpointPercentages must be unique, ascending and between 1 and 100.");
  if (delay !== undefined && steps.length === 0) throw invalid("CheckpointDelay requires CheckpointPercentages.");
  between(delay, 0, 172_800, "checkpointDelay");
  between(bake, 0, 172_800, "bakeTime");
  const names = alarmed?.Alarms ?? [];
  if (names.length > 10) throw invalid("An alarm specification takes 10 alarms at most.");
  for (const name of names) if (!alarms(call).has(name)) throw invalid(`The alarm ${name} does not exist.`);
}

/** Whether a refresh waits at a checkpoint. It waits until the delay is over; a last checkpoint below 100 ends it. */
function waits(call: Call, refresh: RefreshRecord, done: number): "no" | "yes" | "for good" {
  const { CheckpointPercentages: steps = [], CheckpointDelay: delay = 3600 } = refresh.preferences;
  const next = steps[refresh.passed ?? 0];
  if (next === undefined) return steps.length > 0 && steps.at(-1)! < 100 ? "for good" : "no";
  if (done < next || next === 100) return "no";
  refresh.waitsSince ??= call.now;
  if (call.now < refresh.waitsSince + delay * 1000) return "yes";
  refresh.passed = (refresh.passed ?? 0) + 1;
  delete refresh.waitsSince;
  return waits(call, refresh, done);
}

/** The instances that the refresh must still replace. Protected ones are among them if the refresh waits for them. */
function toReplace(
  call: Call,
  group: GroupRecord,
  refresh: Pick<RefreshRecord, "wanted" | "preferences" | "startedAt">,
  among: readonly MachineRecord[],
): MachineRecord[] {
  return among.filter((one) => {
    if (one.protected && group.machines[one.id] && refresh.preferences.ScaleInProtectedInstances === "Ignore") return false;
    return !isCurrent(call, refresh.wanted, one) || (!refresh.preferences.SkipMatching && one.launchedAt < refresh.startedAt);
  });
}

/** Takes one step. `failures` is the number of instances that failed since the last one. */
export function refreshStep(call: Call, group: GroupRecord, refresh: RefreshRecord, failures: number): void {
  if (refresh.status === "Pending") refresh.status = "InProgress";
  if (refresh.status === "Cancelling") return finish(call, refresh, "Cancelled", "Cancelled by user.");
  refresh.failures += failures;
  const isBack = refresh.status === "RollbackInProgress";
  if (refresh.failures >= failuresOfRefresh) return fail(call, refresh, isBack);
  if ("Launch" in group.suspended || "Terminate" in group.suspended) return;
  const goal: LaunchSource = isBack ? refresh.before : refresh.wanted;
  const step = {
    wanted: goal,
    preferences: isBack ? { ...refresh.preferences, SkipMatching: true } : refresh.preferences,
    startedAt: refresh.startedAt,
  };
  const aside = toReplace(call, group, step, inStandby(group));
  if (aside.length > 0 && refresh.preferences.StandbyInstances === "Wait") {
    if (call.now <= refresh.startedAt + timing.refreshWaits) return;
    refresh.reason = "The instance refresh waited an hour for instances that are in Standby.";
    return fail(call, refresh, isBack);
  }
  if (refresh.preferences.StandbyInstances === "Terminate")
    for (const one of aside) takeOut(call, group, one, "an instance was taken out of service in response to an instance refresh.");
  const all = standing(group);
  const old = toReplace(call, group, step, all);
  const fresh = all.filter((one) => !old.includes(one));
  const ready = fresh.filter((one) => isWarm(call, group, refresh, one));
  const isLeaving = machinesOf(group).some((one) => one.leaving !== undefined);
  if (old.length === 0 && !isLeaving && ready.length >= Math.min(group.desired, fresh.length) && fresh.length >= group.desired) {
    if (!isBack && refresh.preferences.BakeTime) {
      refresh.status = "Baking";
      refresh.bakesSince ??= call.now;
      if (call.now < refresh.bakesSince + refresh.preferences.BakeTime * 1000) return;
    }
    group.source = goal;
    return finish(call, refresh, isBack ? "RollbackSuccessful" : "Successful", isBack ? refresh.reason : undefined);
  }
  refresh.percentage = Math.min(
    99,
    Math.max(refresh.percentage, Math.floor(((refresh.total - Math.min(refresh.total, old.length)) / refresh.total) * 100)),
  );
  const replaced = refresh.total - Math.min(refresh.total, old.length);
  const steps = isBack ? [] : (refresh.preferences.CheckpointPercentages ?? []);
  if (steps.length > 0 && !isLeaving && ready.length === fresh.length) {
    const waiting = waits(call, refresh, Math.floor((replaced / refresh.total) * 100));
    if (waiting === "yes") return;
    if (waiting === "for good") {
      group.source = goal;
      return finish(call, refresh, "Successful", undefined);
    }
  }
  // Only up to the next checkpoint.
  const upTo = steps.length > 0 ? Math.ceil((refresh.total * (steps[refresh.passed ?? 0] ?? 100)) / 100) - replaced : Infinity;
  const healthy = ready.length + old.filter((one) => isFit(call, group, one)).length;
  const bounds = boundsOf(group.desired, refresh.preferences);
  replaceSome(call, group, refresh, goal, {
    old,
    all: all.length,
    fresh: fresh.length,
    surplus: Math.min(upTo, healthy - bounds.min),
    room: bounds.max - all.length,
  });
}

interface Step {
  readonly old: readonly MachineRecord[];
  readonly all: number;
  readonly fresh: number;
  readonly surplus: number;
  readonly room: number;
}

function replaceSome(call: Call, group: GroupRecord, refresh: RefreshRecord, goal: LaunchSource, step: Step): void {
  const free = step.old.filter((one) => !one.protected || refresh.preferences.ScaleInProtectedInstances === "Refresh");
  if (free.length === 0 && step.old.length > 0 && call.now > refresh.startedAt + timing.refreshWaits) {
    refresh.failures = failuresOfRefresh;
    refresh.reason = "The instance refresh waited an hour for instances that are protected from scale in.";
    return;
  }
  for (const machine of free.slice(0, Math.max(0, step.surplus)))
    takeOut(call, group, machine, "an instance was taken out of service in response to an instance refresh.");
  if (group.retry && call.now < group.retry.at) return;
  const room = step.room + Math.min(free.length, Math.max(0, step.surplus));
  const missing = Math.min(group.desired - step.fresh, room);
  for (let i = 0; i < missing; i++) {
    if (launch(call, group, goal, "an instance was launched in response to an instance refresh.")) continue;
    refresh.failures++;
    return;
  }
}

/** The minimum of healthy instances and the maximum of all. At least one instance can always be replaced. */
function boundsOf(
  desired: number,
  { MinHealthyPercentage: min = 90, MaxHealthyPercentage: max = 100 }: RefreshPreferences,
): { min: number; max: number } {
  const least = Math.ceil((desired * min) / 100);
  const most = Math.max(desired, Math.floor((desired * max) / 100));
  if (least < desired || most > desired) return { min: least, max: most };
  return min === 100 ? { min: least, max: desired + 1 } : { min: desired - 1, max: most };
}

function isWarm(
  call: Call,
  group: GroupRecord,
  { preferences: { InstanceWarmup }, startedAt }: RefreshRecord,
  machine: MachineRecord,
): boolean {
  if (!isFit(call, group, machine)) return false;
  const warmup = InstanceWarmup ?? group.warmup ?? group.grace;
  return machine.launchedAt < startedAt || call.now >= machine.since + warmup * 1000;
}

function fail(call: Call, refresh: RefreshRecord, isBack: boolean): void {
  const reason =
    refresh.reason ?? "Instance refresh failed: too many of the replacement instances could not be launched or failed their health checks.";
  if (isBack) return finish(call, refresh, "RollbackFailed", reason);
  if (!refresh.preferences.AutoRollback) return finish(call, refresh, "Failed", reason);
  Object.assign(refresh, { status: "RollbackInProgress", failures: 0, percentage: 0, reason });
}

function finish(call: Call, refresh: RefreshRecord, status: RefreshRecord["status"], reason: string | undefined): void {
  refresh.status = status;
  refresh.endedAt = call.now;
  if (reason !== undefined) refresh.reason = reason;
  if (status === "Successful" || status === "RollbackSuccessful") refresh.percentage = 100;
}

function needActive(call: Call, name: string | undefined): { group: GroupRecord; refresh: RefreshRecord } {
  const group = needGroup(call, name);
  const refresh = activeRefresh(group);
  if (!refresh)
    throw new AwsFault(
      "ActiveInstanceRefreshNotFound",
      `No in progress or pending Instance Refresh found for Auto Scaling group ${group.name}`,
    );
  return { group, refresh };
}

/** Cancels a refresh. Instances that were already replaced stay. */
const cancel: Handler<CancelInstanceRefreshType, object> = (input, call) => {
  const { group, refresh } = needActive(call, input.AutoScalingGroupName);
  refresh.status = "Cancelling";
  stir(call, group);
  return { InstanceRefreshId: refresh.id };
};

const rollback: Handler<RollbackInstanceRefreshType, object> = (input, call) => {
  const { group, refresh } = needActive(call, input.AutoScalingGroupName);
  Object.assign(refresh, { status: "RollbackInProgress", failures: 0, percentage: 0, reason: "Rollback was requested." });
  stir(call, group);
  return { InstanceRefreshId: refresh.id };
};

const describe: Handler<DescribeInstanceRefreshesType, object> = (input, call) => {
  const group = needGroup(call, input.AutoScalingGroupName);
  const all = group.refreshes.filter((one) => !input.InstanceRefreshIds?.length || input.InstanceRefreshIds.includes(one.id));
  const { items, next } = page(call, all, input, { key: (one) => one.id, max: 100, size: 50, names: "autoscaling" });
  return { InstanceRefreshes: items.map((one) => told(call, group, one)), ...next };
};

function told(call: Call, group: GroupRecord, one: RefreshRecord): InstanceRefresh {
  return {
    InstanceRefreshId: one.id,
    AutoScalingGroupName: group.name,
    Status: one.status,
    ...(one.reason === undefined ? {} : { StatusReason: one.reason }),
    StartTime: new Date(one.startedAt),
    ...(one.endedAt === undefined ? {} : { EndTime: new Date(one.endedAt) }),
    PercentageComplete: one.percentage,
    InstancesToUpdate: one.endedAt === undefined ? toReplace(call, group, one, standing(group)).length : 0,
    Preferences: one.preferences,
    DesiredConfiguration: describeSource(one.wanted) as NonNullable<InstanceRefresh["DesiredConfiguration"]>,
    Strategy: "Rolling",
  };
}

export const refreshOperations: Record<string, Handler> = {
  CancelInstanceRefresh: cancel,
  DescribeInstanceRefreshes: describe,
  RollbackInstanceRefresh: rollback,
  StartInstanceRefresh: start,
};
