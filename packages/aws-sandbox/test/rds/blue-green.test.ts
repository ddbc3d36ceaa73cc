import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { account, codeOf, type Account } from "./account.ts";

const Source = "arn:aws:rds:eu-west-1:123456789012:db:main";
const Tags = [{ Key: "team", Value: "shop" }];

async function deploy(here: Account, input: Partial<rds.CreateBlueGreenDeploymentCommandInput> = {}): Promise<rds.BlueGreenDeployment> {
  const command = new rds.CreateBlueGreenDeploymentCommand({ BlueGreenDeploymentName: "next", Source, ...input });
  return (await here.rds.send(command)).BlueGreenDeployment!;
}

async function look(here: Account): Promise<rds.BlueGreenDeployment | undefined> {
  return (await here.rds.send(new rds.DescribeBlueGreenDeploymentsCommand({}))).BlueGreenDeployments![0];
}

async function withDeployment(input: Partial<rds.CreateBlueGreenDeploymentCommandInput> = {}): Promise<Account> {
  const here = await account();
  await here.create({ Tags, BackupRetentionPeriod: 3, DeletionProtection: true, EngineVersion: "8.0.39" });
  await here.pass(20);
  await deploy(here, input);
  await here.pass(60);
  return here;
}

const id = async (here: Account) => ({ BlueGreenDeploymentIdentifier: (await look(here))!.BlueGreenDeploymentIdentifier! });

describe("a blue/green deployment of the sandbox's RDS", () => {
  it("copies the instance with its tags and settings, and changes the copy", async () => {
    const here = await withDeployment({ TargetEngineVersion: "8.4", TargetDBInstanceClass: "db.t3.small" });
    const deployment = (await look(here))!;
    expect(deployment).toMatchObject({ Status: "AVAILABLE", Source, BlueGreenDeploymentName: "next" });
    const green = await here.look(deployment.Target!.split(":").at(-1));
    expect(green).toMatchObject({
      DBInstanceIdentifier: expect.stringMatching(/^main-green-[0-9a-z]{6}$/),
      EngineVersion: "8.4.6",
      DBInstanceClass: "db.t3.small",
      DBParameterGroups: [{ DBParameterGroupName: "default.mysql8.4" }],
      BackupRetentionPeriod: 3,
      DeletionProtection: true,
      ReadReplicaSourceDBInstanceIdentifier: "main",
      TagList: [...Tags, { Key: "aws:rds:bluegreen", Value: deployment.BlueGreenDeploymentIdentifier }],
    });
    expect(await here.look()).toMatchObject({ EngineVersion: "8.0.39", DBInstanceClass: "db.t3.micro" });
  });

  it("gives the green instance the name and the endpoint, and keeps the blue one under another", async () => {
    const here = await withDeployment({ TargetDBInstanceClass: "db.t3.small" });
    const blue = await here.look();
    await here.rds.send(new rds.SwitchoverBlueGreenDeploymentCommand(await id(here)));
    expect(await look(here)).toMatchObject({ Status: "SWITCHOVER_IN_PROGRESS" });
    await here.pass(2);
    expect(await look(here)).toMatchObject({ Status: "SWITCHOVER_COMPLETED", Source: `${Source}-old1`, Target: Source });
    expect(await here.look()).toMatchObject({ DBInstanceClass: "db.t3.small", Endpoint: blue.Endpoint, DBInstanceStatus: "available" });
    expect((await here.look()).DbiResourceId).not.toBe(blue.DbiResourceId);
    expect(await here.look("main-old1")).toMatchObject({ DbiResourceId: blue.DbiResourceId, DeletionProtection: true });
    expect(await codeOf(here.rds.send(new rds.DeleteBlueGreenDeploymentCommand({ ...(await id(here)), DeleteTarget: true })))).toBe(
      "InvalidParameterCombination",
    );
    await here.rds.send(new rds.DeleteBlueGreenDeploymentCommand(await id(here)));
    await here.pass(2);
    expect(await look(here)).toBeUndefined();
    expect((await here.look()).TagList).toEqual(Tags);
  });

  it("is deleted with its green instance, when that is not protected", async () => {
    const here = await withDeployment();
    const remove = async () => here.rds.send(new rds.DeleteBlueGreenDeploymentCommand({ ...(await id(here)), DeleteTarget: true }));
    expect(await codeOf(remove())).toBe("InvalidParameterCombination");
    const DBInstanceIdentifier = (await look(here))!.Target!.split(":").at(-1)!;
    expect(await codeOf(here.remove({ DBInstanceIdentifier, SkipFinalSnapshot: true }))).toBe("InvalidParameterCombination");
    await here.modify({ DBInstanceIdentifier, DeletionProtection: false });
    expect(await codeOf(here.remove({ DBInstanceIdentifier, SkipFinalSnapshot: true }))).toBe("InvalidDBInstanceState");
    await remove();
    await here.pass(20);
    expect(await look(here)).toBeUndefined();
    expect(await codeOf(here.look(DBInstanceIdentifier))).toBe("DBInstanceNotFound");
    expect((await here.look()).ReadReplicaDBInstanceIdentifiers).toEqual([]);
  });

  it("tells of one that cannot be switched to, and of a switchover that failed", async () => {
    const here = await account();
    await here.create();
    await here.pass(20);
    here.sandbox.setFaults({ events: ["rds:blueGreenInvalid"] });
    await deploy(here);
    await here.pass(60);
    expect(await look(here)).toMatchObject({ Status: "INVALID_CONFIGURATION" });
    expect(await codeOf(here.rds.send(new rds.SwitchoverBlueGreenDeploymentCommand(await id(here))))).toBe(
      "InvalidBlueGreenDeploymentStateFault",
    );
    await here.rds.send(new rds.DeleteBlueGreenDeploymentCommand({ ...(await id(here)), DeleteTarget: true }));
    await here.pass(20);
    await deploy(here);
    await here.pass(60);
    here.sandbox.setFaults({ events: ["rds:switchoverFails"] });
    await here.rds.send(new rds.SwitchoverBlueGreenDeploymentCommand(await id(here)));
    await here.pass(2);
    expect(await look(here)).toMatchObject({ Status: "SWITCHOVER_FAILED", Source });
    expect(await here.look()).toMatchObject({ DBInstanceStatus: "available" });
  });

  it.each<[string, Partial<rds.CreateDBInstanceCommandInput>, Partial<rds.CreateBlueGreenDeploymentCommandInput>, string]>([
    ["a managed password", { MasterUserPassword: undefined, ManageMasterUserPassword: true }, {}, "SourceDatabaseNotSupportedFault"],
    ["no backups", { BackupRetentionPeriod: 0 }, {}, "InvalidDBInstanceState"],
    ["an older version", {}, { TargetEngineVersion: "8.0.39" }, "InvalidParameterCombination"],
    ["a parameter group that is not there", {}, { TargetDBParameterGroupName: "none" }, "DBParameterGroupNotFound"],
    ["a class that there is not", {}, { TargetDBInstanceClass: "db.x9.large" }, "InvalidParameterCombination"],
    ["a source that is not there", {}, { Source: `${Source}2` }, "DBInstanceNotFound"],
    ["a source that is no ARN", {}, { Source: "main" }, "InvalidParameterValue"],
    ["a name that is too long", {}, { BlueGreenDeploymentName: "a".repeat(61) }, "InvalidParameterValue"],
  ])("is refused with %s", async (_what, instance, input, code) => {
    const here = await account();
    await here.create(instance);
    await here.pass(20);
    expect(await codeOf(deploy(here, input))).toBe(code);
  });

  it("has a name of its own, and an instance of its own", async () => {
    const here = await withDeployment();
    expect(await codeOf(deploy(here))).toBe("BlueGreenDeploymentAlreadyExistsFault");
    expect(await codeOf(deploy(here, { BlueGreenDeploymentName: "other" }))).toBe("SourceDatabaseNotSupportedFault");
  });
});
