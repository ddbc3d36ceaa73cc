import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { account, codeOf, type Account } from "./account.ts";

const aurora: rds.CreateDBClusterCommandInput = {
  DBClusterIdentifier: "main",
  Engine: "aurora-postgresql",
  EngineVersion: "16",
  MasterUsername: "dbadmin",
  MasterUserPassword: "correct-horse",
  DBSubnetGroupName: "group",
};
const member: rds.CreateDBInstanceCommandInput = {
  DBInstanceIdentifier: "one",
  DBClusterIdentifier: "main",
  Engine: "aurora-postgresql",
  DBInstanceClass: "db.t4g.medium",
};

const look = async ({ rds: client }: Account) => (await client.send(new rds.DescribeDBClustersCommand({}))).DBClusters![0];

/** Makes a cluster of two instances, with the writer "one". */
async function two(): Promise<Account> {
  const here = await account();
  await here.rds.send(new rds.CreateDBClusterCommand(aurora));
  await here.pass(5);
  for (const DBInstanceIdentifier of ["one", "two"]) {
    await here.rds.send(new rds.CreateDBInstanceCommand({ ...member, DBInstanceIdentifier }));
    await here.pass(15);
  }
  return here;
}

describe("a cluster of the sandbox's RDS", () => {
  it("is storage with two endpoints in three zones; the first instance that comes up writes", async () => {
    const here = await two();
    expect(await look(here)).toMatchObject({
      Status: "available",
      EngineVersion: "16.8",
      AvailabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
      AllocatedStorage: 1,
      Endpoint: expect.stringMatching(/^main\.cluster-c[a-z0-9]+\.eu-west-1\.rds\.amazonaws\.com$/),
      ReaderEndpoint: expect.stringMatching(/^main\.cluster-ro-c/),
      DBClusterMembers: [
        { DBInstanceIdentifier: "one", IsClusterWriter: true },
        { DBInstanceIdentifier: "two", IsClusterWriter: false },
      ],
    });
    expect((await look(here))!.StorageType).toBeUndefined();
  });

  it("fails over on request, and when its writer is deleted", async () => {
    const here = await two();
    await here.rds.send(new rds.FailoverDBClusterCommand({ DBClusterIdentifier: "main", TargetDBInstanceIdentifier: "two" }));
    expect((await look(here))!.Status).toBe("failing-over");
    await here.pass(2);
    expect((await look(here))!.DBClusterMembers!.find(({ IsClusterWriter }) => IsClusterWriter)!.DBInstanceIdentifier).toBe("two");
    await here.rds.send(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: "two" }));
    expect((await look(here))!.DBClusterMembers!.find(({ IsClusterWriter }) => IsClusterWriter)!.DBInstanceIdentifier).toBe("one");
  });

  it("is deleted after its instances, of which no snapshot can be taken", async () => {
    const here = await two();
    const remove = (input: Partial<rds.DeleteDBClusterCommandInput>) =>
      here.rds.send(new rds.DeleteDBClusterCommand({ DBClusterIdentifier: "main", ...input }));
    expect(await codeOf(remove({ SkipFinalSnapshot: true }))).toBe("InvalidDBClusterStateFault");
    expect(await codeOf(here.remove({ DBInstanceIdentifier: "one", FinalDBSnapshotIdentifier: "last" }))).toBe(
      "InvalidParameterCombination",
    );
    for (const DBInstanceIdentifier of ["one", "two"]) await here.rds.send(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier }));
    expect(await codeOf(remove({}))).toBe("InvalidParameterCombination");
    await remove({ FinalDBSnapshotIdentifier: "last" });
    expect(await codeOf(remove({ SkipFinalSnapshot: true }))).toBe("InvalidDBClusterStateFault");
    await here.pass(30);
    expect(await look(here)).toBeUndefined();
    const { DBClusterSnapshots } = await here.rds.send(new rds.DescribeDBClusterSnapshotsCommand({}));
    expect(DBClusterSnapshots).toMatchObject([{ DBClusterSnapshotIdentifier: "last", Status: "available", DBClusterIdentifier: "main" }]);
  });

  it("keeps pending changes, and shows them", async () => {
    const here = await two();
    const modify = (input: Partial<rds.ModifyDBClusterCommandInput>) =>
      here.rds.send(new rds.ModifyDBClusterCommand({ DBClusterIdentifier: "main", ...input }));
    await modify({
      EnableIAMDatabaseAuthentication: true,
      PreferredMaintenanceWindow: "mon:03:00-mon:04:00",
      PreferredBackupWindow: "01:00-01:30",
    });
    expect(await look(here)).toMatchObject({
      IAMDatabaseAuthenticationEnabled: false,
      PendingModifiedValues: { IAMDatabaseAuthenticationEnabled: true },
    });
    await here.pass(3 * 24 * 60);
    expect(await look(here)).toMatchObject({ IAMDatabaseAuthenticationEnabled: true });
    await modify({ EngineVersion: "17", AllowMajorVersionUpgrade: true, ApplyImmediately: true });
    await here.pass(60);
    expect(await look(here)).toMatchObject({ EngineVersion: "17.5", DBClusterParameterGroup: "default.aurora-postgresql17" });
    expect((await here.look("one")).EngineVersion).toBe("17.5");
  });

  it.each<[string, (here: Account) => Promise<unknown>, string]>([
    ["a second of its name", (here) => here.rds.send(new rds.CreateDBClusterCommand(aurora)), "DBClusterAlreadyExistsFault"],
    [
      "storage of its instances",
      (here) => here.rds.send(new rds.CreateDBInstanceCommand({ ...member, DBInstanceIdentifier: "x", AllocatedStorage: 20 })),
      "InvalidParameterCombination",
    ],
    [
      "an instance of another engine",
      (here) => here.rds.send(new rds.CreateDBInstanceCommand({ ...member, DBInstanceIdentifier: "x", Engine: "aurora-mysql" })),
      "InvalidParameterCombination",
    ],
    [
      "db.serverless without a scaling",
      (here) => here.rds.send(new rds.CreateDBInstanceCommand({ ...member, DBInstanceIdentifier: "x", DBInstanceClass: "db.serverless" })),
      "InvalidParameterCombination",
    ],
    [
      "a password of an instance",
      (here) => here.modify({ DBInstanceIdentifier: "one", MasterUserPassword: "other-horse" }),
      "InvalidParameterCombination",
    ],
    [
      "a snapshot of an instance",
      (here) => here.rds.send(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier: "one", DBSnapshotIdentifier: "s" })),
      "InvalidDBInstanceState",
    ],
    [
      "no backups",
      (here) => here.rds.send(new rds.ModifyDBClusterCommand({ DBClusterIdentifier: "main", BackupRetentionPeriod: 0 })),
      "InvalidParameterValue",
    ],
    [
      "a failover to nobody",
      (here) => here.rds.send(new rds.FailoverDBClusterCommand({ DBClusterIdentifier: "main", TargetDBInstanceIdentifier: "nobody" })),
      "InvalidDBClusterStateFault",
    ],
    [
      "to lose its subnet group",
      (here) => here.rds.send(new rds.DeleteDBSubnetGroupCommand({ DBSubnetGroupName: "group" })),
      "InvalidDBSubnetGroupStateFault",
    ],
    [
      "three machines in two zones",
      (here) =>
        here.rds.send(
          new rds.CreateDBClusterCommand({
            ...aurora,
            DBClusterIdentifier: "three",
            Engine: "mysql",
            EngineVersion: "8.0",
            DBClusterInstanceClass: "db.m6gd.large",
            AllocatedStorage: 100,
            StorageType: "gp3",
          }),
        ),
      "DBSubnetGroupDoesNotCoverEnoughAZs",
    ],
  ])("refuses %s", async (_what, call, code) => {
    expect(await codeOf(call(await two()))).toBe(code);
  });
});
