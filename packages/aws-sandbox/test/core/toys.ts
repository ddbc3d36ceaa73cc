/** Clients on a sandbox, and services whose model the test defines. */
import { ACMClient } from "@aws-sdk/client-acm";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EFSClient } from "@aws-sdk/client-efs";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { Route53Client } from "@aws-sdk/client-route-53";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { VirtualClock } from "@plumbline/clock";
import { createSandbox } from "../../src/sandbox.ts";
import type { Sandbox, SandboxOptions } from "../../src/sandbox.ts";
import type { ServiceModel } from "../../src/model.ts";
import { services } from "../../src/services/index.ts";
import type { Services } from "../../src/services/index.ts";

export const REGION = "eu-west-1";

/** The sandbox's services, with these models instead of their own. */
export function withModels(models: Readonly<Record<string, ServiceModel>>): Services {
  return Object.fromEntries(Object.entries(models).map(([name, model]) => [name, { ...services[name]!, model: async () => ({ model }) }]));
}

export function toySandbox(models: Readonly<Record<string, ServiceModel>> = {}, options: Partial<SandboxOptions> = {}): Sandbox {
  return createSandbox({ clock: new VirtualClock(), services: withModels(models), ...options });
}

/** The configuration that makes any SDK client use a sandbox. */
export function configFor(sandbox: Pick<Sandbox, "requestHandler">, more: { accessKeyId?: string; region?: string } = {}) {
  return {
    region: more.region ?? REGION,
    credentials: { accessKeyId: more.accessKeyId ?? "AKIASANDBOXSANDBOXSB", secretAccessKey: "secret" },
    requestHandler: sandbox.requestHandler,
    maxAttempts: 1,
  };
}

export const clients = {
  acm: ACMClient,
  autoscaling: AutoScalingClient,
  cloudformation: CloudFormationClient,
  cloudwatch: CloudWatchClient,
  ec2: EC2Client,
  elbv2: ElasticLoadBalancingV2Client,
  logs: CloudWatchLogsClient,
  efs: EFSClient,
  elasticache: ElastiCacheClient,
  kms: KMSClient,
  rds: RDSClient,
  route53: Route53Client,
  secretsmanager: SecretsManagerClient,
  sns: SNSClient,
  ssm: SSMClient,
  sts: STSClient,
  tagging: ResourceGroupsTaggingAPIClient,
} as const;

/** Returns the error with which a promise must reject. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<Error & { name: string; Code?: string; code?: string; $metadata?: { httpStatusCode?: number; requestId?: string } }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { name: string };
  }
  throw new Error("the call succeeded");
}
