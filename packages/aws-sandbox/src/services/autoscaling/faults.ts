/** Auto Scaling's errors. Almost all are a ValidationError and differ only in their text. */
import { AwsFault, type Call } from "../../model.ts";
import { groups, type GroupRecord } from "./state.ts";

export const invalid = (message: string) => new AwsFault("ValidationError", message);

/** Returns a parameter; throws AWS's error when it is missing. */
export function required<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null || value === "")
    throw invalid(`1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`);
  return value;
}

export function needGroup(call: Call, name: string | undefined): GroupRecord {
  const group = groups(call).get(required(name, "autoScalingGroupName"));
  if (!group || !call.sees(group.name, "id")) throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
  return group;
}

/** The group, for calls that change it: they refuse a group that is being deleted. */
export function needLiving(call: Call, name: string | undefined): GroupRecord {
  const group = needGroup(call, name);
  if (group.deleting) throw invalid(`The group ${group.name} is pending delete`);
  return group;
}

export function between(value: number | undefined, min: number, max: number, name: string): number | undefined {
  if (value !== undefined && (value < min || value > max))
    throw invalid(
      `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value between ${min} and ${max}`,
    );
  return value;
}
