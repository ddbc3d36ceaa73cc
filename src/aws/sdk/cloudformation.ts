/** The commands that the product sends to CloudFormation. They are named one by one, so that the bundler leaves out the rest. */
export { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from "@aws-sdk/client-cloudformation";
