import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import type { PutParameterCommandInput } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import { SandboxState } from "../../src/state.ts";
import { configFor, failureOf, toySandbox } from "./toys.ts";

function openTestbed(state = new SandboxState()) {
  const sandbox = toySandbox({}, { state });
  const ssm = new SSMClient(configFor(sandbox));
  const put = (Name: string, Value = "v", more: Partial<PutParameterCommandInput> = {}) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));
  const get = async (Name: string, WithDecryption?: boolean) =>
    (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter!;
  const refusal = async (promise: Promise<unknown>) => (await failureOf(promise)).name;
  return { sandbox, ssm, state, put, get, refusal };
}

test("create-only puts let one win; overwriting counts versions", async () => {
  const { put, get, refusal } = openTestbed();
  expect(await put("/lease/1", "a")).toMatchObject({ Version: 1, Tier: "Standard" });
  expect(await refusal(put("/lease/1", "b"))).toBe("ParameterAlreadyExists");
  expect(await put("/lease/1", "c", { Overwrite: true })).toMatchObject({ Version: 2 });
  expect(await get("/lease/1")).toMatchObject({
    Name: "/lease/1",
    Value: "c",
    Version: 2,
    Type: "String",
    DataType: "text",
    ARN: "arn:aws:ssm:eu-west-1:123456789012:parameter/lease/1",
    LastModifiedDate: new Date("2026-01-01T00:00:00Z"),
  });
});

test("versions, history and ARNs", async () => {
  const { ssm, put, get, refusal } = openTestbed();
  for (let i = 1; i <= 102; i++) await put("plain", `v${i}`, { Overwrite: true });
  expect((await get("plain:101")).Value).toBe("v101");
  expect((await get("plain:101")).Selector).toBe(":101");
  expect(await refusal(get("plain:2"))).toBe("ParameterNotFound"); // a hundred versions are kept
  expect((await get("arn:aws:ssm:eu-west-1:123456789012:parameter/plain")).Value).toBe("v102");
  const history = await ssm.send(new GetParameterHistoryCommand({ Name: "plain", MaxResults: 50 }));
  expect(history.Parameters!.map((version) => version.Value)).toEqual(Array.from({ length: 50 }, (_, i) => `v${i + 3}`));
  expect(history.NextToken).toBeDefined();
});

test("several at once", async () => {
  const { ssm, put, refusal } = openTestbed();
  await put("/a");
  await put("/b");
  expect(await ssm.send(new GetParametersCommand({ Names: ["/a", "/x", "/b"] }))).toMatchObject({
    Parameters: [{ Name: "/a" }, { Name: "/b" }],
    InvalidParameters: ["/x"],
  });
  expect(await refusal(ssm.send(new GetParametersCommand({ Names: Array.from({ length: 11 }, (_, i) => `/${i}`) })))).toBe(
    "ValidationException",
  );
  expect(await ssm.send(new DeleteParametersCommand({ Names: ["/a", "/x"] }))).toMatchObject({
    DeletedParameters: ["/a"],
    InvalidParameters: ["/x"],
  });
  await ssm.send(new DeleteParameterCommand({ Name: "/b" }));
  expect(await refusal(ssm.send(new DeleteParameterCommand({ Name: "/b" })))).toBe("ParameterNotFound");
});

test("by path: one level or all below, ten a page", async () => {
  const { ssm, put, refusal } = openTestbed();
  for (let i = 0; i < 12; i++) await put(`/p/${String(i).padStart(2, "0")}`);
  await put("/p/deep/er");
  await put("/pother");
  const first = await ssm.send(new GetParametersByPathCommand({ Path: "/p" }));
  expect(first.Parameters).toHaveLength(10);
  const second = await ssm.send(new GetParametersByPathCommand({ Path: "/p", NextToken: first.NextToken! }));
  expect(second.Parameters!.map((parameter) => parameter.Name)).toEqual(["/p/10", "/p/11"]);
  expect(second.NextToken).toBeUndefined();
  const deep = await ssm.send(new GetParametersByPathCommand({ Path: "/p/", Recursive: true, NextToken: first.NextToken! }));
  expect(deep.Parameters!.map((parameter) => parameter.Name)).toEqual(["/p/10", "/p/11", "/p/deep/er"]);
  expect(await refusal(ssm.send(new GetParametersByPathCommand({ Path: "p" })))).toBe("ValidationException");
  expect(await refusal(ssm.send(new GetParametersByPathCommand({ Path: "/p", MaxResults: 11 })))).toBe("ValidationException");
});

test("described by filters, without values", async () => {
  const { ssm, put, refusal } = openTestbed();
  await put("/one/a", "v", { Tags: [{ Key: "team", Value: "x" }], Description: "the first" });
  await put("/one/b", "geheim", { Type: "SecureString" });
  await put("/two");
  const names = async (...ParameterFilters: { Key: string; Option?: string; Values?: string[] }[]) =>
    (await ssm.send(new DescribeParametersCommand({ ParameterFilters }))).Parameters!.map((parameter) => parameter.Name);
  expect(await names()).toEqual(["/one/a", "/one/b", "/two"]);
  expect(await names({ Key: "Name", Option: "BeginsWith", Values: ["/one"] })).toEqual(["/one/a", "/one/b"]);
  expect(await names({ Key: "Name", Option: "Contains", Values: ["wo"] })).toEqual(["/two"]);
  expect(await names({ Key: "Type", Values: ["SecureString"] })).toEqual(["/one/b"]);
  expect(await names({ Key: "tag:team", Values: ["x"] })).toEqual(["/one/a"]);
  expect(await names({ Key: "Path", Option: "OneLevel", Values: ["/"] })).toEqual(["/two"]);
  expect(await refusal(names({ Key: "Label", Values: ["x"] }))).toBe("NotImplemented");
  expect(JSON.stringify(await ssm.send(new DescribeParametersCommand({})))).not.toContain("geheim");
});

describe("tags", () => {
  test("at creation, later, and gone", async () => {
    const { ssm, put, refusal } = openTestbed();
    await put("/a", "v", { Tags: [{ Key: "k", Value: "1" }] });
    const about = { ResourceType: "Parameter", ResourceId: "/a" } as const;
    await ssm.send(
      new AddTagsToResourceCommand({
        ...about,
        Tags: [
          { Key: "k", Value: "2" },
          { Key: "l", Value: "" },
        ],
      }),
    );
    await ssm.send(new RemoveTagsFromResourceCommand({ ...about, TagKeys: ["l", "absent"] }));
    expect((await ssm.send(new ListTagsForResourceCommand(about))).TagList).toEqual([{ Key: "k", Value: "2" }]);
    expect(await refusal(put("/a", "v", { Overwrite: true, Tags: [{ Key: "k", Value: "1" }] }))).toBe("ValidationException");
    expect(await refusal(ssm.send(new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: "/x" })))).toBe(
      "InvalidResourceId",
    );
    expect(await refusal(ssm.send(new ListTagsForResourceCommand({ ResourceType: "Document", ResourceId: "/x" })))).toBe("NotImplemented");
  });
});

test.each([
  ["aws", { Name: "/aws/mine" }, "ValidationException"],
  ["a name with a blank", { Name: "a b" }, "ValidationException"],
  ["a path without its slash", { Name: "a/b" }, "ValidationException"],
  ["sixteen levels", { Name: "/a".repeat(16) }, "HierarchyLevelLimitExceededException"],
  ["no type", { Type: undefined }, "ValidationException"],
  ["an unknown type", { Type: "Secret" as never }, "ValidationException"],
  ["nothing", { Value: "" }, "ValidationException"],
  ["more than 4 KB", { Value: "x".repeat(4097) }, "ValidationException"],
  ["a nested parameter", { Value: "{{ssm:x}}" }, "ValidationException"],
  ["what the pattern forbids", { AllowedPattern: "^\\d+$" }, "ParameterPatternMismatchException"],
  ["policies", { Policies: "[]" }, "NotImplemented"],
])("a put of %s is refused", async (_, more, code) => {
  const { put, refusal } = openTestbed();
  expect(await refusal(put("/a", "v", more))).toBe(code);
});

test("the type stays", async () => {
  const { put, refusal } = openTestbed();
  await put("/a");
  expect(await refusal(put("/a", "v", { Type: "SecureString", Overwrite: true }))).toBe("HierarchyTypeMismatchException");
  expect(await put("/a", "w", { Type: undefined, Overwrite: true })).toMatchObject({ Version: 2 });
});

test("public parameters name images", async () => {
  const { get } = openTestbed();
  const image = await get("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64");
  expect(image).toMatchObject({
    Value: "ami-0a1b2c3d4e5f60001",
    Type: "String",
    ARN: "arn:aws:ssm:eu-west-1::parameter/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
  });
  expect((await get("/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2")).Value).toBe("ami-0a1b2c3d4e5f60003");
});

describe("a secret", () => {
  const SECRET = "correct-horse-battery";

  test("is returned to callers who ask for it decrypted, and is in no saved state", async () => {
    const { put, get, state } = openTestbed();
    await put("/db/password", SECRET, { Type: "SecureString" });
    expect((await get("/db/password", true)).Value).toBe(SECRET);
    const sealed = (await get("/db/password")).Value!;
    expect(sealed).toMatch(/^AQICAH/);
    expect(sealed).not.toContain(SECRET);
    expect(JSON.stringify(state)).not.toContain(SECRET);
    expect(JSON.stringify(state)).not.toContain(Buffer.from(SECRET).toString("base64").slice(0, 12));
  });

  test("two equal ones do not look alike", async () => {
    const { put, get } = openTestbed();
    await put("/a", SECRET, { Type: "SecureString" });
    await put("/b", SECRET, { Type: "SecureString" });
    expect((await get("/a")).Value).not.toBe((await get("/b")).Value);
  });

  test("survives a restart that shares the memory, and not one that does not; then the error says what to do", async () => {
    const { put, state } = openTestbed();
    await put("/a", SECRET, { Type: "SecureString" });
    expect((await openTestbed(state).get("/a", true)).Value).toBe(SECRET);
    const other = openTestbed(SandboxState.from(JSON.parse(JSON.stringify(state))));
    expect(await failureOf(other.get("/a", true))).toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("Put it again with Overwrite"),
    });
  });
});

describe("sts", () => {
  test("says who calls, and takes calls with an assumed role's keys to its account", async () => {
    const { sandbox, put } = openTestbed();
    await put("/a");
    const sts = new STSClient(configFor(sandbox));
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: "123456789012",
      Arn: "arn:aws:iam::123456789012:user/sandbox",
    });
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: "arn:aws:iam::111122223333:role/deploy/ci", RoleSessionName: "run" }),
    );
    expect(Credentials!.Expiration).toEqual(new Date("2026-01-01T01:00:00Z"));
    const there = configFor(sandbox, { accessKeyId: Credentials!.AccessKeyId! });
    expect(await new STSClient(there).send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: "111122223333" });
    expect(await failureOf(new SSMClient(there).send(new GetParameterCommand({ Name: "/a" })))).toMatchObject({
      name: "ParameterNotFound",
    });
    expect(await failureOf(sts.send(new AssumeRoleCommand({ RoleArn: "role/x", RoleSessionName: "run" })))).toMatchObject({
      name: "ValidationError",
    });
  });
});
