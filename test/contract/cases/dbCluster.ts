import * as rds from "@aws-sdk/client-rds";
import type { Aws } from "../../../src/aws/aws.ts";
import type { Case } from "../case.ts";
import { network } from "../network.ts";

const user = { masterUsername: "dbadmin", masterPassword: { ssmParameter: "/shop/cluster" }, subnetGroup: "net" };

/** A cluster restored from a snapshot: its user and its first database come from the snapshot. */
const copy = {
  engine: "aurora-mysql",
  subnetGroup: "net",
  securityGroups: ["one"],
  masterPassword: { ssmParameter: "/shop/copy" },
  performanceInsights: true,
  maintenanceWindow: "sat:18:00-sat:19:00",
  deletionProtection: false,
};

async function theirs(aws: Aws): Promise<void> {
  const DBClusterIdentifier = "theirs";
  await aws.rds(
    new rds.CreateDBClusterCommand({
      DBClusterIdentifier,
      Engine: "aurora-mysql",
      MasterUsername: "dbadmin",
      MasterUserPassword: "not-told-to-anybody",
    }),
  );
  await aws.clock.sleep(3_600_000);
  await aws.rds(new rds.CreateDBClusterSnapshotCommand({ DBClusterIdentifier, DBClusterSnapshotIdentifier: "theirs-copy" }));
  await aws.clock.sleep(3_600_000);
}

export const dbCluster: Case = {
  kind: "dbCluster",
  index: { ...network, dbSubnetGroups: { net: { subnets: ["a", "b", "c"] }, other: { subnets: ["b", "c"] } } },
  bare: { engine: "aurora-postgresql", masterUsername: "dbadmin", subnetGroup: "net" },
  forms: [
    {
      index: {
        iamRoles: { monitoring: { trust: "monitoring.rds.amazonaws.com" } },
        dbClusterParameterGroups: {
          one: { family: "aurora-postgresql16" },
          two: { family: "aurora-postgresql16" },
          new: { family: "aurora-postgresql17" },
        },
        dbParameterGroups: {
          one: { family: "aurora-postgresql16" },
          two: { family: "aurora-postgresql16" },
          new: { family: "aurora-postgresql17" },
        },
      },
      full: {
        ...user,
        engine: "aurora-postgresql",
        engineVersion: "16",
        instances: {
          a: {
            instanceClass: "db.r7g.large",
            availabilityZone: "a",
            promotionTier: 0,
            parameterGroup: "one",
            publiclyAccessible: false,
            caCertificate: "rds-ca-rsa2048-g1",
            maintenanceWindow: "sat:18:00-sat:19:00",
          },
          b: { instanceClass: "db.serverless", availabilityZone: "b" },
        },
        serverlessV2Scaling: { minCapacity: 0, maxCapacity: 4, untilAutoPause: 600 },
        storageType: "aurora",
        storageEncrypted: true,
        kmsKey: "11111111-1111-1111-1111-111111111111",
        securityGroups: ["one"],
        port: 5432,
        parameterGroup: "one",
        backupRetention: 7,
        backupWindow: "17:00-17:30",
        maintenanceWindow: "sat:18:00-sat:19:00",
        autoMinorVersionUpgrade: true,
        engineLifecycleSupport: "open-source-rds-extended-support-disabled",
        httpEndpoint: false,
        localWriteForwarding: false,
        performanceInsights: true,
        performanceInsightsRetention: 465,
        performanceInsightsKmsKey: "11111111-1111-1111-1111-111111111111",
        databaseInsightsMode: "standard",
        monitoringInterval: 60,
        monitoringRole: "monitoring",
        logExports: ["postgresql"],
        iamAuthentication: false,
        databaseName: "shop",
        copyTagsToSnapshot: false,
        deletionProtection: false,
        applyImmediately: true,
        snapshotBefore: "risky",
        keepSnapshots: 2,
        finalSnapshot: true,
      },
      changes: [
        [
          "engine",
          "aurora-mysql",
          "refused",
          { also: { engineVersion: undefined, parameterGroup: undefined, logExports: undefined, port: undefined } },
        ],
        ["engineVersion", "17", "restart", { also: { parameterGroup: "new", "instances.a.parameterGroup": "new" }, back: "refused" }],
        ["instances.a.instanceClass", "db.r7g.xlarge", "restart"],
        ["instances.a.availabilityZone", "c", "refused"],
        ["instances.a.promotionTier", 2],
        ["instances.a.parameterGroup", "two"],
        ["instances.a.publiclyAccessible", true],
        ["instances.a.caCertificate", "rds-ca-rsa4096-g1", "restart"],
        ["instances.a.maintenanceWindow", "sun:18:00-sun:19:00"],
        ["instances.a", undefined],
        ["instances.c", { instanceClass: "db.t4g.medium" }],
        ["serverlessV2Scaling.minCapacity", 1, "update", { also: { "serverlessV2Scaling.untilAutoPause": undefined } }],
        ["serverlessV2Scaling.maxCapacity", 8],
        ["serverlessV2Scaling.untilAutoPause", 900],
        ["storageType", "aurora-iopt1"],
        ["storageEncrypted", false, "refused", { also: { kmsKey: undefined } }],
        ["kmsKey", "22222222-2222-2222-2222-222222222222", "refused"],
        ["subnetGroup", "other", "refused"],
        ["securityGroups", ["two"]],
        ["port", 5433, "restart"],
        ["parameterGroup", "two"],
        ["backupRetention", 14],
        ["backupWindow", "20:00-20:30"],
        ["maintenanceWindow", "sun:18:00-sun:19:00"],
        ["autoMinorVersionUpgrade", false],
        ["engineLifecycleSupport", "open-source-rds-extended-support", "refused"],
        ["httpEndpoint", true],
        ["localWriteForwarding", true],
        [
          "performanceInsights",
          false,
          "update",
          { also: { performanceInsightsRetention: undefined, performanceInsightsKmsKey: undefined } },
        ],
        ["performanceInsightsRetention", 731],
        ["performanceInsightsKmsKey", "22222222-2222-2222-2222-222222222222", "refused"],
        ["databaseInsightsMode", "advanced"],
        ["monitoringInterval", 30],
        ["monitoringRole", { name: "others" }],
        ["logExports", ["instance"]],
        ["iamAuthentication", true],
        ["masterUsername", "root2", "refused"],
        ["masterPassword", "managed"],
        ["masterPassword.ssmParameter", "/shop/two", "nothing"],
        ["databaseName", "store", "refused"],
        ["copyTagsToSnapshot", true],
        ["deletionProtection", true],
        ["applyImmediately", false, "nothing"],
        ["snapshotBefore", "never", "nothing"],
        ["keepSnapshots", 3, "nothing"],
        ["finalSnapshot", false],
      ],
    },
    {
      full: {
        ...user,
        engine: "mysql",
        engineVersion: "8.0",
        instanceClass: "db.m6gd.large",
        storageType: "io1",
        allocatedStorage: 100,
        iops: 3000,
        deletionProtection: false,
        applyImmediately: true,
      },
      changes: [
        ["instanceClass", "db.m6gd.xlarge", "restart"],
        ["allocatedStorage", 200, "update", { back: "refused" }],
        ["iops", 4000],
      ],
    },
    {
      before: theirs,
      full: { ...copy, snapshot: "theirs-copy" },
      changes: [["snapshot", "theirs-other", "refused"]],
    },
    {
      index: {
        dbClusters: { source: { ...user, engine: "aurora-mysql", deletionProtection: false }, other: { ...user, engine: "aurora-mysql" } },
      },
      full: { ...copy, restoreToPointInTime: { dbCluster: "source", time: "latest", type: "copy-on-write" } },
      changes: [
        ["restoreToPointInTime.type", "full-copy", "refused"],
        ["restoreToPointInTime.time", "2026-01-01T00:00:00Z", "refused", { also: { "restoreToPointInTime.type": undefined } }],
        ["restoreToPointInTime.dbCluster", "other", "refused"],
        ["restoreToPointInTime.dbCluster", "cluster-0", "refused"],
      ],
    },
    {
      full: { ...user, engine: "aurora-mysql", backtrackWindow: 3600, deletionProtection: false },
      changes: [["backtrackWindow", 7200]],
    },
  ],
};
