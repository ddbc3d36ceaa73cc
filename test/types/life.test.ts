/** Types of AWS through every layer: made, compared, changed, drifted, replaced, taken out of the file, destroyed. */
import { describe, expect, test } from "vitest";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

const queue = (more = "") => `${header}
AWS::SQS::Queue:
  jobs:
    VisibilityTimeout: 60
    disposable: true
    tags: { team: web }
${more}`;

const table = (more = "") => `${header}
AWS::DynamoDB::Table:
  items:
    BillingMode: PAY_PER_REQUEST
    AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }, { AttributeName: sk, AttributeType: S }]
    KeySchema: [{ AttributeName: pk, KeyType: HASH }, { AttributeName: sk, KeyType: RANGE }]
    disposable: true
${more}`;

describe("the life of an object of a type", () => {
  test.each([
    ["a queue", queue()],
    ["a table", table()],
    [
      "a bus, a group, a cluster",
      `${header}\nAWS::Events::EventBus: { main: {} }\nAWS::Scheduler::ScheduleGroup: { nightly: {} }\nAWS::ECS::Cluster: { web: {} }\n`,
    ],
    ["a type that nobody tried", `${header}\nAWS::Athena::WorkGroup: { reports: { unproven: true, Description: of the night } }\n`],
  ])("%s: made once, found again, destroyed", async (_what, yaml) => {
    const bed = openTestbed();
    const { run } = await bed.apply(yaml);
    expect(run.plan.steps.every(({ action }) => action === "create")).toBe(true);
    expect(stepsOf(await bed.plan(yaml))).toEqual([]);
    await bed.destroy(yaml);
    expect(stepsOf(await bed.plan(yaml, "destroy"))).toEqual([]);
  });
});
