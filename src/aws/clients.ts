/** Makes the SDK's clients, when a service is first called, and sets them up. */
import { onlyAnswers, whereAnswersCome } from "./answer-check.ts";
import type { ServiceName } from "./aws.ts";
import type { Client } from "./client.ts";
import type { Bounds, ConnectOptions } from "./connection.ts";
import { httpSettings } from "./http.ts";

/** Makes a client that accepts only the operation's own answers. */
export async function clientOf(service: ServiceName, options: ConnectOptions, bounds: Bounds): Promise<Client> {
  const client = await makeClient[service](await settings(options, bounds.deadline));
  const protocol = client.config?.protocol?.getShapeId?.() ?? "";
  client.middlewareStack?.add(onlyAnswers(protocol, bounds.bytes), whereAnswersCome);
  return client;
}

type Settings = Awaited<ReturnType<typeof settings>>;

/** The settings of every client. The SDK's own retries are off: the gate alone decides which calls are sent again. */
async function settings(options: ConnectOptions, deadline: number) {
  return {
    region: options.region,
    maxAttempts: 1,
    logger: quiet,
    customUserAgent: (options.userAgent ?? []).map(([name, version]): [string, string] => [name, version]),
    ...(options.profile ? { profile: options.profile } : {}),
    ...(options.credentials ? { credentials: options.credentials } : {}),
    ...(options.requestHandler
      ? // The user's AWS configuration is not read: the sandbox is the same on every machine.
        {
          requestHandler: options.requestHandler as never,
          endpoint: "https://sandbox.invalid",
          retryMode: "standard",
          defaultsMode: "standard" as const,
          useDualstackEndpoint: false,
          useFipsEndpoint: false,
          disableHostPrefix: true,
        }
      : { requestHandler: await httpSettings(deadline) }),
  };
}

/** Without `info`: the SDK would copy every answer for a log that nobody reads. */
const quiet = { trace: () => {}, debug: () => {}, warn: () => {}, error: () => {} } as never;

/** Uses the path for the bucket at a custom endpoint, which has no host name for each bucket. */
function addressing(env: NodeJS.ProcessEnv = process.env): { readonly forcePathStyle?: true } {
  return env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"] ? { forcePathStyle: true } : {};
}

const makeClient: Readonly<Record<ServiceName, (settings: Settings) => Promise<Client>>> = {
  cloudcontrol: async (s) => new (await import("./sdk/cloudcontrol.ts")).CloudControlClient(s) as unknown as Client,
  cloudformation: async (s) => new (await import("./sdk/cloudformation.ts")).CloudFormationClient(s) as unknown as Client,
  ec2: async (s) => new (await import("./sdk/ec2.ts")).EC2Client(s) as unknown as Client,
  elbv2: async (s) => new (await import("./sdk/elbv2.ts")).ElasticLoadBalancingV2Client(s) as unknown as Client,
  autoscaling: async (s) => new (await import("./sdk/autoscaling.ts")).AutoScalingClient(s) as unknown as Client,
  rds: async (s) => new (await import("./sdk/rds.ts")).RDSClient(s) as unknown as Client,
  elasticache: async (s) => new (await import("./sdk/elasticache.ts")).ElastiCacheClient(s) as unknown as Client,
  ssm: async (s) => new (await import("./sdk/ssm.ts")).SSMClient(s) as unknown as Client,
  sts: async (s) => new (await import("./sdk/sts.ts")).STSClient(s) as unknown as Client,
  cloudwatch: async (s) => new (await import("./sdk/cloudwatch.ts")).CloudWatchClient(s) as unknown as Client,
  iam: async (s) => new (await import("./sdk/iam.ts")).IAMClient(s) as unknown as Client,
  sns: async (s) => new (await import("./sdk/sns.ts")).SNSClient(s) as unknown as Client,
  logs: async (s) => new (await import("./sdk/logs.ts")).CloudWatchLogsClient(s) as unknown as Client,
  efs: async (s) => new (await import("./sdk/efs.ts")).EFSClient(s) as unknown as Client,
  secretsmanager: async (s) => new (await import("./sdk/secretsmanager.ts")).SecretsManagerClient(s) as unknown as Client,
  route53: async (s) => new (await import("./sdk/route53.ts")).Route53Client(s) as unknown as Client,
  acm: async (s) => new (await import("./sdk/acm.ts")).ACMClient(s) as unknown as Client,
  kms: async (s) => new (await import("./sdk/kms.ts")).KMSClient(s) as unknown as Client,
  s3: async (s) => new (await import("./sdk/s3.ts")).S3Client({ ...s, ...addressing() }) as unknown as Client,
  tagging: async (s) => new (await import("./sdk/tagging.ts")).ResourceGroupsTaggingAPIClient(s) as unknown as Client,
};
