import * as rds from "@aws-sdk/client-rds";
import type { Aws } from "../../../src/aws/aws.ts";
import type { Case } from "../case.ts";
import { network } from "../network.ts";

const primary = {
  engine: "mysql",
  instanceClass: "db.t4g.medium",
  allocatedStorage: 400,
  masterUsername: "dbadmin",
  masterPassword: { ssmParameter: "/shop/one" },
  subnetGroup: "net",
};

/** An instance restored from a snapshot: its user, its size and its first database come from the snapshot. */
const copy = {
  engine: "mysql",
  instanceClass: "db.t4g.medium",
  subnetGroup: "net",
  securityGroups: ["one"],
  masterPassword: { ssmParameter: "/shop/copy" },
  performanceInsights: true,
  maintenanceWindow: "sat:18:00-sat:19:00",
  deletionProtection: false,
};

async function theirs(aws: Aws): Promise<void> {
  const DBInstanceIdentifier = "theirs";
  await aws.rds(
    new rds.CreateDBInstanceCommand({
      DBInstanceIdentifier,
      Engine: "mysql",
      DBInstanceClass: "db.t4g.medium",
      AllocatedStorage: 20,
      MasterUsername: "dbadmin",
      MasterUserPassword: "not-told-to-anybody",
    }),
  );
  await aws.clock.sleep(3_600_000);
  await aws.rds(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier: "theirs-copy" }));
  await aws.clock.sleep(3_600_000);
}

export const dbInstance: Case = {
  kind: "dbInstance",
  index: { ...network, dbSubnetGroups: { net: { subnets: ["a", "b"] }, other: { subnets: ["b", "c"] } } },
  bare: {
    engine: "mysql",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 20,
    masterUsername: "dbadmin",
    subnetGroup: "net",
  },
  forms: [
    {
      index: {
        iamRoles: { monitoring: { trust: "monitoring.rds.amazonaws.com" } },
        dbParameterGroups: { one: { family: "mysql8.0" }, two: { family: "mysql8.0" }, new: { family: "mysql8.4" } },
        dbOptionGroups: {
          one: { engine: "mysql", majorEngineVersion: "8.0" },
          two: { engine: "mysql", majorEngineVersion: "8.0" },
          new: { engine: "mysql", majorEngineVersion: "8.4" },
        },
      },
      // AWS accepts one change of storage in six hours.
      rest: 7,
      full: {
        ...primary,
        engineVersion: "8.0",
        storageType: "gp3",
        iops: 12_000,
        storageThroughput: 500,
        maxAllocatedStorage: 1000,
        storageEncrypted: true,
        kmsKey: "11111111-1111-1111-1111-111111111111",
        multiAz: false,
        securityGroups: ["one"],
        port: 3306,
        parameterGroup: "one",
        optionGroup: "one",
        backupRetention: 7,
        backupWindow: "17:00-17:30",
        maintenanceWindow: "sat:18:00-sat:19:00",
        autoMinorVersionUpgrade: true,
        engineLifecycleSupport: "open-source-rds-extended-support-disabled",
        caCertificate: "rds-ca-rsa2048-g1",
        performanceInsights: true,
        performanceInsightsRetention: 465,
        performanceInsightsKmsKey: "11111111-1111-1111-1111-111111111111",
        databaseInsightsMode: "standard",
        logExports: ["error"],
        iamAuthentication: false,
        publiclyAccessible: false,
        dbName: "shop",
        availabilityZone: "a",
        copyTagsToSnapshot: false,
        monitoringInterval: 60,
        monitoringRole: "monitoring",
        deletionProtection: false,
        applyImmediately: true,
        snapshotBefore: "risky",
        keepSnapshots: 2,
        finalSnapshot: true,
        replicaOf: "none",
      },
      changes: [
        [
          "engine",
          "mariadb",
          "refused",
          { also: { engineVersion: undefined, parameterGroup: undefined, optionGroup: undefined, engineLifecycleSupport: undefined } },
        ],
        ["engineVersion", "8.4", "restart", { also: { parameterGroup: "new", optionGroup: "new" }, back: "refused" }],
        ["instanceClass", "db.t4g.large", "restart"],
        ["storageType", "io1", "update", { also: { storageThroughput: undefined } }],
        ["allocatedStorage", 500, "update", { back: "nothing" }],
        ["allocatedStorage", 500, "update", { also: { maxAllocatedStorage: 0 }, back: "refused" }],
        ["iops", 13_000],
        ["storageThroughput", 600],
        ["maxAllocatedStorage", 0],
        ["storageEncrypted", false, "refused", { also: { kmsKey: undefined } }],
        ["kmsKey", "22222222-2222-2222-2222-222222222222", "refused"],
        ["multiAz", true, "update", { also: { availabilityZone: undefined } }],
        ["subnetGroup", "other", "refused"],
        ["securityGroups", ["two"]],
        ["port", 3307, "restart"],
        ["parameterGroup", "two"],
        ["optionGroup", "two"],
        ["backupRetention", 14],
        ["backupRetention", 0],
        ["backupWindow", "20:00-20:30"],
        ["maintenanceWindow", "sun:18:00-sun:19:00"],
        ["autoMinorVersionUpgrade", false],
        ["engineLifecycleSupport", "open-source-rds-extended-support"],
        ["caCertificate", "rds-ca-rsa4096-g1", "restart"],
        [
          "performanceInsights",
          false,
          "update",
          { also: { performanceInsightsRetention: undefined, performanceInsightsKmsKey: undefined } },
        ],
        ["performanceInsightsRetention", 731],
        ["performanceInsightsKmsKey", "22222222-2222-2222-2222-222222222222", "refused"],
        ["databaseInsightsMode", "advanced"],
        ["logExports", ["slowquery"]],
        ["iamAuthentication", true],
        ["publiclyAccessible", true],
        ["masterUsername", "root2", "refused"],
        ["masterPassword", "managed"],
        ["masterPassword.ssmParameter", "/shop/two", "nothing"],
        ["dbName", "store", "refused"],
        ["availabilityZone", "b", "refused"],
        ["copyTagsToSnapshot", true],
        ["monitoringInterval", 30],
        ["monitoringRole", { name: "others" }],
        ["deletionProtection", true],
        ["applyImmediately", false, "nothing"],
        ["snapshotBefore", "never", "nothing"],
        ["keepSnapshots", 3, "nothing"],
        ["finalSnapshot", false],
      ],
    },
    {
      index: { dbParameterGroups: { one: { family: "mysql8.0" }, new: { family: "mysql8.4" } } },
      full: {
        ...primary,
        allocatedStorage: 20,
        engineVersion: "8.0",
        storageType: "standard",
        parameterGroup: "one",
        deletionProtection: false,
        blueGreenUpdate: true,
      },
      changes: [
        ["blueGreenUpdate", false, "nothing"],
        ["instanceClass", "db.t4g.large", "restart"],
        ["engineVersion", "8.4", "restart", { also: { parameterGroup: "new", multiAz: true }, back: "refused" }],
        ["storageType", "gp3", "restart", { also: { allocatedStorage: 40 }, back: "refused" }],
      ],
    },
    {
      before: theirs,
      full: { ...copy, snapshot: "theirs-copy" },
      changes: [["snapshot", "theirs-other", "refused"]],
    },
    {
      index: {
        dbInstances: {
          source: { ...primary, allocatedStorage: 20, deletionProtection: false },
          other: { ...primary, allocatedStorage: 20 },
        },
      },
      full: { ...copy, restoreToPointInTime: { dbInstance: "source", time: "latest" } },
      changes: [
        ["restoreToPointInTime.time", "2026-01-01T00:00:00Z", "refused"],
        ["restoreToPointInTime.dbInstance", "other", "refused"],
        ["restoreToPointInTime.dbInstance", "db-0", "refused"],
      ],
    },
    {
      index: { dbInstances: { source: { ...primary, allocatedStorage: 20, deletionProtection: false } } },
      full: { instanceClass: "db.t4g.medium", securityGroups: ["one"], replicaOf: "source", deletionProtection: false },
      changes: [["replicaOf", undefined, "restart", { also: { ...primary, allocatedStorage: 20 }, back: "refused" }]],
    },
  ],
};
