import * as s3 from "@aws-sdk/client-s3";
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox.ts";
import { configFor, failureOf } from "../core/toys.ts";

const Bucket = "some-files";

function account(more: s3.S3ClientConfig = {}) {
  const sandbox = createSandbox({ clock: new VirtualClock() });
  return { sandbox, client: new s3.S3Client({ ...configFor(sandbox), region: "eu-west-1", ...more }) };
}

async function withBucket(more: s3.S3ClientConfig = {}) {
  const made = account(more);
  await made.client.send(new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration: { Tags: [{ Key: "team", Value: "a" }] } }));
  return made;
}

const policy = (change: object = {}) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*`, ...change },
    ],
  });

describe("a bucket", () => {
  it.each([false, true])(
    "is reached by its host or by the path (%s), and each setting comes back as it was put",
    async (forcePathStyle) => {
      const { client, sandbox } = await withBucket({ forcePathStyle });
      const rules = [{ ID: "a <b>", Status: "Enabled" as const, Filter: { Prefix: "x/ y" }, Expiration: { Days: 3 } }];
      await client.send(new s3.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: rules } }));
      expect((await client.send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toEqual(rules);
      await client.send(new s3.PutBucketPolicyCommand({ Bucket, Policy: policy() }));
      expect((await client.send(new s3.GetBucketPolicyCommand({ Bucket }))).Policy).toBe(policy());
      const cors = [{ AllowedMethods: ["GET", "PUT"], AllowedOrigins: ["*"], MaxAgeSeconds: 5 }];
      await client.send(new s3.PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: cors } }));
      expect((await client.send(new s3.GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual(cors);
      expect((await client.send(new s3.GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: "team", Value: "a" }]);
      expect((await client.send(new s3.ListBucketsCommand({ Prefix: "some" }))).Buckets!.map(({ Name }) => Name)).toEqual([Bucket]);
      await client.send(new s3.HeadBucketCommand({ Bucket }));
      await client.send(new s3.DeleteBucketCommand({ Bucket }));
      expect((await failureOf(client.send(new s3.HeadBucketCommand({ Bucket })))).name).toBe("NotFound");
      expect(sandbox.calls.map(({ operation }) => operation)).toContain("PutBucketLifecycleConfiguration");
    },
  );

  it("is closed, encrypted and without ACLs from creation, and has nothing else set", async () => {
    const { client } = await withBucket();
    const block = await client.send(new s3.GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(block.PublicAccessBlockConfiguration!)).toEqual([true, true, true, true]);
    const { OwnershipControls } = await client.send(new s3.GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls!.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    expect((await client.send(new s3.GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    expect((await client.send(new s3.GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
    for (const [command, code] of [
      [new s3.GetBucketPolicyCommand({ Bucket }), "NoSuchBucketPolicy"],
      [new s3.GetBucketCorsCommand({ Bucket }), "NoSuchCORSConfiguration"],
      [new s3.GetBucketWebsiteCommand({ Bucket }), "NoSuchWebsiteConfiguration"],
      [new s3.GetBucketLifecycleConfigurationCommand({ Bucket }), "NoSuchLifecycleConfiguration"],
    ] as const)
      expect((await failureOf(client.send(command as s3.GetBucketPolicyCommand))).name).toBe(code);
  });

  it.each([
    ["a name in upper case", "InvalidBucketName", new s3.CreateBucketCommand({ Bucket: "Files" })],
    ["its own name again", "BucketAlreadyOwnedByYou", new s3.CreateBucketCommand({ Bucket })],
    ["the name of somebody else's", "BucketAlreadyExists", new s3.CreateBucketCommand({ Bucket: "logs-one" })],
    ["a look at somebody else's", "AccessDenied", new s3.GetBucketTaggingCommand({ Bucket: "logs-one" })],
    ["a look at nobody's", "NoSuchBucket", new s3.GetBucketTaggingCommand({ Bucket: "nobodys" })],
    ["another owner", "AccessDenied", new s3.GetBucketTaggingCommand({ Bucket, ExpectedBucketOwner: "210987654321" })],
    [
      "a policy of another bucket",
      "MalformedPolicy",
      new s3.PutBucketPolicyCommand({ Bucket, Policy: policy({ Resource: "arn:aws:s3:::other/*" }) }),
    ],
    [
      "a policy that names nobody",
      "MalformedPolicy",
      new s3.PutBucketPolicyCommand({ Bucket, Policy: policy({ Principal: { AWS: "arn:aws:iam::123456789012:role/none" } }) }),
    ],
    ["a public policy", "AccessDenied", new s3.PutBucketPolicyCommand({ Bucket, Policy: policy({ Principal: "*" }) })],
    [
      "a rule that does nothing",
      "InvalidRequest",
      new s3.PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: { Rules: [{ ID: "a", Status: "Enabled", Filter: { Prefix: "" } }] },
      }),
    ],
    [
      "a target that is not there",
      "InvalidTargetBucketForLogging",
      new s3.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled: { TargetBucket: Bucket, TargetPrefix: "" } } }),
    ],
    [
      "a website without a page",
      "InvalidArgument",
      new s3.PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: { ErrorDocument: { Key: "e" } } }),
    ],
    ["a tag of AWS's", "InvalidTag", new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: "aws:x", Value: "1" }] } })],
  ])("refuses %s", async (_what, code, command) => {
    const { client } = await withBucket();
    expect((await failureOf(client.send(command as s3.PutBucketTaggingCommand))).name).toBe(code);
  });

  it("is not deleted while it holds an object, or a version of one", async () => {
    const { client } = await withBucket();
    await client.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    await client.send(new s3.PutObjectCommand({ Bucket, Key: "a b/c+d.txt", Body: "x" }));
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key: "a b/c+d.txt" }));
    expect((await failureOf(client.send(new s3.DeleteBucketCommand({ Bucket })))).name).toBe("BucketNotEmpty");
  });

  it("in us-east-1 is made again without a word", async () => {
    const { client } = account({ region: "us-east-1" });
    for (const _ of [1, 2]) await client.send(new s3.CreateBucketCommand({ Bucket }));
    expect((await client.send(new s3.ListBucketsCommand({}))).Buckets).toHaveLength(1);
  });
});
