/** Lambda, and Step Functions. */
import { lastOf, same, seconds, sets, type Curated, type Part } from "./entry.ts";

const words = /[^A-Za-z0-9_-]/;

/**
 * Describes a part of a function. The property takes the name or the ARN of the function, with a version or an alias behind it (Lambda API,
 * AddPermission).
 */
const ofFunction = (field: string, key: readonly string[]): Part => ({
  field,
  of: "AWS::Lambda::Function",
  idOf: (value) => (value.startsWith("arn:") ? (value.split(":")[6] ?? value) : value.split(":")[0]!),
  key,
});

export const functions: Readonly<Record<string, Curated>> = {
  "AWS::Lambda::Function": {
    doc: "A Lambda function; its code is inline (`Code.ZipFile`), in S3 or in an image.",
    index: "lambda:function",
    idOf: lastOf,
    name: { field: "FunctionName", max: 64, forbidden: words, id: same },
    onlyFor: {
      "ec2:DescribeSecurityGroups": ["VpcConfig"],
      "ec2:DescribeSubnets": ["VpcConfig"],
      "ec2:DescribeVpcs": ["VpcConfig"],
      "lambda:PassCapacityProvider": ["CapacityProviderConfig"],
      "lambda:PublishVersion": ["PublishToLatestPublished"],
      "lambda:PutFunctionCodeSigningConfig": ["CodeSigningConfigArn"],
      "lambda:PutFunctionConcurrency": ["ReservedConcurrentExecutions"],
      "lambda:PutFunctionRecursionConfig": ["RecursiveLoop"],
      "lambda:PutFunctionScalingConfig": ["FunctionScalingConfig"],
      "lambda:PutRuntimeManagementConfig": ["RuntimeManagementConfig"],
      "s3:GetObject": ["Code.S3Bucket"],
      "s3:GetObjectVersion": ["Code.S3ObjectVersion"],
    },
    also: ["ec2:DescribeNetworkInterfaces"],
    passesTo: "lambda.amazonaws.com",
    // The interfaces in a VPC disappear minutes after the function (Lambda Developer Guide, "Giving Lambda functions access to resources in
    // an Amazon VPC").
    waits: { create: { typical: 30, limit: 1800 }, delete: { typical: 30, limit: 2700 } },
    unordered: sets("aws_lambda_function", {
      "VpcConfig.SecurityGroupIds": "vpc_config.security_group_ids",
      "VpcConfig.SubnetIds": "vpc_config.subnet_ids",
    }),
    quirks: [["infra does not see new code in the same S3 key, because AWS never returns `Code`.", "the schema: `writeOnlyProperties`"]],
  },
  "AWS::Lambda::EventSourceMapping": {
    doc: "A queue or stream from which Lambda reads, and the function that it invokes with the records.",
    index: "lambda:event-source-mapping",
    idOf: lastOf,
    waits: { create: { typical: 30, limit: 900 }, delete: { typical: 60, limit: 900 } },
    unordered: sets("aws_lambda_event_source_mapping", {
      "FilterCriteria.Filters": "filter_criteria.filter",
      FunctionResponseTypes: "function_response_types",
      "MetricsConfig.Metrics": "metrics_config.metrics",
      SourceAccessConfigurations: "source_access_configuration",
      Topics: "topics",
    }),
    quirks: [
      [
        'AWS returns the ARN of the function, so write an ARN, such as `${resource("AWS::Lambda::Function/x").Arn}`.',
        "Lambda API, GetEventSourceMapping: `FunctionArn`",
      ],
    ],
  },
  "AWS::Lambda::Permission": {
    doc: "A permission for a service or an account to invoke a function.",
    part: ofFunction("FunctionName", [
      "Action",
      "EventSourceToken",
      "FunctionUrlAuthType",
      "InvokedViaFunctionUrl",
      "Principal",
      "PrincipalOrgID",
      "SourceAccount",
      "SourceArn",
    ]),
    service: "lambda",
    waits: seconds,
    quirks: [
      [
        "It cannot be changed: the old one is deleted, and then a new one is created.",
        "the schema: all of its properties are create-only, or it has no handler for updates",
      ],
    ],
  },
  "AWS::Lambda::Alias": {
    doc: "A name for a version of a function.",
    part: ofFunction("FunctionName", ["Name"]),
    service: "lambda",
    onlyFor: {
      "lambda:DeleteProvisionedConcurrencyConfig": ["ProvisionedConcurrencyConfig"],
      "lambda:PutProvisionedConcurrencyConfig": ["ProvisionedConcurrencyConfig"],
    },
    waits: seconds,
  },
  "AWS::Lambda::Url": {
    doc: "An HTTPS URL of a function.",
    part: { ...ofFunction("TargetFunctionArn", ["Qualifier"]), output: "Arn" },
    service: "lambda",
    waits: seconds,
    quirks: [
      [
        "Its callers need two AWS::Lambda::Permission: one for `lambda:InvokeFunctionUrl`, and one for `lambda:InvokeFunction` with `InvokedViaFunctionUrl: true`.",
        'Lambda Developer Guide, "Control access to Lambda function URLs"',
      ],
    ],
  },
  "AWS::Lambda::EventInvokeConfig": {
    doc: "The settings for asynchronous invocations of a function, such as the destination of failed ones.",
    part: ofFunction("FunctionName", ["Qualifier"]),
    service: "lambda",
    waits: seconds,
  },
  "AWS::StepFunctions::StateMachine": {
    doc: "A Step Functions state machine.",
    index: "states:stateMachine",
    idOf: same,
    name: {
      field: "StateMachineName",
      max: 80,
      forbidden: words,
      id: (name, { account, region, partition }) => `arn:${partition}:states:${region}:${account}:stateMachine:${name}`,
    },
    passesTo: "states.amazonaws.com",
    waits: { create: { typical: 10, limit: 900 }, delete: { typical: 30, limit: 1800 } },
    documents: [["DefinitionString"]],
    quirks: [
      [
        "Write `DefinitionString` if infra must see changes that are made in AWS: AWS returns only this one of the three forms of a definition.",
        "the schema: `writeOnlyProperties`",
      ],
    ],
  },
};
