import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, map, number, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";
import { dimensions } from "../shared/alarm-dimensions.ts";

const policyAction = object(
  {
    autoScalingGroup: ref("autoScalingGroup", "The Auto Scaling group."),
    policy: string("The name of one of its step or simple scaling policies."),
  },
  "A scaling policy of an Auto Scaling group to run.",
);

const action = Type.Union([
  refOr("^arn:[^/]*$", "topic", "A topic, or the ARN of another action; write an ARN that contains a slash as `{ id: ARN }`."),
  policyAction,
]);

const actions = (doc: string) => optional(list(action, doc, { maxItems: 5 }));

/** The units that CloudWatch has (CloudWatch API, MetricDatum). */
const sizes = [
  "Bytes",
  "Kilobytes",
  "Megabytes",
  "Gigabytes",
  "Terabytes",
  "Bits",
  "Kilobits",
  "Megabits",
  "Gigabits",
  "Terabits",
] as const;
const units = [
  "Seconds",
  "Microseconds",
  "Milliseconds",
  ...sizes,
  "Percent",
  "Count",
  ...sizes.map((size) => `${size}/Second` as const),
  "Count/Second",
  "None",
] as const;

/** CloudWatch API, MetricDataQuery. */
const metric = object({
  expression: optional(
    string("A math expression over the other metrics, by their ids: metric math, or `ANOMALY_DETECTION_BAND(id, 2)`.", {
      maxLength: 2048,
      examples: ["100 * errors / requests"],
    }),
  ),
  namespace: optional(string("The namespace of the metric.")),
  metricName: optional(string("The name of the metric.")),
  dimensions: optional(dimensions),
  statistic: optional(string("The statistic over one period: `Average`, `Sum`, `p99`.")),
  unit: optional(oneOf(units, "The unit of the metric, if it has several.")),
  period: optional(integer("The period in seconds: 10, 20, 30 or a multiple of 60.", { minimum: 10 })),
  label: optional(string("The label of the metric in graphs.")),
  returnData: optional(
    boolean(
      "Whether the alarm watches this metric. Exactly one of several is watched; in an alarm on anomalies, the metric and its band are.",
    ),
  ),
});

export const schema = object({
  description: optional(
    string("A description of the alarm. In CloudWatch, the description ends with the owner: `(infra PROJECT/ENVIRONMENT)`.", {
      maxLength: 900,
    }),
  ),
  namespace: optional(string("The namespace of the metric.", { examples: ["AWS/EC2", "AWS/ApplicationELB"] })),
  metricName: optional(string("The name of the metric.")),
  metrics: optional(
    map(
      metric,
      "Several metrics and expressions over them, each by an id that you choose; instead of namespace, metric, dimensions, statistic and period.",
      "^[a-z][a-zA-Z0-9_]{0,254}$",
    ),
  ),
  thresholdMetric: optional(
    string("The id in `metrics` of the anomaly detection band that values are compared with, instead of `threshold`.", {
      pattern: "^[a-z][a-zA-Z0-9_]{0,254}$",
    }),
  ),
  dimensions: optional(dimensions),
  statistic: optional(
    oneOf(["Average", "Maximum", "Minimum", "SampleCount", "Sum"], "The statistic over one period. Either this or `extendedStatistic`."),
  ),
  extendedStatistic: optional(string("A percentile or a trimmed mean over one period.", { examples: ["p99", "tm90"] })),
  period: optional(integer("The period in seconds: 10, 20, 30 or a multiple of 60.", { minimum: 10 })),
  evaluationPeriods: integer("Number of the most recent periods to evaluate.", { minimum: 1 }),
  datapointsToAlarm: optional(integer("Number of evaluated periods that must be beyond the threshold; all if omitted.", { minimum: 1 })),
  threshold: optional(number("The threshold for the metric's values.")),
  comparisonOperator: oneOf(
    [
      "GreaterThanOrEqualToThreshold",
      "GreaterThanThreshold",
      "LessThanThreshold",
      "LessThanOrEqualToThreshold",
      "GreaterThanUpperThreshold",
      "LessThanLowerThreshold",
      "LessThanLowerOrGreaterThanUpperThreshold",
    ],
    "The comparison of values with the threshold; the last three compare with an anomaly detection band.",
  ),
  treatMissingData: optional(oneOf(["missing", "ignore", "breaching", "notBreaching"], "The treatment of periods without data.")),
  unit: optional(oneOf(units, "The unit of the metric, if it has several.")),
  actionsEnabled: optional(boolean("Whether the actions are run.")),
  alarmActions: actions("Actions when the alarm goes into the state ALARM."),
  okActions: actions("Actions when the alarm goes into the state OK."),
  insufficientDataActions: actions("Actions when the alarm goes into the state INSUFFICIENT_DATA."),
});

export type Alarm = Static<typeof schema>;
export type Action = NonNullable<Alarm["alarmActions"]>[number];

export type Metric = Static<typeof metric>;

export interface Handle {
  readonly arn: string;
  readonly description: string;
}
