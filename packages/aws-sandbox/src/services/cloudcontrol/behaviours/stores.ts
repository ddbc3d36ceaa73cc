/** Tables, streams, search, users. */
import { createHash } from "node:crypto";
import { arnOnly, invalid, named, needs, type Behaviour } from "./behaviour.ts";

export const stores: Readonly<Record<string, Behaviour>> = {
  // DynamoDB API reference, CreateTable
  "AWS::DynamoDB::Table": {
    arn: named("dynamodb", "table/", "TableName"),
    made: arnOnly,
    defaults: { BillingMode: "PROVISIONED", DeletionProtectionEnabled: false, TableClass: "STANDARD" },
    check({ BillingMode, ProvisionedThroughput, AttributeDefinitions, KeySchema }) {
      if (BillingMode !== undefined && BillingMode !== "PROVISIONED" && BillingMode !== "PAY_PER_REQUEST")
        throw invalid(
          `Value '${String(BillingMode)}' at 'billingMode' failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]`,
        );
      if (BillingMode !== "PAY_PER_REQUEST" && ProvisionedThroughput === undefined)
        throw invalid("No provisioned throughput specified for the table");
      const defined = new Set((AttributeDefinitions as { AttributeName: string }[] | undefined)?.map(({ AttributeName }) => AttributeName));
      for (const { AttributeName } of (KeySchema ?? []) as { AttributeName: string }[])
        if (!defined.has(AttributeName))
          throw invalid("One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions.");
    },
    takes: 20_000,
  },
  "AWS::Kinesis::Stream": {
    arn: named("kinesis", "stream/", "Name"),
    made: arnOnly,
    defaults: { RetentionPeriodHours: 24, ShardCount: 1, StreamModeDetails: { StreamMode: "PROVISIONED" } },
    takes: 30_000,
  },
  "AWS::KinesisFirehose::DeliveryStream": {
    arn: named("firehose", "deliverystream/", "DeliveryStreamName"),
    made: arnOnly,
    defaults: { DeliveryStreamType: "DirectPut" },
    takes: 30_000,
  },
  "AWS::OpenSearchService::Domain": {
    arn: named("es", "domain/", "DomainName"),
    made: ({ DomainName }, arn, { account, region }) => ({
      Arn: arn,
      DomainArn: arn,
      Id: `${account}/${String(DomainName)}`,
      DomainEndpoint: `search-${String(DomainName)}.${region}.es.amazonaws.com`,
    }),
    takes: 900_000,
  },
  // Cognito user pools API reference, CreateUserPool
  "AWS::Cognito::UserPool": {
    arn: named("cognito-idp", "userpool/", "UserPoolId"),
    ids: (digits, { region }) => ({ UserPoolId: `${region}_${digits.slice(0, 9)}` }),
    made: ({ UserPoolId }, arn, { region }) => ({
      Arn: arn,
      ProviderName: `cognito-idp.${region}.amazonaws.com/${String(UserPoolId)}`,
      ProviderURL: `https://cognito-idp.${region}.amazonaws.com/${String(UserPoolId)}`,
    }),
    defaults: { MfaConfiguration: "OFF", DeletionProtection: "INACTIVE" },
    holds: [["AWS::Cognito::UserPoolClient", "UserPoolId"]],
  },
  "AWS::Cognito::UserPoolClient": {
    ids: (digits) => ({ ClientId: digits.slice(0, 26) }),
    // A client with `GenerateSecret` gets a secret (Cognito User Pools API, CreateUserPoolClient: `GenerateSecret`).
    made: ({ ClientName, GenerateSecret }, arn) => ({
      Name: ClientName,
      ...(GenerateSecret === true && { ClientSecret: createHash("sha256").update(`secret of ${arn}`).digest("hex") }),
    }),
    check: ({ UserPoolId }, call) =>
      needs(call, "AWS::Cognito::UserPool", String(UserPoolId), `User pool ${String(UserPoolId)} does not exist.`),
  },
};
