/** What the product sends to CloudFormation, named one by one so that the bundler leaves out the rest. */
export { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from "@aws-sdk/client-cloudformation";
