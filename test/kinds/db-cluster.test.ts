/** Database clusters through the whole engine, in the sandbox. */
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { network, settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const around = `${network}dbSubnetGroups: { net: { subnets: [a, b] } }\n`;
const cluster = (instances: string, fields = "", top = "") =>
  `${around}${top}dbClusters: { main: { engine: aurora-postgresql, engineVersion: "16", masterUsername: dbadmin, subnetGroup: net, applyImmediately: true, instances: { ${instances} }, ${fields} } }\n`;
const one = "one: { instanceClass: db.t4g.medium }";
const two = "two: { instanceClass: db.t4g.medium }";

/** A separate client of the same account. */
function clientOf({ sandbox }: Testbed) {
  return new rds.RDSClient({
    region: "eu-west-1",
    requestHandler: sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    maxAttempts: 1,
  });
}

const clusterOf = async (testbed: Testbed) => (await clientOf(testbed).send(new rds.DescribeDBClustersCommand({}))).DBClusters![0]!;
const membersOf = async (testbed: Testbed) =>
  (await clusterOf(testbed)).DBClusterMembers!.map((member) => `${member.DBInstanceIdentifier}${member.IsClusterWriter ? " writes" : ""}`);

describe("a cluster", () => {
  it("is made with its instances, each once though every answer to a create is lost", async () => {
    const lost = ["CreateDBCluster", "CreateDBInstance"].map((name) => ({ operation: `rds:${name}` }));
    const testbed = openTestbed({ sandbox: { faults: { loseAnswer: lost } } });
    await settle(testbed, cluster(`${one}, ${two}`));
    expect(await membersOf(testbed)).toEqual(["test-main-one writes", "test-main-two"]);
    const { DBInstances = [] } = await clientOf(testbed).send(new rds.DescribeDBInstancesCommand({}));
    expect(DBInstances.map(({ PubliclyAccessible, DBClusterIdentifier }) => [PubliclyAccessible, DBClusterIdentifier])).toEqual([
      [false, "test-main"],
      [false, "test-main"],
    ]);
    const tags = Object.fromEntries(DBInstances[0]!.TagList!.map(({ Key, Value }) => [Key, Value]));
    expect(tags).toMatchObject({ "infra:project": "lab", "infra:environment": "test", "infra:resource": "dbCluster/main" });
    expect(tags).not.toHaveProperty("infra:token");
  });

  it("hands over before its writer goes, and is never without one", async () => {
    const { testbed, sent } = watchedTestbed();
    await settle(testbed, cluster(`${one}, ${two}`));
    await settle(testbed, cluster(two));
    expect(sent.map(({ operation }) => operation).filter((name) => /Failover|DeleteDBInstance/.test(name))).toEqual([
      "FailoverDBCluster",
      "DeleteDBInstance",
    ]);
    expect(await membersOf(testbed)).toEqual(["test-main-two writes"]);
  });

  it("is written by the instance of the lowest tier when it is new, whichever came up first", async () => {
    const { testbed } = watchedTestbed();
    const tiers = ["one", "two", "three"].map(
      (name) => `${name}: { instanceClass: db.t4g.medium, promotionTier: ${name === "two" ? 0 : 2} }`,
    );
    await settle(testbed, cluster(tiers.join(", ")));
    expect(await membersOf(testbed)).toContain("test-main-two writes");
  });

  it("gets other machines readers first, the writer last", async () => {
    const { testbed, sent } = watchedTestbed();
    await settle(testbed, cluster(`${one}, ${two}`));
    const larger = `${one}, ${two}`.replaceAll("db.t4g.medium", "db.r7g.large");
    await settle(testbed, cluster(larger));
    const modified = sent.filter(({ operation }) => operation === "ModifyDBInstance").map(({ input }) => input["DBInstanceIdentifier"]);
    expect(modified).toEqual(["test-main-two", "test-main-one"]);
  });

  it("reports instances of others, keeps them, and they block its delete", async () => {
    const testbed = openTestbed();
    await settle(testbed, cluster(one));
    await clientOf(testbed).send(
      new rds.CreateDBInstanceCommand({
        DBInstanceIdentifier: "application-autoscaling-1",
        DBClusterIdentifier: "test-main",
        Engine: "aurora-postgresql",
        DBInstanceClass: "db.r7g.large",
      }),
    );
    await testbed.clock.sleep(3_600_000);
    const { run } = await testbed.apply(cluster(one));
    expect(stepsOf(run)).toEqual([]);
    expect(run.plan.notes.map(({ text }) => text).join("\n")).toContain("application-autoscaling-1");
    const gone = await testbed.tryApply(`${around}allowDestroy: { dbCluster/main: test-main }\n`);
    expect(told(gone).failed.join()).toContain("application-autoscaling-1");
    expect(await membersOf(testbed)).toEqual(["test-main-one writes", "application-autoscaling-1"]);
  });

  it("refuses a name that is somebody else's database", async () => {
    const testbed = openTestbed();
    await settle(testbed, around);
    await clientOf(testbed).send(
      new rds.CreateDBInstanceCommand({
        DBInstanceIdentifier: "test-main-one",
        Engine: "mysql",
        DBInstanceClass: "db.t4g.micro",
        AllocatedStorage: 20,
        MasterUsername: "theirs",
        ManageMasterUserPassword: true,
        DBSubnetGroupName: "test-net",
      }),
    );
    const applied = await testbed.tryApply(cluster(one));
    expect(told(applied).failed.join()).toContain("A database test-main-one already");
  });

  it("is kept when the YAML lets it go; where allowDestroy names it, it goes with a last snapshot and keeps its backups", async () => {
    const { testbed, sent } = watchedTestbed();
    await settle(testbed, cluster(`${one}, ${two}`));
    const kept = await testbed.tryApply(around);
    expect(stepsOf(kept.run)).toEqual(["keep dbCluster/main"]);
    await testbed.apply(`${around}allowDestroy: { dbCluster/main: test-main }\n`);
    const deleted = sent.find(({ operation }) => operation === "DeleteDBCluster")?.input;
    expect(deleted).toMatchObject({ DBClusterIdentifier: "test-main", DeleteAutomatedBackups: false, SkipFinalSnapshot: false });
    const { DBClusterSnapshots = [] } = await clientOf(testbed).send(new rds.DescribeDBClusterSnapshotsCommand({}));
    expect(DBClusterSnapshots.map(({ DBClusterSnapshotIdentifier }) => DBClusterSnapshotIdentifier)).toEqual([
      deleted!["FinalDBSnapshotIdentifier"],
    ]);
  });

  it("takes a snapshot before an upgrade, which there is no way back from", async () => {
    const testbed = openTestbed();
    await settle(testbed, cluster(one));
    await settle(testbed, cluster(one).replace('"16"', '"17"'));
    const { DBClusterSnapshots = [] } = await clientOf(testbed).send(new rds.DescribeDBClusterSnapshotsCommand({}));
    expect(DBClusterSnapshots[0]!.DBClusterSnapshotIdentifier).toMatch(/^test-main-pre-/);
    expect((await clusterOf(testbed)).EngineVersion).toBe("17.5");
  });

  it("keeps the parameter group of each instance over a major upgrade, for which AWS takes a single one", async () => {
    const testbed = openTestbed();
    const version = (number: string) => {
      const groups = ["one", "two"].map(
        (name) => `${name}-${number}: { family: aurora-postgresql${number}, parameters: { log_min_duration_statement: "100" } }`,
      );
      const members = ["one", "two"].map((name) => `${name}: { instanceClass: db.t4g.medium, parameterGroup: ${name}-${number} }`);
      const third = "three: { instanceClass: db.t4g.medium }";
      return cluster([...members, third].join(", "), "", `dbParameterGroups: { ${groups.join(", ")} }\n`).replace('"16"', `"${number}"`);
    };
    await settle(testbed, version("16"));
    await settle(testbed, version("17"));
    const { DBInstances = [] } = await clientOf(testbed).send(new rds.DescribeDBInstancesCommand({}));
    expect(DBInstances.map((one) => one.DBParameterGroups![0]!.DBParameterGroupName)).toEqual([
      "test-one-17",
      "default.aurora-postgresql17",
      "test-two-17",
    ]);
  });

  it("shows changes that wait for the window, and makes them on request", async () => {
    const testbed = openTestbed();
    const later = (fields: string) => cluster(one, fields).replace("applyImmediately: true, ", "");
    await settle(testbed, later(""));
    const { run } = await testbed.apply(later("iamAuthentication: true,"));
    expect(stepsOf(run)).toEqual(["update dbCluster/main"]);
    const again = await testbed.plan(later("iamAuthentication: true,"));
    expect(stepsOf(again)).toEqual([]);
    expect(again.plan.notes.map(({ text }) => text).join("\n")).toContain(
      "iamAuthentication false → true waits for the maintenance window",
    );
    await settle(testbed, cluster(one, "iamAuthentication: true,"));
    expect((await clusterOf(testbed)).IAMDatabaseAuthenticationEnabled).toBe(true);
  });
});

describe("the diagnostics of a file", () => {
  it.each([
    [
      `engine: mysql, instances: { ${one} }, instanceClass: db.m6gd.large, allocatedStorage: 100`,
      "instances is for Aurora only, and the engine mysql makes a Multi-AZ cluster",
    ],
    ["engine: mysql", "allocatedStorage is missing"],
    [
      "engine: mysql, instanceClass: db.m6gd.large, allocatedStorage: 100",
      "needs subnets in three zones, and those of dbSubnetGroup/net are in 2",
    ],
    [`engine: aurora-mysql, allocatedStorage: 100, instances: { ${one} }`, "allocatedStorage is for Multi-AZ clusters only"],
    ["engine: aurora-mysql, instances: { a: { instanceClass: db.serverless } }", "db.serverless needs serverlessV2Scaling"],
    [`engine: aurora-postgresql, instances: { ${one} }, masterUsername: admin`, "admin is a reserved word of aurora-postgresql"],
    [
      `engine: aurora-postgresql, instances: { ${one} }, serverlessV2Scaling: { minCapacity: 8, maxCapacity: 4 }`,
      "minCapacity is greater than maxCapacity",
    ],
    [
      `engine: aurora-postgresql, engineVersion: "16", parameterGroup: default.aurora-postgresql17, instances: { ${one} }`,
      "the parameter group is for aurora-postgresql17",
    ],
  ])("%s: %s", (fields, says) => {
    const user = fields.includes("masterUsername") ? "" : "masterUsername: dbadmin, ";
    expect(() => loadText(`${around}dbClusters: { main: { ${user}subnetGroup: net, ${fields} } }\n`)).toThrow(says);
  });
});

/** A testbed that keeps the engine's writes to RDS, with their inputs. */
function watchedTestbed() {
  const sent: { operation: string; input: Record<string, unknown> }[] = [];
  const testbed = openTestbed({
    watch: ({ service, operation, input }) => {
      if (service === "rds" && !/^(Describe|List)/.test(operation)) sent.push({ operation, input });
    },
  });
  return { testbed, sent };
}

describe("a cluster that is created from a snapshot", () => {
  it("gets its managed password from the next run where the one that made it could not set it", async () => {
    let isDenied = true;
    const testbed = openTestbed({
      watch: ({ operation }) => {
        if (isDenied && operation === "ModifyDBCluster") throw new Error("the run ends here");
      },
    });
    await makeSnapshot(testbed, { StorageEncrypted: true });
    const yaml = `${around}dbClusters: { main: { engine: aurora-postgresql, subnetGroup: net, snapshot: kept } }\n`;
    await testbed.tryApply(yaml);
    expect((await clusterOf(testbed)).MasterUserSecret).toBeUndefined();
    isDenied = false;
    await testbed.clock.sleep(3_600_000);
    expect(stepsOf(await testbed.plan(yaml))).toContain("update dbCluster/main");
    await settle(testbed, yaml);
    const { MasterUserSecret, TagList = [] } = await clusterOf(testbed);
    expect(MasterUserSecret).toBeDefined();
    expect(TagList.map(({ Key }) => Key)).not.toContain("infra:password");
  });

  it("is refused by the plan where the copy is not encrypted and nothing is written; with a key it is encrypted", async () => {
    const testbed = openTestbed();
    await settle(testbed, around);
    await makeSnapshot(testbed, { StorageEncrypted: false });
    const yaml = (more = "") => `${around}dbClusters: { main: { engine: aurora-postgresql, subnetGroup: net, snapshot: kept${more} } }\n`;
    expect(await foreseen(testbed, yaml())).toEqual([
      expect.stringContaining(
        "the snapshot kept is not encrypted, so a database restored from it would not be encrypted either: write kmsKey",
      ),
    ]);
    expect((await foreseen(testbed, yaml())).join()).toContain("AWS would create something other than the YAML declares");
    expect(await foreseen(testbed, yaml(", storageEncrypted: false"))).toEqual([]);
    await settle(testbed, yaml(", kmsKey: alias/aws/rds"));
    expect((await clusterOf(testbed)).StorageEncrypted).toBe(true);
  });

  it("is made of the backups of one that is gone", async () => {
    const testbed = openTestbed();
    await settle(testbed, cluster(one));
    const { DbClusterResourceId: gone } = await clusterOf(testbed);
    await testbed.apply(`${around}allowDestroy: { dbCluster/main: test-main }\n`);
    await testbed.clock.sleep(3_600_000);
    const yaml = (more = "") =>
      `${around}dbClusters: { again: { engine: aurora-postgresql, subnetGroup: net, restoreToPointInTime: { dbCluster: ${gone}, time: latest }${more} } }\n`;
    expect(await foreseen(testbed, yaml(", masterUsername: somebody"))).toEqual([
      expect.stringContaining(`the master user of the backup ${gone} is dbadmin`),
    ]);
    await settle(testbed, yaml());
    expect((await clusterOf(testbed)).MasterUsername).toBe("dbadmin");
  });
});

/** Returns the errors of the preflight. */
async function foreseen(testbed: Testbed, yaml: string): Promise<string[]> {
  const connection = await testbed.connection();
  const { diagnostics } = await planEnvironment(kinds, connection, testbed.load(yaml), { goal: "agree", preflight: true });
  return diagnostics.filter(({ code }) => code === "preflight").map(({ summary, hint }) => `${summary} ${hint}`);
}

/** Makes a snapshot named "kept" of a cluster, and deletes the cluster. */
async function makeSnapshot(testbed: Testbed, more: { readonly StorageEncrypted: boolean }): Promise<void> {
  const client = clientOf(testbed);
  const DBClusterIdentifier = "theirs";
  const user = { MasterUsername: "dbadmin", MasterUserPassword: "not-told-to-anybody" };
  await client.send(new rds.CreateDBClusterCommand({ DBClusterIdentifier, Engine: "aurora-postgresql", ...user, ...more }));
  await testbed.clock.sleep(3_600_000);
  await client.send(new rds.CreateDBClusterSnapshotCommand({ DBClusterIdentifier, DBClusterSnapshotIdentifier: "kept" }));
  await testbed.clock.sleep(3_600_000);
  await client.send(new rds.DeleteDBClusterCommand({ DBClusterIdentifier, SkipFinalSnapshot: true }));
  await testbed.clock.sleep(3_600_000);
}
