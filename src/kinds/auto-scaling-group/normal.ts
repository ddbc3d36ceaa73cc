/** The one form in which desired and observed groups are compared. */
import { asMeasured } from "../shared/alarm-dimensions.ts";
import { isSameRequirements } from "../shared/instance-requirements.ts";
import type { AutoScalingGroup, Notification, Override, ScalingPolicy, ScheduledAction } from "./schema.ts";

export const events = ["launch", "launchError", "terminate", "terminateError"] as const;

/** On where nothing else is said, all events where none are named, and no times that AWS moves on by itself. */
export function normalise(spec: Partial<AutoScalingGroup>): Partial<AutoScalingGroup> {
  const { mixedInstances, notifications, scalingPolicies, scheduledActions, warmPool } = spec;
  return {
    ...spec,
    ...(mixedInstances ? { mixedInstances: onUnlessOff(mixedInstances) } : {}),
    ...(warmPool ? { warmPool: onUnlessOff(warmPool) } : {}),
    ...(notifications ? { notifications: notifications.map(allEvents) } : {}),
    ...(scalingPolicies
      ? { scalingPolicies: Object.fromEntries(Object.entries(scalingPolicies).map(([name, policy]) => [name, measured(policy)])) }
      : {}),
    ...(scheduledActions
      ? { scheduledActions: Object.fromEntries(Object.entries(scheduledActions).map(([name, action]) => [name, withoutNextRun(action)])) }
      : {}),
  };
}

/** Dimensions as CloudWatch knows them. */
function measured(policy: ScalingPolicy): ScalingPolicy {
  const { customMetric: custom, metrics } = policy.targetTracking ?? {};
  if (metrics) {
    const told = Object.entries(metrics).map(([id, one]) => [
      id,
      one.dimensions ? { ...one, dimensions: asMeasured(one.dimensions) } : one,
    ]);
    return { ...policy, targetTracking: { ...policy.targetTracking!, metrics: Object.fromEntries(told) } };
  }
  if (!custom?.dimensions) return policy;
  const customMetric = { ...custom, dimensions: asMeasured(custom.dimensions) };
  return { ...policy, targetTracking: { ...policy.targetTracking!, customMetric } };
}

/** What is off has no other setting, whatever is written beside it. */
function onUnlessOff<S extends { readonly enabled?: boolean | undefined }>(setting: S): S | { enabled: boolean } {
  return setting.enabled === false ? { enabled: false } : { ...setting, enabled: true };
}

function allEvents({ topic, events: some }: Notification): Notification {
  return { topic, events: [...(some ?? events)].sort() };
}

/** Of an action that recurs AWS tells the next run as its start. */
function withoutNextRun({ startTime, endTime, ...action }: ScheduledAction): ScheduledAction {
  return {
    ...action,
    ...(startTime !== undefined && action.recurrence === undefined ? { startTime: canonicalTime(startTime) } : {}),
    ...(endTime === undefined ? {} : { endTime: canonicalTime(endTime) }),
  };
}

function canonicalTime(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

/** EC2's own checks are always made. */
export function isSameHealthCheck(request: string, have: string | undefined): boolean {
  const others = (text: string) =>
    text
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "" && one !== "EC2")
      .sort()
      .join();
  return others(request) === others(have ?? "");
}

/** None is AWS's default. */
export function isSameTermination(request: readonly string[], have: readonly string[] | undefined): boolean {
  const text = (list: readonly string[] | undefined) => (list && list.length > 0 ? list.join() : "Default");
  return text(request) === text(have);
}

/**
 * Whether a group launches from the template that is meant. A template of ours is meant in its current version, which
 * reads as its address; a foreign one in whichever version the group has pinned. `$Latest` and `$Default` are no pins: with
 * them machines change whenever somebody adds a version.
 */
export function isSameTemplate(request: unknown, have: unknown): boolean {
  if (request === have) return true;
  return typeof request === "string" && typeof have === "string" && have.startsWith(`${request}:`) && /:\d+$/.test(have);
}

/** The order of overrides is their priority. */
export function areSameOverrides(request: readonly Override[], have: readonly Override[] | undefined): boolean {
  return request.length === (have?.length ?? 0) && request.every((one, i) => isSameOverride(one, have![i]!));
}

function isSameOverride(request: Override, have: Override): boolean {
  const isSameWeight = request.weight === undefined || request.weight === have.weight;
  const isSameNeed = request.instanceRequirements
    ? isSameRequirements(request.instanceRequirements, have.instanceRequirements)
    : have.instanceRequirements === undefined;
  const isSameType = request.instanceType === have.instanceType && isSameNeed;
  return isSameType && isSameWeight && isSameTemplate(request.launchTemplate, have.launchTemplate);
}
