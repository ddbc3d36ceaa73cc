/**
 * A database is changed by a blue/green deployment, in the sandbox and with the kind's own driver. The next run completes whatever an
 * interrupted run left.
 */
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { dbInstance, type DbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import { diff } from "../../src/plan/diff.ts";
import {
  converge,
  differences,
  find,
  main,
  mysql,
  planned,
  raw,
  removed,
  sandboxTestbed,
  snapshots,
  surroundings,
  type Testbed,
} from "./db-testbed.ts";

const tag = "infra:blue-green";

async function lab(more: Partial<DbInstance> = {}) {
  const testbed = await sandboxTestbed();
  const on = await surroundings(testbed);
  const spec = (change: Partial<DbInstance> = {}): DbInstance =>
    mysql(on, { masterPassword: { ssmParameter: "/shop/main" }, blueGreenUpdate: true, ...more, ...change });
  await converge(testbed, dbInstance, main, spec());
  return { testbed, spec };
}

async function names(testbed: Testbed): Promise<string[]> {
  return ((await testbed.aws.rds(new rds.DescribeDBInstancesCommand({}))).DBInstances ?? []).map((one) => one.DBInstanceIdentifier!);
}

async function deployments(testbed: Testbed): Promise<rds.BlueGreenDeployment[]> {
  return (await testbed.aws.rds(new rds.DescribeBlueGreenDeploymentsCommand({}))).BlueGreenDeployments ?? [];
}

describe("blueGreenUpdate", () => {
  it("changes a copy, gives it the name, and deletes the old instance with a final snapshot", async () => {
    const { testbed, spec } = await lab();
    const before = await raw(testbed);
    await converge(testbed, dbInstance, main, spec({ instanceClass: "db.t3.small", backupRetention: 14 }));
    const after = await raw(testbed);
    expect(after).toMatchObject({
      DBInstanceClass: "db.t3.small",
      DBInstanceStatus: "available",
      BackupRetentionPeriod: 14,
      DeletionProtection: true,
    });
    expect(after.DbiResourceId).not.toBe(before.DbiResourceId);
    expect(after.Endpoint).toEqual(before.Endpoint);
    expect(after.TagList?.map(({ Key }) => Key)).not.toContain(tag);
    expect(await names(testbed)).toEqual(["prod-main"]);
    expect(await deployments(testbed)).toEqual([]);
    expect((await snapshots(testbed)).filter(({ DBSnapshotIdentifier: name }) => name?.startsWith("prod-main-old1-final-"))).toHaveLength(
      1,
    );
    expect(await differences(testbed, dbInstance, main, spec({ instanceClass: "db.t3.small", backupRetention: 14 }))).toEqual([]);
  });

  it("takes no last snapshot where the file says so", async () => {
    const { testbed, spec } = await lab({ finalSnapshot: false, snapshotBefore: "never" });
    await converge(testbed, dbInstance, main, spec({ instanceClass: "db.t3.small" }));
    expect(await names(testbed)).toEqual(["prod-main"]);
    expect(await snapshots(testbed)).toEqual([]);
  });

  it("says in the plan that the old database is deleted, and is no change where nothing is due", async () => {
    const { testbed, spec } = await lab();
    expect(await differences(testbed, dbInstance, main, spec({ backupRetention: 14, allocatedStorage: 40 }))).toEqual([
      "allocatedStorage: update",
      "backupRetention: update",
    ]);
    const { deltas } = await planned(testbed, dbInstance, main, spec({ instanceClass: "db.t3.small" }));
    expect(deltas.map(({ field, impact }) => `${field}: ${impact}`).sort()).toEqual(["blueGreenUpdate: restart", "instanceClass: update"]);
    expect(deltas.find(({ field }) => field === "blueGreenUpdate")?.rule.because).toMatch(
      /deletes the old database, .* with a final snapshot/,
    );
  });

  it("makes no deployment for ignored differences", async () => {
    const { testbed, spec } = await lab();
    const live = (await find(testbed, dbInstance, main))!;
    const expected = { spec: spec({ instanceClass: "db.t3.small" }) as never, ignoreChanges: ["instanceClass"] };
    expect(diff(dbInstance, expected, live).deltas).toEqual([]);
  });

  it("is refused where RDS makes no deployment", async () => {
    const { testbed, spec } = await lab();
    await testbed.aws.rds(
      new rds.CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: "by-hand", SourceDBInstanceIdentifier: "prod-main" }),
    );
    expect(await differences(testbed, dbInstance, main, spec({ instanceClass: "db.t3.small" }))).toContain("blueGreenUpdate: refused");
    const managed = await lab({ masterPassword: "managed" });
    expect(await differences(managed.testbed, dbInstance, main, managed.spec({ instanceClass: "db.t3.small" }))).toContain(
      "blueGreenUpdate: refused",
    );
  });
});

describe("the conditions of a deployment", () => {
  const have: Partial<DbInstance> = {
    engine: "mysql",
    engineVersion: "8.0.42",
    instanceClass: "db.t3.micro",
    backupRetention: 7,
    optionGroup: "default:mysql-8-0",
    masterPassword: { ssmParameter: "(not managed)" },
  };
  const { change } = dbInstance.fields.blueGreenUpdate;
  const impact = (was: Partial<DbInstance>, now: Partial<DbInstance>) =>
    (change as (was: unknown, now: unknown, sides: object) => unknown)(undefined, true, { was, now: { blueGreenUpdate: true, ...now } });

  it.each<[string, Partial<DbInstance>, Partial<DbInstance>, unknown]>([
    ["an upgrade", {}, { engineVersion: "8.4" }, "restart"],
    ["a minor upgrade with an option group of its own", { optionGroup: "own" }, { engineVersion: "8.0.43" }, "restart"],
    ["a major upgrade with an option group of its own", { optionGroup: "own" }, { engineVersion: "8.4" }, { refuse: expect.any(String) }],
    ["an upgrade without backups", { backupRetention: 0 }, { engineVersion: "8.4" }, { refuse: expect.any(String) }],
    ["an upgrade with a managed password", { masterPassword: "managed" }, { engineVersion: "8.4" }, { refuse: expect.any(String) }],
  ])("%s", (_name, was, now, expected) => expect(impact({ ...have, ...was }, now)).toEqual(expected));
});

describe("an update that was interrupted", () => {
  it("is known by the tag, and its green copy is deleted when the change is no longer wanted", async () => {
    const { testbed, spec } = await lab();
    testbed.sandbox!.setFaults({ events: { "rds:blueGreenInvalid": 1 } });
    await expect(converge(testbed, dbInstance, main, spec({ instanceClass: "db.t3.small" }))).rejects.toThrow(/is INVALID_CONFIGURATION/);
    testbed.sandbox!.setFaults({ events: {} });
    expect((await names(testbed))[0]).toMatch(/^prod-main$/);
    expect(await names(testbed)).toHaveLength(2);
    const { DbiResourceId } = await raw(testbed);
    const withoutLine = spec({ blueGreenUpdate: undefined });
    expect(await differences(testbed, dbInstance, main, withoutLine)).toEqual(["blueGreenUpdate: update"]);
    await converge(testbed, dbInstance, main, withoutLine);
    expect(await names(testbed)).toEqual(["prod-main"]);
    expect(await deployments(testbed)).toEqual([]);
    expect((await raw(testbed)).DbiResourceId).toBe(DbiResourceId);
    expect(await differences(testbed, dbInstance, main, withoutLine)).toEqual([]);
  });

  it("is brought to its end after the switchover, though the line is gone: the old database is deleted with a final snapshot", async () => {
    const { testbed, spec } = await lab();
    const before = await raw(testbed);
    testbed.sandbox!.setFaults({
      refuse: [{ operation: "rds:DeleteBlueGreenDeployment", times: 1, code: "AccessDenied", message: "AccessDenied" }],
    });
    await expect(converge(testbed, dbInstance, main, spec({ instanceClass: "db.t3.small" }))).rejects.toThrow(/AccessDenied/);
    testbed.sandbox!.setFaults({});
    expect(await names(testbed)).toEqual(["prod-main", "prod-main-old1"]);
    expect((await raw(testbed, "prod-main-old1")).DbiResourceId).toBe(before.DbiResourceId);
    const withoutLine = spec({ instanceClass: "db.t3.small", blueGreenUpdate: undefined });
    expect(await differences(testbed, dbInstance, main, withoutLine)).toEqual(["blueGreenUpdate: update"]);
    await converge(testbed, dbInstance, main, withoutLine);
    expect(await names(testbed)).toEqual(["prod-main"]);
    expect(await deployments(testbed)).toEqual([]);
    expect((await snapshots(testbed)).map(({ DBSnapshotIdentifier: name }) => name)).toContainEqual(
      expect.stringMatching(/^prod-main-old1-final-/),
    );
    expect(await differences(testbed, dbInstance, main, withoutLine)).toEqual([]);
  });

  it("begins again after a switchover that failed", async () => {
    const { testbed, spec } = await lab();
    testbed.sandbox!.setFaults({ events: { "rds:switchoverFails": 1 } });
    const wanted = spec({ instanceClass: "db.t3.small" });
    await expect(converge(testbed, dbInstance, main, wanted)).rejects.toThrow(/is SWITCHOVER_FAILED/);
    testbed.sandbox!.setFaults({ events: {} });
    await converge(testbed, dbInstance, main, wanted);
    expect(await names(testbed)).toEqual(["prod-main"]);
    expect(await deployments(testbed)).toEqual([]);
    expect(await raw(testbed)).toMatchObject({ DBInstanceClass: "db.t3.small" });
  });

  it("goes with the database when that is deleted", async () => {
    const { testbed, spec } = await lab();
    testbed.sandbox!.setFaults({ events: { "rds:blueGreenInvalid": 1 } });
    await expect(converge(testbed, dbInstance, main, spec({ instanceClass: "db.t3.small" }))).rejects.toThrow(/INVALID/);
    await removed(testbed, dbInstance, (await find(testbed, dbInstance, main))!);
    expect(await names(testbed)).toEqual([]);
    expect(await deployments(testbed)).toEqual([]);
  });
});
