/** Whether a response is really the answer of the operation. */
import { describe, expect, test } from "vitest";
import { NotAnAnswer, onlyAnswers } from "../../src/aws/answer-check.ts";
import { DescribeVpcsCommand } from "../../src/aws/sdk/ec2.ts";
import * as s3 from "../../src/aws/sdk/s3.ts";
import { AddTagsToResourceCommand, DescribeParametersCommand } from "../../src/aws/sdk/ssm.ts";

type Body = string | Uint8Array | AsyncIterable<Uint8Array> | undefined;

interface Came {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes?: number;
}

const mebibyte = 1_048_576;

/** Returns "an answer", or the text of the error that came instead. The body is the one that the SDK gets. */
async function read(protocol: string, command: object, body: Body, { status = 200, headers = {}, bytes = mebibyte }: Came = {}) {
  const response = { statusCode: status, headers, body };
  const result = { response };
  const context = { __smithy_context: { operationSchema: (command as { readonly schema: unknown }).schema } };
  try {
    expect(await onlyAnswers(protocol, bytes)(() => Promise.resolve(result), context)("request")).toBe(result);
    return { said: "an answer", body: response.body };
  } catch (error) {
    expect(error).toBeInstanceOf(NotAnAnswer);
    expect((error as NotAnAnswer).status).toBe(status);
    return { said: (error as Error).message, body: response.body };
  }
}

const query = async (body: Body, came?: Came) => (await read("aws.protocols#ec2Query", new DescribeVpcsCommand({}), body, came)).said;

describe("EC2's and the query protocol", () => {
  test.each([
    ["<DescribeVpcsResponse/>", 200, "an answer"],
    ['<?xml version="1.0"?>\n<!-- of\na test --> <DescribeVpcsResponse xmlns="x"></DescribeVpcsResponse>', 200, "an answer"],
    ["\n <DescribeVpcsResponse>", 200, "an answer"],
    ["<ns2:DescribeVpcsResponse >", 200, "an answer"],
    ["", 200, "nothing"],
    ["", 500, "nothing"],
    ["<Response><Errors/></Response>", 400, "an answer"],
    ["<ErrorResponse><Error/></ErrorResponse>", 503, "an answer"],
    ["<Error><Code>x</Code></Error>", 404, "an answer"],
    ["<Errors>", 400, "something that is not AWS's (<Errors>)"],
    ["<NoResponse>", 400, "something that is not AWS's (<NoResponse>)"],
    ["<DescribeSubnetsResponse>", 200, "<DescribeSubnetsResponse> in place of <DescribeVpcsResponse>"],
    ["<Error><Code>Busy</Code></Error>", 200, "<Error> in place of <DescribeVpcsResponse> (Busy)"],
    ["<Error><Code>Busy</Code><Message>not\nnow</Message></Error>", 200, "<Error> in place of <DescribeVpcsResponse> (Busy: not now)"],
    ["<Error><Message>not now</Message></Error>", 200, "<Error> in place of <DescribeVpcsResponse> (not now)"],
    ["<HTML>sign in", 200, "something that is not AWS's (<HTML>sign in)"],
    ["<htmlx>", 200, "<htmlx> in place of <DescribeVpcsResponse>"],
    ["<xhtml>", 200, "<xhtml> in place of <DescribeVpcsResponse>"],
    ["sign in <DescribeVpcsResponse>", 200, "something that is not AWS's (sign in <DescribeVpcsResponse>)"],
    ["{}", 200, "something that is not AWS's ({})"],
  ])("%j with status %i: %s", async (body, status, said) => {
    expect(await query(body, { status })).toBe(said);
  });

  test.each([
    [299, {}, "an answer"],
    [300, {}, "a redirect"],
    [307, { location: "http://169.254.169.254/\u001b[31m" }, "a redirect to http://169.254.169.254/ [31m"],
    [399, {}, "a redirect"],
    [400, { location: "http://169.254.169.254/" }, "an answer"],
  ])("status %i with %j: %s", async (status, headers, said) => {
    expect(await query("<DescribeVpcsResponse/>", { status, headers })).toBe(said);
  });
});

describe("a body", () => {
  const text = "<DescribeVpcsResponse>ü</DescribeVpcsResponse>";
  const bytes = new TextEncoder().encode(text);
  async function* pieces(...sizes: number[]) {
    let from = 0;
    for (const size of sizes) yield bytes.subarray(from, (from += size));
  }

  test.each<[string, Body]>([
    ["as a text", text],
    ["as bytes", bytes],
    ["in one piece", pieces(bytes.length)],
    ["in pieces that cut a letter", pieces(23, 100)],
    ["as a part of what was read", new Uint8Array([...bytes, ...bytes]).subarray(bytes.length)],
  ])("is read whole and handed on: %s", async (_, body) => {
    const found = await read("aws.protocols#ec2Query", new DescribeVpcsCommand({}), body);
    expect(found.said).toBe("an answer");
    expect(Buffer.from(found.body as Uint8Array).toString()).toBe(text);
  });

  test("that is absent is empty", async () => {
    expect(await query(undefined)).toBe("nothing");
  });

  test("may be as long as the limit and no longer, in pieces or in one", async () => {
    const size = bytes.length;
    expect(await query(pieces(10, size - 10), { bytes: size })).toBe("an answer");
    for (const body of [pieces(10, size - 10), pieces(size)])
      expect(await query(body, { bytes: size - 1, status: 503 })).toBe("an answer of more than 0 MiB");
    async function* endless() {
      for (;;) yield new Uint8Array(mebibyte);
    }
    expect(await query(endless(), { bytes: 3.5 * mebibyte })).toBe("an answer of more than 3 MiB");
  });

  test("must begin its root element within 2,048 bytes", async () => {
    const after = (spaces: number) => `<?xml?>${" ".repeat(spaces)}<DescribeVpcsResponse/>`;
    for (const made of [(all: string) => all, (all: string) => new TextEncoder().encode(all)]) {
      expect(await query(made(after(2_010)))).toBe("an answer");
      expect(await query(made(after(2_030)))).toBe("something that is not AWS's (<?xml?> <DescribeVp)");
    }
  });

  test("of something else is reported in one line of 160 letters that steers no terminal", async () => {
    expect(await query(` \u001b[2Jsign\r\n\tin\u202e ${"x".repeat(300)}`)).toBe(
      `something that is not AWS's ([2Jsign in ${"x".repeat(149)})`,
    );
  });
});

describe("JSON", () => {
  const commands = {
    DescribeParameters: new DescribeParametersCommand({}),
    AddTagsToResource: new AddTagsToResourceCommand({ ResourceType: "Parameter", ResourceId: "x", Tags: [] }),
  };
  const error = { "x-amzn-errortype": "AccessDenied" };

  test.each<[keyof typeof commands, string, number, Record<string, string>, string]>([
    ["DescribeParameters", "{}", 200, {}, "an answer"],
    ["DescribeParameters", '{"Parameters":"none"}', 200, {}, "Parameters is text, not a list"],
    ["DescribeParameters", '{"Parameters":"none"}', 299, {}, "Parameters is text, not a list"],
    ["DescribeParameters", '{"Parameters":"none"}', 400, {}, "an answer"],
    ["DescribeParameters", '{"Parameters":\n[', 200, {}, 'JSON that ends too early or is broken ({"Parameters": [)'],
    ["DescribeParameters", "[]", 200, {}, "something that is not AWS's ([])"],
    ["DescribeParameters", "null", 200, {}, "something that is not AWS's (null)"],
    ["DescribeParameters", "", 200, {}, "nothing"],
    ["DescribeParameters", "", 500, {}, "nothing"],
    ["DescribeParameters", "", 400, error, "an answer"],
    ["DescribeParameters", "denied", 403, error, "an answer"],
    ["DescribeParameters", "", 200, error, "nothing"],
    ["DescribeParameters", "denied", 399, { ...error, "x-amz-bucket-region": "x" }, "something that is not AWS's (denied)"],
    ["DescribeParameters", "denied", 403, {}, "something that is not AWS's (denied)"],
    ["AddTagsToResource", "", 200, {}, "an answer"],
    ["AddTagsToResource", "", 500, {}, "nothing"],
    ["AddTagsToResource", " null ", 200, {}, "an answer"],
    ["AddTagsToResource", "null", 500, {}, "something that is not AWS's (null)"],
    ["AddTagsToResource", "ok", 200, {}, "something that is not AWS's (ok)"],
    ["AddTagsToResource", "{}", 200, {}, "an answer"],
  ])("%s, %j with status %i and %j: %s", async (name, body, status, headers, said) => {
    expect((await read("aws.protocols#awsJson1_1", commands[name], body, { status, headers })).said).toBe(said);
  });

  test("is JSON also where the protocol is REST, and is read behind the first 2,048 bytes", async () => {
    const body = JSON.stringify({ more: "x".repeat(3_000), Parameters: 7 });
    for (const made of [body, new TextEncoder().encode(body), new TextEncoder().encode(`.${body}.`).subarray(1, -1)])
      expect((await read("aws.protocols#restJson1", commands.DescribeParameters, made)).said).toBe("Parameters is a number, not a list");
  });
});

describe("REST with XML", () => {
  const commands = {
    GetBucketTagging: new s3.GetBucketTaggingCommand({ Bucket: "b" }),
    GetBucketPolicy: new s3.GetBucketPolicyCommand({ Bucket: "b" }),
    GetBucketEncryption: new s3.GetBucketEncryptionCommand({ Bucket: "b" }),
    DeleteBucket: new s3.DeleteBucketCommand({ Bucket: "b" }),
    HeadBucket: new s3.HeadBucketCommand({ Bucket: "b" }),
  };

  test.each<[keyof typeof commands, string, number, string]>([
    ["GetBucketTagging", "<Tagging/>", 200, "an answer"],
    ["GetBucketTagging", "<GetBucketTaggingResponse/>", 200, "an answer"],
    ["GetBucketTagging", "<GetBucketTaggingResult/>", 200, "an answer"],
    ["GetBucketTagging", "<GetBucketTaggingOutput/>", 200, "an answer"],
    ["GetBucketTagging", "<GetBucketTaggingOutputs/>", 200, "<GetBucketTaggingOutputs> in place of <Tagging>"],
    ["GetBucketTagging", "<NoGetBucketTaggingOutput/>", 200, "<NoGetBucketTaggingOutput> in place of <Tagging>"],
    ["GetBucketTagging", "<Policy/>", 200, "<Policy> in place of <Tagging>"],
    ["GetBucketTagging", "", 200, "nothing"],
    ["GetBucketTagging", "tags", 200, "something that is not AWS's (tags)"],
    ["GetBucketTagging", "<Error/>", 200, "something that is not AWS's (<Error/>)"],
    ["GetBucketTagging", "<Html/>", 200, "something that is not AWS's (<Html/>)"],
    ["GetBucketTagging", "<Error/>", 404, "an answer"],
    ["GetBucketTagging", "<ErrorResponse/>", 400, "an answer"],
    ["GetBucketTagging", "<InvalidChangeBatch/>", 400, "an answer"],
    ["GetBucketTagging", "<Errors/>", 400, "something that is not AWS's (<Errors/>)"],
    ["GetBucketTagging", "<NoError/>", 400, "something that is not AWS's (<NoError/>)"],
    ["GetBucketTagging", "<Tagging/>", 400, "something that is not AWS's (<Tagging/>)"],
    ["GetBucketTagging", "", 404, "something that is not AWS's ()"],
    ["GetBucketPolicy", '{"Version":"2012-10-17"}', 200, "an answer"],
    ["GetBucketPolicy", "", 200, "nothing"],
    ["GetBucketPolicy", "<html>", 200, "something that is not AWS's (<html>)"],
    ["GetBucketEncryption", "<AnyName/>", 200, "an answer"],
    ["GetBucketEncryption", "<htm/>", 200, "an answer"],
    ["GetBucketEncryption", "<Errors/>", 200, "an answer"],
    ["GetBucketEncryption", "<NoError/>", 200, "an answer"],
    ["DeleteBucket", "", 204, "an answer"],
    ["DeleteBucket", "whatever", 200, "an answer"],
    ["DeleteBucket", "<DeleteBucketResponse/>", 200, "an answer"],
    ["DeleteBucket", "<html>", 200, "something that is not AWS's (<html>)"],
    ["HeadBucket", "", 200, "an answer"],
    ["HeadBucket", "", 404, "an answer"],
    ["HeadBucket", "gone", 404, "something that is not AWS's (gone)"],
  ])("%s, %j with status %i: %s", async (name, body, status, said) => {
    expect((await read("aws.protocols#restXml", commands[name], body, { status })).said).toBe(said);
  });

  test("S3 redirects to a bucket's region, and says so in an error", async () => {
    const headers = { "x-amz-bucket-region": "us-west-2", location: "https://b.s3.us-west-2.amazonaws.com/" };
    expect((await read("aws.protocols#restXml", commands.HeadBucket, "<Error/>", { status: 301, headers })).said).toBe("an answer");
    expect((await read("aws.protocols#restXml", commands.HeadBucket, "", { status: 301, headers })).said).toBe("an answer");
    expect((await read("aws.protocols#restXml", commands.GetBucketTagging, "<Tagging/>", { status: 301, headers })).said).toBe(
      "something that is not AWS's (<Tagging/>)",
    );
  });
});
