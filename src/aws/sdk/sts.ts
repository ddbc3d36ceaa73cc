/** The commands that the product sends to this service. They are named one by one, so that the bundler leaves out the rest. */
export { STSClient } from "@aws-sdk/client-sts";
export { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
