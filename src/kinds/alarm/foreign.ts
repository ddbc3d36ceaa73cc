import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["metric_alarm", "cloudwatch_metric_alarm", "aws_cloudwatch_metric_alarm"],
  fields: { alarm_description: "description", metric_name: "metricName", alarm_actions: "alarmActions" },
  values: {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
    Mean: "Average",
    Count: "SampleCount",
  },
};
