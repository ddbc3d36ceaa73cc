import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { execFile } from "node:child_process";
import { request } from "node:http";
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
  const answer = await fetch(`${serving.url}/_sandbox/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
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
  await own("POST", "faults", { latency: { "ec2:DescribeVpcs": { median: 3000 } } }); // so that all five overlap, however busy the host is
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

test("it forgets everything on request", async () => {
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

  test("the AWS CLI", async ({ skip }) => {
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

  test("boto3", async ({ skip }) => {
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

/** CloudWatch uses CBOR here. The toy sandbox has no model of this operation. */
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

test("the facts of its accounts are set over HTTP", async () => {
  expect(await own("POST", "facts", { role: ["mine"] })).toMatchObject({ status: 200 });
  expect(await own("POST", "facts", { topic: ["mine"] })).toMatchObject({
    status: 400,
    json: { message: expect.stringContaining("role, instanceProfile, policy, kmsKey, certificate, bucket") },
  });
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends a request as a browser may send it, with any header. */
function knock({ method = "POST", path = "/", headers = {}, body = "" }: Sent): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${serving.url}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    asked.on("error", (error: NodeJS.ErrnoException) => (error.code === "EPIPE" ? undefined : reject(error)));
    asked.end(body);
  });
}

describe("no page in a browser can use it", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const create = "Action=CreateVpc&CidrBlock=10.0.0.0/16&Version=2016-11-15";
  test.each<[string, Sent, number]>([
    ["a program's call", { headers: form, body: create }, 200],
    ["a form of another page", { headers: { ...form, origin: "https://evil.example" }, body: create }, 403],
    ["a form of a page without an origin", { headers: { ...form, origin: "null" }, body: create }, 403],
    ["what a browser says comes from another site", { headers: { ...form, "sec-fetch-site": "cross-site" }, body: create }, 403],
    ["what a browser says comes from this machine", { headers: { ...form, "sec-fetch-site": "same-site" }, body: create }, 403],
    ["an image", { method: "GET", path: `/?${create}` }, 405],
    ["an answer asked for ahead", { method: "OPTIONS" }, 405],
    ["another name for this machine", { headers: { host: "evil.example" } }, 403],
    ["another name with our port", { headers: { host: "evil.example:PORT" } }, 403],
    ["localhost", { headers: { ...form, host: "localhost:PORT" }, body: create }, 200],
    ["the machine's IPv6 address", { headers: { ...form, host: "[::1]:PORT" }, body: create }, 200],
    ["another port", { headers: { host: "127.0.0.1:1" } }, 403],
    ["a reset by a form", { path: "/_sandbox/reset", headers: { "content-type": "text/plain" }, body: "x" }, 415],
    ["a reset by another page", { path: "/_sandbox/reset", headers: { origin: "https://evil.example" } }, 403],
    ["a reset by a program", { path: "/_sandbox/reset" }, 200],
    ["a look at the calls", { method: "GET", path: "/_sandbox/calls" }, 200],
  ])("%s", async (_, sent, status) => {
    const headers = Object.fromEntries(
      Object.entries(sent.headers ?? {}).map(([name, value]) => [name, value.replace("PORT", String(serving.port))]),
    );
    const count = () => sandbox.counts().total;
    const before = count();
    expect(await knock({ ...sent, headers })).toBe(status);
    if (status !== 200) expect(count()).toBe(before);
  });

  test("a body without an end is not kept", async () => {
    const chunked = { "transfer-encoding": "chunked" };
    expect(await knock({ headers: chunked, body: Buffer.alloc(9 * 1024 * 1024) })).toBe(413);
    expect(await knock({ headers: { "content-length": "300000000" } })).toBe(413);
  });

  test.each(["__proto__", "constructor", "..\\x", "..", "eu-west", "x".repeat(300)])("a region %j is none", async (region) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIA/20260101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=x`;
    expect(await knock({ headers: { ...form, authorization }, body: create })).toBe(403);
    expect([...sandbox.state.regions.keys()]).toEqual([]);
    expect(errors).toEqual([]);
  });

  test.each(["__proto__", "constructor", "toString"])("an operation %s is none", async (name) => {
    expect(await knock({ headers: form, body: `Action=${name}&Version=2016-11-15` })).toBe(400);
    expect(await knock({ path: "/?X-Amz-Credential=%E0%A4%A", body: `Action=${name}&Version=2016-11-15` })).toBe(400);
    expect(errors).toEqual([]);
  });
});
