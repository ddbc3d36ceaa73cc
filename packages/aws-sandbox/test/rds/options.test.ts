import * as ec2 from "@aws-sdk/client-ec2";
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { account, codeOf, type Account } from "./account.ts";

const make = (here: Account, more: Partial<rds.CreateOptionGroupCommandInput> = {}) =>
  here.rds.send(
    new rds.CreateOptionGroupCommand({
      OptionGroupName: "Audit",
      EngineName: "mysql",
      MajorEngineVersion: "8.4",
      OptionGroupDescription: "d",
      ...more,
    }),
  );
const change = (here: Account, input: Partial<rds.ModifyOptionGroupCommandInput>) =>
  here.rds.send(new rds.ModifyOptionGroupCommand({ OptionGroupName: "audit", ...input }));
const remove = (here: Account) => here.rds.send(new rds.DeleteOptionGroupCommand({ OptionGroupName: "audit" }));
const audit = (Name: string, Value: string) => ({
  OptionsToInclude: [{ OptionName: "MARIADB_AUDIT_PLUGIN", OptionSettings: [{ Name, Value }] }],
});

describe("an option group of the sandbox's RDS", () => {
  it("is known in lower case, returns its settings with their defaults, and refuses unknown ones", async () => {
    const here = await account();
    expect((await make(here)).OptionGroup).toMatchObject({ OptionGroupName: "audit", AllowsVpcAndNonVpcInstanceMemberships: true });
    expect(await codeOf(make(here))).toBe("OptionGroupAlreadyExistsFault");
    expect(await codeOf(make(here, { OptionGroupName: "other", MajorEngineVersion: "8.9" }))).toBe("InvalidParameterCombination");
    expect(await codeOf(change(here, {}))).toBe("InvalidParameterValue");
    expect(await codeOf(change(here, { OptionsToRemove: ["MARIADB_AUDIT_PLUGIN"] }))).toBe("InvalidParameterValue");
    expect(await codeOf(change(here, { OptionsToInclude: [{ OptionName: "MEMCACHED" }] }))).toBe("InvalidParameterValue");
    expect(await codeOf(change(here, audit("SERVER_AUDIT_FILE_ROTATIONS", "101")))).toBe("InvalidParameterValue");
    expect(await codeOf(change(here, audit("SERVER_AUDIT_EVENTS", "CONNECT,SLEEP")))).toBe("InvalidParameterValue");
    const { OptionGroup } = await change(here, audit("SERVER_AUDIT_EVENTS", "CONNECT"));
    expect(OptionGroup!.Options![0]!.OptionSettings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Name: "SERVER_AUDIT_EVENTS", Value: "CONNECT", DefaultValue: "CONNECT,QUERY" }),
        expect.objectContaining({ Name: "SERVER_AUDIT_FILE_ROTATIONS", Value: "9", DefaultValue: "9" }),
      ]),
    );
    expect(await codeOf(here.rds.send(new rds.DeleteOptionGroupCommand({ OptionGroupName: "default:mysql-8-4" })))).toBe(
      "InvalidParameterValue",
    );
  });

  it("with a port is for one VPC, and needs a security group", async () => {
    const here = await account();
    await make(here, { MajorEngineVersion: "8.0" });
    const memcached = (ids: string[]) => ({ OptionsToInclude: [{ OptionName: "MEMCACHED", VpcSecurityGroupMemberships: ids }] });
    expect(await codeOf(change(here, memcached([])))).toBe("InvalidParameterCombination");
    const { GroupId = "" } = await here.ec2.send(
      new ec2.CreateSecurityGroupCommand({ VpcId: here.vpc, GroupName: "cache", Description: "d" }),
    );
    expect((await change(here, memcached([GroupId]))).OptionGroup).toMatchObject({
      VpcId: here.vpc,
      AllowsVpcAndNonVpcInstanceMemberships: false,
      Options: [{ OptionName: "MEMCACHED", Port: 11211 }],
    });
    expect(await codeOf(here.create({ OptionGroupName: "audit", EngineVersion: "8.4" }))).toBe("InvalidParameterCombination");
  });

  it("of a database changes in its window, and stays while a snapshot or backups have it", async () => {
    const here = await account();
    await make(here);
    await here.create({ OptionGroupName: "audit", EngineVersion: "8.4", DBSubnetGroupName: "group" });
    await here.pass(30);
    expect(await codeOf(remove(here))).toBe("InvalidOptionGroupStateFault");
    await here.modify({ OptionGroupName: "default:mysql-8-4" });
    expect((await here.look()).OptionGroupMemberships).toEqual([
      { OptionGroupName: "default:mysql-8-4", Status: "pending-maintenance-apply" },
      { OptionGroupName: "audit", Status: "pending-maintenance-removal" },
    ]);
    await here.rds.send(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier: "main", DBSnapshotIdentifier: "kept" }));
    await here.pass(8 * 24 * 60);
    expect((await here.look()).OptionGroupMemberships).toEqual([{ OptionGroupName: "default:mysql-8-4", Status: "in-sync" }]);
    expect(await codeOf(remove(here))).toBe("InvalidOptionGroupStateFault");
    await here.rds.send(new rds.DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "kept" }));
    await remove(here);
    expect(await codeOf(remove(here))).toBe("OptionGroupNotFoundFault");
  });
});

describe("a restore to a point in time of the sandbox's RDS", () => {
  const restore = (here: Account, input: Partial<rds.RestoreDBInstanceToPointInTimeCommandInput>) =>
    here.rds.send(
      new rds.RestoreDBInstanceToPointInTimeCommand({
        TargetDBInstanceIdentifier: "copy",
        DBInstanceClass: "db.t3.micro",
        DBSubnetGroupName: "group",
        ...input,
      }),
    );

  it("takes one source and one second for which there are backups, also those of a deleted instance", async () => {
    const here = await account();
    const { DbiResourceId: resource } = await here.create({ DBSubnetGroupName: "group", BackupRetentionPeriod: 7 });
    await here.pass(120);
    const source = { SourceDBInstanceIdentifier: "main" };
    expect(await codeOf(restore(here, source))).toBe("InvalidParameterCombination");
    expect(await codeOf(restore(here, { UseLatestRestorableTime: true }))).toBe("InvalidParameterCombination");
    expect(await codeOf(restore(here, { ...source, RestoreTime: new Date(0) }))).toBe("InvalidParameterValue");
    expect(await codeOf(restore(here, { SourceDbiResourceId: "db-NONE", UseLatestRestorableTime: true }))).toBe("DBInstanceNotFound");
    await restore(here, { ...source, UseLatestRestorableTime: true });
    await here.pass(30);
    expect(await here.look("copy")).toMatchObject({ DBInstanceStatus: "available", MasterUsername: "dbadmin" });
    await here.remove({ SkipFinalSnapshot: true, DeleteAutomatedBackups: false });
    await here.pass(30);
    const { DBInstance } = await restore(here, {
      TargetDBInstanceIdentifier: "later",
      SourceDbiResourceId: resource,
      UseLatestRestorableTime: true,
    });
    expect(DBInstance).toMatchObject({ DBInstanceIdentifier: "later", BackupRetentionPeriod: 7 });
  });
});

describe("insights of the sandbox's RDS", () => {
  it("hold retention, key and mode against each other", async () => {
    const here = await account();
    await here.create({ DBSubnetGroupName: "group", DBInstanceClass: "db.t3.medium" });
    await here.pass(30);
    const refused = (input: Partial<rds.ModifyDBInstanceCommandInput>) => codeOf(here.modify(input));
    expect(await refused({ PerformanceInsightsRetentionPeriod: 31 })).toBe("InvalidParameterCombination");
    expect(await refused({ EnablePerformanceInsights: true, PerformanceInsightsRetentionPeriod: 94 })).toBe("InvalidParameterValue");
    expect(
      await refused({ EnablePerformanceInsights: true, DatabaseInsightsMode: "advanced", PerformanceInsightsRetentionPeriod: 31 }),
    ).toBe("InvalidParameterCombination");
    await here.modify({ EnablePerformanceInsights: true, DatabaseInsightsMode: "advanced", PerformanceInsightsRetentionPeriod: 465 });
    expect(await here.look()).toMatchObject({ DatabaseInsightsMode: "advanced", PerformanceInsightsRetentionPeriod: 465 });
    expect(await refused({ PerformanceInsightsRetentionPeriod: 7 })).toBe("InvalidParameterCombination");
    expect(await refused({ EnablePerformanceInsights: false })).toBe("InvalidParameterCombination");
  });
});
