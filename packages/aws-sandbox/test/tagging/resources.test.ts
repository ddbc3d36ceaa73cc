import { describe, expect, test } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { CreateVpcCommand, DeleteVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient, type GetResourcesInput } from "@aws-sdk/client-resource-groups-tagging-api";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import type { FaultPlan } from "../../src/faults/plan.ts";
import { createSandbox } from "../../src/sandbox.ts";

const at = "us-east-1:123456789012";

function account(faults: FaultPlan = {}) {
  const clock = new VirtualClock();
  const { requestHandler } = createSandbox({ clock, faults });
  const options = {
    region: "us-east-1",
    requestHandler,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "x" },
    maxAttempts: 1,
  };
  const [ec2, sns, tagging] = [new EC2Client(options), new SNSClient(options), new ResourceGroupsTaggingAPIClient(options)];
  return {
    clock,
    deleteVpc: (VpcId: string) => ec2.send(new DeleteVpcCommand({ VpcId })),
    vpc: async (team: string) => {
      const TagSpecifications = [{ ResourceType: "vpc" as const, Tags: [{ Key: "team", Value: team }] }];
      return (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications }))).Vpc!.VpcId!;
    },
    topic: (Name: string, team: string) => sns.send(new CreateTopicCommand({ Name, Tags: [{ Key: "team", Value: team }] })),
    page: (input: GetResourcesInput) => tagging.send(new GetResourcesCommand(input)),
    shown: async (input: GetResourcesInput = {}) =>
      (await tagging.send(new GetResourcesCommand(input))).ResourceTagMappingList!.map(({ ResourceARN }) => ResourceARN!).sort(),
  };
}

describe("GetResources", () => {
  test("shows objects with tags, by their keys and values and by type", async () => {
    const { vpc, topic, shown } = account();
    const [ours, theirs] = [await vpc("ours"), await vpc("theirs")];
    await topic("news", "ours");
    const arn = (id: string) => `arn:aws:ec2:${at}:vpc/${id}`;
    expect(await shown({ TagFilters: [{ Key: "team" }] })).toEqual([arn(ours), arn(theirs), `arn:aws:sns:${at}:news`].sort());
    expect(await shown({ TagFilters: [{ Key: "team", Values: ["ours"] }] })).toEqual([arn(ours), `arn:aws:sns:${at}:news`]);
    expect(await shown({ TagFilters: [{ Key: "team", Values: ["ours"] }], ResourceTypeFilters: ["ec2:vpc"] })).toEqual([arn(ours)]);
    expect(await shown({ ResourceTypeFilters: ["sns"] })).toEqual([`arn:aws:sns:${at}:news`]);
    expect(await shown({ TagFilters: [{ Key: "colour" }] })).toEqual([]);
  });

  test("gives pages, the last with an empty token", async () => {
    const { topic, page } = account();
    for (const name of ["a", "b", "c"]) await topic(name, "ours");
    const first = await page({ ResourcesPerPage: 2 });
    expect(first.ResourceTagMappingList).toHaveLength(2);
    const second = await page({ ResourcesPerPage: 2, PaginationToken: first.PaginationToken });
    expect(second).toMatchObject({ ResourceTagMappingList: [{ Tags: [{ Key: "team", Value: "ours" }] }], PaginationToken: "" });
  });

  test("refuses the same calls as AWS", async () => {
    const { page } = account();
    await expect(page({ ResourcesPerPage: 101 })).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(page({ ResourceTypeFilters: ["EC2/VPC"] })).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(page({ PaginationToken: "nonsense" })).rejects.toMatchObject({ name: "PaginationTokenExpiredException" });
  });

  test("is late by as much as is asked for", async () => {
    const { clock, topic, shown } = account({ lag: { index: 60_000 } });
    await topic("news", "ours");
    expect(await shown()).toEqual([]);
    await clock.sleep(60_000);
    expect(await shown()).toEqual([`arn:aws:sns:${at}:news`]);
  });

  test("is silent, or remembers the dead, on request", async () => {
    const silent = account({ events: { "tagging:silent": 1 } });
    await silent.topic("news", "ours");
    expect(await silent.shown()).toEqual([]);
    expect(await silent.shown()).toHaveLength(1);
    const stale = account({ events: { "tagging:stale": "always" } });
    const id = await stale.vpc("ours");
    const before = await stale.shown();
    await stale.deleteVpc(id);
    expect(before).toHaveLength(1);
    expect(await stale.shown()).toEqual(before);
  });
});
