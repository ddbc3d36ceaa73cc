/** A separate client of the same AWS, for the tests of kinds that hold data, names and logs. */
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Testbed } from "../support/testbed.ts";

/** The clients of somebody else in the account. */
export function others(testbed: Testbed) {
  const options = {
    region: "eu-west-1",
    requestHandler: testbed.sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    maxAttempts: 1,
  };
  return { logs: new CloudWatchLogsClient(options), ssm: new SSMClient(options), secrets: new SecretsManagerClient(options) };
}
