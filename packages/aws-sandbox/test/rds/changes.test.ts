import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { account, codeOf, type Account } from "./account.ts";

async function running(input: Partial<rds.CreateDBInstanceCommandInput> = {}): Promise<Account> {
  const here = await account();
  await here.create(input);
  await here.pass(30);
  return here;
}

describe("a modification", () => {
  it("without ApplyImmediately waits in PendingModifiedValues until the maintenance window", async () => {
    const here = await running({ PreferredMaintenanceWindow: "sun:04:00-sun:05:00", PreferredBackupWindow: "10:00-11:00" });
    expect((await here.modify({ DBInstanceClass: "db.t3.small" })).PendingModifiedValues).toEqual({ DBInstanceClass: "db.t3.small" });
    await here.pass(60);
    expect(await here.look()).toMatchObject({ DBInstanceClass: "db.t3.micro", DBInstanceStatus: "available" });
    await here.pass(2 * 24 * 60); // from Friday noon, plus half an hour for the creation, to Sunday noon
    expect(await here.look()).toMatchObject({ DBInstanceClass: "db.t3.small", PendingModifiedValues: {} });
  });

  it("with it is made at once, after a time in which the status still says available", async () => {
    const here = await running();
    await here.modify({ DBInstanceClass: "db.t3.small", ApplyImmediately: true });
    expect(await here.look()).toMatchObject({
      DBInstanceStatus: "available",
      DBInstanceClass: "db.t3.micro",
      PendingModifiedValues: { DBInstanceClass: "db.t3.small" },
    });
    await here.pass(1);
    expect((await here.look()).DBInstanceStatus).toBe("modifying");
    expect(await codeOf(here.modify({ MultiAZ: true }))).toBe("InvalidDBInstanceState");
    await here.pass(15);
    expect(await here.look()).toMatchObject({ DBInstanceStatus: "available", DBInstanceClass: "db.t3.small", PendingModifiedValues: {} });
  });

  it("with it makes every pending change, whoever asked for it", async () => {
    const here = await running();
    await here.modify({ MultiAZ: true });
    await here.modify({ DBInstanceClass: "db.t3.small", ApplyImmediately: true });
    await here.pass(30);
    expect(await here.look()).toMatchObject({
      MultiAZ: true,
      DBInstanceClass: "db.t3.small",
      SecondaryAvailabilityZone: expect.any(String),
    });
  });

  it("back to the present value cancels a pending change", async () => {
    const here = await running();
    await here.modify({ DBInstanceClass: "db.t3.small" });
    expect((await here.modify({ DBInstanceClass: "db.t3.micro" })).PendingModifiedValues).toEqual({});
  });

  it("without any field is an error", async () => {
    const here = await running();
    expect(await codeOf(here.modify({ ApplyImmediately: true, AllowMajorVersionUpgrade: true }))).toBe("InvalidParameterCombination");
  });

  it("of protection, groups, windows and the like is made at once", async () => {
    const here = await running();
    await here.modify({ DeletionProtection: true, CopyTagsToSnapshot: true, BackupRetentionPeriod: 9 });
    expect(await here.look()).toMatchObject({
      DeletionProtection: true,
      CopyTagsToSnapshot: true,
      BackupRetentionPeriod: 9,
      PendingModifiedValues: {},
    });
  });

  it("of the port restarts at once", async () => {
    const here = await running();
    await here.modify({ DBPortNumber: 3310 });
    await here.pass(1);
    expect((await here.look()).DBInstanceStatus).toBe("rebooting");
    await here.pass(5);
    expect((await here.look()).Endpoint!.Port).toBe(3310);
  });

  it("that is refused changes nothing", async () => {
    const here = await running();
    expect(await codeOf(here.modify({ DeletionProtection: true, PreferredBackupWindow: "nonsense" }))).toBe("InvalidParameterValue");
    expect(await codeOf(here.modify({ ManageMasterUserPassword: true, MonitoringInterval: 7 }))).toBe("InvalidParameterValue");
    const after = await here.look();
    expect(after.DeletionProtection).toBe(false);
    expect(after.MasterUserSecret).toBeUndefined();
  });

  it("to another subnet group of the VPC is impossible", async () => {
    const here = await running();
    await here.rds.send(
      new rds.CreateDBSubnetGroupCommand({ DBSubnetGroupName: "other", DBSubnetGroupDescription: "other", SubnetIds: [...here.subnets] }),
    );
    expect(await codeOf(here.modify({ DBSubnetGroupName: "other" }))).toBe("InvalidVPCNetworkStateFault");
  });

  it("of the password shows as asterisks, and turns a managed one off only with a new one", async () => {
    const here = await running({ MasterUserPassword: undefined, ManageMasterUserPassword: true });
    expect(await codeOf(here.modify({ ManageMasterUserPassword: false }))).toBe("InvalidParameterCombination");
    expect(await codeOf(here.modify({ MasterUserPassword: "battery-staple" }))).toBe("InvalidParameterCombination");
    const changed = await here.modify({ ManageMasterUserPassword: false, MasterUserPassword: "battery-staple" });
    expect(changed.PendingModifiedValues).toEqual({ MasterUserPassword: "****" });
    expect(JSON.stringify(here.sandbox.state)).not.toContain("battery-staple");
  });
});

describe("storage", () => {
  it("never shrinks, grows by a tenth at least, is optimised for hours, and then locked until six are over", async () => {
    const here = await running({ AllocatedStorage: 100 });
    expect(await codeOf(here.modify({ AllocatedStorage: 50 }))).toBe("InvalidParameterCombination");
    await here.modify({ AllocatedStorage: 101, ApplyImmediately: true });
    await here.pass(10);
    expect(await here.look()).toMatchObject({ AllocatedStorage: 110, DBInstanceStatus: "storage-optimization" });
    await expect(here.modify({ AllocatedStorage: 200 })).rejects.toThrow("previous storage change is being optimized");
    await here.pass(4 * 60);
    expect((await here.look()).DBInstanceStatus).toBe("available");
    expect(await codeOf(here.modify({ AllocatedStorage: 200 }))).toBe("InvalidParameterCombination");
    await here.pass(3 * 60);
    expect(await codeOf(here.modify({ AllocatedStorage: 200 }))).toBe("(no error)");
  });

  it("of gp3 that grows to 400 GiB gets 12,000 operations and 500 MiB a second, and takes no fewer", async () => {
    const here = await running({ DBInstanceClass: "db.m6g.large", AllocatedStorage: 100 });
    await expect(here.modify({ AllocatedStorage: 500, Iops: 3000 })).rejects.toThrow(
      "Invalid iops value for engine name mysql and storage type gp3: 3000",
    );
    await expect(here.modify({ AllocatedStorage: 500, StorageThroughput: 125 })).rejects.toThrow("Invalid storage throughput value");
    await here.modify({ AllocatedStorage: 500, Iops: 12_000, StorageThroughput: 700, ApplyImmediately: true });
    await here.pass(7 * 60);
    await here.modify({ AllocatedStorage: 600, Iops: 13_000, ApplyImmediately: true }); // the throughput stays
    await here.pass(10);
    expect(await here.look()).toMatchObject({ AllocatedStorage: 600, Iops: 13_000, StorageThroughput: 700 });
  });

  it("with provisioned I/O is changed in size and iops together", async () => {
    const here = await running({ DBInstanceClass: "db.m6g.large", AllocatedStorage: 400, Iops: 12_000, StorageType: "gp3" });
    await expect(here.modify({ AllocatedStorage: 500 })).rejects.toThrow("You must specify both the storage size and iops");
    expect(await codeOf(here.modify({ AllocatedStorage: 500, Iops: 12_000 }))).toBe("(no error)");
  });
});

describe("an upgrade", () => {
  it("to a major version is asked for, with a group of its family when the present one is not the default", async () => {
    const here = await account();
    await here.rds.send(
      new rds.CreateDBParameterGroupCommand({ DBParameterGroupName: "own", DBParameterGroupFamily: "mysql8.0", Description: "own" }),
    );
    await here.create({ EngineVersion: "8.0", DBParameterGroupName: "own" });
    await here.pass(30);
    await expect(here.modify({ EngineVersion: "8.4" })).rejects.toThrow("AllowMajorVersionUpgrade");
    await expect(here.modify({ EngineVersion: "8.4", AllowMajorVersionUpgrade: true })).rejects.toThrow("non-default");
    await here.modify({
      EngineVersion: "8.4",
      AllowMajorVersionUpgrade: true,
      DBParameterGroupName: "default.mysql8.4",
      ApplyImmediately: true,
    });
    await here.pass(1);
    expect((await here.look()).DBInstanceStatus).toBe("upgrading");
    await here.pass(45);
    expect(await here.look()).toMatchObject({ EngineVersion: "8.4.6", DBParameterGroups: [{ DBParameterGroupName: "default.mysql8.4" }] });
    expect(await codeOf(here.modify({ EngineVersion: "8.0.42" }))).toBe("InvalidParameterCombination");
  });

  it("happens when a major version is named whose newest minor does not run: a prefix in a modification is an upgrade", async () => {
    const here = await running({ EngineVersion: "8.4.3" });
    expect((await here.modify({ EngineVersion: "8.4" })).PendingModifiedValues).toEqual({ EngineVersion: "8.4.6" });
  });
});

describe("deleting", () => {
  it("is refused while protected, without a word about a snapshot, and with two", async () => {
    const here = await running({ DeletionProtection: true });
    await expect(here.remove({ SkipFinalSnapshot: true })).rejects.toThrow(
      "Cannot delete protected DB Instance, please disable deletion protection",
    );
    await here.modify({ DeletionProtection: false });
    expect(await codeOf(here.remove({}))).toBe("InvalidParameterCombination");
    expect(await codeOf(here.remove({ SkipFinalSnapshot: true, FinalDBSnapshotIdentifier: "last" }))).toBe("InvalidParameterCombination");
  });

  it("deletes the automated backups too unless the call says otherwise", async () => {
    const backups = async (input: Partial<rds.DeleteDBInstanceCommandInput>) => {
      const here = await running();
      await here.remove({ FinalDBSnapshotIdentifier: "last", ...input });
      expect(await codeOf(here.remove({ SkipFinalSnapshot: true }))).toBe("InvalidDBInstanceState");
      await here.pass(15);
      expect(await codeOf(here.look())).toBe("DBInstanceNotFound");
      const { DBSnapshots } = await here.rds.send(new rds.DescribeDBSnapshotsCommand({}));
      expect(DBSnapshots).toMatchObject([{ DBSnapshotIdentifier: "last", Status: "available" }]);
      return (await here.rds.send(new rds.DescribeDBInstanceAutomatedBackupsCommand({}))).DBInstanceAutomatedBackups!.map(
        ({ Status }) => Status,
      );
    };
    expect(await backups({})).toEqual([]);
    expect(await backups({ DeleteAutomatedBackups: false })).toEqual(["retained"]);
  });

  it("a source lets its replicas stand alone; a replica leaves no snapshot", async () => {
    const here = await running();
    for (const id of ["one", "two"])
      await here.rds.send(new rds.CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: id, SourceDBInstanceIdentifier: "main" }));
    await here.pass(30);
    expect((await here.look()).ReadReplicaDBInstanceIdentifiers).toEqual(["one", "two"]);
    expect(await codeOf(here.modify({ BackupRetentionPeriod: 0 }))).toBe("InvalidParameterCombination");
    expect(await codeOf(here.remove({ DBInstanceIdentifier: "one", FinalDBSnapshotIdentifier: "last" }))).toBe(
      "InvalidParameterCombination",
    );
    await here.remove({ DBInstanceIdentifier: "one", SkipFinalSnapshot: true });
    await here.remove({ SkipFinalSnapshot: true });
    expect((await here.look("two")).ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
  });
});

describe("a replica", () => {
  it("that loads its storage from a snapshot says so for hours, and takes changes all the while", async () => {
    const here = await running({});
    here.sandbox.setFaults({ events: { "rds:storageInitializes": "always" } });
    await here.rds.send(new rds.CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: "rep", SourceDBInstanceIdentifier: "main" }));
    await here.pass(20);
    expect((await here.look("rep")).DBInstanceStatus).toBe("storage-initialization");
    await here.modify({ DBInstanceIdentifier: "rep", DBInstanceClass: "db.t3.small", ApplyImmediately: true });
    await here.pass(20);
    expect(await here.look("rep")).toMatchObject({ DBInstanceStatus: "storage-initialization", DBInstanceClass: "db.t3.small" });
    await here.pass(5 * 60);
    expect((await here.look("rep")).DBInstanceStatus).toBe("available");
  });

  const replica = (here: Account, input: Partial<rds.CreateDBInstanceReadReplicaCommandInput> = {}) =>
    here.rds.send(
      new rds.CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: "replica", SourceDBInstanceIdentifier: "main", ...input }),
    );

  it("needs a source that is available, with backups and a password that is not managed", async () => {
    const here = await account();
    await here.create({ MasterUserPassword: undefined, ManageMasterUserPassword: true });
    expect(await codeOf(replica(here))).toBe("InvalidDBInstanceState");
    await here.pass(30);
    expect(await codeOf(replica(here))).toBe("InvalidParameterCombination");
    expect(await codeOf(replica(await running({ BackupRetentionPeriod: 0 })))).toBe("InvalidDBInstanceState");
    expect(await codeOf(replica(here, { SourceDBInstanceIdentifier: "gone" }))).toBe("DBInstanceNotFound");
  });

  it("follows, without backups, under the source's engine, and is promoted once", async () => {
    const here = await running();
    await replica(here, { AvailabilityZone: "eu-west-1b" });
    await here.pass(30);
    expect(await here.look("replica")).toMatchObject({
      BackupRetentionPeriod: 0,
      AvailabilityZone: "eu-west-1b",
      EngineVersion: "8.4.6",
      StatusInfos: [{ StatusType: "read replication", Normal: true, Status: "replicating" }],
    });
    const promote = () => here.rds.send(new rds.PromoteReadReplicaCommand({ DBInstanceIdentifier: "replica", BackupRetentionPeriod: 3 }));
    await promote();
    await here.pass(30);
    expect(await here.look("replica")).toMatchObject({ BackupRetentionPeriod: 3, DBInstanceStatus: "available" });
    expect((await here.look()).ReadReplicaDBInstanceIdentifiers).toEqual([]);
    await expect(promote()).rejects.toThrow("not a read replica");
  });
});

describe("snapshots", () => {
  it("are taken while available, known once, restored with their tags, and deleted when they are there", async () => {
    const here = await running({ CopyTagsToSnapshot: true, Tags: [{ Key: "team", Value: "web" }] });
    const take = () =>
      here.rds.send(
        new rds.CreateDBSnapshotCommand({
          DBInstanceIdentifier: "main",
          DBSnapshotIdentifier: "One",
          Tags: [{ Key: "why", Value: "test" }],
        }),
      );
    expect((await take()).DBSnapshot).toMatchObject({ DBSnapshotIdentifier: "one", Status: "creating", SnapshotType: "manual" });
    expect((await here.look()).DBInstanceStatus).toBe("backing-up");
    expect(await codeOf(take())).toBe("DBSnapshotAlreadyExists");
    expect(await codeOf(here.rds.send(new rds.DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "one" })))).toBe("InvalidDBSnapshotState");
    const shared = (DBSnapshotIdentifier: string) => here.rds.send(new rds.DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier }));
    expect((await shared("One")).DBSnapshotAttributesResult).toEqual({
      DBSnapshotIdentifier: "one",
      DBSnapshotAttributes: [{ AttributeName: "restore", AttributeValues: [] }],
    });
    expect(await codeOf(shared("none"))).toBe("DBSnapshotNotFound");
    await here.pass(10);
    await here.rds.send(
      new rds.RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: "restored",
        DBSnapshotIdentifier: "one",
        DBInstanceClass: "db.t3.small",
      }),
    );
    await here.pass(30);
    expect(await here.look("restored")).toMatchObject({
      DBInstanceStatus: "available",
      TagList: [
        { Key: "team", Value: "web" },
        { Key: "why", Value: "test" },
      ],
    });
    expect((await here.look("restored")).DbiResourceId).not.toBe((await here.look()).DbiResourceId);
    await here.rds.send(new rds.DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "one" }));
    expect(await codeOf(here.rds.send(new rds.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: "one" })))).toBe("DBSnapshotNotFound");
  });
});
