/** The commands that the product sends to this service. They are named one by one, so that the bundler leaves out the rest. */
export { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
export {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
