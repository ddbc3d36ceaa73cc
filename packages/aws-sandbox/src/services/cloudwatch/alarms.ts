/**
 * Metric alarms. A put replaces the whole definition and keeps the state. Its tags count only when it creates the alarm.
 *
 * For other services' models (Auto Scaling):
 *   putTrackingAlarm(call, …)       Puts an alarm of target tracking.
 *   dropAlarm(call, name)           Deletes it.
 *   dropAction(call, arn, orAlarm)  Removes an action from every alarm; with `orAlarm`, also deletes alarms that have no action left.
 */
import type { Dimension, MetricAlarm, MetricDataQuery, PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import { AwsFault, type Call } from "../../model.ts";
import { policies } from "../autoscaling/state.ts";

export type AlarmRecord = Omit<PutMetricAlarmInput, "Tags" | "AlarmName"> & {
  readonly name: string;
  readonly arn: string;
  readonly changedAt: number;
  /** Set when target tracking created it. */
  readonly owner?: "autoscaling";
  tags: Record<string, string>;
};

export const alarms = (call: Pick<Call, "store">): Map<string, AlarmRecord> => call.store.table<AlarmRecord>("cloudwatch.alarms");

export function alarmArn(call: Call, name: string): string {
  return `arn:${call.partition}:cloudwatch:${call.region}:${call.account}:alarm:${name}`;
}

interface Tracking {
  readonly name: string;
  readonly group: string;
  readonly action: string;
  readonly threshold: number;
  readonly isHigh: boolean;
}

export function putTrackingAlarm(
  call: Call,
  { name, group, action, threshold, isHigh }: Tracking,
): { AlarmName: string; AlarmARN: string } {
  const arn = alarmArn(call, name);
  alarms(call).set(name, {
    name,
    arn,
    changedAt: call.now,
    owner: "autoscaling",
    tags: {},
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${action}.`,
    ActionsEnabled: true,
    AlarmActions: [action],
    OKActions: [],
    InsufficientDataActions: [],
    Namespace: "AWS/EC2",
    MetricName: "CPUUtilization",
    Statistic: "Average",
    Dimensions: [{ Name: "AutoScalingGroupName", Value: group }],
    Period: 60,
    EvaluationPeriods: isHigh ? 3 : 15,
    Threshold: isHigh ? threshold : threshold * 0.7,
    ComparisonOperator: isHigh ? "GreaterThanThreshold" : "LessThanThreshold",
  });
  return { AlarmName: name, AlarmARN: arn };
}

export function dropAlarm(call: Call, name: string): void {
  alarms(call).delete(name);
}

const actionLists = ["AlarmActions", "OKActions", "InsufficientDataActions"] as const;

export function dropAction(call: Call, arn: string, orAlarm: boolean): void {
  for (const alarm of alarms(call).values()) {
    if (!actionLists.some((list) => alarm[list]?.includes(arn))) continue;
    for (const list of actionLists) alarm[list] = (alarm[list] ?? []).filter((action) => action !== arn);
    if (orAlarm && actionLists.every((list) => alarm[list]!.length === 0)) alarms(call).delete(alarm.name);
  }
}

const sizes = ["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"];

/** The service's allowed values, by parameter (CloudWatch API, PutMetricAlarm and StandardUnit). */
const allowed = {
  ComparisonOperator: [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "GreaterThanUpperThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanThreshold",
  ],
  Statistic: ["Average", "Maximum", "Minimum", "SampleCount", "Sum"],
  TreatMissingData: ["breaching", "ignore", "missing", "notBreaching"],
  Unit: [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Percent",
    "Count",
    "Count/Second",
    "None",
    ...sizes.flatMap((size) => [size, `${size}/Second`]),
  ],
} as const satisfies Partial<Record<keyof PutMetricAlarmInput, readonly string[]>>;

/** Refuses values that the service does not allow, more than 30 dimensions, and dimensions of a wrong length. */
function checkModel(input: PutMetricAlarmInput): void {
  for (const [name, values] of Object.entries(allowed) as [keyof typeof allowed, readonly string[]][]) {
    const given = input[name];
    if (given !== undefined && !values.includes(given))
      throw invalid(
        `Value '${given}' at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(", ")}]`,
      );
  }
  const { Dimensions = [] } = input;
  if (Dimensions.length > 30) throw invalid("Member 'dimensions' must have length less than or equal to 30");
  for (const { Name = "", Value = "" } of Dimensions)
    if (Name === "" || Name.length > 255 || Value === "" || Value.length > 1024)
      throw invalid("A dimension has a name of 1 to 255 characters and a value of 1 to 1024");
}

/** Throws CloudWatch's error for an alarm that it would refuse. */
export function checkAlarm(call: Call, input: PutMetricAlarmInput): void {
  if (!input.AlarmName || input.AlarmName.length > 255) throw invalid("The alarm name must have 1 to 255 characters");
  checkModel(input);
  const measures = [input.Statistic, input.ExtendedStatistic, input.Metrics?.length ? input.Metrics : undefined].filter(
    (one) => one !== undefined,
  );
  if (measures.length !== 1) throw invalid("Exactly one of the parameters Statistic, ExtendedStatistic and Metrics must be specified");
  if (!input.EvaluationPeriods || input.EvaluationPeriods < 1) throw invalid("EvaluationPeriods must be at least 1");
  if (!input.ComparisonOperator) throw invalid("ComparisonOperator is required");
  if (input.DatapointsToAlarm !== undefined && input.DatapointsToAlarm > input.EvaluationPeriods)
    throw invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  const period = input.Period;
  if (input.MetricName !== undefined && (period === undefined || !([10, 20, 30].includes(period) || (period > 0 && period % 60 === 0))))
    throw invalid("Period must be 10, 20, 30 or a multiple of 60");
  if (period !== undefined && period * input.EvaluationPeriods > (period >= 3600 ? 604_800 : 86_400))
    throw invalid("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)");
  const isBand = input.ThresholdMetricId !== undefined;
  if (isBand === (input.Threshold !== undefined)) throw invalid("Exactly one of Threshold and ThresholdMetricId must be specified");
  if (isBand !== /(Upper|Lower)/.test(input.ComparisonOperator))
    throw invalid(`The comparison operator ${input.ComparisonOperator} does not fit the threshold`);
  if (input.Metrics?.length) checkMetrics(input, input.Metrics);
  for (const list of actionLists) checkActions(call, input[list] ?? []);
}

/**
 * Checks metrics: unique ids, and one metric that is watched; with an anomaly band also its metric (CloudWatch
 * API, PutMetricAlarm and MetricDataQuery).
 */
function checkMetrics(input: PutMetricAlarmInput, metrics: readonly MetricDataQuery[]): void {
  if (input.MetricName !== undefined || input.Namespace !== undefined || input.Dimensions?.length || input.Period !== undefined)
    throw invalid("The parameters MetricName, Namespace, Dimensions and Period cannot be specified together with Metrics");
  const ids = metrics.map(({ Id = "" }) => Id);
  if (ids.some((id) => !/^[a-z][a-zA-Z0-9_]*$/.test(id)) || new Set(ids).size < ids.length)
    throw invalid("The ids of Metrics begin with a lower-case letter, and each is there once");
  for (const { Id, Expression, MetricStat } of metrics) {
    if ((Expression === undefined) === (MetricStat === undefined))
      throw invalid(`The metric ${Id} needs exactly one of Expression and MetricStat`);
    if (MetricStat && (!MetricStat.Metric?.MetricName || !MetricStat.Metric.Namespace || !MetricStat.Stat || !MetricStat.Period))
      throw invalid(`The metric ${Id} is not complete`);
  }
  const watched = metrics.filter(({ ReturnData }) => ReturnData ?? true);
  if (watched.length !== (input.ThresholdMetricId === undefined ? 1 : 2))
    throw invalid("Exactly one element of the metrics list should return data");
  if (input.ThresholdMetricId !== undefined) {
    const band = metrics.find(({ Id }) => Id === input.ThresholdMetricId);
    if (!(band?.Expression ?? "").startsWith("ANOMALY_DETECTION_BAND(")) throw invalid("ThresholdMetricId must name a band of anomalies");
  }
}

function checkActions(call: Call, actions: readonly string[]): void {
  if (actions.length > 5) throw invalid("At most 5 actions can be given for one state");
  for (const action of actions) {
    const [, , service, region] = action.split(":");
    if (!action.startsWith("arn:") || (region !== "" && region !== call.region))
      throw invalid(`Invalid region or ARN of the action: ${action}`);
    if (service === "autoscaling" && !policies(call).has(action))
      throw invalid(`Invalid AutoScaling action: the policy ${action} does not exist`);
  }
}

function invalid(message: string): AwsFault {
  return new AwsFault("ValidationError", message);
}

export function describeAlarm(alarm: AlarmRecord): MetricAlarm {
  const { name, arn, changedAt, owner: _, tags: __, ...given } = alarm;
  return {
    ...given,
    AlarmName: name,
    AlarmArn: arn,
    AlarmConfigurationUpdatedTimestamp: new Date(changedAt),
    ActionsEnabled: given.ActionsEnabled ?? true,
    Dimensions: [...(given.Dimensions ?? ([] as Dimension[]))].reverse(), // AWS returns its own order
    StateValue: "INSUFFICIENT_DATA",
    StateReason: "Unchecked: Initial alarm creation",
    StateUpdatedTimestamp: new Date(changedAt),
  };
}
