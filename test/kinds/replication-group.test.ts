import * as caches from "@aws-sdk/client-elasticache";
import { describe, expect, it } from "vitest";
import { replicationGroup } from "../../src/kinds/replication-group/replication-group.ts";
import { isOlder, satisfies } from "../../src/kinds/shared/cache/versions.ts";
import { loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { network, settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const around = `${network}cacheSubnetGroups: { net: { subnets: [a, b] } }\n`;
const yaml = (fields = "", top = "") =>
  `${around}${top}replicationGroups: { main: { engine: valkey, nodeType: cache.t4g.micro, subnetGroup: net, ${fields} } }\n`;

/** A separate client of the same account. */
function clientOf({ sandbox }: Testbed) {
  return new caches.ElastiCacheClient({
    region: "eu-west-1",
    requestHandler: sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    maxAttempts: 1,
  });
}

const groupsOf = async (testbed: Testbed) =>
  (await clientOf(testbed).send(new caches.DescribeReplicationGroupsCommand({}))).ReplicationGroups!;

/** The state that a run leaves when it dies right after its create. */
async function halfMade(testbed: Testbed, { resource = "replicationGroup/main", mark = "(infra lab/test main)" } = {}) {
  const tags = { "infra:project": "lab", "infra:environment": "test", "infra:resource": resource, "infra:name": "test-main" };
  const { ReplicationGroup } = await clientOf(testbed).send(
    new caches.CreateReplicationGroupCommand({
      ReplicationGroupId: "test-main",
      ReplicationGroupDescription: `main ${mark}`,
      Engine: "valkey",
      CacheNodeType: "cache.t4g.micro",
      NumCacheClusters: 1,
      CacheSubnetGroupName: "test-net",
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
      Tags: Object.entries({ ...tags, "infra:final-snapshot": "take" }).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return ReplicationGroup!;
}

describe("a replication group", () => {
  it("is made once when the answer of its create is lost, though its tags cannot be read for minutes", async () => {
    const testbed = openTestbed({ sandbox: { faults: { loseAnswer: [{ operation: "elasticache:CreateReplicationGroup" }] } } });
    await settle(testbed, yaml("numCacheClusters: 2"));
    expect(await groupsOf(testbed)).toMatchObject([{ ReplicationGroupId: "test-main", AutomaticFailover: "enabled", Status: "available" }]);
  });

  it("of a run that died is known by its description while it is creating, and waited for", async () => {
    const testbed = openTestbed();
    await testbed.apply(around);
    await halfMade(testbed);
    const { run } = await testbed.apply(yaml());
    expect(stepsOf(run).filter((step) => step.startsWith("create"))).toEqual([]);
    expect(run.plan.notes.map(({ text }) => text).join("\n")).toContain("does not return its tags until it is available");
    await settle(testbed, yaml());
    expect(await groupsOf(testbed)).toHaveLength(1);
  });

  it("is not deleted on the word of its description, and not taken over from somebody whose tags say otherwise", async () => {
    const testbed = openTestbed();
    const gone = `${around}allowDestroy: { replicationGroup/main: test-main }\n`;
    await settle(testbed, around);
    await halfMade(testbed, { resource: "replicationGroup/another" });
    const applied = await testbed.tryApply(gone);
    expect(told(applied).failed.join()).toMatch(/do not show its owner|no longer has the tags/);
    expect(await groupsOf(testbed)).toHaveLength(1);
  });

  it("is kept when the YAML lets it go; where allowDestroy names it, it goes with a last snapshot", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml());
    const kept = await testbed.tryApply(around);
    expect(stepsOf(kept.run)).toEqual(["keep replicationGroup/main"]);
    const [{ ARN }] = (await groupsOf(testbed)) as [caches.ReplicationGroup];
    expect(ARN).toContain(":replicationgroup:test-main");
    const applied = await testbed.apply(`${around}allowDestroy: { replicationGroup/main: test-main }\n`);
    expect(told(applied).said).toContain("final snapshot test-main-final");
    expect(await groupsOf(testbed)).toEqual([]);
    expect((await clientOf(testbed).send(new caches.DescribeSnapshotsCommand({}))).Snapshots).toMatchObject([
      { SnapshotName: "test-main-final" },
    ]);
  });

  it("that is resized by somebody is found by the index of tags, and changed when it is free again", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml());
    const change = { ReplicationGroupId: "test-main", CacheNodeType: "cache.t4g.small", ApplyImmediately: true };
    await clientOf(testbed).send(new caches.ModifyReplicationGroupCommand(change));
    const run = await testbed.plan(yaml("snapshotRetention: 2"));
    expect(stepsOf(run)).toEqual(["update replicationGroup/main"]);
    await testbed.apply(yaml("snapshotRetention: 2"));
    expect(await groupsOf(testbed)).toMatchObject([{ SnapshotRetentionLimit: 2, CacheNodeType: "cache.t4g.small" }]);
    await settle(testbed, yaml("snapshotRetention: 2"));
    expect(await groupsOf(testbed)).toMatchObject([{ SnapshotRetentionLimit: 2, CacheNodeType: "cache.t4g.micro" }]);
  });

  it("of somebody else is adopted by its tags alone", async () => {
    const testbed = openTestbed();
    await settle(testbed, around);
    const client = clientOf(testbed);
    await client.send(
      new caches.CreateReplicationGroupCommand({
        ReplicationGroupId: "theirs",
        ReplicationGroupDescription: "Sessions",
        Engine: "valkey",
        CacheNodeType: "cache.t4g.micro",
        NumCacheClusters: 1,
        CacheSubnetGroupName: "test-net",
      }),
    );
    await testbed.clock.sleep(1_000_000);
    await settle(testbed, yaml("name: theirs, adopt: { id: theirs }"));
    expect(await groupsOf(testbed)).toMatchObject([{ Description: "Sessions", TransitEncryptionEnabled: false }]);
  });

  it("costs the declared number of calls", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml());
    testbed.sandbox.forgetCalls();
    await testbed.plan(yaml());
    const calls = testbed.sandbox.calls.filter(({ service }) => service === "elasticache").map(({ operation }) => operation);
    const ofOthers = [
      "DescribeCacheClusters",
      "DescribeCacheParameterGroups",
      "DescribeCacheSubnetGroups",
      "DescribeServerlessCaches",
      "ListTagsForResource",
    ];
    expect(calls).toHaveLength(replicationGroup.readCost({ ours: 1, account: 1 }) + ofOthers.length);
  });
});

describe("mistakes in a replication group", () => {
  it.each([
    ["numCacheClusters: 2, numNodeGroups: 2", "for a group without shards"],
    ["replicasPerNodeGroup: 1", "for a group with shards"],
    ["automaticFailover: true", "automaticFailover needs a replica"],
    ["multiAz: true", "needs automaticFailover and a replica"],
    ["numNodeGroups: 2, automaticFailover: false", "a group with shards always has automatic failover"],
    ["numNodeGroups: 30, replicasPerNodeGroup: 3", "at most 90 nodes"],
    ["parameterGroup: default.redis7", "the family redis7"],
    ['engineVersion: "8.0", parameterGroup: default.valkey7', "needs valkey8"],
    ["parameterGroup: default.valkey8, numNodeGroups: 2", "need a parameter group with cluster mode"],
    ["kmsKey: alias/mine, atRestEncryption: false", "kmsKey needs encryption at rest"],
    ["userGroups: [people], transitEncryption: preferred", "need encryption in transit"],
    ["logDelivery: { slow-log: { format: json } }", "exactly one of `logGroup` and `deliveryStream`"],
    ["name: two--hyphens", "two hyphens"],
  ])("is reported before anything is sent: %s", (fields, why) => {
    expect(() => loadText(yaml(fields))).toThrow(why);
  });

  it("groups in another VPC", () => {
    const text = yaml("securityGroups: [far]")
      .replace("vpcs:\n", "vpcs:\n  far: { cidrBlock: 10.9.0.0/16 }\n")
      .replace("securityGroups:\n", "securityGroups:\n  far: { vpc: far, description: Far }\n");
    expect(() => loadText(text)).toThrow("securityGroup/far is in vpc/far");
  });
});

describe("versions", () => {
  it.each([
    ["7.1.0", "7.1", true],
    ["7.1.2", "7.1.0", true],
    ["6.2.6", "6.x", true],
    ["5.0.6", "5.0.5", false],
    ["8.0.1", "8.1", false],
    ["8.0.1", "8", true],
  ])("%s satisfies %s: %s", (runs, asked, is) => {
    expect(satisfies(runs, asked)).toBe(is);
  });

  it("are older by the first part that differs", () => {
    expect([isOlder("7.0", "7.1.0"), isOlder("8.0", "7.2.6"), isOlder("7.1", "7.1.0")]).toEqual([true, false, false]);
  });
});
