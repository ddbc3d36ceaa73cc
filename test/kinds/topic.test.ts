import { CreateTopicCommand, ListSubscriptionsByTopicCommand, ListTopicsCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { topic } from "../../src/kinds/topic.ts";
import { header, lab, settle, stepsOf } from "./elbv2-lab.ts";
import { strangers, told } from "./group-lab.ts";

type World = ReturnType<typeof lab>;

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

async function subscriptions(world: World): Promise<string[]> {
  const aws = strangers(world).sns;
  const { Topics: [one] = [] } = await aws.send(new ListTopicsCommand({}));
  const { Subscriptions = [] } = await aws.send(new ListSubscriptionsByTopicCommand({ TopicArn: one!.TopicArn! }));
  return Subscriptions.map(
    (found) => `${found.Protocol} ${found.Endpoint} ${found.SubscriptionArn === "PendingConfirmation" ? "pending" : "confirmed"}`,
  ).sort();
}

describe("fields", () => {
  it("agrees with itself with all fields out and all set", async () => {
    for (const yaml of [`${header}topics: { ops: {} }\n`, full]) await settle(lab(), yaml);
  });

  it("takes two policies of one meaning for equal", async () => {
    const world = lab();
    await settle(world, full);
    expect(stepsOf(await world.plan(full.replace(/policy: .*/, `policy: '{"Statement":[],"Version":"2012-10-17"}'`)))).toEqual([]);
  });
});

describe("subscriptions", () => {
  it("that wait for confirmation are told, and are neither a failure nor a difference", async () => {
    const world = lab();
    const applied = await settle(world, full);
    expect(told(applied).said).toContain("ops@example.com is asked to confirm");
    const run = await world.plan(full);
    expect(stepsOf(run)).toEqual([]);
    expect(run.plan.notes.map((note) => note.text)).toContainEqual(expect.stringContaining("email ops@example.com has not confirmed"));
    expect(await subscriptions(world)).toEqual(["email ops@example.com pending", `sqs ${queue} confirmed`]);
  });

  it("are taken off when confirmed; others expire by themselves, and are no difference until then", async () => {
    const world = lab();
    await settle(world, full);
    await settle(world, full.replace(/ {4}subscriptions:\n.*\n.*\n/, "    subscriptions: []\n"));
    expect(await subscriptions(world)).toEqual(["email ops@example.com pending"]);
    await world.clock.sleep(3 * 24 * 3_600_000);
    expect(await subscriptions(world)).toEqual([]);
  });

  it("of others stay unless the YAML says otherwise", async () => {
    const world = lab();
    const yaml = full.replace("    unlisted: remove\n", "");
    await settle(world, yaml);
    const aws = strangers(world).sns;
    const { Topics: [one] = [] } = await aws.send(new ListTopicsCommand({}));
    await aws.send(new SubscribeCommand({ TopicArn: one!.TopicArn!, Protocol: "sms", Endpoint: "+4915112345678" }));
    await settle(world, yaml);
    expect(await subscriptions(world)).toContain("sms +4915112345678 confirmed");
    await settle(world, full);
    expect(await subscriptions(world)).not.toContain("sms +4915112345678 confirmed");
  });
});

describe("whose it is", () => {
  it("never takes a stranger's topic of the same name, though SNS would hand it over", async () => {
    const world = lab();
    await strangers(world).sns.send(new CreateTopicCommand({ Name: "test-ops" }));
    expect(told(await world.tryApply(full)).failed.join()).toContain("does not bear our tags");
  });

  it("is made once, also when the answer is lost, and goes when it is no longer wanted", async () => {
    const world = lab({ sandbox: { faults: { loseAnswer: [{ operation: "sns:CreateTopic" }] } } });
    await settle(world, full);
    await world.destroy(full);
    expect((await strangers(world).sns.send(new ListTopicsCommand({}))).Topics).toEqual([]);
  });

  it("costs what it declares", async () => {
    const world = lab();
    await world.apply(full);
    world.sandbox.forgetCalls();
    await world.plan(full);
    expect(world.sandbox.calls.filter((call) => call.service === "sns")).toHaveLength(topic.readCost({ ours: 1, account: 1 }));
  });
});
