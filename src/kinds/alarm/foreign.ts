import type { ForeignNames } from "../kind.ts";

const composite = "write an alarm on other alarms as AWS::CloudWatch::CompositeAlarm under `types`";

export const foreign: ForeignNames = {
  kind: ["metric_alarm", "cloudwatch_metric_alarm", "aws_cloudwatch_metric_alarm"],
  fields: { alarm_description: "description", metric_name: "metricName", alarm_actions: "alarmActions" },
  advice: { alarm_rule: composite, AlarmRule: composite, rule: composite, actions_suppressor: composite },
  values: {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
    Mean: "Average",
    Count: "SampleCount",
  },
};
