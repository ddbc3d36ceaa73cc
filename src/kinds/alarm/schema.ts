import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, map, number, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";
import { dimensions } from "../shared/alarm-dimensions.ts";

const policyAction = object(
  { autoScalingGroup: ref("autoScalingGroup", "The group."), policy: string("The name of one of its step or simple scaling policies.") },
  "Scales a group.",
);

const action = Type.Union([
  refOr("^arn:[^/]*$", "topic", "A topic, or the ARN of another action. One with a slash in it is written as `{ id: ARN }`."),
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
    string("What is computed of the others, by their ids: metric math, or `ANOMALY_DETECTION_BAND(id, 2)`.", {
      maxLength: 2048,
      examples: ["100 * errors / requests"],
    }),
  ),
  namespace: optional(string("Where the metric comes from.")),
  metricName: optional(string("The metric.")),
  dimensions: optional(dimensions),
  statistic: optional(string("What of the values of one period counts: `Average`, `Sum`, `p99`.")),
  unit: optional(oneOf(units, "The unit of the series, where it has several.")),
  period: optional(integer("Seconds of one period: 10, 20, 30 or a multiple of 60.", { minimum: 10 })),
  label: optional(string("What it is called in graphs.")),
  returnData: optional(
    boolean("Whether it is what the alarm watches; of several one is, and of an alarm on anomalies the metric and its band."),
  ),
});

export const schema = object({
  description: optional(
    string("What it is for. CloudWatch's description ends with whose the alarm is: `(infra PROJECT/ENVIRONMENT)`.", { maxLength: 900 }),
  ),
  namespace: optional(string("Where the metric comes from.", { examples: ["AWS/EC2", "AWS/ApplicationELB"] })),
  metricName: optional(string("The metric.")),
  metrics: optional(
    map(
      metric,
      "Several metrics, by an id of yours each, and what is computed of them; instead of namespace, metric, dimensions, statistic and period.",
      "^[a-z][a-zA-Z0-9_]{0,254}$",
    ),
  ),
  thresholdMetric: optional(
    string("Of an alarm on anomalies: which of `metrics` is the band that the values are held against, instead of `threshold`.", {
      pattern: "^[a-z][a-zA-Z0-9_]{0,254}$",
    }),
  ),
  dimensions: optional(dimensions),
  statistic: optional(
    oneOf(
      ["Average", "Maximum", "Minimum", "SampleCount", "Sum"],
      "What of the values of one period counts. Either this or `extendedStatistic`.",
    ),
  ),
  extendedStatistic: optional(string("A percentile or trimmed mean.", { examples: ["p99", "tm90"] })),
  period: optional(integer("Seconds of one period: 10, 20, 30 or a multiple of 60.", { minimum: 10 })),
  evaluationPeriods: integer("How many periods are looked at.", { minimum: 1 }),
  datapointsToAlarm: optional(integer("How many of them must be beyond the threshold; all when omitted.", { minimum: 1 })),
  threshold: optional(number("What the metric is held against.")),
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
    "On which side of the threshold it alarms; the last three are of a band of anomalies.",
  ),
  treatMissingData: optional(oneOf(["missing", "ignore", "breaching", "notBreaching"], "What a period without values means.")),
  unit: optional(oneOf(units, "The unit of the series, where it has several.")),
  actionsEnabled: optional(boolean("Whether its actions are done.")),
  alarmActions: actions("What is done when it alarms."),
  okActions: actions("What is done when it is over."),
  insufficientDataActions: actions("What is done when there are no values."),
});

export type Alarm = Static<typeof schema>;
export type Action = NonNullable<Alarm["alarmActions"]>[number];

export type Metric = Static<typeof metric>;

export interface Handle {
  readonly arn: string;
  readonly description: string;
}
