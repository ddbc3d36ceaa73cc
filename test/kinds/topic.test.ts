import { CreateTopicCommand, ListSubscriptionsByTopicCommand, ListTopicsCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { topic } from "../../src/kinds/topic/topic.ts";
import { header, openTestbed, settle, stepsOf } from "./elbv2-testbed.ts";
import { unmanaged, told } from "./group-testbed.ts";

type ResourceIndex = ReturnType<typeof openTestbed>;

const queue = "arn:aws:sqs:eu-west-1:123456789012:jobs";
const full = `${header}
topics:
  ops:
    displayName: Operations
    policy: '{"Version": "2012-10-17", "Statement": []}'
    kmsKey: alias/aws/sns
    subscriptions:
      - { protocol: email, endpoint: ops@example.com }
      - { protocol: sqs, endpoint: "${queue}" }
    unlisted: remove
`;

async function subscriptions(index: ResourceIndex): Promise<string[]> {
  const aws = unmanaged(index).sns;
  const { Topics: [one] = [] } = await aws.send(new ListTopicsCommand({}));
  const { Subscriptions = [] } = await aws.send(new ListSubscriptionsByTopicCommand({ TopicArn: one!.TopicArn! }));
  return Subscriptions.map(
    (found) => `${found.Protocol} ${found.Endpoint} ${found.SubscriptionArn === "PendingConfirmation" ? "pending" : "confirmed"}`,
  ).sort();
}

describe("fields", () => {
  it("agrees with itself with all fields out and all set", async () => {
    for (const yaml of [`${header}topics: { ops: {} }\n`, full]) await settle(openTestbed(), yaml);
  });

  it("takes two policies of one meaning for equal", async () => {
    const index = openTestbed();
    await settle(index, full);
    expect(stepsOf(await index.plan(full.replace(/policy: .*/, `policy: '{"Statement":[],"Version":"2012-10-17"}'`)))).toEqual([]);
  });
});

describe("subscriptions", () => {
  it("that wait for confirmation are reported, and are neither a failure nor a difference", async () => {
    const index = openTestbed();
    const applied = await settle(index, full);
    expect(told(applied).said).toContain("SNS asks ops@example.com to confirm the subscription");
    const run = await index.plan(full);
    expect(stepsOf(run)).toEqual([]);
    expect(run.plan.notes.map((note) => note.text)).toContainEqual(expect.stringContaining("email ops@example.com has not confirmed"));
    expect(await subscriptions(index)).toEqual(["email ops@example.com pending", `sqs ${queue} confirmed`]);
  });

  it("are taken off when confirmed; others expire by themselves, and are no difference until then", async () => {
    const index = openTestbed();
    await settle(index, full);
    await settle(index, full.replace(/ {4}subscriptions:\n.*\n.*\n/, "    subscriptions: []\n"));
    expect(await subscriptions(index)).toEqual(["email ops@example.com pending"]);
    await index.clock.sleep(3 * 24 * 3_600_000);
    expect(await subscriptions(index)).toEqual([]);
  });

  it("of others stay unless the YAML says otherwise", async () => {
    const index = openTestbed();
    const yaml = full.replace("    unlisted: remove\n", "");
    await settle(index, yaml);
    const aws = unmanaged(index).sns;
    const { Topics: [one] = [] } = await aws.send(new ListTopicsCommand({}));
    await aws.send(new SubscribeCommand({ TopicArn: one!.TopicArn!, Protocol: "sms", Endpoint: "+4915112345678" }));
    await settle(index, yaml);
    expect(await subscriptions(index)).toContain("sms +4915112345678 confirmed");
    await settle(index, full);
    expect(await subscriptions(index)).not.toContain("sms +4915112345678 confirmed");
  });
});

describe("the ownership of a topic", () => {
  it("never takes a foreign topic of the same name, though SNS would hand it over", async () => {
    const index = openTestbed();
    await unmanaged(index).sns.send(new CreateTopicCommand({ Name: "test-ops" }));
    expect(told(await index.tryApply(full)).failed.join()).toContain("does not have the tags of this environment");
  });

  it("is made once, also when the answer is lost, and goes when it is no longer wanted", async () => {
    const index = openTestbed({ sandbox: { faults: { loseAnswer: [{ operation: "sns:CreateTopic" }] } } });
    await settle(index, full);
    await index.destroy(full);
    expect((await unmanaged(index).sns.send(new ListTopicsCommand({}))).Topics).toEqual([]);
  });

  it("costs the declared number of calls", async () => {
    const index = openTestbed();
    await index.apply(full);
    index.sandbox.forgetCalls();
    await index.plan(full);
    expect(index.sandbox.calls.filter((call) => call.service === "sns")).toHaveLength(topic.readCost({ ours: 1, account: 1 }));
  });

  it("that one ended between the list and a look at it is made again, whole", async () => {
    let endsNow = false;
    const index = openTestbed({
      watch: ({ operation }) => {
        if (endsNow && operation === "GetSubscriptionAttributes")
          index.sandbox.stores.get("123456789012/eu-west-1")!.table("sns.subscriptions").clear();
      },
    });
    const yaml = `${header}topics: { ops: { subscriptions: [{ protocol: sqs, endpoint: "${queue}", rawMessageDelivery: true }] } }\n`;
    await index.apply(yaml);
    endsNow = true;
    const { plan } = await index.plan(yaml);
    expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual(["update topic/ops"]);
    const items = plan.steps.flatMap((step) => ("changes" in step ? step.changes : [])).map((change) => change.items);
    expect(items).toMatchObject([{ added: [{ value: { protocol: "sqs", rawMessageDelivery: true } }], changed: [], removed: [] }]);
  });
});
