import * as logs from "@aws-sdk/client-cloudwatch-logs";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { createSandbox } from "../../src/sandbox.ts";
import { configFor, failureOf } from "../core/toys.ts";

function account() {
  const sandbox = createSandbox({ clock: new VirtualClock() });
  return { logs: new logs.CloudWatchLogsClient(configFor(sandbox)), tagging: new ResourceGroupsTaggingAPIClient(configFor(sandbox)) };
}

const arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/app/web";
const made = new logs.CreateLogGroupCommand({ logGroupName: "/app/web", tags: { team: "a" } });
const delivery = new logs.CreateLogGroupCommand({ logGroupName: "/app/to-s3", logGroupClass: "DELIVERY" });

describe("a log group", () => {
  it("has an ARN with `:*` for its streams and one without for its tags", async () => {
    const here = account();
    await here.logs.send(made);
    const { logGroups } = await here.logs.send(new logs.DescribeLogGroupsCommand({ logGroupIdentifiers: ["/app/web", "/app/none"] }));
    expect(logGroups).toMatchObject([{ logGroupName: "/app/web", arn: `${arn}:*`, logGroupArn: arn, logGroupClass: "STANDARD" }]);
    expect(await here.logs.send(new logs.ListTagsForResourceCommand({ resourceArn: arn }))).toMatchObject({ tags: { team: "a" } });
    expect((await failureOf(here.logs.send(new logs.ListTagsForResourceCommand({ resourceArn: `${arn}:*` })))).name).toBe(
      "ResourceNotFoundException",
    );
  });

  it("is found in the index of tags, by key and value together", async () => {
    const here = account();
    await here.logs.send(made);
    const found = async (Values: string[]) =>
      (await here.tagging.send(new GetResourcesCommand({ ResourceTypeFilters: ["logs"], TagFilters: [{ Key: "team", Values }] })))
        .ResourceTagMappingList;
    expect(await found(["a"])).toEqual([{ ResourceARN: arn, Tags: [{ Key: "team", Value: "a" }] }]);
    expect(await found(["b"])).toEqual([]);
  });

  it.each([
    ["a name twice", made, "ResourceAlreadyExistsException"],
    ["a name of AWS's", new logs.CreateLogGroupCommand({ logGroupName: "aws/x" }), "InvalidParameterException"],
    ["a name with a space", new logs.CreateLogGroupCommand({ logGroupName: "a b" }), "InvalidParameterException"],
    ["an unknown class", new logs.CreateLogGroupCommand({ logGroupName: "a", logGroupClass: "ODD" as never }), "InvalidParameterException"],
    ["a key by its alias", new logs.CreateLogGroupCommand({ logGroupName: "a", kmsKeyId: "alias/mine" }), "InvalidParameterException"],
    [
      "a key that is not there",
      new logs.AssociateKmsKeyCommand({ logGroupName: "/app/web", kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/none" }),
      "InvalidParameterException",
    ],
    ["8 days", new logs.PutRetentionPolicyCommand({ logGroupName: "/app/web", retentionInDays: 8 }), "InvalidParameterException"],
    [
      "days of a delivery group",
      new logs.PutRetentionPolicyCommand({ logGroupName: "/app/to-s3", retentionInDays: 7 }),
      "InvalidParameterException",
    ],
    [
      "days of no group",
      new logs.PutRetentionPolicyCommand({ logGroupName: "/app/none", retentionInDays: 7 }),
      "ResourceNotFoundException",
    ],
    ["a tag of AWS's", new logs.TagResourceCommand({ resourceArn: arn, tags: { "aws:x": "1" } }), "InvalidParameterException"],
    [
      "names and a prefix",
      new logs.DescribeLogGroupsCommand({ logGroupIdentifiers: ["a"], logGroupNamePrefix: "a" }),
      "InvalidParameterException",
    ],
    ["the delete of no group", new logs.DeleteLogGroupCommand({ logGroupName: "/app/none" }), "ResourceNotFoundException"],
  ])("is refused: %s", async (_what, command, code) => {
    const here = account();
    await here.logs.send(made);
    await here.logs.send(delivery);
    expect((await failureOf(here.logs.send(command as typeof made))).name).toBe(code);
  });
});
