/** A database is created and changed, in the sandbox and with the kind's own driver. Each time the next plan is empty. */
import { describe, expect, it } from "vitest";
import { dbInstance, type DbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import { converge, differences, surroundings, main, mysql, raw, sandboxTestbed } from "./db-testbed.ts";

describe("create-only", () => {
  it("reports AWS's own defaults that would be unsafe: encryption, access, backups, Extended Support, protection", async () => {
    const testbed = await sandboxTestbed();
    await converge(testbed, dbInstance, main, mysql(await surroundings(testbed)));
    expect(await raw(testbed)).toMatchObject({
      StorageEncrypted: true,
      PubliclyAccessible: false,
      BackupRetentionPeriod: 7,
      EngineLifecycleSupport: "open-source-rds-extended-support-disabled",
      DeletionProtection: true,
      CopyTagsToSnapshot: false,
      StorageType: "gp3",
      MasterUserSecret: { SecretArn: expect.stringContaining(":secret:rds!db-") },
    });
  });

  it("is followed by an empty plan, with all fields out and with all fields set", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    expect(await differences(testbed, dbInstance, main, mysql(on))).toEqual([]);
    const full: DbInstance = mysql(on, {
      instanceClass: "db.m6g.large",
      storageType: "gp3",
      allocatedStorage: 400,
      iops: 12_000,
      storageThroughput: 500,
      maxAllocatedStorage: 600,
      storageEncrypted: true,
      kmsKey: "1234abcd-12ab-34cd-56ef-1234567890ab",
      multiAz: true,
      port: 3307,
      parameterGroup: "default.mysql8.4",
      backupRetention: 14,
      backupWindow: "03:00-04:00",
      maintenanceWindow: "Sun:04:30-Sun:05:30",
      autoMinorVersionUpgrade: false,
      engineLifecycleSupport: "open-source-rds-extended-support",
      caCertificate: "rds-ca-ecc384-g1",
      performanceInsights: true,
      logExports: ["slowquery", "error"],
      iamAuthentication: true,
      publiclyAccessible: false,
      masterPassword: "managed",
      dbName: "shop",
      copyTagsToSnapshot: true,
      monitoringInterval: 60,
      monitoringRole: "arn:aws:iam::123456789012:role/monitoring",
      deletionProtection: true,
      applyImmediately: false,
      snapshotBefore: "always",
      keepSnapshots: 2,
      finalSnapshot: false,
    });
    await converge(testbed, dbInstance, "dbInstance/full", full);
    expect(await differences(testbed, dbInstance, "dbInstance/full", full)).toEqual([]);
  });

  it("that failed is reported as failed, with AWS's word for it", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    testbed.sandbox!.setFaults({ events: { "rds:createFails": 1 } });
    await expect(converge(testbed, dbInstance, main, mysql(on))).rejects.toThrow("failed: failed");
  });
});
