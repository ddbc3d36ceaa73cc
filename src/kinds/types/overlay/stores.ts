/** Tables, streams, search and identities. */
import { lastOf, same, seconds, sets, type Curated } from "./entry.ts";

const named = /[^A-Za-z0-9_.-]/;

export const stores: Readonly<Record<string, Curated>> = {
  "AWS::DynamoDB::Table": {
    doc: "A DynamoDB table.",
    index: "dynamodb:table",
    idOf: lastOf,
    name: { field: "TableName", max: 255, forbidden: named, id: same },
    onlyFor: {
      "dynamodb:DisableKinesisStreamingDestination": ["KinesisStreamSpecification"],
      "dynamodb:EnableKinesisStreamingDestination": ["KinesisStreamSpecification"],
      "dynamodb:ImportTable": ["ImportSourceSpecification"],
      "dynamodb:PutResourcePolicy": ["ResourcePolicy"],
      "dynamodb:UpdateContinuousBackups": ["PointInTimeRecoverySpecification"],
      "dynamodb:UpdateContributorInsights": ["ContributorInsightsSpecification"],
      "dynamodb:UpdateKinesisStreamingDestination": ["KinesisStreamSpecification"],
      "dynamodb:UpdateTimeToLive": ["TimeToLiveSpecification"],
    },
    // The handler touches items and replicas only for global tables.
    without: /:(Scan|Query|(Get|Put|Update|Delete)Item|BatchWriteItem|CreateTableReplica|AssociateTableReplica)$/,
    dataLoss: "data",
    waits: { create: { typical: 20, limit: 1800 }, delete: { typical: 20, limit: 1800 } },
    unordered: sets("aws_dynamodb_table", {
      AttributeDefinitions: "attribute",
      GlobalSecondaryIndexes: "global_secondary_index",
      "GlobalSecondaryIndexes.*.Projection.NonKeyAttributes": "global_secondary_index.non_key_attributes",
      LocalSecondaryIndexes: "local_secondary_index",
    }),
    quirks: [
      [
        "The schema allows any text as `BillingMode`, but AWS accepts only PROVISIONED and PAY_PER_REQUEST.",
        "DynamoDB API, CreateTable: `BillingMode`",
      ],
    ],
  },
  "AWS::Kinesis::Stream": {
    doc: "A Kinesis data stream.",
    index: "kinesis:stream",
    idOf: lastOf,
    name: { field: "Name", max: 128, forbidden: named, id: same },
    untied: ["stream/*"],
    dataLoss: "data",
    waits: { create: { typical: 60, limit: 1800 }, delete: { typical: 60, limit: 1800 } },
  },
  "AWS::KinesisFirehose::DeliveryStream": {
    doc: "A Firehose stream: from producers to a bucket or another store.",
    index: "firehose:deliverystream",
    idOf: lastOf,
    name: { field: "DeliveryStreamName", max: 64, forbidden: named, id: same },
    passesTo: "firehose.amazonaws.com",
    waits: { create: { typical: 60, limit: 1800 }, delete: { typical: 60, limit: 1800 } },
  },
  "AWS::OpenSearchService::Domain": {
    doc: "An OpenSearch domain.",
    index: "es:domain",
    idOf: lastOf,
    name: { field: "DomainName", max: 28, forbidden: /[^a-z0-9-]/, lower: true, id: same },
    dataLoss: "data",
    waits: { create: { typical: 1200, limit: 7200 }, delete: { typical: 1200, limit: 7200 } },
    unordered: sets("aws_opensearch_domain", {
      "VPCOptions.SecurityGroupIds": "vpc_options.security_group_ids",
      "VPCOptions.SubnetIds": "vpc_options.subnet_ids",
    }),
    quirks: [
      [
        "Changes of the version or the instances take up to an hour. infra refuses the password of a master user: use IAM.",
        'OpenSearch Service Developer Guide, "Making configuration changes in Amazon OpenSearch Service"; passwords are refused by infra',
      ],
    ],
  },
  "AWS::Cognito::UserPool": {
    doc: "A Cognito user pool: a directory of users.",
    index: "cognito-idp:userpool",
    idOf: lastOf,
    invented: "UserPoolName",
    passesTo: "cognito-idp.amazonaws.com",
    dataLoss: "data",
    waits: seconds,
    unordered: sets("aws_cognito_user_pool", {
      "AccountRecoverySetting.RecoveryMechanisms": "account_recovery_setting.recovery_mechanism",
      AliasAttributes: "alias_attributes",
      AutoVerifiedAttributes: "auto_verified_attributes",
      "Policies.SignInPolicy.AllowedFirstAuthFactors": "sign_in_policy.allowed_first_auth_factors",
      Schema: "schema",
      "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate":
        "user_attribute_update_settings.attributes_require_verification_before_update",
      UsernameAttributes: "username_attributes",
    }),
    quirks: [
      [
        "AWS does not remove attributes of `Schema` from a pool; you can only add new ones.",
        'Cognito Developer Guide, "Working with user attributes": an attribute cannot be removed',
      ],
    ],
  },
  "AWS::Cognito::UserPoolClient": {
    doc: "An application that signs in users of a pool.",
    part: { field: "UserPoolId", of: "AWS::Cognito::UserPool", idOf: same, key: ["ClientName"] },
    invented: "ClientName",
    service: "cognito-idp",
    without: /^iam:/,
    waits: seconds,
    unordered: sets("aws_cognito_user_pool_client", {
      AllowedOAuthFlows: "allowed_oauth_flows",
      AllowedOAuthScopes: "allowed_oauth_scopes",
      CallbackURLs: "callback_urls",
      ExplicitAuthFlows: "explicit_auth_flows",
      LogoutURLs: "logout_urls",
      ReadAttributes: "read_attributes",
      SupportedIdentityProviders: "supported_identity_providers",
      WriteAttributes: "write_attributes",
    }),
    quirks: [
      ["Its `ClientName` identifies it in its pool: another name makes another client.", "infra"],
      [
        "infra never shows `ClientSecret`, because it is a secret: let the program read it from AWS.",
        "Cognito User Pools API, DescribeUserPoolClient; the rest is infra's",
      ],
    ],
  },
};
