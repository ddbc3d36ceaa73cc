/** Options in AWS's form, and when two of them are the same. */
import type { Option, OptionSetting } from "@aws-sdk/client-rds";
import { sameValue, textOf, type Value } from "../shared/parameter-groups/values.ts";
import { withoutUndefined } from "../shared/rds/fields.ts";
import type { OptionSpec } from "./schema.ts";

type Settings = NonNullable<OptionSpec["settings"]>;

/**
 * Converts an option that was read. AWS returns all its settings. Settings with their default value count only where the file names them.
 */
export function foundOption(option: Option, wanted: OptionSpec | undefined): OptionSpec {
  const { Port, VpcSecurityGroupMemberships = [], OptionSettings = [] } = option;
  const groups = VpcSecurityGroupMemberships.filter(({ Status }) => Status !== "removing").map((one) => one.VpcSecurityGroupId!);
  const named = new Set(Object.keys(wanted?.settings ?? {}));
  const told = OptionSettings.filter((one) => one.Value && (isSet(one) || named.has(one.Name!)));
  return withoutUndefined<OptionSpec>({
    port: Port,
    securityGroups: groups.length > 0 ? groups : undefined,
    settings: told.length > 0 ? Object.fromEntries(told.map(({ Name, Value: value }) => [Name!, value!])) : undefined,
  }) as OptionSpec;
}

/** Whether somebody set the value to something other than the default. */
function isSet({ Value: value, DefaultValue }: OptionSetting): boolean {
  return value !== undefined && value !== "" && value !== DefaultValue;
}

/** Compares the written members. A setting that is not written must have its default. */
export function isSameOption(request: OptionSpec, have: OptionSpec | undefined): boolean {
  if (have === undefined) return false;
  if (request.port !== undefined && request.port !== have.port) return false;
  if (request.securityGroups !== undefined && sorted(request.securityGroups) !== sorted(have.securityGroups ?? [])) return false;
  return settingsToSet(request.settings, have.settings).length + settingsToUnset(request.settings, have.settings).length === 0;
}

export function settingsToSet(request: Settings = {}, have: Settings = {}): string[] {
  return Object.keys(request).filter((name) => !isSameSetting(request[name]!, have[name]));
}

export function settingsToUnset(request: Settings = {}, have: Settings = {}): string[] {
  return Object.keys(have).filter((name) => !(name in request));
}

/** Several values separated by commas mean the same in any order. */
function isSameSetting(a: Value, b: Value | undefined): boolean {
  return b !== undefined && (sameValue(a, b) || sorted(textOf(a).split(",")) === sorted(textOf(b).split(",")));
}

function sorted(all: readonly string[]): string {
  return all
    .map((one) => one.trim())
    .sort()
    .join();
}
