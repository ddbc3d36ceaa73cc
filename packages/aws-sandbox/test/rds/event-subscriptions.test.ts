import * as rds from "@aws-sdk/client-rds";
import * as sns from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { account, codeOf } from "./account.ts";

describe("an event subscription of the sandbox's RDS", () => {
  it("is made for a topic that there is, changed source by source, and tells when its topic is gone", async () => {
    const here = await account();
    const topics = new sns.SNSClient({
      region: "eu-west-1",
      credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example" },
      requestHandler: here.sandbox.requestHandler,
      endpoint: "https://sandbox.invalid",
      maxAttempts: 1,
    });
    const { TopicArn } = await topics.send(new sns.CreateTopicCommand({ Name: "alerts" }));
    await here.create({ DBSubnetGroupName: "group" });
    const create = (input: Partial<rds.CreateEventSubscriptionCommandInput>) =>
      here.rds.send(new rds.CreateEventSubscriptionCommand({ SubscriptionName: "Alerts", SnsTopicArn: TopicArn, ...input }));
    expect(await codeOf(create({ SnsTopicArn: `${TopicArn}-no` }))).toBe("SNSTopicArnNotFound");
    expect(await codeOf(create({ SnsTopicArn: `${TopicArn}.fifo` }))).toBe("SNSInvalidTopic");
    expect(await codeOf(create({ SourceIds: ["main"] }))).toBe("InvalidParameterCombination");
    expect(await codeOf(create({ SourceType: "db-instance", SourceIds: ["none"] }))).toBe("SourceNotFound");
    expect(await codeOf(create({ SourceType: "db-instance", EventCategories: ["weather"] }))).toBe("SubscriptionCategoryNotFound");
    await create({ SourceType: "db-instance", SourceIds: ["main"], EventCategories: ["failure"] });
    expect(await codeOf(create({}))).toBe("SubscriptionAlreadyExist");
    const name = { SubscriptionName: "alerts" };
    const look = async () => (await here.rds.send(new rds.DescribeEventSubscriptionsCommand(name))).EventSubscriptionsList![0]!;
    const change = (input: Partial<rds.ModifyEventSubscriptionCommandInput>) =>
      here.rds.send(new rds.ModifyEventSubscriptionCommand({ ...name, ...input }));
    expect(await codeOf(change({ Enabled: false }))).toBe("InvalidEventSubscriptionState");
    await here.pass(2);
    expect(await look()).toMatchObject({ Status: "active", SourceIdsList: ["main"], EventCategoriesList: ["failure"] });
    expect(await codeOf(change({ SourceType: "db-snapshot" }))).toBe("InvalidParameterCombination");
    await here.rds.send(new rds.RemoveSourceIdentifierFromSubscriptionCommand({ ...name, SourceIdentifier: "main" }));
    await here.pass(2);
    await topics.send(new sns.DeleteTopicCommand({ TopicArn }));
    expect(await look()).toMatchObject({ Status: "topic-not-exist", SourceIdsList: [] });
    await here.rds.send(new rds.DeleteEventSubscriptionCommand(name));
    await here.pass(2);
    expect(await codeOf(here.rds.send(new rds.DeleteEventSubscriptionCommand(name)))).toBe("SubscriptionNotFound");
  });
});
