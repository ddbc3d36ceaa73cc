/** Caches without a description, file systems and proxies: objects that a dead run left, objects of others, and mistakes in a file. */
import * as caches from "@aws-sdk/client-elasticache";
import * as efs from "@aws-sdk/client-efs";
import { describe, expect, it } from "vitest";
import { planEnvironment } from "../../src/engine.ts";
import { kinds as all } from "../../src/kinds/index.ts";
import { loadText, openTestbed as open, stepsOf, type TestbedOptions, type Testbed } from "../support/testbed.ts";
import { network, settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const kinds = all.filter(({ section }) =>
  /^(vpcs|internetGateways|subnets|routeTables|securityGroups|cacheSubnetGroups|cacheParameterGroups|cacheClusters|fileSystems|dbSubnetGroups|dbInstances|dbProxies|iamRoles|secrets|networkInterfaces)$/.test(
    section,
  ),
);
const openTestbed = (options: TestbedOptions = {}) => open({ kinds, ...options });

const credentials = { accessKeyId: "AKIA123456789012", secretAccessKey: "other" };
const settings = ({ sandbox }: Testbed) => ({
  region: "eu-west-1",
  requestHandler: sandbox.requestHandler as never,
  credentials,
  maxAttempts: 1,
});
const cacheOf = (testbed: Testbed) => new caches.ElastiCacheClient(settings(testbed));
const filesOf = (testbed: Testbed) => new efs.EFSClient(settings(testbed));

const around = `${network}cacheSubnetGroups: { net: { subnets: [a, b] } }\n`;
const pages = (fields = "") =>
  `${around}cacheClusters: { pages: { engine: memcached, nodeType: cache.t4g.micro, subnetGroup: net, ${fields} } }\n`;
const clusters = async (testbed: Testbed) => (await cacheOf(testbed).send(new caches.DescribeCacheClustersCommand({}))).CacheClusters!;

async function theirs(testbed: Testbed, resource: string): Promise<void> {
  await cacheOf(testbed).send(
    new caches.CreateCacheClusterCommand({
      CacheClusterId: "test-pages",
      Engine: "memcached",
      CacheNodeType: "cache.t4g.micro",
      NumCacheNodes: 1,
      CacheSubnetGroupName: "test-net",
      Tags: Object.entries({
        "infra:project": "lab",
        "infra:environment": "test",
        "infra:resource": resource,
        "infra:name": "test-pages",
      }).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
}

describe("a cache cluster", () => {
  it("is made once when the answer of its create is lost, though nothing names its owner for minutes", async () => {
    const testbed = openTestbed({ sandbox: { faults: { loseAnswer: [{ operation: "elasticache:CreateCacheCluster" }] } } });
    await settle(testbed, pages("numCacheNodes: 2"));
    expect(await clusters(testbed)).toMatchObject([{ CacheClusterId: "test-pages", NumCacheNodes: 2, CacheClusterStatus: "available" }]);
  });

  it("of others that has its name and is being made is waited for, and not changed", async () => {
    const testbed = openTestbed();
    await testbed.apply(around);
    await theirs(testbed, "cacheCluster/another");
    const applied = await testbed.tryApply(pages("numCacheNodes: 2"));
    expect(stepsOf(applied.run).filter((step) => step.startsWith("create"))).toEqual([]);
    expect(told(applied).failed.join()).toMatch(/do not show its owner|say that it is not of this environment|no longer has the tags/);
    expect(await clusters(testbed)).toMatchObject([{ CacheClusterId: "test-pages", NumCacheNodes: 1 }]);
  });
});

const files = (fields = "") => `${network}fileSystems: { main: { mountTargets: { a: { securityGroups: [one] } }, ${fields} } }\n`;

describe("a file system", () => {
  it("is kept by a destroy, with the subnet and the group that its mount target stands in", async () => {
    const testbed = openTestbed();
    await settle(testbed, files());
    const { run } = await testbed.destroy(files());
    expect(
      stepsOf(run)
        .filter((step) => step.startsWith("keep"))
        .sort(),
    ).toEqual(["keep fileSystem/main", "keep securityGroup/one", "keep subnet/a", "keep vpc/main"]);
  });

  it("is made once when answers are lost, and goes with its mount targets where allowDestroy names it", async () => {
    const lost = ["CreateFileSystem", "CreateMountTarget", "CreateAccessPoint"].map((operation) => ({
      operation: `efs:${operation}`,
      count: 1,
    }));
    const testbed = openTestbed({ sandbox: { faults: { loseAnswer: lost } } });
    const yaml = files("accessPoints: { up: { path: /up } }");
    await settle(testbed, yaml);
    const { FileSystems = [] } = await filesOf(testbed).send(new efs.DescribeFileSystemsCommand({}));
    expect(FileSystems).toMatchObject([{ Encrypted: true, NumberOfMountTargets: 1 }]);
    const FileSystemId = FileSystems[0]!.FileSystemId!;
    const points = await filesOf(testbed).send(new efs.DescribeAccessPointsCommand({ FileSystemId }));
    expect(points.AccessPoints).toHaveLength(1);
    await testbed.apply(`${network}allowDestroy: { fileSystem/main: ${FileSystemId} }\n`);
    expect((await filesOf(testbed).send(new efs.DescribeFileSystemsCommand({}))).FileSystems).toEqual([]);
  });

  it("takes a mount target in creation for the declared one, and waits for it", async () => {
    const testbed = openTestbed();
    const asserted = `
networkInterfaces: { machine: { subnet: a, securityGroups: [one] } }
assert: { mounts: { allow: { from: networkInterface/machine, to: fileSystem/main, port: 2049 } } }
`;
    const opened = network.replace(
      "{ vpc: main, description: One }",
      "{ vpc: main, description: One, ingress: [{ port: 2049, source: self }] }",
    );
    const yaml = (targets: string) => `${opened}${asserted}fileSystems: { main: { mountTargets: { ${targets} } } }\n`;
    await testbed.apply(yaml("b: { securityGroups: [one] }"));
    const { objects } = (await testbed.plan(yaml("b: { securityGroups: [one] }"))).observed;
    const idOf = (wanted: string) => [...objects].find(([address]) => address === wanted)![1].live.id;
    const [FileSystemId, SubnetId, group] = ["fileSystem/main", "subnet/a", "securityGroup/one"].map(idOf) as [string, string, string];
    await filesOf(testbed).send(new efs.CreateMountTargetCommand({ FileSystemId, SubnetId, SecurityGroups: [group] }));

    const both = yaml("a: { securityGroups: [one] }, b: { securityGroups: [one] }");
    const there = await planEnvironment(kinds, await testbed.connection(), testbed.load(both), { goal: "agree", unmanaged: true });
    expect(there.plan.assertions).toMatchObject([{ name: "mounts", verdict: "unknown" }]);
    expect(there.diagnostics.map(({ summary }) => summary).join()).toContain("its security groups are not known");
    const { run } = await testbed.tryApply(both);
    expect(run.diagnostics).toEqual([]);
    expect(run.plan.assertions).toMatchObject([{ name: "mounts", verdict: "holds" }]);
    expect(stepsOf(run)).toEqual(["update fileSystem/main"]);
    const { MountTargets = [] } = await filesOf(testbed).send(new efs.DescribeMountTargetsCommand({ FileSystemId }));
    expect(MountTargets.map(({ LifeCycleState }) => LifeCycleState)).toEqual(["available", "available"]);
    await settle(testbed, both);
  });

  it("is not deleted while it has a mount target that others made", async () => {
    const testbed = openTestbed();
    await settle(testbed, files());
    const { FileSystems = [] } = await filesOf(testbed).send(new efs.DescribeFileSystemsCommand({}));
    const FileSystemId = FileSystems[0]!.FileSystemId!;
    const run = await testbed.plan(files());
    const SubnetId = [...run.observed.objects].find(([address]) => address === "subnet/b")![1].live.id;
    await filesOf(testbed).send(new efs.CreateMountTargetCommand({ FileSystemId, SubnetId }));
    await settle(testbed, files());
    const applied = await testbed.tryApply(`${network}allowDestroy: { fileSystem/main: ${FileSystemId} }\n`);
    expect(JSON.stringify([told(applied), applied.run.diagnostics])).toMatch(/mount target/);
    expect((await filesOf(testbed).send(new efs.DescribeFileSystemsCommand({}))).FileSystems).toHaveLength(1);
  });
});

describe("mistakes in a file", () => {
  it.each([
    [pages("azMode: cross-az"), "a cluster with one node cannot be in several zones"],
    [pages("snapshotRetention: 1"), "Memcached has no snapshotRetention"],
    [pages("numCacheNodes: 2, azMode: cross-az, availabilityZone: a"), "the nodes are in several zones"],
    [pages("parameterGroup: default.redis7"), "the family redis7"],
    [pages("").replace("memcached", "redis").replace("subnetGroup", "numCacheNodes: 2, subnetGroup"), "has only one node"],
    [`${network}fileSystems: { main: { throughputMode: provisioned } }`, "throughputMode: provisioned needs provisionedThroughput"],
    [`${network}fileSystems: { main: { lifecycle: { transitionToArchive: AFTER_90_DAYS } } }`, "Archive needs throughputMode: elastic"],
    [
      `${network}fileSystems: { main: { availabilityZone: a, mountTargets: { a: {}, b: {} } } }`,
      "One Zone file system has only one mount target",
    ],
    [
      `${network}iamRoles: { p: { trust: rds.amazonaws.com } }\nsecrets: { s: {} }\ndbProxies: { main: { engineFamily: MYSQL, subnets: [a, b], role: p, auth: [{ login: s }, { login: s }] } }`,
      "listed twice",
    ],
  ])("%#: %s", (yaml, text) => {
    expect(() => loadText(yaml, kinds)).toThrow(text);
  });
});
