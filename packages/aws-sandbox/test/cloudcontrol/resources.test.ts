import {
  CloudControlClient,
  CreateResourceCommand,
  DeleteResourceCommand,
  GetResourceCommand,
  GetResourceRequestStatusCommand,
  ListResourcesCommand,
  UpdateResourceCommand,
} from "@aws-sdk/client-cloudcontrol";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient, TagResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, test } from "vitest";
import type { FaultPlan } from "../../src/faults/plan.ts";
import { createSandbox } from "../../src/sandbox.ts";

const TypeName = "AWS::SQS::Queue";
const url = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs";
const Tags = [{ Key: "team", Value: "web" }];

function account(faults: FaultPlan = {}) {
  const clock = new VirtualClock();
  const { requestHandler } = createSandbox({ clock, faults });
  const options = {
    region: "eu-west-1",
    requestHandler,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "x" },
    maxAttempts: 1,
  };
  const [cc, tagging] = [new CloudControlClient(options), new ResourceGroupsTaggingAPIClient(options)];
  const ended = async (RequestToken: string | undefined) => {
    await clock.sleep(60_000);
    return (await cc.send(new GetResourceRequestStatusCommand({ RequestToken }))).ProgressEvent!;
  };
  const create = async (state: object, ClientToken?: string, type = TypeName) =>
    (await cc.send(new CreateResourceCommand({ TypeName: type, DesiredState: JSON.stringify(state), ClientToken }))).ProgressEvent!;
  return {
    clock,
    tagging,
    create,
    ended,
    made: async (state: object) => ended((await create(state)).RequestToken),
    update: async (patch: object[], Identifier = url) =>
      (await cc.send(new UpdateResourceCommand({ TypeName, Identifier, PatchDocument: JSON.stringify(patch) }))).ProgressEvent!,
    remove: async (Identifier = url) => (await cc.send(new DeleteResourceCommand({ TypeName, Identifier }))).ProgressEvent!,
    read: async (Identifier = url) =>
      JSON.parse((await cc.send(new GetResourceCommand({ TypeName, Identifier }))).ResourceDescription!.Properties!) as object,
    ids: async () => (await cc.send(new ListResourcesCommand({ TypeName }))).ResourceDescriptions!.map((one) => one.Identifier),
  };
}

describe("a request", () => {
  test("is answered at once and carried out later", async () => {
    const { create, ended, ids, read } = account();
    const begun = await create({ QueueName: "jobs", Tags });
    expect(begun).toMatchObject({ OperationStatus: "IN_PROGRESS", Operation: "CREATE" });
    expect(await ids()).toEqual([]);
    expect(await ended(begun.RequestToken)).toMatchObject({ OperationStatus: "SUCCESS", Identifier: url });
    expect(await read()).toMatchObject({ QueueUrl: url, VisibilityTimeout: 30, Tags });
    expect(await ids()).toEqual([url]);
  });

  test("is the same for a day and a half under the same token, and no other may have it", async () => {
    const { create, clock } = account();
    const first = await create({ QueueName: "jobs" }, "token");
    expect((await create({ QueueName: "jobs" }, "token")).RequestToken).toBe(first.RequestToken);
    await expect(create({ QueueName: "others" }, "token")).rejects.toMatchObject({ name: "ClientTokenConflictException" });
    await clock.sleep(37 * 3_600_000);
    expect((await create({ QueueName: "others" }, "token")).RequestToken).not.toBe(first.RequestToken);
  });

  test("fails where the name is taken, and where a fault is asked for", async () => {
    const { made } = account({ events: ["cloudcontrol:fails"] });
    expect(await made({ QueueName: "jobs" })).toMatchObject({ OperationStatus: "FAILED", ErrorCode: "GeneralServiceException" });
    expect(await made({ QueueName: "jobs" })).toMatchObject({ OperationStatus: "SUCCESS" });
    expect(await made({ QueueName: "jobs" })).toMatchObject({ OperationStatus: "FAILED", ErrorCode: "AlreadyExists" });
  });

  test("is one at a time for an object", async () => {
    const { made, update, remove } = account();
    await made({ QueueName: "jobs" });
    await update([{ op: "add", path: "/DelaySeconds", value: 5 }]);
    await expect(remove()).rejects.toMatchObject({ name: "ConcurrentOperationException" });
  });
});

describe("the schema", () => {
  test.each<[what: string, state: object, says: RegExp]>([
    ["an unknown property", { Name: "jobs" }, /extraneous key \[Name\]/],
    ["a property that AWS makes", { Arn: "x" }, /readOnlyProperties/],
    ["a value out of range", { DelaySeconds: 901 }, /less or equal to 900/],
    ["a value of another type", { DelaySeconds: "5" }, /expected type: integer/],
  ])("refuses %s", async (_what, state, says) => {
    await expect(account().create(state)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(says) as unknown,
    });
  });

  test("refuses a change of a create-only property, and a missing type", async () => {
    const { made, update, ended, create } = account();
    await made({ QueueName: "jobs" });
    expect(await ended((await update([{ op: "add", path: "/QueueName", value: "other" }])).RequestToken)).toMatchObject({
      OperationStatus: "FAILED",
      ErrorCode: "NotUpdatable",
    });
    await expect(create({}, undefined, "AWS::SQS::Nothing")).rejects.toMatchObject({ name: "TypeNotFoundException" });
  });

  test("an update changes the properties of its patch, and a delete removes the whole object", async () => {
    const { made, update, read, remove, ended } = account();
    await made({ QueueName: "jobs", RedriveAllowPolicy: { redrivePermission: "denyAll" } });
    await ended(
      (
        await update([
          { op: "add", path: "/DelaySeconds", value: 5 },
          { op: "remove", path: "/RedriveAllowPolicy" },
        ])
      ).RequestToken,
    );
    expect(await read()).toMatchObject({ DelaySeconds: 5 });
    expect(await read()).not.toHaveProperty("RedriveAllowPolicy");
    await ended((await remove()).RequestToken);
    await expect(read()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

test("the tagging API shows objects, and writes their tags", async () => {
  const { made, read, tagging } = account();
  await made({ QueueName: "jobs", Tags });
  const arn = "arn:aws:sqs:eu-west-1:123456789012:jobs";
  const TagFilters = [{ Key: "team", Values: ["web"] }];
  const shown = await tagging.send(new GetResourcesCommand({ TagFilters, ResourceTypeFilters: ["sqs"] }));
  expect(shown.ResourceTagMappingList).toMatchObject([{ ResourceARN: arn }]);
  await tagging.send(new TagResourcesCommand({ ResourceARNList: [arn], Tags: { team: "jobs" } }));
  expect(await read()).toMatchObject({ Tags: [{ Key: "team", Value: "jobs" }] });
  const failed = await tagging.send(new TagResourcesCommand({ ResourceARNList: [`${arn}x`], Tags: { team: "jobs" } }));
  expect(Object.keys(failed.FailedResourcesMap ?? {})).toEqual([`${arn}x`]);
});
