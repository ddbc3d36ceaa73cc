/** Performance Insights and Database Insights of instances and clusters. */
import type { Call } from "../../model.ts";
import { kmsKey } from "./describe.ts";
import type { Insights } from "./state.ts";
import { invalidCombination, invalidValue } from "./faults.ts";

export interface InsightsInput {
  readonly EnablePerformanceInsights?: boolean | undefined;
  readonly PerformanceInsightsRetentionPeriod?: number | undefined;
  readonly PerformanceInsightsKMSKeyId?: string | undefined;
  readonly DatabaseInsightsMode?: string | undefined;
}

const insightsNames = [
  "EnablePerformanceInsights",
  "PerformanceInsightsRetentionPeriod",
  "PerformanceInsightsKMSKeyId",
  "DatabaseInsightsMode",
] as const;

/** The new settings; undefined while Performance Insights is off. `have` are the present settings (RDS API, ModifyDBInstance). */
export function newInsights(call: Call, input: InsightsInput, have: Insights | undefined): Insights | undefined {
  const { EnablePerformanceInsights: on, PerformanceInsightsRetentionPeriod: days, PerformanceInsightsKMSKeyId: key } = input;
  const isOn = on ?? have !== undefined;
  const mode = input.DatabaseInsightsMode ?? have?.mode ?? "standard";
  if (mode !== "standard" && mode !== "advanced") throw invalidValue(`Invalid DatabaseInsightsMode: ${mode}`);
  if (!isOn) {
    if (days !== undefined || key !== undefined)
      throw invalidCombination(
        "The Performance Insights retention period and KMS key can only be specified when Performance Insights is enabled.",
      );
    if (mode === "advanced")
      throw invalidCombination("The Advanced mode of Database Insights requires Performance Insights to be enabled.");
    return undefined;
  }
  const kept = days ?? have?.days ?? 7;
  if (kept !== 7 && kept !== 731 && !(kept % 31 === 0 && kept >= 31 && kept <= 713))
    throw invalidValue(`Invalid Performance Insights retention period. Valid values are: [7, 31, 62, ... 713, 731].`);
  if (mode !== (have?.mode ?? "standard") && (on !== true || days === undefined))
    throw invalidCombination(
      "To change the mode of Database Insights, specify EnablePerformanceInsights and PerformanceInsightsRetentionPeriod.",
    );
  if (mode === "advanced" && kept < 465)
    throw invalidCombination(
      "The Advanced mode of Database Insights requires a Performance Insights retention period of at least 465 days.",
    );
  const arn = kmsKey(call, key);
  if (have !== undefined && key !== undefined && arn !== have.key)
    throw invalidCombination("You can't change the KMS key of Performance Insights while it is enabled.");
  return { days: kept, key: have?.key ?? arn, mode };
}

export function asksInsights(input: InsightsInput): boolean {
  return insightsNames.some((name) => input[name] !== undefined);
}

/** The settings of a new database. */
export function insightsOfCreate(call: Call, input: InsightsInput): { insights?: Insights } {
  const insights = newInsights(call, input, undefined);
  return insights === undefined ? {} : { insights };
}
