/** Differences of a database that are no drift, changes that wait for the maintenance window, and the costs of changes. In the sandbox. */
import * as ec2 from "@aws-sdk/client-ec2";
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { dbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import {
  converge,
  differences,
  find,
  surroundings,
  main,
  modify,
  mysql,
  pass,
  planned,
  raw,
  sandboxTestbed,
  snapshots,
} from "./db-testbed.ts";

describe("values that move by themselves are no drift", () => {
  it("a version prefix agrees with every version under it, at a dot", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on, { engineVersion: "8.0" }));
    expect((await raw(testbed)).EngineVersion).toBe("8.0.42");
    expect(await differences(testbed, dbInstance, main, mysql(on, { engineVersion: "8.0" }))).toEqual([]);
    expect(await differences(testbed, dbInstance, main, mysql(on, { engineVersion: "8.0.4" }))).toEqual([]); // AWS upgraded it
    expect(await differences(testbed, dbInstance, main, mysql(on, { engineVersion: "8.4" }))).toEqual(["engineVersion: restart"]);
  });

  it("a newer minor than the declared one is a note, and an older major is refused", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    const spec = mysql(on, { engineVersion: "8.4.3" });
    await converge(testbed, dbInstance, main, spec);
    await modify(testbed, { EngineVersion: "8.4.6", ApplyImmediately: true });
    await pass(testbed, 60);
    const live = (await find(testbed, dbInstance, main))!;
    expect(await differences(testbed, dbInstance, main, spec)).toEqual([]);
    expect(dbInstance.notes!({ address: main, kind: "dbInstance", name: "main", spec, tags: {} }, live, spec)).toEqual([
      expect.stringContaining("runs 8.4.6, newer than the declared 8.4.3"),
    ]);
    expect(await differences(testbed, dbInstance, main, mysql(on, { engineVersion: "8.0" }))).toEqual(["engineVersion: refused"]);
  });

  it("storage that grew by itself is not shrunk, and without autoscaling a smaller size is refused", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    const spec = mysql(on, { maxAllocatedStorage: 100 });
    await converge(testbed, dbInstance, main, spec);
    await modify(testbed, { AllocatedStorage: 40, ApplyImmediately: true });
    await pass(testbed, 60);
    expect(await differences(testbed, dbInstance, main, spec)).toEqual([]);
    const fixed = mysql(on, { maxAllocatedStorage: 0 });
    await converge(testbed, dbInstance, main, fixed);
    const plan = await planned(testbed, dbInstance, main, fixed);
    expect(plan.refused).toEqual([{ path: "allocatedStorage", why: expect.stringContaining("from 40 GiB to 20 GiB") }]);
  });

  it("storage grows by a tenth at least: less is refused with the least size", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on, { allocatedStorage: 100 }));
    const plan = await planned(testbed, dbInstance, main, mysql(on, { allocatedStorage: 105 }));
    expect(plan.refused).toEqual([{ path: "allocatedStorage", why: expect.stringContaining("write 110 or more") }]);
  });

  it("windows are compared without regard to case", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    const spec = mysql(on, { maintenanceWindow: "SUN:04:30-Sun:05:30" });
    await converge(testbed, dbInstance, main, spec);
    expect((await raw(testbed)).PreferredMaintenanceWindow).toBe("sun:04:30-sun:05:30");
    expect(await differences(testbed, dbInstance, main, spec)).toEqual([]);
  });

  it("a failover moves the zone, and a rotated CA is left alone unless the file has one", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    const spec = mysql(on, { multiAz: true });
    await converge(testbed, dbInstance, main, spec);
    const before = (await raw(testbed)).AvailabilityZone;
    await testbed.aws.rds(new rds.RebootDBInstanceCommand({ DBInstanceIdentifier: "prod-main", ForceFailover: true }));
    await pass(testbed, 30);
    expect((await raw(testbed)).AvailabilityZone).not.toBe(before);
    await modify(testbed, { CACertificateIdentifier: "rds-ca-ecc384-g1", ApplyImmediately: true });
    await pass(testbed, 30);
    expect(await differences(testbed, dbInstance, main, spec)).toEqual([]);
    expect(await differences(testbed, dbInstance, main, { ...spec, availabilityZone: before! })).toEqual([]);
  });

  it("a safer value of an operator is not undone; a less safe one is repaired", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    const spec = mysql(on);
    await converge(testbed, dbInstance, main, spec);
    await modify(testbed, { BackupRetentionPeriod: 30, CloudwatchLogsExportConfiguration: { EnableLogTypes: ["audit"] } });
    await pass(testbed, 30);
    await modify(testbed, { MultiAZ: true, ApplyImmediately: true });
    await pass(testbed, 60);
    expect(await differences(testbed, dbInstance, main, spec)).toEqual([]);
    await testbed.aws.ec2(new ec2.ModifyVpcAttributeCommand({ VpcId: on.vpc, EnableDnsHostnames: { Value: true } }));
    await modify(testbed, { BackupRetentionPeriod: 1, DeletionProtection: false, PubliclyAccessible: true });
    expect((await differences(testbed, dbInstance, main, spec)).sort()).toEqual([
      "backupRetention: update",
      "deletionProtection: update",
      "publiclyAccessible: update",
    ]);
  });
});

describe("the maintenance window", () => {
  it("a change that waits for it is pending, not drift, and is reported", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    const bigger = mysql(on, { instanceClass: "db.t3.small", snapshotBefore: "never" });
    const live = await converge(testbed, dbInstance, main, bigger);
    expect((await raw(testbed)).DBInstanceClass).toBe("db.t3.micro");
    expect(await differences(testbed, dbInstance, main, bigger)).toEqual([]);
    expect(live.notes).toEqual([
      expect.stringMatching(
        /^instanceClass db\.t3\.micro → db\.t3\.small waits for the maintenance window [a-z]{3}:.*; applyImmediately applies it now$/,
      ),
    ]);
    await pass(testbed, 8 * 24 * 60);
    expect((await raw(testbed)).DBInstanceClass).toBe("db.t3.small");
    expect((await find(testbed, dbInstance, main))!.notes).toEqual([]);
  });

  it("IAM authentication waits for it like the others, and applyImmediately makes it now", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    const resolved = mysql(on, { iamAuthentication: true });
    await converge(testbed, dbInstance, main, resolved); // would time out if only the current value counted
    expect(await raw(testbed)).toMatchObject({
      IAMDatabaseAuthenticationEnabled: false,
      PendingModifiedValues: { IAMDatabaseAuthenticationEnabled: true },
    });
    expect(await differences(testbed, dbInstance, main, resolved)).toEqual([]);
    await converge(testbed, dbInstance, main, { ...resolved, applyImmediately: true });
    expect(await raw(testbed)).toMatchObject({ IAMDatabaseAuthenticationEnabled: true, PendingModifiedValues: {} });
    await converge(testbed, dbInstance, main, mysql(on, { iamAuthentication: false, applyImmediately: true }));
    expect((await raw(testbed)).IAMDatabaseAuthenticationEnabled).toBe(false);
  });

  it("a flush is a separate change, and names the other changes that it makes", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    const spec = mysql(on, { instanceClass: "db.t3.small", snapshotBefore: "never" });
    await converge(testbed, dbInstance, main, mysql(on));
    await converge(testbed, dbInstance, main, spec);
    await modify(testbed, { MultiAZ: true }); // somebody else's change, also pending
    const flush = { ...spec, applyImmediately: true };
    expect(await differences(testbed, dbInstance, main, flush)).toEqual(["applyImmediately: restart"]);
    const notes = (await find(testbed, dbInstance, main))!.notes!;
    expect(notes).toContainEqual(expect.stringContaining("multiAz false → true (not declared here)"));
    await converge(testbed, dbInstance, main, flush);
    expect(testbed.said).toContainEqual("this also applies the changes that waited for the maintenance window: DBInstanceClass, MultiAZ");
    expect((await raw(testbed)).DBInstanceClass).toBe("db.t3.small");
    expect(await differences(testbed, dbInstance, main, flush)).toEqual([]);
  });

  it("a change that AWS makes at once does not flush pending ones", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    await modify(testbed, { MultiAZ: true }); // somebody else's change
    await converge(testbed, dbInstance, main, mysql(on, { applyImmediately: true, copyTagsToSnapshot: true }));
    await pass(testbed, 30);
    expect(await raw(testbed)).toMatchObject({ MultiAZ: false, CopyTagsToSnapshot: true, PendingModifiedValues: { MultiAZ: true } });
  });

  it("values of a parameter group that need a reboot are noted, and no reboot is made", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await testbed.aws.rds(
      new rds.CreateDBParameterGroupCommand({ DBParameterGroupName: "own", DBParameterGroupFamily: "mysql8.4", Description: "own" }),
    );
    const spec = mysql(on, { parameterGroup: "own" });
    await converge(testbed, dbInstance, main, spec);
    await testbed.aws.rds(
      new rds.ModifyDBParameterGroupCommand({
        DBParameterGroupName: "own",
        Parameters: [{ ParameterName: "performance_schema", ParameterValue: "1", ApplyMethod: "pending-reboot" }],
      }),
    );
    const live = (await find(testbed, dbInstance, main))!;
    expect(live.notes).toEqual([
      "values of parameter group own wait for a reboot, which you must start: AWS does not do it in a maintenance window",
    ]);
    expect(await differences(testbed, dbInstance, main, spec)).toEqual([]);
  });
});

describe("upgrades and sizes", () => {
  it("the declared prefix is sent only when it changed: other changes upgrade nothing", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on, { engineVersion: "8.4.3" }));
    await converge(testbed, dbInstance, main, mysql(on, { engineVersion: "8.4", backupRetention: 9 }));
    await pass(testbed, 30);
    expect((await raw(testbed)).EngineVersion).toBe("8.4.3");
  });

  it("a major upgrade takes a snapshot, allows the major, and brings the new parameter group in the same call", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    for (const [name, family] of [
      ["old", "mysql8.0"],
      ["new", "mysql8.4"],
    ] as const)
      await testbed.aws.rds(
        new rds.CreateDBParameterGroupCommand({ DBParameterGroupName: name, DBParameterGroupFamily: family, Description: name }),
      );
    await converge(testbed, dbInstance, main, mysql(on, { engineVersion: "8.0", parameterGroup: "old" }));
    const spec = mysql(on, { engineVersion: "8.4", parameterGroup: "new", applyImmediately: true });
    await converge(testbed, dbInstance, main, spec);
    expect(await raw(testbed)).toMatchObject({ EngineVersion: "8.4.6", DBParameterGroups: [{ DBParameterGroupName: "new" }] });
    expect(await snapshots(testbed)).toMatchObject([
      { DBSnapshotIdentifier: expect.stringMatching(/^prod-main-pre-[0-9a-f]{10}$/), EngineVersion: "8.0.42", Status: "available" },
    ]);
    expect(await differences(testbed, dbInstance, main, spec)).toEqual([]);
  });

  it("size and I/O travel together on provisioned storage, and neither iops nor throughput on small gp3", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    const base = mysql(on, {
      instanceClass: "db.m6g.large",
      allocatedStorage: 400,
      iops: 12_000,
      applyImmediately: true,
      snapshotBefore: "never",
    });
    await converge(testbed, dbInstance, main, base);
    await converge(testbed, dbInstance, main, { ...base, allocatedStorage: 500 });
    expect(await raw(testbed)).toMatchObject({ AllocatedStorage: 500, Iops: 12_000 });
    const small = "dbInstance/small";
    await converge(testbed, dbInstance, small, mysql(on));
    await converge(testbed, dbInstance, small, mysql(on, { allocatedStorage: 30, applyImmediately: true }));
    expect(await raw(testbed, "prod-small")).toMatchObject({ AllocatedStorage: 30, Iops: 3000 });
  });

  it("a second storage change within six hours is refused in AWS's words, and not retried", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    await converge(testbed, dbInstance, main, mysql(on, { allocatedStorage: 30, applyImmediately: true }));
    await expect(converge(testbed, dbInstance, main, mysql(on, { allocatedStorage: 60, applyImmediately: true }))).rejects.toThrow(
      "previous storage change is being optimized",
    );
  });

  it("storage optimisation, which lasts hours, counts as ready", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    const live = await converge(testbed, dbInstance, main, mysql(on, { allocatedStorage: 30, applyImmediately: true }));
    expect(live.outputs!["status"]).toBe("storage-optimization");
    expect(live.state).toBe("ready");
  });

  it("a modification is waited for although the status still says available", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    const began = testbed.clock.now();
    await converge(testbed, dbInstance, main, mysql(on, { instanceClass: "db.t3.small", applyImmediately: true, snapshotBefore: "never" }));
    expect((await raw(testbed)).DBInstanceClass).toBe("db.t3.small");
    expect(testbed.clock.now() - began).toBeGreaterThan(240_000);
  });

  it("a same-VPC move to another subnet group, another engine, user, name, key or encryption is refused with the runbook", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    const other = mysql(on, {
      engine: "mariadb",
      engineVersion: "11.4",
      subnetGroup: "other",
      masterUsername: "someone",
      dbName: "shop",
      storageEncrypted: false,
      kmsKey: "arn:aws:kms:ap-northeast-2:123456789012:key/0",
      availabilityZone: "ap-northeast-2z",
    });
    const plan = await planned(testbed, dbInstance, main, other);
    expect(plan.deltas.filter(({ impact }) => impact === "replace")).toEqual([]);
    expect(plan.refused.map(({ path }) => path).sort()).toEqual([
      "availabilityZone",
      "dbName",
      "engine",
      "kmsKey",
      "masterUsername",
      "storageEncrypted",
      "subnetGroup",
    ]);
    for (const { why } of plan.refused) expect(why).toContain("blue/green");
  });
});
