import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { bucket } from "../../src/kinds/bucket/bucket.ts";
import { fromRules, toRules } from "../../src/kinds/bucket/settings.ts";
import { header, loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const Bucket = "lab-test-files";
const yaml = (fields = "") => `${header}buckets: { files: { name: ${Bucket}, ${fields} } }\n`;
const withoutIt = `${header}allowDestroy: { bucket/files: ${Bucket} }\n`;

/** A separate client, of this account or of another. */
function s3Of({ sandbox }: Testbed, account = "123456789012"): S3Client {
  const credentials = { accessKeyId: `AKIA${account}`, secretAccessKey: "other" };
  const { requestHandler } = sandbox;
  return new S3Client({ region: "eu-west-1", endpoint: "https://sandbox.invalid", requestHandler, credentials, maxAttempts: 1 });
}

const namesOf = async (testbed: Testbed) => (await s3Of(testbed).send(new ListBucketsCommand({}))).Buckets!.map(({ Name }) => Name);
const tagsOf = async (testbed: Testbed) => (await s3Of(testbed).send(new GetBucketTaggingCommand({ Bucket }))).TagSet!;

describe("a bucket", () => {
  it("is made once when the answer is lost, with its tags, closed to the public", async () => {
    const testbed = openTestbed({ sandbox: { faults: { loseAnswer: [{ operation: "s3:CreateBucket" }] } } });
    await settle(testbed, yaml());
    expect(await namesOf(testbed)).toEqual([Bucket]);
    expect(await tagsOf(testbed)).toContainEqual({ Key: "infra:resource", Value: "bucket/files" });
    const { PublicAccessBlockConfiguration: block } = await s3Of(testbed).send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(block!)).toEqual([true, true, true, true]);
  });

  it("is found by its name while the index of tags lags", async () => {
    const testbed = openTestbed({ sandbox: { faults: { lag: { index: 600_000 } } } });
    await settle(testbed, yaml());
  });

  it("that somebody opened is closed again", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml());
    await s3Of(testbed).send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }));
    expect(stepsOf(await testbed.plan(yaml()))).toEqual(["update bucket/files"]);
    await settle(testbed, yaml());
  });

  it("of somebody else in the world is reported as such, before anything is sent", async () => {
    const testbed = openTestbed();
    const text = yaml().replace(Bucket, "logs-one");
    expect(told(await testbed.tryApply(text)).failed.join()).toContain("Another account has a bucket");
    expect(testbed.sandbox.calls.map(({ operation }) => operation)).not.toContain("CreateBucket");
  });

  it("of this account that is not ours is left alone", async () => {
    const testbed = openTestbed();
    await s3Of(testbed).send(
      new CreateBucketCommand({
        Bucket,
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1", Tags: [{ Key: "team", Value: "a" }] },
      }),
    );
    expect(told(await testbed.tryApply(yaml())).failed.join()).toContain("does not have the tags of this environment");
    expect(await tagsOf(testbed)).toEqual([{ Key: "team", Value: "a" }]);
  });

  it("that is not empty is kept, and that is reported; an empty one is deleted", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml("versioning: true"));
    const s3 = s3Of(testbed);
    await s3.send(new PutObjectCommand({ Bucket, Key: "a/b.txt", Body: "text" }));
    expect(told(await testbed.tryApply(withoutIt)).failed.join()).toContain("is not empty, so it is kept");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "a/b.txt" }));
    expect(told(await testbed.tryApply(withoutIt)).failed.join()).toContain("with their old versions");
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }));
    for (let left = 2; left > 0; left--) await s3.send(new DeleteObjectCommand({ Bucket, Key: "a/b.txt", VersionId: "any" }));
    await testbed.apply(withoutIt);
    expect(await namesOf(testbed)).toEqual([]);
  });

  it("is kept when it leaves the YAML and nobody allows it to be deleted", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml());
    expect((await testbed.tryApply(header)).run.plan.steps.map(({ action }) => action)).toEqual(["keep"]);
  });

  it("keeps the tags of others, and loses the policy that the file no longer has", async () => {
    const testbed = openTestbed();
    const policy = `policy: { Version: "2012-10-17", Statement: [{ Effect: Deny, Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::${Bucket}/*", Condition: { Bool: { "aws:SecureTransport": false } } }] }`;
    await settle(testbed, yaml(policy));
    await settle(testbed, yaml());
    await expect(s3Of(testbed).send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({ name: "NoSuchBucketPolicy" });
  });

  it("costs the declared number of calls", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml());
    testbed.sandbox.forgetCalls();
    await testbed.plan(yaml());
    const lookAtIndex = 1;
    expect(testbed.sandbox.calls.filter(({ service }) => service === "s3")).toHaveLength(
      bucket.readCost({ ours: 1, account: 1 }) - lookAtIndex,
    );
  });
});

describe("the name of a bucket", () => {
  it("ends with the account, which the file must tell", () => {
    expect(() => loadText(`${header}buckets: { files: {} }\n`)).toThrow("has no name");
    const [node] = loadText(`${header}account: "123456789012"\nbuckets: { files: {} }\n`).nodes;
    expect(node!.awsName).toBe("lab-test-files-eu-west-1-123456789012");
  });

  it.each(["Files", "ab", "a..b", "10.0.0.1", "-files", "xn--files", "files-an"])("is refused: %s", (name) => {
    expect(() => loadText(`${header}buckets: { files: { name: "${name}" } }\n`)).toThrow("cannot be named");
  });
});

describe("mistakes in a bucket", () => {
  const statement = (more: string) =>
    `policy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::${Bucket}/*"${more} }] }`;

  it.each([
    ["encryption: { algorithm: AES256, kmsKey: alias/mine }", "always uses a key of S3"],
    ["lifecycle: { a: { prefix: x } }", "the rule does nothing"],
    ["lifecycle: { a: { transitions: { STANDARD_IA: 20 } } }", "after 30 days, not 20"],
    ["lifecycle: { a: { days: 30, transitions: { GLACIER: 30 } } }", "the objects are deleted after"],
    ["lifecycle: { a: { noncurrentVersions: 2, days: 3 } }", "needs `noncurrentDays`"],
    ["lifecycle: { a: { expiredDeleteMarkers: true, days: 3 } }", "only one of the two"],
    [statement(""), "allows access for everybody"],
    ["website: { errorDocument: e.html }", "needs `indexDocument`"],
    ["website: { indexDocument: i.html, redirectAllTo: example.com }", "cannot have documents"],
    ["website: { indexDocument: i.html, redirectProtocol: https }", "`redirectProtocol` needs `redirectAllTo`"],
    ["logging: { prefix: a/ }", "is missing"],
    ["logging: { bucket: files }", "the bucket would log to itself"],
    ['cors: [{ allowedOrigins: ["*.a.*"], allowedMethods: [GET] }]', "more than one *"],
  ])("is reported before anything is sent: %s", (fields, why) => {
    expect(() => loadText(yaml(fields))).toThrow(why);
  });

  it.each([
    statement(', Condition: { IpAddress: { "aws:SourceIp": 203.0.113.0/24 } }'),
    `publicAccessBlock: { blockPublicPolicy: false, restrictPublicBuckets: false }, ${statement("")}`,
    "lifecycle: { a: { transitions: { STANDARD_IA: 30, GLACIER: 90 }, days: 365 } }",
    "website: { indexDocument: index.html }",
  ])("is nothing: %s", (fields) => {
    expect(loadText(yaml(fields)).nodes).toHaveLength(1);
  });
});

describe("rules of lifecycle", () => {
  it.each([
    { days: 3 },
    { prefix: "a/", noncurrentDays: 30, noncurrentVersions: 2 },
    { enabled: false, abortUploadDays: 7, transitions: { STANDARD_IA: 30, GLACIER: 90 } },
    { expiredDeleteMarkers: true, noncurrentTransitions: { DEEP_ARCHIVE: 10 } },
  ])("come back as they were sent: %j", (rule) => {
    expect(fromRules(toRules({ one: rule }))).toEqual({ one: { enabled: true, ...rule } });
  });

  it("that filter by tags are never the ones that are asked for", () => {
    const rules = [{ ID: "one", Status: "Enabled" as const, Filter: { Tag: { Key: "a", Value: "b" } }, Expiration: { Days: 3 } }];
    expect(fromRules(rules)).toEqual({ one: { more: true, enabled: true, days: 3 } });
  });
});
