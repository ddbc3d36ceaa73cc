import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  type LogGroup,
} from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { logGroup } from "../../src/kinds/log-group/log-group.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { others } from "./data-testbed.ts";
import { settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const name = "/aws/lambda/thumbnails";
const yaml = `${header}logGroups: { thumbnails: { name: ${name}, retention: 30 } }\n`;
const arn = `arn:aws:logs:eu-west-1:123456789012:log-group:${name}`;

async function group(testbed: Testbed): Promise<LogGroup | undefined> {
  const { logGroups = [] } = await others(testbed).logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  return logGroups[0];
}

async function tags(testbed: Testbed): Promise<Record<string, string>> {
  return (await others(testbed).logs.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags ?? {};
}

describe("a log group", () => {
  it("is made with its tags, keeps others' values of omitted fields, and `never` removes the retention", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml);
    expect(await group(testbed)).toMatchObject({ retentionInDays: 30, logGroupClass: "STANDARD" });
    expect(await tags(testbed)).toMatchObject({ "infra:resource": "logGroup/thumbnails", "infra:name": name });
    await settle(testbed, yaml.replace(", retention: 30", ""));
    expect(await group(testbed)).toMatchObject({ retentionInDays: 30 });
    await settle(testbed, yaml.replace("30", "never"));
    expect((await group(testbed))?.retentionInDays).toBeUndefined();
  });

  it("keeps its events when the YAML lets it go, and is deleted only where that is allowed", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml);
    const kept = await testbed.tryApply(header);
    expect(kept.run.plan.steps.map(({ action }) => action)).toEqual(["keep"]);
    await testbed.apply(`${header}allowDestroy: { logGroup/thumbnails: ${name} }\n`);
    expect(await group(testbed)).toBeUndefined();
  });

  it("is made once, also when the answer is lost", async () => {
    const testbed = openTestbed({ sandbox: { faults: { loseAnswer: [{ operation: "logs:CreateLogGroup" }] } } });
    await settle(testbed, yaml);
    expect(testbed.sandbox.calls.filter(({ operation }) => operation === "TagResource")).toEqual([]);
  });

  it("is found by its name while the index of tags does not show it, and by the index when the YAML lost it", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml);
    expect(stepsOf(await testbed.plan(header))).toHaveLength(1);
    const lagging = openTestbed({ sandbox: { faults: { lag: { tags: 600_000 } } } });
    await settle(lagging, yaml);
  });

  it("costs the declared number of calls", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml);
    testbed.sandbox.forgetCalls();
    await testbed.plan(yaml);
    const { calls } = testbed.sandbox;
    expect(calls.some(({ service, operation }) => service === "tagging" && operation === "GetResources")).toBe(true);
    // Its request to the tag index is one of several, because other kinds have theirs.
    const ofIndex = 1;
    expect(calls.filter(({ service }) => service === "logs").length + ofIndex).toBe(logGroup.readCost({ ours: 1, account: 1 }));
  });
});

describe("a group that was there before", () => {
  it("is adopted when it has no owner's tags, and that is reported", async () => {
    const testbed = openTestbed();
    await others(testbed).logs.send(new CreateLogGroupCommand({ logGroupName: name }));
    const applied = await settle(testbed, yaml);
    expect(told(applied).said.join()).toContain("infra takes it over");
    expect(await group(testbed)).toMatchObject({ retentionInDays: 30 });
    expect(await tags(testbed)).toMatchObject({ "infra:resource": "logGroup/thumbnails" });
  });

  it.each([
    [
      "bears tags",
      async (testbed: Testbed) => void (await others(testbed).logs.send(new TagResourceCommand({ resourceArn: arn, tags: { team: "b" } }))),
    ],
    [
      "has a retention",
      async (testbed: Testbed) =>
        void (await others(testbed).logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: 7 }))),
    ],
  ])("is somebody's when it %s, and is left alone", async (_what, mark) => {
    const testbed = openTestbed();
    await others(testbed).logs.send(new CreateLogGroupCommand({ logGroupName: name }));
    await mark(testbed);
    const before = [await group(testbed), await tags(testbed)];
    const { failed } = told(await testbed.tryApply(yaml));
    expect(failed.join()).toContain("does not have the tags of this environment");
    expect([await group(testbed), await tags(testbed)]).toEqual(before);
  });

  it("is gone when the plan runs: the delete is a success", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml);
    const run = await testbed.plan(`${header}allowDestroy: { logGroup/thumbnails: ${name} }\n`);
    await others(testbed).logs.send(new DeleteLogGroupCommand({ logGroupName: name }));
    expect(stepsOf(run)).toHaveLength(1);
    await testbed.apply(`${header}allowDestroy: { logGroup/thumbnails: ${name} }\n`);
  });
});

it("with the class DELIVERY takes no retention", () => {
  const bad = `${header}logGroups: { a: { class: DELIVERY, retention: 3 } }\n`;
  expect(() => openTestbed().load(bad)).toThrow(/keeps its events for one day/);
});
