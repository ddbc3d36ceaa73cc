/** Snapshots, replicas, deletion and ownership of databases: the ways in which automation loses data in RDS. In the sandbox. */
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { AwsError } from "../../src/aws/errors.ts";
import { dbInstance, type DbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import {
  converge,
  differences,
  find,
  surroundings,
  listed,
  main,
  mysql,
  pass,
  raw,
  removed,
  sandboxTestbed,
  snapshots,
} from "./db-testbed.ts";

describe("snapshots", () => {
  it("keepSnapshots bounds those that we took, and touches no other", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    await testbed.aws.rds(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier: "prod-main", DBSnapshotIdentifier: "by-hand" }));
    await pass(testbed, 10);
    for (const days of [8, 9, 10])
      await converge(testbed, dbInstance, main, mysql(on, { backupRetention: days, snapshotBefore: "always", keepSnapshots: 2 }));
    const left = await snapshots(testbed);
    expect(left.filter(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier!.includes("-pre-"))).toHaveLength(2);
    expect(left.map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier)).toContain("by-hand");
    const live = (await find(testbed, dbInstance, main))!;
    expect(live.parts).toBeUndefined(); // a plan does not read them
    const details = await (await dbInstance.load()).details!(testbed.aws, [live]);
    expect(details.get("prod-main")?.parts).toHaveLength(2);
  });

  it("the same change made a second time, days later, takes a second snapshot; a repeated attempt does not", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    const bigger = mysql(on, { instanceClass: "db.t3.small", applyImmediately: true });
    await converge(testbed, dbInstance, main, bigger);
    await converge(testbed, dbInstance, main, mysql(on, { applyImmediately: true, snapshotBefore: "never" }));
    await pass(testbed, 25 * 60);
    await converge(testbed, dbInstance, main, bigger);
    expect((await snapshots(testbed)).map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier)).toEqual([
      expect.stringMatching(/-pre-[0-9a-f]{10}$/),
      expect.stringMatching(/-pre-[0-9a-f]{10}-2$/),
    ]);
  });
});

describe("replicas", () => {
  const password = { ssmParameter: "/shop/main" };

  it("the master password of a source cannot be managed", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on));
    const replica: DbInstance = { replicaOf: "prod-main", securityGroups: [on.group] };
    await expect(converge(testbed, dbInstance, "dbInstance/replica", replica)).rejects.toThrow("managed in AWS Secrets Manager");
    const problems = dbInstance.check!(subject("replica", { ...replica, replicaOf: main }), resourceIndexOf(subject("main", mysql(on))));
    expect(problems.map(({ code }) => code)).toEqual(["db-replica-password"]);
  });

  it("is made in another zone, inherits, and agrees with the next plan", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on, { masterPassword: password }));
    const replica: DbInstance = {
      replicaOf: "prod-main",
      availabilityZone: "ap-northeast-2c",
      securityGroups: [on.group],
      instanceClass: "db.t3.small",
    };
    const live = await converge(testbed, dbInstance, "dbInstance/replica", replica);
    expect(live.outputs).toMatchObject({ role: "replica of prod-main", zone: "ap-northeast-2c" });
    expect(await differences(testbed, dbInstance, "dbInstance/replica", replica)).toEqual([]);
    expect(dbInstance.dataLoss).toBeTypeOf("function");
    expect((dbInstance.dataLoss as (spec: Partial<DbInstance>) => unknown)(live.spec)).toBe("machine");
  });

  it("is promoted when the line goes, and not while it does not follow its source", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on, { masterPassword: password }));
    await converge(testbed, dbInstance, "dbInstance/replica", { replicaOf: "prod-main", securityGroups: [on.group] });
    const alone = mysql(on, { masterPassword: password });
    expect(await differences(testbed, dbInstance, "dbInstance/replica", alone)).toEqual(["replicaOf: restart"]);
    await converge(testbed, dbInstance, "dbInstance/replica", alone);
    expect(await raw(testbed, "prod-replica")).toMatchObject({ BackupRetentionPeriod: 7 });
    expect((await raw(testbed, "prod-replica")).ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
    expect(await differences(testbed, dbInstance, "dbInstance/replica", alone)).toEqual([]);
  });

  it("a database of its own never becomes a replica, and a replica never follows another source", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on, { masterPassword: password }));
    expect(await differences(testbed, dbInstance, main, mysql(on, { masterPassword: password, replicaOf: "other" }))).toEqual([
      "replicaOf: refused",
    ]);
    await converge(testbed, dbInstance, "dbInstance/replica", { replicaOf: "prod-main", securityGroups: [on.group] });
    expect(await differences(testbed, dbInstance, "dbInstance/replica", { replicaOf: "other", securityGroups: [on.group] })).toEqual([
      "replicaOf: refused",
    ]);
  });
});

describe("deletion", () => {
  it("lifts the protection, takes a final snapshot, keeps the automated backups, and flushes nothing", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    const live = await converge(testbed, dbInstance, main, mysql(on));
    await removed(testbed, dbInstance, live);
    expect(await snapshots(testbed)).toMatchObject([
      { DBSnapshotIdentifier: expect.stringMatching(/^prod-main-final-[0-9a-z]{12}$/), Status: "available" },
    ]);
    const { DBInstanceAutomatedBackups } = await testbed.aws.rds(new rds.DescribeDBInstanceAutomatedBackupsCommand({}));
    expect(DBInstanceAutomatedBackups).toMatchObject([{ DBInstanceIdentifier: "prod-main", Status: "retained" }]);
    expect(testbed.said).toContainEqual(expect.stringContaining("final snapshot prod-main-final-"));
  });

  it("does as the tag says, since the block may be gone: no snapshot where finalSnapshot was false", async () => {
    const testbed = await sandboxTestbed();
    const live = await converge(testbed, dbInstance, main, mysql(await surroundings(testbed), { finalSnapshot: false }));
    expect(live.tags["infra:final-snapshot"]).toBe("skip");
    await removed(testbed, dbInstance, live);
    expect(await snapshots(testbed)).toEqual([]);
  });

  it("takes another name for the snapshot where an earlier attempt left one", async () => {
    const testbed = await sandboxTestbed();
    const live = await converge(testbed, dbInstance, main, mysql(await surroundings(testbed)));
    const resource = live.handle.resourceId.toLowerCase().slice(-12);
    await testbed.aws.rds(
      new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier: "prod-main", DBSnapshotIdentifier: `prod-main-final-${resource}` }),
    );
    await pass(testbed, 10);
    await removed(testbed, dbInstance, live);
    expect((await snapshots(testbed)).map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier)).toContain(`prod-main-final-${resource}-2`);
  });

  it("twice is once: an object that is being deleted or is gone is success", async () => {
    const testbed = await sandboxTestbed();
    const live = await converge(testbed, dbInstance, main, mysql(await surroundings(testbed), { deletionProtection: false }));
    await testbed.aws.rds(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: "prod-main", SkipFinalSnapshot: true }));
    await removed(testbed, dbInstance, live);
    await removed(testbed, dbInstance, live);
    expect(await snapshots(testbed)).toEqual([]);
  });

  it("of a replica takes no snapshot, and leaves its source alone", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on, { masterPassword: { ssmParameter: "/shop/main" } }));
    const replica = await converge(testbed, dbInstance, "dbInstance/replica", { replicaOf: "prod-main", securityGroups: [on.group] });
    await removed(testbed, dbInstance, replica);
    expect(await snapshots(testbed)).toEqual([]);
    expect((await raw(testbed)).ReadReplicaDBInstanceIdentifiers).toEqual([]);
  });

  it("in a state in which AWS takes no snapshot is left to a person when there is data, and such a database is never made again", async () => {
    const testbed = await sandboxTestbed();
    await converge(testbed, dbInstance, main, mysql(await surroundings(testbed)));
    const record = testbed
      .sandbox!.stores.get("123456789012/ap-northeast-2")!
      .table<{ status: string }>("rds.instances")
      .get("db:prod-main")!;
    record.status = "incompatible-network";
    const broken = (await find(testbed, dbInstance, main))!;
    expect(broken.state).toBe("ready");
    expect(broken.notes).toContainEqual(expect.stringContaining("is incompatible-network"));
    await expect(removed(testbed, dbInstance, broken)).rejects.toThrow("AWS cannot take a final snapshot in this state");
    expect(await raw(testbed)).toMatchObject({ DBInstanceStatus: "incompatible-network" });
  });
});

describe("ownership", () => {
  it("a restored copy that has our tags is known by its name, which differs from the tag's", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    await converge(testbed, dbInstance, main, mysql(on, { copyTagsToSnapshot: true }));
    await testbed.aws.rds(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier: "prod-main", DBSnapshotIdentifier: "for-tests" }));
    await pass(testbed, 10);
    await testbed.aws.rds(
      new rds.RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: "copy",
        DBSnapshotIdentifier: "for-tests",
        DBInstanceClass: "db.t3.micro",
      }),
    );
    const lives = await listed(testbed, dbInstance);
    expect(lives.map(({ id, name, tags }) => [id, name === tags["infra:name"]])).toEqual([
      ["copy", false],
      ["prod-main", true],
    ]);
  });

  it("names are lower-cased by AWS and by us, and a taken one is found, not taken over", async () => {
    const testbed = await sandboxTestbed();
    const on = await surroundings(testbed);
    const live = await converge(testbed, dbInstance, "dbInstance/Main", mysql(on));
    expect(live.id).toBe("prod-main");
    const driver = await dbInstance.load();
    const again = driver.create(testbed.aws, mysql(on), { name: "prod-main", token: "t", tags: { a: "b" } });
    await expect(again).rejects.toSatisfy(
      (error) => error instanceof AwsError && error.class === "duplicate" && error.code === "DBInstanceAlreadyExists",
    );
  });

  it("members of Aurora clusters and other engines in the same listing are left out", async () => {
    const testbed = await sandboxTestbed();
    await converge(testbed, dbInstance, main, mysql(await surroundings(testbed)));
    const table = testbed.sandbox!.stores.get("123456789012/ap-northeast-2")!.table<{ engine: string }>("rds.instances");
    const record = table.get("db:prod-main")!;
    table.set("db:other", { ...structuredClone(record), id: "other", resourceId: "db-OTHER", engine: "mysql", tags: {} } as never);
    expect((await listed(testbed, dbInstance)).map(({ id }) => id)).toEqual(["prod-main"]);
  });
});

function subject(name: string, spec: DbInstance) {
  return { address: `dbInstance/${name}`, kind: "dbInstance", name, spec, tags: {} };
}

function resourceIndexOf(...subjects: ReturnType<typeof subject>[]) {
  return { region: "ap-northeast-2", of: () => subjects, get: (address: string) => subjects.find((one) => one.address === address) };
}
