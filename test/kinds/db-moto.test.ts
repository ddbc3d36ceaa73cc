/**
 * The database kinds against moto, an emulator by others, so that our sandbox is not the only judge.
 *
 * Adaptations to moto 5.2. Everything happens at once and PendingModifiedValues is never set, so waiting is not tested. ModifyDBSubnetGroup
 * deletes the group, so no group is changed. ResetDBParameterGroup is missing, so no parameter is reset. The version stays the prefix that
 * was sent. A promoted replica keeps the name of its source, so no replica is promoted. All instances have one resource id, so no
 * switchover can be seen.
 */
import * as rds from "@aws-sdk/client-rds";
import * as sns from "@aws-sdk/client-sns";
import * as ssm from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dbInstance, type DbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import { dbClusterParameterGroup } from "../../src/kinds/db-cluster-parameter-group/db-cluster-parameter-group.ts";
import { dbCluster, type DbCluster } from "../../src/kinds/db-cluster/db-cluster.ts";
import { dbEventSubscription } from "../../src/kinds/db-event-subscription/db-event-subscription.ts";
import type { DbEventSubscription } from "../../src/kinds/db-event-subscription/schema.ts";
import { dbOptionGroup } from "../../src/kinds/db-option-group/db-option-group.ts";
import type { DbOptionGroup } from "../../src/kinds/db-option-group/schema.ts";
import { dbParameterGroup } from "../../src/kinds/db-parameter-group/db-parameter-group.ts";
import { dbSubnetGroup } from "../../src/kinds/db-subnet-group/db-subnet-group.ts";
import { converge, differences, find, surroundings, listed, mysql, removed, type Surroundings } from "./db-testbed.ts";
import { hasMoto, motoTestbed, type MotoTestbed } from "./db-moto.ts";

it("moto is there, in CI at least", () => {
  expect(hasMoto || process.env["CI"] === undefined).toBe(true);
});

describe.runIf(hasMoto)("on moto", () => {
  let testbed: MotoTestbed;
  let on: Surroundings;
  beforeAll(async () => {
    testbed = await motoTestbed();
    on = await surroundings(testbed);
  });
  afterAll(async () => testbed.stop());

  const main = "dbInstance/main";
  const raw = async (id = "prod-main") =>
    (await testbed.aws.rds(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: id }))).DBInstances![0]!;

  it("a subnet group is made with its tags and its mark, and agrees", async () => {
    const spec = { subnets: [...on.subnets], description: "Databases" };
    const live = await converge(testbed, dbSubnetGroup, "dbSubnetGroup/main", spec);
    expect(live).toMatchObject({ id: "prod-main", name: "prod-main", tags: { "infra:resource": "dbSubnetGroup/main" } });
    expect(await differences(testbed, dbSubnetGroup, "dbSubnetGroup/main", spec)).toEqual([]);
  });

  it("a parameter group is made with its values, and agrees", async () => {
    const spec = { family: "mysql8.4", parameters: { max_connections: 200, slow_query_log: true } };
    await converge(testbed, dbParameterGroup, "dbParameterGroup/main", spec);
    expect(await differences(testbed, dbParameterGroup, "dbParameterGroup/main", spec)).toEqual([]);
  });

  it("a database is made as declared, with a managed password, and agrees", async () => {
    const spec = mysql(on, {
      subnetGroup: "prod-main",
      parameterGroup: "prod-main",
      backupWindow: "03:00-04:00",
      maintenanceWindow: "sun:04:30-sun:05:30",
      logExports: ["error"],
      maxAllocatedStorage: 50,
    });
    await converge(testbed, dbInstance, main, spec);
    expect(await raw()).toMatchObject({
      Engine: "mysql",
      DBInstanceClass: "db.t3.micro",
      StorageEncrypted: true,
      PubliclyAccessible: false,
      BackupRetentionPeriod: 7,
      DeletionProtection: true,
      MaxAllocatedStorage: 50,
      EnabledCloudwatchLogsExports: ["error"],
      DBParameterGroups: [{ DBParameterGroupName: "prod-main" }],
      DBSubnetGroup: { DBSubnetGroupName: "prod-main" },
      VpcSecurityGroups: [{ VpcSecurityGroupId: on.group }],
      MasterUserSecret: { SecretArn: expect.stringContaining("rds!db-") },
    });
    expect(await differences(testbed, dbInstance, main, spec)).toEqual([]);
    const writes = testbed.calls.writes;
    await converge(testbed, dbInstance, main, spec);
    expect(testbed.calls.writes).toBe(writes);
  });

  it("a change of others is found and repaired", async () => {
    const spec = mysql(on, { subnetGroup: "prod-main", parameterGroup: "prod-main", applyImmediately: true });
    await testbed.aws.rds(
      new rds.ModifyDBInstanceCommand({
        DBInstanceIdentifier: "prod-main",
        BackupRetentionPeriod: 1,
        DeletionProtection: false,
        DBInstanceClass: "db.m5.large",
        ApplyImmediately: true,
      }),
    );
    expect((await differences(testbed, dbInstance, main, spec)).sort()).toEqual([
      "backupRetention: update",
      "deletionProtection: update",
      "instanceClass: restart",
    ]);
    await converge(testbed, dbInstance, main, spec);
    expect(await raw()).toMatchObject({ BackupRetentionPeriod: 7, DeletionProtection: true, DBInstanceClass: "db.t3.micro" });
    const { DBSnapshots } = await testbed.aws.rds(
      new rds.DescribeDBSnapshotsCommand({ DBInstanceIdentifier: "prod-main", SnapshotType: "manual" }),
    );
    expect(DBSnapshots).toHaveLength(1);
    const details = await (await dbInstance.load()).details!(testbed.aws, [(await find(testbed, dbInstance, main))!]);
    expect(details.get("prod-main")!.parts).toMatchObject([{ id: DBSnapshots![0]!.DBSnapshotIdentifier }]);
  });

  it("an option group is made with its options, and the database has it", async () => {
    const audit: DbOptionGroup = {
      engine: "mysql",
      majorEngineVersion: "8.0",
      options: { MARIADB_AUDIT_PLUGIN: { settings: { SERVER_AUDIT_EVENTS: "CONNECT" } } },
    };
    const live = await converge(testbed, dbOptionGroup, "dbOptionGroup/audit", audit);
    expect(live).toMatchObject({ id: "prod-audit", tags: { "infra:resource": "dbOptionGroup/audit" } });
    expect(await differences(testbed, dbOptionGroup, "dbOptionGroup/audit", audit)).toEqual([]);
    const { OptionGroupsList } = await testbed.aws.rds(new rds.DescribeOptionGroupsCommand({ OptionGroupName: "prod-audit" }));
    expect(OptionGroupsList).toMatchObject([
      {
        EngineName: "mysql",
        OptionGroupDescription: "audit (infra shop/prod)",
        Options: [{ OptionName: "MARIADB_AUDIT_PLUGIN", OptionSettings: [{ Name: "SERVER_AUDIT_EVENTS", Value: "CONNECT" }] }],
      },
    ]);
    await removed(testbed, dbOptionGroup, live);
    expect(await listed(testbed, dbOptionGroup)).toEqual([]);
  });

  it("a subscription of events is made, agrees, and goes", async () => {
    const { TopicArn = "" } = await testbed.aws.sns(new sns.CreateTopicCommand({ Name: "alerts" }));
    const spec: DbEventSubscription = { topic: TopicArn, sourceType: "db-instance", sources: ["prod-main"], eventCategories: ["failure"] };
    const live = await converge(testbed, dbEventSubscription, "dbEventSubscription/alerts", spec);
    expect(await differences(testbed, dbEventSubscription, "dbEventSubscription/alerts", spec)).toEqual([]);
    const { EventSubscriptionsList } = await testbed.aws.rds(new rds.DescribeEventSubscriptionsCommand({}));
    expect(EventSubscriptionsList).toMatchObject([
      { SnsTopicArn: TopicArn, SourceType: "db-instance", SourceIdsList: ["prod-main"], EventCategoriesList: ["failure"], Enabled: true },
    ]);
    await removed(testbed, dbEventSubscription, live);
    expect((await testbed.aws.rds(new rds.DescribeEventSubscriptionsCommand({}))).EventSubscriptionsList).toEqual([]);
  });

  it("a source with its password in a parameter has a replica", async () => {
    const password = { ssmParameter: "/shop/source" };
    await converge(testbed, dbInstance, "dbInstance/source", mysql(on, { masterPassword: password, deletionProtection: false }));
    const { Parameter } = await testbed.aws.ssm(new ssm.GetParameterCommand({ Name: "/shop/source", WithDecryption: true }));
    expect(Parameter).toMatchObject({ Type: "SecureString", Value: expect.stringMatching(/^\S{40}$/) });
    const replica: DbInstance = {
      replicaOf: "prod-source",
      securityGroups: [on.group],
      deletionProtection: false,
      publiclyAccessible: false,
    };
    const live = await converge(testbed, dbInstance, "dbInstance/replica", replica);
    expect(live.outputs!["role"]).toBe("replica of prod-source");
    expect(await raw("prod-replica")).toMatchObject({ ReadReplicaSourceDBInstanceIdentifier: "prod-source" });
    expect(await differences(testbed, dbInstance, "dbInstance/replica", replica)).toEqual([]);
  });

  it("a cluster is made with its groups and an instance, changed, and agrees", async () => {
    const address = "dbCluster/aurora";
    await converge(testbed, dbClusterParameterGroup, "dbClusterParameterGroup/aurora", {
      family: "aurora-postgresql16",
      parameters: { "rds.force_ssl": true },
    });
    const spec: DbCluster = {
      engine: "aurora-postgresql",
      engineVersion: "16.4",
      subnetGroup: "prod-main",
      securityGroups: [on.group],
      parameterGroup: "prod-aurora",
      masterUsername: "dbadmin",
      instances: { one: { instanceClass: "db.r7g.large", promotionTier: 1 } },
    };
    await converge(testbed, dbCluster, address, spec);
    const [found] = (await testbed.aws.rds(new rds.DescribeDBClustersCommand({ DBClusterIdentifier: "prod-aurora" }))).DBClusters!;
    expect(found).toMatchObject({
      Engine: "aurora-postgresql",
      StorageEncrypted: true,
      DeletionProtection: true,
      BackupRetentionPeriod: 7,
    });
    expect(await raw("prod-aurora-one")).toMatchObject({ DBClusterIdentifier: "prod-aurora", PubliclyAccessible: false });
    expect(await differences(testbed, dbCluster, address, spec)).toEqual([]);
    const second: DbCluster = { ...spec, backupRetention: 14, instances: { two: { instanceClass: "db.r7g.large" } } };
    await converge(testbed, dbCluster, address, second);
    expect(await differences(testbed, dbCluster, address, second)).toEqual([]);
    for (const live of await listed(testbed, dbCluster)) await removed(testbed, dbCluster, live);
    for (const live of await listed(testbed, dbClusterParameterGroup)) await removed(testbed, dbClusterParameterGroup, live);
    const { DBClusterSnapshots = [] } = await testbed.aws.rds(new rds.DescribeDBClusterSnapshotsCommand({ SnapshotType: "manual" }));
    expect(DBClusterSnapshots.map(({ DBClusterSnapshotIdentifier }) => DBClusterSnapshotIdentifier)).toEqual([
      expect.stringMatching(/^prod-aurora-final-/),
    ]);
  });

  it("everything goes again: a final snapshot stays, and the groups go after the databases", async () => {
    const databases = await listed(testbed, dbInstance);
    for (const live of databases.sort((a, b) => Number(b.spec.replicaOf !== "none") - Number(a.spec.replicaOf !== "none")))
      await removed(testbed, dbInstance, live);
    for (const live of await listed(testbed, dbParameterGroup)) await removed(testbed, dbParameterGroup, live);
    for (const live of await listed(testbed, dbSubnetGroup)) await removed(testbed, dbSubnetGroup, live);
    const { DBSnapshots } = await testbed.aws.rds(new rds.DescribeDBSnapshotsCommand({ SnapshotType: "manual" }));
    expect(
      DBSnapshots!
        .map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier)
        .filter((id) => id!.includes("-final-"))
        .sort(),
    ).toEqual([expect.stringMatching(/^prod-main-final-/), expect.stringMatching(/^prod-source-final-/)]);
    expect((await testbed.aws.rds(new rds.DescribeDBInstancesCommand({}))).DBInstances).toEqual([]);
    expect(await listed(testbed, dbSubnetGroup)).toEqual([]);
  });
});
