/** CloudWatch in the sandbox: metric alarms and their tags. The sandbox measures nothing, so an alarm always stays in INSUFFICIENT_DATA. */
import type {
  DeleteAlarmsInput,
  DescribeAlarmsInput,
  ListTagsForResourceInput,
  PutMetricAlarmInput,
  TagResourceInput,
  UntagResourceInput,
} from "@aws-sdk/client-cloudwatch";
import { AwsFault, type Call, type Handler, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { alarmArn, alarms, checkAlarm, describeAlarm, type AlarmRecord } from "./alarms.ts";

const modelled = [
  "ActionsEnabled",
  "AlarmActions",
  "AlarmDescription",
  "AlarmName",
  "ComparisonOperator",
  "DatapointsToAlarm",
  "Dimensions",
  "EvaluateLowSampleCountPercentile",
  "EvaluationPeriods",
  "ExtendedStatistic",
  "InsufficientDataActions",
  "MetricName",
  "Metrics",
  "Namespace",
  "OKActions",
  "Period",
  "Statistic",
  "Tags",
  "Threshold",
  "ThresholdMetricId",
  "TreatMissingData",
  "Unit",
];

/** The default values of an alarm. */
const unsaid = { ActionsEnabled: true, OKActions: [], AlarmActions: [], InsufficientDataActions: [], Dimensions: [] };

const operations: Record<string, Handler> = {
  PutMetricAlarm(input: PutMetricAlarmInput, call) {
    refuseUnknown(call, input, modelled);
    checkAlarm(call, input);
    const { AlarmName, Tags, ...given } = input;
    const had = alarms(call).get(AlarmName!);
    const tags = had?.tags ?? Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key!, Value ?? ""]));
    alarms(call).set(AlarmName!, { ...unsaid, ...given, name: AlarmName!, arn: alarmArn(call, AlarmName!), changedAt: call.now, tags });
    return {};
  },

  DescribeAlarms(input: DescribeAlarmsInput, call) {
    refuseUnknown(call, input, ["AlarmNamePrefix", "AlarmNames", "AlarmTypes", "MaxRecords", "NextToken"]);
    if (input.AlarmNames?.length && input.AlarmNamePrefix !== undefined)
      throw new AwsFault("ValidationError", "AlarmNamePrefix cannot be given together with AlarmNames");
    if ((input.AlarmNames?.length ?? 0) > 100) throw new AwsFault("ValidationError", "At most 100 alarm names can be given");
    const fits = ({ name }: AlarmRecord) =>
      input.AlarmNames?.length ? input.AlarmNames.includes(name) : name.startsWith(input.AlarmNamePrefix ?? "");
    const wantsMetric = !input.AlarmTypes?.length || input.AlarmTypes.includes("MetricAlarm");
    const all = wantsMetric
      ? [...alarms(call).values()].filter((one) => fits(one) && call.sees(one.name, "id")).sort((a, b) => (a.name < b.name ? -1 : 1))
      : [];
    const { items, next } = page(call, all, input, { key: (one) => one.name, max: 100, size: 50, names: "autoscaling" });
    return { MetricAlarms: items.map(describeAlarm), CompositeAlarms: [], ...next };
  },

  /** Deletes alarms. The known ones are deleted even when another name is unknown. */
  DeleteAlarms(input: DeleteAlarmsInput, call) {
    const names = input.AlarmNames ?? [];
    const missing = names.filter((name) => !alarms(call).delete(name));
    if (missing.length > 0) throw new AwsFault("ResourceNotFound", `Unknown alarm names: ${missing.join(", ")}`, 404);
    return {};
  },

  ListTagsForResource(input: ListTagsForResourceInput, call) {
    return { Tags: Object.entries(need(call, input.ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })) };
  },

  TagResource(input: TagResourceInput, call) {
    const alarm = need(call, input.ResourceARN);
    for (const { Key, Value } of input.Tags ?? []) alarm.tags[Key!] = Value ?? "";
    return {};
  },

  UntagResource(input: UntagResourceInput, call) {
    const alarm = need(call, input.ResourceARN);
    for (const key of input.TagKeys ?? []) delete alarm.tags[key];
    return {};
  },
};

function need(call: Call, arn: string | undefined): AlarmRecord {
  const found = [...alarms(call).values()].find((one) => one.arn === arn);
  if (!found) throw new AwsFault("ResourceNotFoundException", `The alarm ${arn} does not exist`, 404);
  return found;
}

export const model: ServiceModel = { operations };
