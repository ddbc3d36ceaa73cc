import * as caches from "@aws-sdk/client-elasticache";
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox.ts";
import { configFor, failureOf } from "../core/toys.ts";

const minutes = 60_000;

async function account() {
  const clock = new VirtualClock();
  const config = configFor(createSandbox({ clock }));
  const [client, ec2, tagging] = [new caches.ElastiCacheClient(config), new EC2Client(config), new ResourceGroupsTaggingAPIClient(config)];
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const subnet = async (CidrBlock: string, zone: string) =>
    (await ec2.send(new CreateSubnetCommand({ VpcId: Vpc!.VpcId, CidrBlock, AvailabilityZone: `${config.region}${zone}` }))).Subnet!
      .SubnetId!;
  const SubnetIds = [await subnet("10.0.1.0/24", "a"), await subnet("10.0.2.0/24", "b")];
  const { CacheSubnetGroup } = await client.send(
    new caches.CreateCacheSubnetGroupCommand({ CacheSubnetGroupName: "Net", CacheSubnetGroupDescription: "x", SubnetIds }),
  );
  expect(CacheSubnetGroup).toMatchObject({ CacheSubnetGroupName: "net", VpcId: Vpc!.VpcId });
  const input = {
    ReplicationGroupId: "Web",
    ReplicationGroupDescription: "Sessions",
    Engine: "redis",
    EngineVersion: "7.0",
    CacheNodeType: "cache.t4g.micro",
    NumCacheClusters: 2,
    AutomaticFailoverEnabled: true,
    CacheSubnetGroupName: "net",
    Tags: [{ Key: "team", Value: "a" }],
  };
  const create = (more: Partial<caches.CreateReplicationGroupCommandInput> = {}) =>
    client.send(new caches.CreateReplicationGroupCommand({ ...input, ...more }));
  const modify = (more: Partial<caches.ModifyReplicationGroupCommandInput>) =>
    client.send(new caches.ModifyReplicationGroupCommand({ ReplicationGroupId: "web", ApplyImmediately: true, ...more }));
  const look = async () =>
    (await client.send(new caches.DescribeReplicationGroupsCommand({ ReplicationGroupId: "WEB" }))).ReplicationGroups![0]!;
  return { clock, client, ec2, tagging, create, modify, look, SubnetIds };
}

describe("a replication group", () => {
  it("is known in lower case, comes up after minutes, and tells its own settings by its nodes only", async () => {
    const { clock, client, create, look } = await account();
    await create();
    expect(await look()).toMatchObject({
      ReplicationGroupId: "web",
      Status: "creating",
      MemberClusters: ["web-001", "web-002"],
      NodeGroups: [],
    });
    expect((await failureOf(create({ ReplicationGroupId: "wEB" }))).name).toBe("ReplicationGroupAlreadyExistsFault");
    await clock.sleep(15 * minutes);
    const group = await look();
    expect(group).toMatchObject({ Status: "available", AutomaticFailover: "enabled" });
    expect(group.NodeGroups![0]!.PrimaryEndpoint!.Address).toMatch(/^web\.[a-z0-9]+\.ng\.0001\./);
    expect(group).not.toHaveProperty("EngineVersion");
    const { CacheClusters } = await client.send(new caches.DescribeCacheClustersCommand({}));
    expect(CacheClusters![0]).toMatchObject({ EngineVersion: "7.0.7", CacheSubnetGroupName: "net", ReplicationGroupId: "web" });
  });

  it("tells and takes tags only while it is available, and the index shows it then", async () => {
    const { clock, client, tagging, create, modify } = await account();
    const { ReplicationGroup } = await create();
    const tags = () => client.send(new caches.ListTagsForResourceCommand({ ResourceName: ReplicationGroup!.ARN }));
    expect(await failureOf(tags())).toMatchObject({ name: "InvalidReplicationGroupStateFault" });
    const indexed = async () =>
      (await tagging.send(new GetResourcesCommand({ ResourceARNList: [ReplicationGroup!.ARN!] }))).ResourceTagMappingList;
    expect(await indexed()).toEqual([]);
    await clock.sleep(15 * minutes);
    expect((await tags()).TagList).toEqual([{ Key: "team", Value: "a" }]);
    await modify({ CacheNodeType: "cache.t4g.small" });
    expect(await failureOf(tags())).toMatchObject({ name: "InvalidReplicationGroupStateFault" });
    expect(await indexed()).toHaveLength(1);
  });

  it.each([
    [{ NumCacheClusters: 1 }, "single node"],
    [{ NumNodeGroups: 2 }, "NumCacheClusters cannot"],
    [{ NumCacheClusters: undefined, NumNodeGroups: 2 }, "cluster-enabled"],
    [{ MultiAZEnabled: true, AutomaticFailoverEnabled: false }, "Multi-AZ requires"],
    [{ CacheParameterGroupName: "default.valkey8" }, "cannot be used"],
    [{ KmsKeyId: "alias/mine" }, "requires AtRestEncryptionEnabled"],
    [{ UserGroupIds: ["people"] }, "require encryption in transit"],
    [{ PreferredMaintenanceWindow: "sun:05:00-sun:05:30" }, "60 minutes"],
  ])("is refused as AWS refuses it: %j", async (more, why) => {
    const { create } = await account();
    expect((await failureOf(create(more))).message).toContain(why);
  });

  it("takes one change at a time, TLS by one step, and no version back", async () => {
    const { clock, create, modify, look } = await account();
    await create({ TransitEncryptionEnabled: true });
    await clock.sleep(15 * minutes);
    await modify({ SnapshotRetentionLimit: 2 });
    expect((await failureOf(modify({ SnapshotRetentionLimit: 3 }))).name).toBe("InvalidReplicationGroupStateFault");
    await clock.sleep(2 * minutes);
    expect((await failureOf(modify({ TransitEncryptionEnabled: false }))).message).toContain("preferred");
    expect((await failureOf(modify({ EngineVersion: "6.2" }))).message).toContain("downgrade");
    await modify({ TransitEncryptionMode: "preferred" });
    await clock.sleep(15 * minutes);
    expect(await look()).toMatchObject({ TransitEncryptionMode: "preferred", SnapshotRetentionLimit: 2 });
  });

  it("goes with a last snapshot, and its interfaces hold the subnets and the groups for some minutes", async () => {
    const { clock, client, ec2, create } = await account();
    await create();
    const gone = () =>
      client.send(new caches.DeleteReplicationGroupCommand({ ReplicationGroupId: "web", FinalSnapshotIdentifier: "last" }));
    expect((await failureOf(gone())).name).toBe("InvalidReplicationGroupStateFault");
    await clock.sleep(15 * minutes);
    expect((await failureOf(client.send(new caches.DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: "net" })))).name).toBe(
      "CacheSubnetGroupInUse",
    );
    await gone();
    await clock.sleep(14 * minutes);
    const { Snapshots } = await client.send(new caches.DescribeSnapshotsCommand({}));
    expect(Snapshots).toMatchObject([{ SnapshotName: "last", SnapshotStatus: "available", ReplicationGroupId: "web" }]);
    await clock.sleep(5 * minutes);
    expect((await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces).toEqual([]);
    await client.send(new caches.DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: "net" }));
    expect((await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups!.length).toBeGreaterThan(0);
  });

  it("has shards that are named when they are removed", async () => {
    const { clock, client, create, look } = await account();
    await create({ NumCacheClusters: undefined, NumNodeGroups: 2, ReplicasPerNodeGroup: 1, ClusterMode: "enabled" });
    await clock.sleep(15 * minutes);
    expect((await look()).ConfigurationEndpoint!.Address).toContain(".clustercfg.");
    const shards = (more: Partial<caches.ModifyReplicationGroupShardConfigurationCommandInput>) =>
      client.send(
        new caches.ModifyReplicationGroupShardConfigurationCommand({
          ReplicationGroupId: "web",
          NodeGroupCount: 1,
          ApplyImmediately: true,
          ...more,
        }),
      );
    expect((await failureOf(shards({}))).message).toContain("NodeGroupsToRemove");
    await shards({ NodeGroupsToRemove: ["0001"] });
    await clock.sleep(35 * minutes);
    expect((await look()).MemberClusters).toEqual(["web-0002-001", "web-0002-002"]);
  });
});

describe("a cache parameter group", () => {
  it("takes twenty known values in a call, and is deleted when nothing uses it", async () => {
    const { clock, client, create } = await account();
    await client.send(
      new caches.CreateCacheParameterGroupCommand({ CacheParameterGroupName: "p", CacheParameterGroupFamily: "redis7", Description: "x" }),
    );
    const set = (ParameterName: string, ParameterValue: string) =>
      client.send(
        new caches.ModifyCacheParameterGroupCommand({
          CacheParameterGroupName: "p",
          ParameterNameValues: [{ ParameterName, ParameterValue }],
        }),
      );
    await set("maxmemory-policy", "noeviction");
    expect((await failureOf(set("maxmemory-policy", "sometimes"))).message).toContain("allowed values");
    expect((await failureOf(set("maxmemory", "1"))).message).toContain("cannot be modified");
    const { Parameters } = await client.send(new caches.DescribeCacheParametersCommand({ CacheParameterGroupName: "p", Source: "user" }));
    expect(Parameters).toMatchObject([{ ParameterName: "maxmemory-policy", ParameterValue: "noeviction", ChangeType: "immediate" }]);
    await create({ CacheParameterGroupName: "p" });
    const gone = () => client.send(new caches.DeleteCacheParameterGroupCommand({ CacheParameterGroupName: "p" }));
    expect((await failureOf(gone())).name).toBe("InvalidCacheParameterGroupStateFault");
    await clock.sleep(15 * minutes);
    await client.send(new caches.DeleteReplicationGroupCommand({ ReplicationGroupId: "web" }));
    await clock.sleep(15 * minutes);
    await gone();
  });
});
