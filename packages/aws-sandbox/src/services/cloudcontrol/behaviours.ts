/**
 * What handlers do that no schema tells: identifiers, ARNs, what AWS fills in, and what it refuses. A type without an entry has what its
 * schema says, and values of AWS's making by the names of its properties.
 */
import { AwsFault, type Call } from "../../model.ts";

export interface Behaviour {
  /** The service in its ARN, and what follows the account. */
  readonly arn?: { readonly service: string; end(properties: Properties): string };
  /** What AWS makes: read-only properties. */
  readonly made?: (properties: Properties, arn: string, call: Call) => Properties;
  /** What a read answers of a property that nobody wrote, by the service's API reference. */
  readonly defaults?: Properties;
  /** In the form in which AWS answers. */
  readonly stored?: (properties: Properties, call: Call) => Properties;
  /** Throws what the service answers. */
  readonly check?: (properties: Properties, call: Call) => void;
  /** Milliseconds from request to end. */
  readonly takes?: number;
}

export type Properties = Readonly<Record<string, unknown>>;

const named = (service: string, type: string, property: string): NonNullable<Behaviour["arn"]> => ({
  service,
  end: (properties) => `${type}${String(properties[property])}`,
});

const arnOnly = (_properties: Properties, arn: string) => ({ Arn: arn });

export const behaviours: Readonly<Record<string, Behaviour>> = {
  // SQS API reference, SetQueueAttributes
  "AWS::SQS::Queue": {
    arn: named("sqs", "", "QueueName"),
    made: ({ QueueName }, arn, { region, account, partition }) => ({
      Arn: arn,
      QueueUrl: `https://sqs.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}/${account}/${String(QueueName)}`,
    }),
    defaults: {
      DelaySeconds: 0,
      MaximumMessageSize: 1_048_576,
      MessageRetentionPeriod: 345_600,
      ReceiveMessageWaitTimeSeconds: 0,
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 30,
    },
    check({ QueueName, FifoQueue }) {
      if ((FifoQueue === true) !== String(QueueName).endsWith(".fifo"))
        throw new AwsFault(
          "InvalidRequest",
          "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.",
        );
    },
  },
  // DynamoDB API reference, CreateTable
  "AWS::DynamoDB::Table": {
    arn: named("dynamodb", "table/", "TableName"),
    made: arnOnly,
    defaults: { BillingMode: "PROVISIONED", DeletionProtectionEnabled: false, TableClass: "STANDARD" },
    check({ BillingMode, ProvisionedThroughput, AttributeDefinitions, KeySchema }) {
      if (BillingMode !== undefined && BillingMode !== "PROVISIONED" && BillingMode !== "PAY_PER_REQUEST")
        throw new AwsFault(
          "InvalidRequest",
          `Value '${String(BillingMode)}' at 'billingMode' failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]`,
        );
      if (BillingMode !== "PAY_PER_REQUEST" && ProvisionedThroughput === undefined)
        throw new AwsFault("InvalidRequest", "No provisioned throughput specified for the table");
      const defined = new Set((AttributeDefinitions as { AttributeName: string }[] | undefined)?.map(({ AttributeName }) => AttributeName));
      for (const { AttributeName } of (KeySchema ?? []) as { AttributeName: string }[])
        if (!defined.has(AttributeName))
          throw new AwsFault(
            "InvalidRequest",
            "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions.",
          );
    },
    takes: 20_000,
  },
  // Lambda API reference, CreateFunction
  "AWS::Lambda::Function": {
    arn: named("lambda", "function:", "FunctionName"),
    made: arnOnly,
    defaults: {
      Architectures: ["x86_64"],
      EphemeralStorage: { Size: 512 },
      MemorySize: 128,
      PackageType: "Zip",
      RecursiveLoop: "Terminate",
      Timeout: 3,
      TracingConfig: { Mode: "PassThrough" },
    },
    check({ Role }, call) {
      if (!call.exists("role", String(Role)))
        throw new AwsFault(
          "InvalidRequest",
          "The role defined for the function cannot be assumed by Lambda. (Service: Lambda, Status Code: 400)",
        );
    },
    takes: 15_000,
  },
  // Lambda API reference, CreateEventSourceMapping
  "AWS::Lambda::EventSourceMapping": {
    arn: { service: "lambda", end: ({ Id }) => `event-source-mapping:${String(Id)}` },
    made: (_properties, arn) => ({ EventSourceMappingArn: arn }),
    defaults: { BatchSize: 10, Enabled: true, MaximumBatchingWindowInSeconds: 0 },
    stored: ({ FunctionName, ...rest }, { partition, region, account }) => {
      const name = String(FunctionName);
      return { ...rest, FunctionName: name.startsWith("arn:") ? name : `arn:${partition}:lambda:${region}:${account}:function:${name}` };
    },
    takes: 10_000,
  },
  "AWS::Events::EventBus": { arn: named("events", "event-bus/", "Name"), made: arnOnly },
  "AWS::Scheduler::ScheduleGroup": {
    arn: { service: "scheduler", end: ({ Name }) => `schedule-group/${String(Name)}` },
    made: (_properties, arn) => ({ Arn: arn, State: "ACTIVE" }),
  },
  "AWS::ECR::Repository": {
    arn: named("ecr", "repository/", "RepositoryName"),
    made: ({ RepositoryName }, arn, { account, region }) => ({
      Arn: arn,
      RepositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${String(RepositoryName)}`,
    }),
    defaults: { ImageTagMutability: "MUTABLE", EncryptionConfiguration: { EncryptionType: "AES256" } },
  },
  "AWS::ECS::Cluster": { arn: named("ecs", "cluster/", "ClusterName"), made: arnOnly },
  "AWS::Kinesis::Stream": {
    arn: named("kinesis", "stream/", "Name"),
    made: arnOnly,
    defaults: { RetentionPeriodHours: 24, ShardCount: 1, StreamModeDetails: { StreamMode: "PROVISIONED" } },
    takes: 30_000,
  },
};
