/** Fields and rules that databases and database clusters share. */
import type { TSchema } from "typebox";
import * as Type from "typebox";

/** RDS User Guide, "Managing an AWS KMS key for Amazon RDS". */
export const storageActions = ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"];

export const monitoringInterval = Type.Unsafe<0 | 1 | 5 | 10 | 15 | 30 | 60>({
  description: "The interval of Enhanced Monitoring in seconds; 0: off.",
  type: "integer",
  enum: [0, 1, 5, 10, 15, 30, 60],
} as unknown as TSchema);

export const dailyWindow = { pattern: "^\\d{2}:\\d{2}-\\d{2}:\\d{2}$", examples: ["03:00-04:00"] };

export const weeklyWindow = {
  pattern:
    "^([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):\\d{2}:\\d{2}-([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):\\d{2}:\\d{2}$",
  examples: ["sun:04:30-sun:05:30"],
};

/** Whether two windows are the same. AWS returns them in lower case. */
export function isSameWindow(request: string, have: string | undefined): boolean {
  return request.toLowerCase() === have?.toLowerCase();
}

/** Returns the spec without the fields that AWS did not return, so that they are not compared. */
export function withoutUndefined<T extends object>(spec: { [F in keyof T]: T[F] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Returns undefined for an empty list. It would be sent as a parameter without a value, which RDS reads as "not given" or refuses. */
export function filled(list: readonly string[] | undefined): string[] | undefined {
  return list && list.length > 0 ? [...list] : undefined;
}

/** Returns the logs to switch on and off, in the form of the modify calls. */
export function logChange(have: readonly string[], after: readonly string[]) {
  const on = after.filter((log) => !have.includes(log));
  const off = have.filter((log) => !after.includes(log));
  return {
    ...(on.length > 0 ? { EnableLogTypes: on } : {}),
    ...(off.length > 0 ? { DisableLogTypes: off } : {}),
  };
}

/** Returns the logs as they will be after the pending changes. */
export function mergedLogs(
  have: readonly string[],
  waits: { readonly LogTypesToEnable?: string[] | undefined; readonly LogTypesToDisable?: string[] | undefined },
): string[] {
  return [...new Set([...have, ...(waits.LogTypesToEnable ?? [])])].filter((log) => !(waits.LogTypesToDisable ?? []).includes(log));
}

/**
 * Returns a test for versions of an engine that match the written one. One call lists the versions of an engine for a class, and RDS does
 * not accept the beginning of a version.
 */
export function isVersionOf(engineVersion: string | undefined): (version: string) => boolean {
  return (version) => engineVersion === undefined || version === engineVersion || version.startsWith(`${engineVersion}.`);
}
