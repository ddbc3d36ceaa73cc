/** The commands that the product sends to CloudWatch Logs. They are named one by one, so that the bundler leaves out the rest. */
export { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
export {
  AssociateKmsKeyCommand,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DisassociateKmsKeyCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
