/**
 * Kinds for data, names and logs against moto, an emulator by others; a separate client reads the result. moto drops the class of a log
 * group, so no test here writes one.
 */
import { CloudWatchLogsClient, DescribeLogGroupsCommand, ListTagsForResourceCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeCacheClustersCommand,
  DescribeCacheSubnetGroupsCommand,
  ElastiCacheClient,
  ListTagsForResourceCommand as ListTagsOfCache,
} from "@aws-sdk/client-elasticache";
import {
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeLifecycleConfigurationCommand,
  DescribeMountTargetsCommand,
  EFSClient,
} from "@aws-sdk/client-efs";
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient, ListAliasesCommand } from "@aws-sdk/client-kms";
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepKinds } from "../../src/apply/keep-kinds.ts";
import { applyEnvironment, planEnvironment, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadText, stepsOf } from "../support/testbed.ts";
import { hasMoto, motoTestbed, type MotoTestbed } from "./db-moto.ts";

const header = "format: 1\nproject: lab\nenvironment: test\nregion: ap-northeast-2\n";
/** A separate environment for each test, so that no test finds the objects of another. */
const of = (environment: string) => header.replace("environment: test", `environment: ${environment}`);
const used = kinds.filter(({ name }) =>
  ["bucket", "cacheCluster", "cacheSubnetGroup", "fileSystem", "kmsKey", "logGroup", "parameter", "secret", "subnet", "vpc"].includes(name),
);

describe.skipIf(!hasMoto && process.env["CI"] === undefined)("against moto", () => {
  let testbed: MotoTestbed;
  beforeAll(async () => {
    testbed = await motoTestbed();
  });
  afterAll(() => testbed.stop());

  async function apply(yaml: string): Promise<PlanRun> {
    const run = await planEnvironment(used, testbed, loadText(yaml, used), { goal: "agree" });
    expect(run.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    await keepKinds(testbed.aws, run, "agree");
    for await (const event of applyEnvironment(testbed, run, { signal: new AbortController().signal }))
      if (event.type === "finished") expect(event.outcome.failed).toEqual([]);
    return run;
  }

  /** Applies and checks that a second plan finds nothing to do. */
  async function settle(yaml: string): Promise<void> {
    await apply(yaml);
    expect(stepsOf(await apply(yaml))).toEqual([]);
  }

  // moto 5.2.1 answers 500 to PutBackupPolicy, UpdateFileSystem and ModifyCacheCluster, and does not delete access points.
  it("makes a file system with its mount targets, and a cache cluster, and takes the file system away where that is allowed", async () => {
    const net = `vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  c: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: c }
cacheSubnetGroups: { net: { subnets: [a, c] } }
cacheClusters: { pages: { engine: memcached, nodeType: cache.t4g.micro, subnetGroup: net } }
`;
    const head = `${of("files")}${net}`;
    await settle(`${head}fileSystems:
  main:
    lifecycle: { transitionToIA: AFTER_30_DAYS }
    mountTargets: { a: {}, c: {} }
    accessPoints: { up: { path: /up, posixUser: { uid: 1, gid: 2 } } }
`);
    const files = new EFSClient(testbed.client);
    const { FileSystems: [found] = [] } = await files.send(new DescribeFileSystemsCommand({}));
    const FileSystemId = found!.FileSystemId!;
    expect(found).toMatchObject({ Encrypted: true, NumberOfMountTargets: 2, Name: "files-main" });
    expect((await files.send(new DescribeMountTargetsCommand({ FileSystemId }))).MountTargets).toHaveLength(2);
    const { AccessPoints } = await files.send(new DescribeAccessPointsCommand({ FileSystemId }));
    expect(AccessPoints).toMatchObject([{ Name: "up", PosixUser: { Uid: 1, Gid: 2 }, RootDirectory: { Path: "/up" } }]);
    const { LifecyclePolicies } = await files.send(new DescribeLifecycleConfigurationCommand({ FileSystemId }));
    expect(LifecyclePolicies).toEqual([{ TransitionToIA: "AFTER_30_DAYS" }]);
    const { CacheClusters } = await new ElastiCacheClient(testbed.client).send(new DescribeCacheClustersCommand({}));
    expect(CacheClusters).toMatchObject([{ CacheClusterId: "files-pages", Engine: "memcached", NumCacheNodes: 1 }]);
    await apply(`${head}allowDestroy: { fileSystem/main: ${FileSystemId} }\n`);
    expect((await files.send(new DescribeFileSystemsCommand({}))).FileSystems).toEqual([]);
  });

  // moto 5.2.1 answers 500 to ModifyCacheSubnetGroup and DeleteCacheSubnetGroup, and has no calls for parameter groups.
  it("makes a cache subnet group", async () => {
    const caches = new ElastiCacheClient(testbed.client);
    await settle(`${of("caches")}vpcs: { main: { cidrBlock: 10.1.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.1.1.0/24, availabilityZone: a } }
cacheSubnetGroups: { net: { subnets: [a], description: Where caches stand } }
`);
    const { CacheSubnetGroups: [found] = [] } = await caches.send(
      new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: "caches-net" }),
    );
    expect(found).toMatchObject({ CacheSubnetGroupDescription: "Where caches stand (infra lab/caches)", Subnets: [{}] });
    const { TagList } = await caches.send(new ListTagsOfCache({ ResourceName: found!.ARN }));
    expect(TagList).toContainEqual({ Key: "infra:resource", Value: "cacheSubnetGroup/net" });
  });

  it("makes, changes and deletes a log group", async () => {
    const logs = new CloudWatchLogsClient(testbed.client);
    const yaml = (settings: string) => `${header}logGroups: { jobs: { ${settings} } }\n`;
    await settle(yaml("retention: 30"));
    await settle(yaml("retention: 7, tags: { team: a }"));
    const { logGroups: [found] = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "test-jobs" }));
    expect(found).toMatchObject({ logGroupName: "test-jobs", retentionInDays: 7 });
    const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn: found!.arn!.replace(/:\*$/, "") }));
    expect(tags).toMatchObject({ "infra:environment": "test", team: "a" });
    await settle(`${header}allowDestroy: { logGroup/jobs: test-jobs }\n`);
    expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
  });

  it("makes, changes and deletes a parameter", async () => {
    const ssm = new SSMClient(testbed.client);
    const yaml = (value: string) => `${header}parameters: { url: { name: /lab/url, value: ${value}, description: Where } }\n`;
    await settle(yaml("one"));
    await settle(yaml("two"));
    const read = () => ssm.send(new GetParameterCommand({ Name: "/lab/url" }));
    expect((await read()).Parameter).toMatchObject({ Value: "two", Type: "String", Version: 2 });
    await settle(yaml("[a, b]"));
    expect((await read()).Parameter).toMatchObject({ Value: "a,b", Type: "StringList", Version: 1 });
    await settle(header);
    await expect(read()).rejects.toMatchObject({ name: "ParameterNotFound" });
  });

  it("makes, changes and deletes a bucket", async () => {
    const s3 = new S3Client(testbed.client);
    const Bucket = "lab-test-files";
    const yaml = (fields: string) => `${of("store")}buckets: { files: { name: ${Bucket}, ${fields} } }\n`;
    await settle(yaml("versioning: true, lifecycle: { old: { noncurrentDays: 30, abortUploadDays: 7 } }"));
    const { PublicAccessBlockConfiguration: block } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(block!)).toEqual([true, true, true, true]);
    const policy = `policy: { Version: "2012-10-17", Statement: [{ Effect: Deny, Principal: "*", Action: "s3:*", Resource: ["arn:aws:s3:::${Bucket}/*"], Condition: { Bool: { "aws:SecureTransport": "false" } } }] }`;
    const page = "website: { indexDocument: index.html }, cors: [{ allowedOrigins: ['*'], allowedMethods: [GET], maxAge: 60 }]";
    await settle(yaml(`versioning: false, encryption: { kmsKey: alias/mine, bucketKey: true }, ${page}, ${policy}`));
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Suspended");
    const { ServerSideEncryptionConfiguration: sse } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(sse!.Rules![0]!.ApplyServerSideEncryptionByDefault).toMatchObject({ SSEAlgorithm: "aws:kms", KMSMasterKeyID: "alias/mine" });
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toContain("SecureTransport");
    const rules = s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    await expect(rules).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
    await settle(`${of("store")}allowDestroy: { bucket/files: ${Bucket} }\n`);
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NotFound" });
  });

  it("keeps a bucket that is not empty", async () => {
    await settle(`${of("full")}buckets: { full: { name: lab-test-full } }\n`);
    await new S3Client(testbed.client).send(new PutObjectCommand({ Bucket: "lab-test-full", Key: "a", Body: "x" }));
    const run = await planEnvironment(used, testbed, loadText(`${of("full")}allowDestroy: { bucket/full: lab-test-full }\n`, used), {
      goal: "agree",
    });
    const failed: string[] = [];
    for await (const event of applyEnvironment(testbed, run, { signal: new AbortController().signal }))
      if (event.type === "finished") failed.push(...event.outcome.failed.map(({ failure }) => failure.message));
    expect(failed.join()).toContain("is not empty, so it is kept");
    await new S3Client(testbed.client).send(new HeadBucketCommand({ Bucket: "lab-test-full" }));
  });

  it("makes, changes and deletes a key, and brings it back", async () => {
    const kms = new KMSClient(testbed.client);
    const policy = (sid: string) =>
      `policy: { Version: "2012-10-17", Statement: [{ Sid: ${sid}, Effect: Allow, Principal: { AWS: "arn:aws:iam::${testbed.account}:root" }, Action: "kms:*", Resource: "*" }] }`;
    const yaml = (fields: string) => `${of("keys")}kmsKeys: { data: { deletionWindow: 7, ${fields} } }\n`;
    await settle(yaml(`description: One, rotation: true, ${policy("One")}`));
    await settle(yaml(`description: Two, rotation: false, alias: moved, ${policy("Two")}`));
    const look = async (KeyId: string) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!;
    const { Arn, KeyId, Description } = await look("alias/moved");
    expect(Description).toBe("Two");
    expect((await kms.send(new GetKeyPolicyCommand({ KeyId: KeyId!, PolicyName: "default" }))).Policy).toContain("Two");
    await settle(`${of("keys")}allowDestroy: { kmsKey/data: "${Arn}" }\n`);
    expect((await look(KeyId!)).KeyState).toBe("PendingDeletion");
    const { Aliases = [] } = await kms.send(new ListAliasesCommand({ KeyId: KeyId! }));
    expect(Aliases).toEqual([]);
    await settle(yaml("description: Two"));
    expect(await look("alias/lab-keys-data")).toMatchObject({ KeyId, KeyState: "Enabled" });
  });

  it("makes, changes and deletes a secret, and gives it a value", async () => {
    const secrets = new SecretsManagerClient(testbed.client);
    const yaml = (fields: string) => `${header}secrets: { key: { generate: { length: 20 }, recoveryDays: 7, ${fields} } }\n`;
    await settle(yaml("description: One"));
    const value = async () => (await secrets.send(new GetSecretValueCommand({ SecretId: "test-key" }))).SecretString;
    const made = await value();
    expect(made).toMatch(/^[A-Za-z0-9]{20}$/);
    await settle(yaml("description: Two"));
    expect(await value()).toBe(made);
    const look = () => secrets.send(new DescribeSecretCommand({ SecretId: "test-key" }));
    const { ARN, Description } = await look();
    expect(Description).toBe("Two");
    await settle(`${header}allowDestroy: { secret/key: "${ARN}" }\n`);
    expect((await look()).DeletedDate).toBeDefined();
  });
});
