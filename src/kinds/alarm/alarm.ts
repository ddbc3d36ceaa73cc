import { serviceRole } from "../../resource/iam.ts";
import type { Kind, Problem, Subject } from "../kind.ts";
import { asMeasured, checkDimensions } from "../shared/alarm-dimensions.ts";
import { without } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import { checkMetrics } from "./metrics.ts";
import { schema, type Alarm, type Handle } from "./schema.ts";

export type { Alarm } from "./schema.ts";

export const alarm: Kind<Alarm, Handle> = {
  name: "alarm",
  section: "alarms",
  doc: "A CloudWatch alarm on a metric, on an expression over several metrics, or on anomalies of a metric. Alarms that target tracking policies create belong to AWS and are never managed here.",
  outputs: { arn: "The ARN." },
  foreign,
  summary,
  schema,
  fields: {
    description: { change: "update", late: true },
    namespace: { change: "update" },
    metricName: { change: "update" },
    dimensions: { change: "update", as: "map", whileGone: "free", late: true },
    statistic: { change: "update" },
    extendedStatistic: { change: "update" },
    period: { change: "update" },
    evaluationPeriods: { change: "update" },
    datapointsToAlarm: { change: "update" },
    threshold: { change: "update" },
    metrics: { change: "update", as: "map", whileGone: "free", late: true },
    thresholdMetric: { change: "update" },
    comparisonOperator: { change: "update" },
    treatMissingData: { change: "update" },
    unit: { change: "update" },
    actionsEnabled: { change: "update", urgency: "safety" },
    alarmActions: { change: "update", as: "set", whileGone: "free", urgency: "safety" },
    okActions: { change: "update", as: "set", whileGone: "free" },
    insufficientDataActions: { change: "update", as: "set", whileGone: "free" },
  },
  stages: [{ name: "create" }],
  create: "name",
  naming: { max: 255, forbidden: /[^A-Za-z0-9 ()_.,:/@+=-]/ },
  replace: "create-first",
  keepsId: true,
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "cloudwatch:alarm", inDoubt: true },
  // DescribeAlarms lists all alarms. The tags are read one by one for the alarms whose description says that they are ours.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.ours,
  iam: {
    read: ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"],
    write: [
      "autoscaling:DescribePolicies",
      "cloudwatch:DeleteAlarms",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ],
    remove: ["cloudwatch:DeleteAlarms"],
    onlyFor: {
      "autoscaling:DescribePolicies": ["alarmActions", "insufficientDataActions", "okActions"].map((list) => `${list}.*.policy`),
    },
    // CloudWatch has no condition key for the create call that writes tags.
    access: {
      "cloudwatch:PutMetricAlarm": { made: ["alarm:*"] },
      "cloudwatch:TagResource": { made: ["alarm:*"], ours: ["alarm:*"] },
    },
    implied: ({ spec }) => (actsOnMachines(spec) ? [serviceRole("events.amazonaws.com")] : []),
  },
  check,
  normalise: (spec) => ({
    ...spec,
    ...(spec.dimensions ? { dimensions: asMeasured(spec.dimensions) } : {}),
    ...(spec.metrics
      ? {
          metrics: Object.fromEntries(
            Object.entries(spec.metrics).map(([id, one]) => [
              id,
              one.dimensions ? { ...one, dimensions: asMeasured(one.dimensions) } : one,
            ]),
          ),
        }
      : {}),
  }),
  authored: (spec) => ({
    spec: without(spec, { datapointsToAlarm: spec.evaluationPeriods, treatMissingData: "missing", actionsEnabled: true }),
  }),
  drawn: () => ({ as: "beside", glyph: "bell", sub: "alarm" }),
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/cloudwatch.ts")),
};

/**
 * Whether the alarm acts on instances (stops or terminates them). CloudWatch does so with a role of its own (CloudWatch User Guide, "Create
 * alarms to stop, terminate … an instance").
 */
function actsOnMachines(spec: Alarm): boolean {
  const arns = [spec.alarmActions, spec.okActions, spec.insufficientDataActions].flatMap((list) => list ?? []);
  return arns.some((one) =>
    /^arn:[^:]+:(automate|swf):/.test(typeof one === "string" ? one : ((one as { readonly id?: string }).id ?? "")),
  );
}

function check({ spec }: Subject<Alarm>): readonly Problem[] {
  const problems: Problem[] = [];
  const problem = (path: keyof Alarm, summary: string) => problems.push({ code: "alarm", path, summary });
  const { statistic, extendedStatistic, period: written, evaluationPeriods: periods, metrics } = spec;
  const period = written ?? Math.max(60, ...Object.values(metrics ?? {}).map((one) => one.period ?? 0));
  const longest = period >= 3600 ? 604_800 : 86_400;
  if (metrics === undefined && (statistic === undefined) === (extendedStatistic === undefined))
    problem(statistic === undefined ? "metricName" : "extendedStatistic", "an alarm needs exactly one of statistic and extendedStatistic");
  if (![10, 20, 30].includes(period) && period % 60 !== 0)
    problem("period", `the period must be 10, 20 or 30 seconds or a multiple of 60, not ${period}`);
  if (period * periods > longest)
    problem("evaluationPeriods", `period × evaluationPeriods is ${period * periods} seconds, but CloudWatch allows ${longest} at most`);
  if ((spec.datapointsToAlarm ?? 0) > periods)
    problem("datapointsToAlarm", `datapointsToAlarm is ${spec.datapointsToAlarm}, which is more than evaluationPeriods, ${periods}`);
  return [...problems, ...checkMetrics(spec), ...checkDimensions(spec.namespace ?? "", spec.dimensions ?? {})];
}

/** Returns `Maximum of AWS/ApplicationELB UnHealthyHostCount > 0, 3 × 60 s`, or an empty line where a part is missing. */
function summary({ namespace, metricName, statistic, period, evaluationPeriods, threshold, comparisonOperator }: Partial<Alarm>) {
  const sign = comparisonOperator === undefined ? undefined : signs[comparisonOperator];
  if ([namespace, metricName, statistic, period, evaluationPeriods, threshold, sign].includes(undefined)) return { line: "", tells: [] };
  return {
    line: `${statistic} of ${namespace} ${metricName} ${sign} ${threshold}, ${evaluationPeriods} × ${period} s`,
    tells: ["namespace", "metricName", "statistic", "period", "evaluationPeriods", "threshold", "comparisonOperator"] as const,
  };
}

const signs: Readonly<Record<string, string>> = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};
