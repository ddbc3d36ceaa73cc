/**
 * The types that were looked at one by one, and what the registry's schema does not tell about them. Identifiers, names and tag
 * properties were read in the schema; permissions are those of the type's handlers, from the same registry ("handlers"), without
 * those for properties that infra refuses.
 */
import type { DataLoss, Naming, Waits } from "../kind.ts";
import type { Way } from "./facts.ts";

export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

export interface Curated {
  /** What it is, in one sentence. */
  readonly doc: string;
  /** Service and type of its ARN, as GetResources takes them. */
  readonly index: string;
  /** The identifier that Cloud Control takes, from an ARN. */
  idOf(arn: string): string;
  /** The property with the name that we give, and the identifier that follows from it. */
  readonly name?: Naming & { readonly field: string; id(name: string, place: Place): string };
  readonly permissions: Permissions;
  readonly dataLoss?: DataLoss;
  readonly waits?: Waits;
  /** Lists whose order AWS does not keep, where the schema does not say so. */
  readonly unordered?: readonly Way[];
  /** What is known to be odd, for the documentation. */
  readonly quirks?: readonly string[];
}

/** Of a type's handlers; actions that only some properties need stand under these. */
export interface Permissions {
  readonly read: readonly string[];
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly delete: readonly string[];
  readonly onlyFor?: Readonly<Record<string, readonly string[]>>;
}

const lastOf = (arn: string) => arn.slice(Math.max(arn.lastIndexOf(":"), arn.lastIndexOf("/")) + 1);
const words = /[^A-Za-z0-9_-]/;
const same = (name: string) => name;

/** How long one typically takes by Cloud Control: most handlers answer within seconds. */
const seconds: Waits = { create: { typical: 10, limit: 900 }, delete: { typical: 10, limit: 900 } };

export const curated: Readonly<Record<string, Curated>> = {
  "AWS::SQS::Queue": {
    doc: "An SQS queue.",
    index: "sqs",
    idOf: queueUrl,
    name: {
      field: "QueueName",
      max: 80,
      forbidden: /[^A-Za-z0-9_.-]/,
      id: (name, { account, region, partition }) => queueUrl(`arn:${partition}:sqs:${region}:${account}:${name}`),
    },
    permissions: {
      read: ["sqs:GetQueueAttributes", "sqs:ListQueueTags"],
      create: ["sqs:CreateQueue", "sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ListQueueTags", "sqs:TagQueue"],
      update: ["sqs:SetQueueAttributes", "sqs:GetQueueAttributes", "sqs:ListQueueTags", "sqs:TagQueue", "sqs:UntagQueue"],
      delete: ["sqs:DeleteQueue", "sqs:GetQueueAttributes"],
    },
    dataLoss: "data",
    // A name is free again a minute after its queue was deleted (SQS API, DeleteQueue).
    waits: { ...seconds, lag: 60 },
    quirks: ["The name of a FIFO queue ends in `.fifo`: write `QueueName`."],
  },
  "AWS::DynamoDB::Table": {
    doc: "A DynamoDB table.",
    index: "dynamodb:table",
    idOf: lastOf,
    name: { field: "TableName", max: 255, forbidden: /[^A-Za-z0-9_.-]/, id: same },
    permissions: {
      read: [
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeContributorInsights",
        "dynamodb:DescribeKinesisStreamingDestination",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:GetResourcePolicy",
        "dynamodb:ListTagsOfResource",
      ],
      create: ["dynamodb:CreateTable", "dynamodb:TagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTimeToLive"],
      update: [
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ],
      delete: ["dynamodb:DeleteTable"],
      onlyFor: {
        "dynamodb:UpdateContinuousBackups": ["PointInTimeRecoverySpecification"],
        "dynamodb:UpdateTimeToLive": ["TimeToLiveSpecification"],
      },
    },
    dataLoss: "data",
    waits: { create: { typical: 20, limit: 1800 }, delete: { typical: 20, limit: 1800 } },
    unordered: [["AttributeDefinitions"], ["GlobalSecondaryIndexes"], ["LocalSecondaryIndexes"]],
    quirks: ["The schema takes any text as `BillingMode`: AWS knows PROVISIONED and PAY_PER_REQUEST."],
  },
  "AWS::Lambda::Function": {
    doc: "A Lambda function; its code is inline (`Code.ZipFile`), in S3 or in an image.",
    index: "lambda:function",
    idOf: lastOf,
    name: { field: "FunctionName", max: 64, forbidden: words, id: same },
    permissions: {
      read: [
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionRecursionConfig",
        "lambda:GetFunctionScalingConfig",
        "lambda:GetRuntimeManagementConfig",
        "lambda:ListTags",
      ],
      create: [
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "iam:PassRole",
        "lambda:CreateFunction",
        "lambda:TagResource",
        "s3:GetObject",
      ],
      update: [
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "iam:PassRole",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "s3:GetObject",
      ],
      delete: ["ec2:DescribeNetworkInterfaces", "lambda:DeleteFunction"],
      onlyFor: {
        "ec2:DescribeSecurityGroups": ["VpcConfig"],
        "ec2:DescribeSubnets": ["VpcConfig"],
        "ec2:DescribeVpcs": ["VpcConfig"],
        "s3:GetObject": ["Code.S3Bucket"],
      },
    },
    // The interfaces in a VPC go minutes after the function does (Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC").
    waits: { create: { typical: 30, limit: 1800 }, delete: { typical: 30, limit: 2700 } },
    unordered: [["VpcConfig", "SubnetIds"], ["VpcConfig", "SecurityGroupIds"], ["Architectures"], ["Layers"]],
    quirks: ["AWS never tells `Code` back: a change is seen by a hash that is kept in a tag, so new code in the same S3 key is not seen."],
  },
  "AWS::Lambda::EventSourceMapping": {
    doc: "What Lambda reads from a queue or a stream, and the function that it calls with it.",
    index: "lambda:event-source-mapping",
    idOf: lastOf,
    permissions: {
      read: ["lambda:GetEventSourceMapping", "lambda:ListEventSourceMappings", "lambda:ListTags"],
      create: ["lambda:CreateEventSourceMapping", "lambda:TagResource"],
      update: ["lambda:TagResource", "lambda:UntagResource", "lambda:UpdateEventSourceMapping"],
      delete: ["lambda:DeleteEventSourceMapping"],
    },
    waits: { create: { typical: 30, limit: 900 }, delete: { typical: 60, limit: 900 } },
    unordered: [["FunctionResponseTypes"], ["SourceAccessConfigurations"]],
    quirks: ['AWS tells the ARN of the function; write it as an ARN, such as `${resource("AWS::Lambda::Function/x").Arn}`.'],
  },
  "AWS::Events::EventBus": {
    doc: "An event bus of EventBridge.",
    index: "events:event-bus",
    idOf: lastOf,
    name: { field: "Name", max: 256, forbidden: /[^A-Za-z0-9_./-]/, id: same },
    permissions: {
      read: ["events:DescribeEventBus", "events:ListTagsForResource"],
      create: ["events:CreateEventBus", "events:TagResource"],
      update: ["events:TagResource", "events:UntagResource", "events:UpdateEventBus"],
      delete: ["events:DeleteEventBus"],
    },
    waits: seconds,
  },
  "AWS::Scheduler::ScheduleGroup": {
    doc: "A group of schedules of EventBridge Scheduler.",
    index: "scheduler:schedule-group",
    idOf: lastOf,
    name: { field: "Name", max: 64, forbidden: /[^A-Za-z0-9_.-]/, id: same },
    permissions: {
      read: ["scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"],
      create: ["scheduler:CreateScheduleGroup", "scheduler:TagResource"],
      update: ["scheduler:TagResource", "scheduler:UntagResource"],
      delete: ["scheduler:DeleteScheduleGroup", "scheduler:DeleteSchedule"],
    },
    waits: seconds,
    quirks: ["Its delete also deletes the schedules in it."],
  },
  "AWS::ECR::Repository": {
    doc: "A repository of container images.",
    index: "ecr:repository",
    idOf: (arn) => arn.slice(arn.indexOf(":repository/") + ":repository/".length),
    name: { field: "RepositoryName", max: 256, forbidden: /[^a-z0-9_./-]/, lower: true, id: same },
    permissions: {
      read: ["ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource"],
      create: ["ecr:CreateRepository", "ecr:PutLifecyclePolicy", "ecr:SetRepositoryPolicy", "ecr:TagResource"],
      update: [
        "ecr:DeleteLifecyclePolicy",
        "ecr:DeleteRepositoryPolicy",
        "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability",
        "ecr:PutLifecyclePolicy",
        "ecr:SetRepositoryPolicy",
        "ecr:TagResource",
        "ecr:UntagResource",
      ],
      delete: ["ecr:DeleteRepository"],
    },
    dataLoss: "data",
    waits: seconds,
    quirks: ["AWS does not delete one that holds images, unless `EmptyOnDelete: true` was written before."],
  },
  "AWS::ECS::Cluster": {
    doc: "An ECS cluster.",
    index: "ecs:cluster",
    idOf: lastOf,
    name: { field: "ClusterName", max: 255, forbidden: words, id: same },
    permissions: {
      read: ["ecs:DescribeClusters", "ecs:ListTagsForResource"],
      create: ["ecs:CreateCluster", "ecs:TagResource", "iam:CreateServiceLinkedRole"],
      update: ["ecs:PutClusterCapacityProviders", "ecs:TagResource", "ecs:UntagResource", "ecs:UpdateCluster", "ecs:UpdateClusterSettings"],
      delete: ["ecs:DeleteCluster"],
    },
    waits: seconds,
    unordered: [["CapacityProviders"]],
  },
  "AWS::Kinesis::Stream": {
    doc: "A Kinesis data stream.",
    index: "kinesis:stream",
    idOf: lastOf,
    name: { field: "Name", max: 128, forbidden: /[^A-Za-z0-9_.-]/, id: same },
    permissions: {
      read: ["kinesis:DescribeStreamSummary", "kinesis:ListTagsForResource", "kinesis:ListTagsForStream"],
      create: [
        "kinesis:AddTagsToStream",
        "kinesis:CreateStream",
        "kinesis:EnableEnhancedMonitoring",
        "kinesis:IncreaseStreamRetentionPeriod",
        "kinesis:StartStreamEncryption",
      ],
      update: [
        "kinesis:AddTagsToStream",
        "kinesis:DecreaseStreamRetentionPeriod",
        "kinesis:DisableEnhancedMonitoring",
        "kinesis:EnableEnhancedMonitoring",
        "kinesis:IncreaseStreamRetentionPeriod",
        "kinesis:RemoveTagsFromStream",
        "kinesis:StartStreamEncryption",
        "kinesis:StopStreamEncryption",
        "kinesis:TagResource",
        "kinesis:UntagResource",
        "kinesis:UpdateShardCount",
        "kinesis:UpdateStreamMode",
      ],
      delete: ["kinesis:DeleteStream"],
    },
    dataLoss: "data",
    waits: { create: { typical: 60, limit: 1800 }, delete: { typical: 60, limit: 1800 } },
    unordered: [["DesiredShardLevelMetrics"]],
  },
};

/** `arn:aws:sqs:eu-west-1:123456789012:jobs` as the URL by which SQS knows a queue (SQS Developer Guide, "Queue and message identifiers"). */
function queueUrl(arn: string): string {
  const [, partition, , region, account, name] = arn.split(":");
  return `https://sqs.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}/${account}/${name}`;
}
