import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from "@aws-sdk/client-cloudformation";
import { VirtualClock } from "@plumbline/clock";
import { expect, test } from "vitest";
import { createSandbox } from "../../src/sandbox.ts";
import type { StackRecord } from "../../src/services/cloudformation/state.ts";

const arn = (name: string, id = "1") =>
  `arn:aws:cloudformation:eu-west-1:123456789012:stack/${name}/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5${id}`;

async function account() {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock });
  const credentials = { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" };
  const client = new CloudFormationClient({
    region: "eu-west-1",
    requestHandler: sandbox.requestHandler as never,
    credentials,
    maxAttempts: 1,
  });
  await client.send(new DescribeStacksCommand({}));
  const table = sandbox.stores.get("123456789012/eu-west-1")!.table<StackRecord>("cloudformation.stacks");
  const put = (record: StackRecord) => void table.set(record.id, record);
  const resources = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      logicalId: `Topic${i}`,
      type: "AWS::SNS::Topic",
      physicalId: `arn:aws:sns:eu-west-1:123456789012:t${i}`,
      status: "CREATE_COMPLETE" as const,
    }));
  return { clock, client, put, resources };
}

test("lists what a stack has in pages of a hundred; the other call has no pages and ends there", async () => {
  const { clock, client, put, resources } = await account();
  put({ id: arn("shop"), name: "shop", status: "CREATE_COMPLETE", created: clock.now(), resources: resources(130) });
  const first = await client.send(new ListStackResourcesCommand({ StackName: "shop" }));
  const rest = await client.send(new ListStackResourcesCommand({ StackName: arn("shop"), NextToken: first.NextToken }));
  expect([first.StackResourceSummaries!.length, rest.StackResourceSummaries!.length, rest.NextToken]).toEqual([100, 30, undefined]);
  expect(rest.StackResourceSummaries![29]).toMatchObject({ LogicalResourceId: "Topic129", ResourceStatus: "CREATE_COMPLETE" });
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: "shop" }));
  expect(StackResources).toHaveLength(100);
  expect(StackResources![0]).toMatchObject({
    StackId: arn("shop"),
    StackName: "shop",
    PhysicalResourceId: "arn:aws:sns:eu-west-1:123456789012:t0",
  });
  await expect(client.send(new ListStackResourcesCommand({ StackName: "shop", NextToken: "x" }))).rejects.toMatchObject({
    name: "ValidationError",
  });
});

test("a deleted stack is known by its id, for 90 days, and its name is free", async () => {
  const { clock, client, put, resources } = await account();
  put({ id: arn("shop"), name: "shop", status: "DELETE_COMPLETE", created: clock.now(), deleted: clock.now(), resources: resources(1) });
  const gone = { name: "ValidationError", message: "Stack with id shop does not exist" };
  await expect(client.send(new DescribeStacksCommand({ StackName: "shop" }))).rejects.toMatchObject(gone);
  await expect(client.send(new ListStackResourcesCommand({ StackName: "shop" }))).rejects.toMatchObject(gone);
  expect((await client.send(new DescribeStacksCommand({ StackName: arn("shop") }))).Stacks).toMatchObject([
    { StackStatus: "DELETE_COMPLETE" },
  ]);
  put({ id: arn("shop", "2"), name: "shop", status: "UPDATE_COMPLETE", created: clock.now(), resources: [] });
  expect((await client.send(new DescribeStacksCommand({ StackName: "shop" }))).Stacks).toMatchObject([{ StackId: arn("shop", "2") }]);
  expect((await client.send(new DescribeStacksCommand({}))).Stacks).toHaveLength(1);
  await clock.sleep(90 * 86_400_000);
  await expect(client.send(new DescribeStacksCommand({ StackName: arn("shop") }))).rejects.toMatchObject({
    message: `Stack with id ${arn("shop")} does not exist`,
  });
});

test("refuses an invalid name and operations that it does not model", async () => {
  const { client } = await account();
  await expect(client.send(new DescribeStacksCommand({ StackName: "my stack" }))).rejects.toMatchObject({ name: "ValidationError" });
  await expect(client.send(new DescribeStackResourcesCommand({}))).rejects.toMatchObject({ name: "ValidationError" });
  await expect(client.send(new DescribeStackResourcesCommand({ PhysicalResourceId: "x" }))).rejects.toThrow(/PhysicalResourceId/);
});
