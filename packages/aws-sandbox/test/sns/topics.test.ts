import * as sns from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { openTestbed, codeOf } from "../ec2/ec2.ts";

function account() {
  const testbed = openTestbed();
  return {
    ...testbed,
    sns: new sns.SNSClient({
      region: "ap-northeast-2",
      credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" },
      requestHandler: testbed.sandbox.requestHandler,
      maxAttempts: 1,
    }),
  };
}

describe("a topic", () => {
  it("is returned again for its name with the same settings, and refused with others", async () => {
    const here = account();
    const create = (input: Partial<sns.CreateTopicCommandInput> = {}) =>
      here.sns.send(new sns.CreateTopicCommand({ Name: "ops", ...input }));
    const { TopicArn } = await create({ Tags: [{ Key: "a", Value: "1" }] });
    expect((await create()).TopicArn).toBe(TopicArn);
    expect(await codeOf(create({ Tags: [{ Key: "a", Value: "2" }] }))).toBe("InvalidParameterException");
    expect(await codeOf(create({ Attributes: { DisplayName: "x" } }))).toBe("InvalidParameterException");
    expect(await codeOf(create({ Name: "not a name" }))).toBe("InvalidParameterException");
  });

  it.each([
    ["SNS:Publish", "succeeded"],
    [["sns:subscribe", "sns:Get*"], "succeeded"],
    ["sns:*", "succeeded"],
    ["sns:CreateTopic", "InvalidParameterException"],
    ["sns:SetSubscriptionAttributes", "InvalidParameterException"],
    ["sqs:SendMessage", "InvalidParameterException"],
    ["*", "InvalidParameterException"],
  ])("takes a policy with the action %j: %s", async (Action, code) => {
    const { sns: client } = account();
    const Policy = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action, Resource: "*" }] });
    expect(await codeOf(client.send(new sns.CreateTopicCommand({ Name: "ops", Attributes: { Policy } })))).toBe(code);
  });

  it("goes twice without an error, with its subscriptions", async () => {
    const here = account();
    const { TopicArn } = await here.sns.send(new sns.CreateTopicCommand({ Name: "ops" }));
    await here.sns.send(new sns.DeleteTopicCommand({ TopicArn }));
    await here.sns.send(new sns.DeleteTopicCommand({ TopicArn }));
    expect(await codeOf(here.sns.send(new sns.GetTopicAttributesCommand({ TopicArn })))).toBe("NotFoundException");
    expect(await codeOf(here.sns.send(new sns.ListTagsForResourceCommand({ ResourceArn: TopicArn })))).toBe("ResourceNotFoundException");
  });
});

describe("a subscription", () => {
  it("by e-mail waits for confirmation, cannot be ended until then, and is forgotten after two days", async () => {
    const here = account();
    const { TopicArn } = await here.sns.send(new sns.CreateTopicCommand({ Name: "ops" }));
    const subscribe = () =>
      here.sns.send(new sns.SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "a@example.com", ReturnSubscriptionArn: true }));
    const { SubscriptionArn } = await subscribe();
    expect((await subscribe()).SubscriptionArn).toBe(SubscriptionArn);
    const list = async () =>
      (await here.sns.send(new sns.ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions!.map((one) => one.SubscriptionArn);
    expect(await list()).toEqual(["PendingConfirmation"]);
    expect(await codeOf(here.sns.send(new sns.UnsubscribeCommand({ SubscriptionArn })))).toBe("InvalidParameterException");
    here.pass(49 * 3600);
    expect(await list()).toEqual([]);
  });
});
