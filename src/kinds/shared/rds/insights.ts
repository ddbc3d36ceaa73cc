/** Performance Insights and Database Insights, which databases and database clusters share. */
import type { TSchema } from "typebox";
import * as Type from "typebox";
import { oneOf, optional } from "../../../resource/fields.ts";
import type { Changes, FieldRule, Impact, Problem } from "../../kind.ts";
import { isSameKey, keyRef } from "../kms-keys.ts";

/** A week, any number of months of 31 days up to 23, two years (RDS API, ModifyDBInstance: PerformanceInsightsRetentionPeriod). */
const retentions = [7, ...Array.from({ length: 23 }, (_none, i) => 31 * (i + 1)), 731];

/**
 * The retention that the advanced mode of Database Insights needs (RDS User Guide, "Turning on the Advanced mode of Database Insights").
 */
const advancedDays = 465;

export const insightsFields = {
  performanceInsightsRetention: optional(
    Type.Unsafe<number>({
      description: "Number of days for which Performance Insights keeps its data: 7, which is free, 31 times 1 to 23, or 731. Default: 7.",
      type: "integer",
      enum: retentions,
    } as unknown as TSchema),
  ),
  performanceInsightsKmsKey: optional(
    keyRef(
      "The KMS key that encrypts the data of Performance Insights, chosen when it is turned on. If omitted: the AWS managed key for RDS.",
    ),
  ),
  databaseInsightsMode: optional(
    oneOf(
      ["standard", "advanced"],
      "The mode of CloudWatch Database Insights; `advanced` is charged per vCPU and needs Performance Insights with a retention of 465 days.",
    ),
  ),
};

export interface Insights {
  readonly performanceInsights?: boolean | undefined;
  readonly performanceInsightsRetention?: number | undefined;
  readonly performanceInsightsKmsKey?: string | undefined;
  readonly databaseInsightsMode?: "standard" | "advanced" | undefined;
}

const insightsNames = ["performanceInsights", "performanceInsightsRetention", "performanceInsightsKmsKey", "databaseInsightsMode"] as const;

export const keyOfInsights: FieldRule<string, Insights> = {
  change: (was, _now, { was: have }): Impact =>
    was === undefined || have.performanceInsights !== true
      ? "update"
      : {
          refuse:
            "The key of Performance Insights can be set only when it is turned on. Turn it off, apply, and turn it on with the other key.",
        },
  same: (request, have) => have !== undefined && isSameKey(request, have),
  urgency: "safety",
};

/** Checks the fields that need Performance Insights, and the retention of the advanced mode. */
export function checkInsights(spec: Insights): Problem[] {
  const { performanceInsights, performanceInsightsRetention: days, databaseInsightsMode: mode } = spec;
  const needy = (["performanceInsightsRetention", "performanceInsightsKmsKey"] as const).filter((field) => spec[field] !== undefined);
  if (performanceInsights !== true && (needy.length > 0 || mode === "advanced"))
    return [
      {
        code: "missing-field",
        path: needy[0] ?? "databaseInsightsMode",
        summary: `${needy[0] ?? "the advanced mode of Database Insights"} needs Performance Insights`,
        hint: "write performanceInsights: true",
      },
    ];
  if (mode !== "advanced" || (days ?? 7) >= advancedDays) return [];
  return [
    {
      code: "bad-value",
      path: "databaseInsightsMode",
      summary: `the advanced mode of Database Insights needs a retention of ${advancedDays} days or more, and it is ${days ?? 7}${days === undefined ? " by default" : ""}`,
      hint: `write performanceInsightsRetention: ${advancedDays}`,
    },
  ];
}

/** Returns the settings in the form of the create calls. */
export function insightsOfCreate(request: Insights) {
  return {
    EnablePerformanceInsights: request.performanceInsights,
    PerformanceInsightsRetentionPeriod: request.performanceInsightsRetention,
    PerformanceInsightsKMSKeyId: request.performanceInsightsKmsKey,
  };
}

/**
 * Returns the settings for a modify call. RDS checks them together, so a change of one is sent with the others that it needs: the mode,
 * whether data is recorded, and for how long.
 */
export function insightsChanged(have: Insights, request: Insights, changes: Changes<Insights>) {
  if (!insightsNames.some((name) => changes[name] !== undefined)) return {};
  const isOn = request.performanceInsights ?? have.performanceInsights ?? false;
  const mode = request.databaseInsightsMode ?? have.databaseInsightsMode;
  const changesMode = mode !== undefined && mode !== have.databaseInsightsMode;
  if (!isOn)
    return {
      EnablePerformanceInsights: false,
      ...(have.databaseInsightsMode === "advanced" ? { DatabaseInsightsMode: "standard" as const } : {}),
    };
  return {
    EnablePerformanceInsights: true,
    PerformanceInsightsRetentionPeriod:
      request.performanceInsightsRetention ?? (changesMode ? (have.performanceInsightsRetention ?? 7) : undefined),
    PerformanceInsightsKMSKeyId: have.performanceInsights === true ? undefined : request.performanceInsightsKmsKey,
    DatabaseInsightsMode: changesMode ? mode : undefined,
  };
}
