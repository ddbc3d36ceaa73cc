import * as ec2 from "@aws-sdk/client-ec2";
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { account, codeOf, least } from "./account.ts";

describe("an instance of the sandbox's RDS", () => {
  it("is creating for minutes, backs up, and is available; only then has it an endpoint", async () => {
    const here = await account();
    const made = await here.create();
    expect(made).toMatchObject({
      DBInstanceStatus: "creating",
      DbiResourceId: expect.stringMatching(/^db-[A-Z0-9]{26}$/),
      EngineVersion: "8.4.6",
    });
    expect(made.Endpoint).toBeUndefined();
    expect(made.InstanceCreateTime).toBeUndefined();
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) {
      seen.add((await here.look()).DBInstanceStatus!);
      await here.pass(0.25);
    }
    expect([...seen]).toEqual(["creating", "backing-up", "available"]);
    expect(await here.look()).toMatchObject({
      Endpoint: { Address: expect.stringMatching(/^main\.[a-z0-9]+\.eu-west-1\.rds\.amazonaws\.com$/), Port: 3306 },
      BackupRetentionPeriod: 1,
      LatestRestorableTime: expect.any(Date),
    });
  });

  it("takes the middle of the assumed time on request", async () => {
    const here = await account();
    here.sandbox.setFaults({ events: { "durations:typical": "always" } });
    const names = ["main", "second", "third"];
    for (const DBInstanceIdentifier of names) await here.create({ DBInstanceIdentifier });
    const states = async () => new Set(await Promise.all(names.map(async (name) => (await here.look(name)).DBInstanceStatus)));
    await here.pass(5.5 + 1.3); // five and a half minutes, and 80 seconds for the first backup
    expect(await states()).toEqual(new Set(["backing-up"]));
    await here.pass(0.1);
    expect(await states()).toEqual(new Set(["available"]));
  });

  it("has AWS's defaults, unsafe ones too", async () => {
    const here = await account();
    expect(await here.create()).toMatchObject({
      StorageType: "gp3",
      StorageEncrypted: false,
      BackupRetentionPeriod: 1,
      AutoMinorVersionUpgrade: true,
      EngineLifecycleSupport: "open-source-rds-extended-support",
      DeletionProtection: false,
      CopyTagsToSnapshot: false,
      DBParameterGroups: [{ DBParameterGroupName: "default.mysql8.4", ParameterApplyStatus: "in-sync" }],
      CACertificateIdentifier: "rds-ca-rsa2048-g1",
    });
  });

  it.each<[string, Partial<rds.CreateDBInstanceCommandInput>, string]>([
    ["two hyphens in its name", { DBInstanceIdentifier: "a--b" }, "InvalidParameterValue"],
    ["a name that is too long", { DBInstanceIdentifier: "a".repeat(64) }, "InvalidParameterValue"],
    ["an unknown engine", { Engine: "oracle-ee" }, "InvalidParameterValue"],
    ["an unknown version", { EngineVersion: "5.5" }, "InvalidParameterCombination"],
    ["an unknown class", { DBInstanceClass: "db.z9.huge" }, "InvalidParameterCombination"],
    ["a class that is none", { DBInstanceClass: "t3.micro" }, "InvalidParameterValue"],
    ["too little storage", { AllocatedStorage: 10 }, "InvalidParameterValue"],
    ["iops on a small gp3 disk", { Iops: 3000, StorageType: "gp3" }, "InvalidParameterCombination"],
    ["io1 without iops", { AllocatedStorage: 100, StorageType: "io1" }, "InvalidParameterCombination"],
    ["a limit within a tenth of the size", { MaxAllocatedStorage: 21 }, "InvalidParameterCombination"],
    ["a standby and a zone", { MultiAZ: true, AvailabilityZone: "eu-west-1a" }, "InvalidParameterCombination"],
    ["a zone without a subnet", { AvailabilityZone: "eu-west-1c" }, "InvalidVPCNetworkStateFault"],
    ["an unknown subnet group", { DBSubnetGroupName: "none" }, "DBSubnetGroupNotFoundFault"],
    ["an unknown parameter group", { DBParameterGroupName: "none" }, "DBParameterGroupNotFound"],
    ["a parameter group of another family", { DBParameterGroupName: "default.mysql8.0" }, "InvalidParameterCombination"],
    ["an unknown security group", { VpcSecurityGroupIds: ["sg-0123456789abcdef0"] }, "InvalidParameterValue"],
    ["a reserved user", { Engine: "postgres", MasterUsername: "admin" }, "InvalidParameterValue"],
    ["no password", { MasterUserPassword: undefined }, "InvalidParameterValue"],
    ["a password with a slash", { MasterUserPassword: "secret/secret" }, "InvalidParameterValue"],
    ["a password that is managed and given", { ManageMasterUserPassword: true }, "InvalidParameterCombination"],
    [
      "fewer operations than large gp3 disks have",
      { DBInstanceClass: "db.m6g.large", AllocatedStorage: 400, Iops: 3000, StorageType: "gp3" },
      "InvalidParameterCombination",
    ],
    ["a key that there is not", { StorageEncrypted: true, KmsKeyId: "alias/nobody" }, "KMSKeyNotAccessibleFault"],
    ["a public address in a VPC without DNS host names", { PubliclyAccessible: true }, "InvalidVPCNetworkStateFault"],
    [
      "a monitoring role that there is not",
      { MonitoringInterval: 60, MonitoringRoleArn: "arn:aws:iam::123456789012:role/nobody" },
      "InvalidParameterValue",
    ],
    ["a key without encryption", { KmsKeyId: "alias/x" }, "InvalidParameterCombination"],
    [
      "windows that overlap",
      { PreferredBackupWindow: "03:00-04:00", PreferredMaintenanceWindow: "sun:03:30-sun:04:30" },
      "InvalidParameterCombination",
    ],
    ["monitoring without a role", { MonitoringInterval: 60 }, "InvalidParameterCombination"],
    ["a log of another engine", { EnableCloudwatchLogsExports: ["postgresql"] }, "InvalidParameterCombination"],
    ["an unknown authority", { CACertificateIdentifier: "rds-ca-2015" }, "CertificateNotFound"],
    ["something that is not modelled", { Domain: "d-1234567890" }, "NotImplemented"],
  ])("is refused with %s", async (_name, input, code) => {
    const here = await account();
    expect(await codeOf(here.create(input))).toBe(code);
    expect((await here.rds.send(new rds.DescribeDBInstancesCommand({}))).DBInstances).toEqual([]);
  });

  it("is known in lower case, and once", async () => {
    const here = await account();
    expect((await here.create({ DBInstanceIdentifier: "Main" })).DBInstanceIdentifier).toBe("main");
    expect(await codeOf(here.create())).toBe("DBInstanceAlreadyExists");
    expect((await here.look("MAIN")).DBInstanceIdentifier).toBe("main");
    expect(await codeOf(here.look("other"))).toBe("DBInstanceNotFound");
  });

  it("without a group stands in the default VPC", async () => {
    const here = await account();
    const made = await here.create({ DBSubnetGroupName: undefined });
    expect(made.DBSubnetGroup).toMatchObject({ DBSubnetGroupName: "default" });
    expect(made.DBSubnetGroup!.VpcId).not.toBe(here.vpc);
  });

  it("has a managed password as the ARN of a secret, and no other password anywhere", async () => {
    const here = await account();
    expect((await here.create({ MasterUserPassword: undefined, ManageMasterUserPassword: true })).MasterUserSecret).toMatchObject({
      SecretStatus: "creating",
      SecretArn: expect.stringMatching(/:secret:rds!db-[0-9a-f-]{36}-[0-9a-f]{6}$/),
    });
    await here.create({ DBInstanceIdentifier: "other" });
    await here.pass(1);
    expect((await here.look()).MasterUserSecret!.SecretStatus).toBe("active");
    expect(JSON.stringify(here.sandbox.state)).not.toContain("correct-horse");
  });

  it("has an interface in its zone that holds subnets and groups, also for minutes after it is gone", async () => {
    const here = await account();
    const group = (await here.ec2.send(new ec2.CreateSecurityGroupCommand({ VpcId: here.vpc, GroupName: "db", Description: "db" })))
      .GroupId!;
    await here.create({ VpcSecurityGroupIds: [group], AvailabilityZone: "eu-west-1a" });
    await here.pass(15);
    const interfaces = async () =>
      (await here.ec2.send(new ec2.DescribeNetworkInterfacesCommand({ Filters: [{ Name: "group-id", Values: [group] }] })))
        .NetworkInterfaces!;
    expect(await interfaces()).toMatchObject([{ Description: "RDSNetworkInterface", RequesterManaged: true, SubnetId: here.subnets[0] }]);
    const deleteGroup = () => here.ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: group }));
    expect(await codeOf(deleteGroup())).toBe("DependencyViolation");
    await here.remove({ SkipFinalSnapshot: true });
    while ((await codeOf(here.look())) === "(no error)") await here.pass(0.1);
    expect(await codeOf(deleteGroup())).toBe("DependencyViolation");
    expect(await codeOf(here.ec2.send(new ec2.DeleteSubnetCommand({ SubnetId: here.subnets[0] })))).toBe("DependencyViolation");
    await here.pass(5);
    expect(await interfaces()).toEqual([]);
    expect(await codeOf(deleteGroup())).toBe("(no error)");
  });

  it("is listed in pages of 20 to 100, and by the filters that AWS documents", async () => {
    const here = await account();
    const { store } = { store: here.sandbox.stores };
    await here.create();
    const table = [...store.values()][0]!.table<rds.DBInstance & { id: string; resourceId: string }>("rds.instances");
    const record = table.get("db:main")!;
    for (let i = 0; i < 45; i++) table.set(`db:copy-${i}`, { ...structuredClone(record), id: `copy-${i}`, resourceId: `db-COPY${i}` });
    const pages: number[] = [];
    for (let Marker: string | undefined, first = true; first || Marker; first = false) {
      const page: rds.DescribeDBInstancesCommandOutput = await here.rds.send(
        new rds.DescribeDBInstancesCommand({ MaxRecords: 20, ...(Marker ? { Marker } : {}) }),
      );
      pages.push(page.DBInstances!.length);
      Marker = page.Marker;
    }
    expect(pages).toEqual([20, 20, 6]);
    expect(await codeOf(here.rds.send(new rds.DescribeDBInstancesCommand({ MaxRecords: 10 })))).toBe("InvalidParameterValue");
    const by = async (Name: string, ...Values: string[]) =>
      (await here.rds.send(new rds.DescribeDBInstancesCommand({ Filters: [{ Name, Values }] }))).DBInstances!.map(
        (one) => one.DBInstanceIdentifier,
      );
    expect(await by("db-instance-id", "main", "Copy-1", "gone")).toEqual(["copy-1", "main"]);
    expect(await by("dbi-resource-id", "db-COPY2")).toEqual(["copy-2"]);
    expect(await by("engine", "postgres")).toEqual([]);
    expect(await codeOf(by("tag:x", "y"))).toBe("InvalidParameterValue");
  });

  it("that was asked to fail says so", async () => {
    const here = await account();
    here.sandbox.setFaults({ events: ["rds:createFails"] });
    await here.create();
    await here.pass(15);
    expect(await here.look()).toMatchObject({ DBInstanceStatus: "failed" });
    expect(await codeOf(here.remove({ FinalDBSnapshotIdentifier: "last" }))).toBe("InvalidDBInstanceState");
    expect(await codeOf(here.remove({ SkipFinalSnapshot: true }))).toBe("(no error)");
  });

  it("is one too many when the quota is reached", async () => {
    const here = await account();
    [...here.sandbox.stores.values()][0]!.table<{ value: number }>("rds.quotas").set("instances", { value: 1 });
    await here.create();
    expect(await codeOf(here.create({ DBInstanceIdentifier: "two" }))).toBe("InstanceQuotaExceeded");
    const { AccountQuotas } = await here.rds.send(new rds.DescribeAccountAttributesCommand({}));
    expect(AccountQuotas).toContainEqual({ AccountQuotaName: "DBInstances", Used: 1, Max: 1 });
  });

  it("bears tags, by its ARN", async () => {
    const here = await account();
    const { DBInstanceArn } = await here.create({ Tags: [{ Key: "team", Value: "web" }] });
    await here.rds.send(new rds.AddTagsToResourceCommand({ ResourceName: DBInstanceArn, Tags: [{ Key: "more", Value: "" }] }));
    await here.rds.send(new rds.RemoveTagsFromResourceCommand({ ResourceName: DBInstanceArn, TagKeys: ["team", "none"] }));
    expect((await here.look()).TagList).toEqual([{ Key: "more", Value: "" }]);
    expect((await here.rds.send(new rds.ListTagsForResourceCommand({ ResourceName: DBInstanceArn }))).TagList).toEqual([
      { Key: "more", Value: "" },
    ]);
    expect(
      await codeOf(here.rds.send(new rds.AddTagsToResourceCommand({ ResourceName: DBInstanceArn, Tags: [{ Key: "aws:x", Value: "" }] }))),
    ).toBe("InvalidParameterValue");
    expect(await codeOf(here.rds.send(new rds.ListTagsForResourceCommand({ ResourceName: DBInstanceArn!.replace("main", "gone") })))).toBe(
      "DBInstanceNotFound",
    );
  });

  it("can be stopped, takes no changes then, and starts by itself after seven days", async () => {
    const here = await account();
    await here.create();
    await here.pass(15);
    await here.rds.send(new rds.StopDBInstanceCommand({ DBInstanceIdentifier: "main" }));
    await here.pass(5);
    expect((await here.look()).DBInstanceStatus).toBe("stopped");
    expect(await codeOf(here.modify({ DeletionProtection: true }))).toBe("InvalidDBInstanceState");
    await here.pass(7 * 24 * 60 + 10);
    expect((await here.look()).DBInstanceStatus).toBe("available");
  });

  it("is made from the catalogue", async () => {
    const here = await account();
    const { DBEngineVersions } = await here.rds.send(new rds.DescribeDBEngineVersionsCommand({ Engine: "mysql", DefaultOnly: true }));
    expect(DBEngineVersions).toMatchObject([{ EngineVersion: "8.4.6", DBParameterGroupFamily: "mysql8.4" }]);
    const { OrderableDBInstanceOptions } = await here.rds.send(
      new rds.DescribeOrderableDBInstanceOptionsCommand({
        Engine: "mysql",
        EngineVersion: "8.4.6",
        DBInstanceClass: least.DBInstanceClass,
      }),
    );
    expect(OrderableDBInstanceOptions!.map(({ StorageType }) => StorageType)).toEqual(["gp2", "gp3", "io1", "io2", "standard"]);
    expect((await here.rds.send(new rds.DescribePendingMaintenanceActionsCommand({}))).PendingMaintenanceActions).toEqual([]);
    expect((await here.rds.send(new rds.DescribeCertificatesCommand({}))).DefaultCertificateForNewLaunches).toBe("rds-ca-rsa2048-g1");
  });
});
