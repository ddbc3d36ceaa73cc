import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { realClock } from "@plumbline/clock";
import { fastClock } from "../../src/fast-clock.ts";
import type { ServiceModel } from "../../src/model.ts";
import type { Sandbox } from "../../src/sandbox.ts";
import { serve } from "../../src/serve.ts";
import type { Serving } from "../../src/serve.ts";
import { failureOf, REGION, toySandbox } from "./toys.ts";

const ec2: ServiceModel = {
  operations: {
    CreateVpc: (input, call) => {
      const VpcId = call.id("vpc");
      const tags = input.TagSpecifications?.[0]?.Tags ?? [];
      call.store.table("vpcs").set(VpcId, { VpcId, CidrBlock: input.CidrBlock, Tags: tags });
      return { Vpc: call.store.table("vpcs").get(VpcId) };
    },
    DescribeVpcs: (_, call) => ({ Vpcs: [...call.store.table("vpcs").values()] }),
    DeleteVpc: () => {
      throw new TypeError("a bug in the model");
    },
  },
};

let sandbox: Sandbox;
let serving: Serving;
let errors: unknown[];
beforeEach(async () => {
  errors = [];
  sandbox = toySandbox(
    { ec2 },
    { clock: fastClock(1, Date.UTC(2026, 0, 1)), latency: (_, operation) => (operation === "DescribeVpcs" ? 30 : 0) },
  );
  serving = await serve({ sandbox, onError: (error) => errors.push(error) });
});
afterEach(() => serving.close());

function config() {
  return { region: REGION, endpoint: serving.url, credentials: { accessKeyId: "AKIA", secretAccessKey: "s" }, maxAttempts: 1 };
}

async function own(method: string, path: string, body?: object): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await fetch(`${serving.url}/_sandbox/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

test("any SDK client finds it at its URL, on this machine only", async () => {
  expect(serving.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const ssm = new SSMClient(config());
  await ssm.send(new PutParameterCommand({ Name: "/a", Value: "é & <x>", Type: "String" }));
  expect((await ssm.send(new GetParameterCommand({ Name: "/a" }))).Parameter?.Value).toBe("é & <x>");
  expect(await failureOf(ssm.send(new GetParameterCommand({ Name: "/b" })))).toMatchObject({ name: "ParameterNotFound" });
});

test("it counts calls, by operation, and how many were under way at once", async () => {
  const client = new EC2Client(config());
  await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  await own("POST", "faults", { latency: { "ec2:DescribeVpcs": { median: 3000 } } }); // so that all five meet, however busy the machine is
  await Promise.all(Array.from({ length: 5 }, () => client.send(new DescribeVpcsCommand({}))));
  await failureOf(new SSMClient(config()).send(new GetParameterCommand({ Name: "/b" })));
  expect((await own("GET", "calls")).json).toEqual({
    total: 7,
    reads: 6,
    writes: 1,
    maxConcurrency: 5,
    operations: { "ec2:CreateVpc": 1, "ec2:DescribeVpcs": 5, "ssm:GetParameter": 1 },
    errors: { ParameterNotFound: 1 },
  });
  await own("POST", "faults", {});
  await own("POST", "calls/reset");
  expect((await own("GET", "calls")).json).toMatchObject({ total: 0, operations: {} });
  expect((await client.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
});

test("it forgets everything when told to", async () => {
  const client = new EC2Client(config());
  await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  expect((await own("POST", "reset")).status).toBe(200);
  expect((await client.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
});

test("faults may be asked for while it runs: a lost answer closes the connection", async () => {
  const client = new EC2Client(config());
  expect((await own("POST", "faults", { loseAnswer: [{ operation: "ec2:CreateVpc" }] })).status).toBe(200);
  expect(await failureOf(client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" })))).toMatchObject({ code: "ECONNRESET" });
  expect((await client.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  expect(errors).toEqual([]);
  expect(await own("POST", "faults", { colour: 1 })).toMatchObject({ status: 400, json: { message: expect.stringContaining("colour") } });
});

test("a bug in a model is an InternalFailure for the client and is reported", async () => {
  const { DeleteVpcCommand } = await import("@aws-sdk/client-ec2");
  const error = await failureOf(new EC2Client(config()).send(new DeleteVpcCommand({ VpcId: "vpc-1" })));
  expect(error).toMatchObject({
    name: "InternalFailure",
    message: "The sandbox failed: a bug in the model",
    $metadata: { httpStatusCode: 500 },
  });
  expect(errors).toMatchObject([{ name: "TypeError" }]);
});

test("paths of its own that do not exist", async () => {
  expect(await own("GET", "nothing")).toMatchObject({ status: 404 });
});

test("a port that is taken", async () => {
  expect(await failureOf(serve({ sandbox, port: serving.port }))).toMatchObject({ code: "EADDRINUSE" });
});

test("closing waits for the calls under way", async () => {
  const call = new EC2Client(config()).send(new DescribeVpcsCommand({}));
  while (sandbox.calls.length === 0) await realClock.sleep(1);
  const other = await serve({ sandbox });
  await Promise.all([serving.close(), call]);
  serving = other;
  expect((await call).Vpcs).toEqual([]);
});

describe("clients by others", () => {
  const env = () => ({
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    AWS_ENDPOINT_URL: serving.url,
    AWS_ACCESS_KEY_ID: "AKIA",
    AWS_SECRET_ACCESS_KEY: "s",
    AWS_DEFAULT_REGION: REGION,
    AWS_PAGER: "",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
  const run = promisify(execFile);

  test("the AWS CLI", { timeout: 60_000 }, async ({ skip }) => {
    if (!(await exists("aws", "--version"))) skip("there is no aws command here");
    const aws = async (...words: string[]) => (await run("aws", [...words, "--output", "json"], { env: env() })).stdout;
    expect(JSON.parse(await aws("sts", "get-caller-identity"))).toMatchObject({ Account: "123456789012" });
    expect(JSON.parse(await aws("ssm", "put-parameter", "--name", "/a", "--type", "String", "--value", "x"))).toMatchObject({ Version: 1 });
    expect(JSON.parse(await aws("ssm", "get-parameters-by-path", "--path", "/"))).toMatchObject({
      Parameters: [{ Name: "/a", Value: "x" }],
    });
    const tags = "ResourceType=vpc,Tags=[{Key=Name,Value=a & <b>}]";
    await aws("ec2", "create-vpc", "--cidr-block", "10.0.0.0/16", "--tag-specifications", tags);
    expect(JSON.parse(await aws("ec2", "describe-vpcs"))).toMatchObject({
      Vpcs: [{ CidrBlock: "10.0.0.0/16", Tags: [{ Key: "Name", Value: "a & <b>" }] }],
    });
    const refused = (await failureOf(aws("ssm", "get-parameter", "--name", "/b"))) as Error & { stderr?: string };
    expect(refused.stderr).toContain(
      "An error occurred (ParameterNotFound) when calling the GetParameter operation: Parameter /b not found.",
    );
  });

  test("boto3", { timeout: 60_000 }, async ({ skip }) => {
    if (!(await exists("python3", "-c", "import boto3"))) skip("there is no boto3 here");
    const { stdout } = await run("python3", ["-c", BOTO], { env: env() });
    expect(JSON.parse(stdout)).toEqual({
      account: "123456789012",
      value: "geheim",
      cidr: ["10.0.0.0/16"],
      error: ["ParameterAlreadyExists", 400],
      alarms: "NotImplemented",
    });
  });

  async function exists(program: string, ...words: string[]): Promise<boolean> {
    return run(program, words).then(
      () => true,
      () => false,
    );
  }
});

/** CloudWatch speaks CBOR from here; the toy sandbox has no model of this operation. */
const BOTO = `
import boto3, botocore, json
ec2, ssm, sts, cw = (boto3.client(name) for name in ("ec2", "ssm", "sts", "cloudwatch"))
ssm.put_parameter(Name="/s", Value="geheim", Type="SecureString")
ec2.create_vpc(CidrBlock="10.0.0.0/16")
try: ssm.put_parameter(Name="/s", Value="x", Type="SecureString")
except ssm.exceptions.ParameterAlreadyExists as e: error = [e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"]]
try: cw.list_metric_streams()
except botocore.exceptions.ClientError as e: alarms = e.response["Error"]["Code"]
print(json.dumps(dict(account=sts.get_caller_identity()["Account"], value=ssm.get_parameter(Name="/s", WithDecryption=True)["Parameter"]["Value"],
  cidr=[v["CidrBlock"] for v in ec2.describe_vpcs()["Vpcs"]], error=error, alarms=alarms)))
`;

test("it is told over HTTP what its accounts have", async () => {
  expect(await own("POST", "facts", { role: ["mine"] })).toMatchObject({ status: 200 });
  expect(await own("POST", "facts", { topic: ["mine"] })).toMatchObject({
    status: 400,
    json: { message: expect.stringContaining("role, instanceProfile, policy, kmsKey, certificate, bucket") },
  });
});
