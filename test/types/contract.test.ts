/** Curated types one by one: made, found in agreement, each property changed and changed back, taken away. */
import { expect, test } from "vitest";
import { curated } from "../../src/kinds/types/curated.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

interface Case {
  readonly full: Readonly<Record<string, unknown>>;
  /** Another value of a property; "update" when left out. */
  readonly changes: readonly (readonly [property: string, to: unknown, does?: "update" | "replace" | "refused"])[];
  /** Resources around it, as YAML. */
  readonly around?: string;
}

const role = `iamRoles: { run: { trust: lambda.amazonaws.com } }
AWS::Lambda::Function:
  other: { Role: "\${iamRole.run.arn}", Handler: i.h, Runtime: nodejs22.x, Code: { ZipFile: "x" } }
AWS::SQS::Queue: { source: { disposable: true } }
`;
const functionArn = '${resource("AWS::Lambda::Function/other").Arn}';
const queueArn = '${resource("AWS::SQS::Queue/source").Arn}';
const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" });

const cases: Readonly<Record<string, Case>> = {
  "AWS::SQS::Queue": {
    full: { DelaySeconds: 5, VisibilityTimeout: 60, RedriveAllowPolicy: { redrivePermission: "denyAll" } },
    changes: [
      ["DelaySeconds", 6],
      ["RedriveAllowPolicy", { redrivePermission: "allowAll" }],
      ["QueueName", "another", "replace"],
    ],
  },
  "AWS::DynamoDB::Table": {
    full: {
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [attribute("pk"), attribute("sk")],
      KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
    changes: [
      ["PointInTimeRecoverySpecification", { PointInTimeRecoveryEnabled: false }],
      ["DeletionProtectionEnabled", true],
      ["KeySchema", [key("pk", "HASH")], "refused"],
    ],
  },
  "AWS::Lambda::Function": {
    full: { Role: "${iamRole.run.arn}", Handler: "index.handler", Runtime: "nodejs22.x", Code: { ZipFile: "a" }, Architectures: ["arm64"] },
    changes: [
      ["Code", { ZipFile: "b" }],
      ["MemorySize", 256],
      ["Environment", { Variables: { MODE: "1" } }],
      ["PackageType", "Image", "replace"],
    ],
    around: "iamRoles: { run: { trust: lambda.amazonaws.com } }\n",
  },
  "AWS::Lambda::EventSourceMapping": {
    full: { FunctionName: functionArn, EventSourceArn: queueArn, BatchSize: 5, FunctionResponseTypes: ["ReportBatchItemFailures"] },
    changes: [
      ["BatchSize", 6],
      ["Enabled", false],
    ],
    around: role,
  },
  "AWS::Events::EventBus": { full: { Description: "of orders" }, changes: [["Description", "of others"]] },
  "AWS::Scheduler::ScheduleGroup": { full: {}, changes: [["Name", "another", "replace"]] },
  "AWS::ECR::Repository": {
    full: { ImageTagMutability: "IMMUTABLE", EmptyOnDelete: true },
    changes: [
      ["ImageTagMutability", "MUTABLE"],
      ["EmptyOnDelete", false],
      ["EncryptionConfiguration", { EncryptionType: "KMS" }, "replace"],
    ],
  },
  "AWS::ECS::Cluster": {
    full: { ClusterSettings: [{ Name: "containerInsights", Value: "enabled" }], CapacityProviders: ["FARGATE", "FARGATE_SPOT"] },
    changes: [
      ["ClusterSettings", [{ Name: "containerInsights", Value: "disabled" }]],
      ["CapacityProviders", ["FARGATE"]],
    ],
  },
  "AWS::Kinesis::Stream": {
    full: {
      RetentionPeriodHours: 48,
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      DesiredShardLevelMetrics: ["IncomingBytes", "IncomingRecords"],
    },
    changes: [
      ["RetentionPeriodHours", 72],
      ["DesiredShardLevelMetrics", ["IncomingBytes"]],
    ],
  },
};

test("there is a case for every curated type", () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(curated).sort());
});

test.each(Object.entries(cases))(
  "%s: agrees after each change, there and back",
  { timeout: 120_000 },
  async (type, { full, changes, around = "" }) => {
    const bed = openTestbed();
    const life = curated[type]!.dataLoss === undefined ? {} : { disposable: true };
    const yaml = (more: object = {}) => `${header}${around}${type}: ${JSON.stringify({ main: { ...full, ...life, ...more } })}\n`;
    const settle = async (text: string) => {
      const applied = await bed.apply(text);
      expect(stepsOf(await bed.plan(text))).toEqual([]);
      return applied;
    };
    await settle(yaml());
    for (const [property, to, does = "update"] of changes) {
      const changed = yaml({ [property]: to });
      if (does === "refused") {
        expect((await bed.plan(changed)).diagnostics.map(({ summary }) => summary).join()).toContain(property);
        continue;
      }
      const { run } = await settle(changed);
      expect(run.plan.steps, property).toMatchObject([{ action: does, address: `${type}/main` }]);
      if (property in full) await settle(yaml());
    }
    await bed.destroy(yaml());
    expect(stepsOf(await bed.plan(yaml(), "destroy"))).toEqual([]);
  },
);
