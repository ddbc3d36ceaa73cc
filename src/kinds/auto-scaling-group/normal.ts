/** The single form in which desired and observed groups are compared. */
import { asMeasured } from "../shared/alarm-dimensions.ts";
import { isSameRequirements } from "../shared/instances/requirements.ts";
import type { AutoScalingGroup, Notification, Override, ScalingPolicy, ScheduledAction } from "./schema.ts";

export const events = ["launch", "launchError", "terminate", "terminateError"] as const;

/** Fills in "enabled" where nothing else is said and all events where none are named, and drops times that AWS moves by itself. */
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

/** Writes dimensions as CloudWatch knows them. */
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

/** A disabled setting has no other fields, whatever is written beside `enabled: false`. */
function onUnlessOff<S extends { readonly enabled?: boolean | undefined }>(setting: S): S | { enabled: boolean } {
  return setting.enabled === false ? { enabled: false } : { ...setting, enabled: true };
}

function allEvents({ topic, events: some }: Notification): Notification {
  return { topic, events: [...(some ?? events)].sort() };
}

/** Drops the start of a recurring action, because AWS shows its next run there. */
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

/** Compares health check types without "EC2": AWS always does EC2's own checks. */
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

/** No policy at all means AWS's default. */
export function isSameTermination(request: readonly string[], have: readonly string[] | undefined): boolean {
  const text = (list: readonly string[] | undefined) => (list && list.length > 0 ? list.join() : "Default");
  return text(request) === text(have);
}

/**
 * Whether a group launches from the desired template. For a template of ours, that is its current version, which reads as the template's
 * address. For a foreign template, it is any version that the group has pinned. `$Latest` and `$Default` pin no version: with them,
 * instances change whenever somebody adds a version.
 */
export function isSameTemplate(request: unknown, have: unknown): boolean {
  if (request === have) return true;
  return typeof request === "string" && typeof have === "string" && have.startsWith(`${request}:`) && /:\d+$/.test(have);
}

/** The order of the overrides is their priority. */
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
