/** Converts several metrics and the expressions over them between the user's words and AWS's. */
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Problem } from "../kind.ts";
import { asMeasured, checkDimensions } from "../shared/alarm-dimensions.ts";
import type { Alarm, Metric } from "./schema.ts";

export function dimensionsRequest(dimensions: Alarm["dimensions"]) {
  return Object.entries(asMeasured(dimensions ?? {})).map(([Name, Value]) => ({ Name, Value }));
}

export function metricsRequest(metrics: NonNullable<Alarm["metrics"]>): MetricDataQuery[] {
  return Object.entries(metrics).map(([Id, one]) => ({
    Id,
    ...(one.label === undefined ? {} : { Label: one.label }),
    // An entry with its own metric has its period beside its statistic.
    ...(one.expression === undefined ? { MetricStat: statOf(one) } : { Expression: one.expression, Period: one.period }),
    ReturnData: one.returnData ?? true,
  }));
}

function statOf(one: Metric) {
  return {
    Metric: { Namespace: one.namespace, MetricName: one.metricName, Dimensions: dimensionsRequest(one.dimensions) },
    Period: one.period,
    Stat: one.statistic,
    ...(one.unit === undefined ? {} : { Unit: one.unit }),
  };
}

export function metricsOf(metrics: readonly MetricDataQuery[]): NonNullable<Alarm["metrics"]> {
  return Object.fromEntries(
    metrics.map(({ Id, Expression, MetricStat: stat, Label, Period, ReturnData }): [string, Metric] => [
      Id!,
      {
        ...(Expression === undefined
          ? {
              namespace: stat?.Metric?.Namespace,
              metricName: stat?.Metric?.MetricName,
              dimensions: Object.fromEntries((stat?.Metric?.Dimensions ?? []).map(({ Name, Value }) => [Name!, Value!])),
              statistic: stat?.Stat,
              unit: stat?.Unit as Metric["unit"],
              period: stat?.Period,
            }
          : { expression: Expression, period: Period }),
        label: Label,
        returnData: ReturnData ?? true,
      } as Metric,
    ]),
  );
}

/** Fields that an alarm on one metric uses, and that an alarm on several metrics may not have (CloudWatch API, PutMetricAlarm). */
const ofOne = ["namespace", "metricName", "dimensions", "statistic", "extendedStatistic", "period", "unit"] as const;
const bandOperators: readonly string[] = [
  "GreaterThanUpperThreshold",
  "LessThanLowerThreshold",
  "LessThanLowerOrGreaterThanUpperThreshold",
];

/** Checks the fields that an alarm on several metrics, or on an anomaly band, must have and may not have. */
export function checkMetrics(spec: Alarm): Problem[] {
  const problems: Problem[] = [];
  const problem = (path: string, summary: string, hint?: string) =>
    problems.push({ code: "alarm", path, summary, ...(hint ? { hint } : {}) });
  const isBand = spec.thresholdMetric !== undefined;
  if (isBand === (spec.threshold !== undefined))
    problem(isBand ? "threshold" : "comparisonOperator", "an alarm needs exactly one of threshold and thresholdMetric");
  if (isBand !== bandOperators.includes(spec.comparisonOperator))
    problem(
      "comparisonOperator",
      `${spec.comparisonOperator} ${isBand ? "compares with a `threshold`, but this alarm has a `thresholdMetric`" : "needs a `thresholdMetric`"}`,
    );
  if (spec.metrics === undefined) {
    if (isBand) problem("thresholdMetric", "`thresholdMetric` must be one of `metrics`, but the alarm has no `metrics`");
    for (const field of ["namespace", "metricName", "period"] as const)
      if (spec[field] === undefined)
        problems.push({ code: "missing-field", summary: `${field} is missing`, hint: "write it; only an alarm with `metrics` has none" });
    return problems;
  }
  for (const field of ofOne)
    if (spec[field] !== undefined)
      problem(field, `an alarm with \`metrics\` cannot have ${field} itself`, "write it under one of `metrics`");
  for (const [id, one] of Object.entries(spec.metrics)) checkMetric(id, one, problem, problems);
  const watched = Object.values(spec.metrics).filter(({ returnData }) => returnData ?? true).length;
  if (watched !== (isBand ? 2 : 1))
    problem(
      "metrics",
      isBand
        ? `in an anomaly detection alarm, exactly two of the metrics must return data (the metric and its band), and here ${watched} do`
        : `exactly one of the metrics must return data, and here ${watched} do`,
      "write `returnData: false` on all others",
    );
  if (isBand && spec.metrics[spec.thresholdMetric!]?.expression === undefined)
    problem(
      "thresholdMetric",
      `\`metrics\` has no expression ${spec.thresholdMetric}`,
      "declare it: `expression: ANOMALY_DETECTION_BAND(id, 2)`",
    );
  return problems;
}

function checkMetric(id: string, one: Metric, problem: (path: string, summary: string) => void, problems: Problem[]): void {
  const at = `metrics.${id}`;
  const { expression, period } = one;
  if (expression === undefined)
    for (const field of ["namespace", "metricName", "statistic", "period"] as const)
      if (one[field] === undefined) problem(at, `${id} is not an expression, so it needs ${field}`);
  if (expression !== undefined)
    for (const field of ["namespace", "metricName", "dimensions", "statistic", "unit"] as const)
      if (one[field] !== undefined) problem(`${at}.${field}`, `an expression cannot have ${field}`);
  if (period !== undefined && ![10, 20, 30].includes(period) && period % 60 !== 0)
    problem(`${at}.period`, `the period must be 10, 20 or 30 seconds or a multiple of 60, not ${period}`);
  problems.push(...checkDimensions(one.namespace ?? "", one.dimensions ?? {}).map((found) => ({ ...found, path: `${at}.${found.path}` })));
}
