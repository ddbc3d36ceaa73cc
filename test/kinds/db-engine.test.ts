import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { kinds as allKinds } from "../../src/kinds/index.ts";
import { header, openTestbed as testbedOf, stepsOf } from "../support/testbed.ts";

const names = ["vpc", "subnet", "securityGroup", "dbSubnetGroup", "dbParameterGroup", "dbInstance"];
const kindsHere = allKinds.filter((kind) => names.includes(kind.name));
const openTestbed = () => testbedOf({ kinds: kindsHere });

const network = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
securityGroups:
  db: { vpc: main, description: Database, egress: [] }
`;
const database = `${network}
dbSubnetGroups:
  main: { subnets: [a, b] }
dbParameterGroups:
  main: { family: mysql8.4, parameters: { max_connections: 200, slow_query_log: true } }
dbInstances:
  main:
    engine: mysql
    engineVersion: "8.4"
    instanceClass: db.t3.micro
    allocatedStorage: 20
    subnetGroup: main
    securityGroups: [db]
    parameterGroup: main
    masterUsername: dbadmin
    masterPassword: { ssmParameter: /lab/test/main }
`;
const replica = `${database}
  replica:
    replicaOf: main
    availabilityZone: b
    securityGroups: [db]
`;

const none = { done: [], failed: [], skipped: [] };

describe("a database, planned and applied by the engine", () => {
  it("is made with a random password; the second plan is empty, the second apply writes nothing, and reads the declared objects", async () => {
    const here = openTestbed();
    const made = await here.apply(database);
    expect(stepsOf(made.run)).toContain("create dbInstance/main");
    const again = await here.apply(database);
    expect(stepsOf(again.run)).toEqual([]);
    expect(again.run.plan.notes).toEqual([]);
    expect(again.connection.calls.writes).toBe(0);
    const reads = Object.fromEntries([...again.connection.calls.byOperation].filter(([name]) => name.startsWith("rds:")));
    const declared = (name: string) => kindsHere.find((kind) => kind.name === name)!.readCost({ ours: 1, account: 1 });
    expect(Object.values(reads).reduce((sum, count) => sum + count, 0)).toBe(
      declared("dbInstance") + declared("dbSubnetGroup") + declared("dbParameterGroup"),
    );
  });

  it("bears the name of its groups, and they are not taken for each other", async () => {
    const here = openTestbed();
    const made = await here.apply(database);
    const { objects } = (await here.plan(database)).observed;
    expect(objects.get("dbInstance/main")!.live.id).toBe(objects.get("dbSubnetGroup/main")!.live.id);
    expect(objects.get("dbInstance/main")!.linked).toMatchObject({
      subnetGroup: "dbSubnetGroup/main",
      parameterGroup: "dbParameterGroup/main",
      securityGroups: ["securityGroup/db"],
    });
    expect(made.outcome.status).toBe("done");
  });

  it("has a replica in another zone, which is promoted when the line goes", async () => {
    const here = openTestbed();
    await here.apply(replica);
    expect(stepsOf(await here.plan(replica))).toEqual([]);
    const alone = replica.replace(
      "    replicaOf: main\n",
      "    engine: mysql\n    instanceClass: db.t3.micro\n    allocatedStorage: 20\n    subnetGroup: main\n    masterUsername: dbadmin\n    masterPassword: { ssmParameter: /lab/test/main }\n",
    );
    expect(stepsOf(await here.plan(alone))).toEqual(["restart dbInstance/replica"]);
    await here.apply(alone);
    expect(stepsOf(await here.plan(alone))).toEqual([]);
  });

  it("is upgraded after its replica, as MySQL demands, in one apply", async () => {
    const here = openTestbed();
    const at = (version: string) =>
      replica
        .replace("family: mysql8.4", "family: mysql8.0")
        .replace(/engineVersion: "8.4"/, `engineVersion: "${version}"\n    applyImmediately: true`)
        .replace("parameterGroup: main", `parameterGroup: default.mysql${version}`)
        .replace(
          "replicaOf: main",
          `replicaOf: main\n    engineVersion: "${version}"\n    applyImmediately: true\n    parameterGroup: default.mysql${version}`,
        );
    await here.apply(at("8.0"));
    const { outcome } = await here.apply(at("8.4"));
    expect(outcome.done.map(({ address }) => address)).toEqual(["dbInstance/replica", "dbInstance/main"]);
    expect(stepsOf(await here.plan(at("8.4")))).toEqual([]);
  });

  it("is not upgraded while the file is silent about its MySQL replica: the plan names the replica, and nothing is written", async () => {
    const here = openTestbed();
    const at = (version: string) =>
      replica
        .replace("family: mysql8.4", "family: mysql8.0")
        .replace(/engineVersion: "8.4"/, `engineVersion: "${version}"\n    applyImmediately: true`)
        .replace("parameterGroup: main", `parameterGroup: default.mysql${version}`);
    await here.apply(at("8.0"));
    const plan = await here.plan(at("8.4"));
    expect(stepsOf(plan)).toEqual([]);
    expect(plan.diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
      { code: "refused-change", summary: expect.stringContaining('write engineVersion: "8.4" on dbInstance/replica too') },
    ]);
  });

  it("of PostgreSQL upgrades its replica to another major version too, whether the replica says so or not", async () => {
    const here = openTestbed();
    const at = (version: string, ofReplica: string) =>
      replica
        .replace("family: mysql8.4, parameters: { max_connections: 200, slow_query_log: true }", "family: postgres17")
        .replace('engine: mysql\n    engineVersion: "8.4"', `engine: postgres\n    engineVersion: "${version}"\n    applyImmediately: true`)
        .replace("    parameterGroup: main\n", "")
        .replace("replicaOf: main", `replicaOf: main${ofReplica}`);
    await here.apply(at("16", ""));
    const both = at("17", '\n    engineVersion: "17"');
    const { outcome } = await here.apply(both);
    expect(outcome.failed).toEqual([]);
    const { observed } = await here.plan(both);
    for (const name of ["main", "replica"])
      expect(observed.objects.get(`dbInstance/${name}`)!.live.spec).toMatchObject({ engineVersion: "17.5" });
    expect(stepsOf(await here.plan(both))).toEqual([]);
  });

  it("grows past 400 GiB with nothing written of its I/O", async () => {
    const here = openTestbed();
    const sized = (size: number) => database.replace("allocatedStorage: 20", `allocatedStorage: ${size}\n    applyImmediately: true`);
    await here.apply(sized(100));
    expect((await here.apply(sized(500))).outcome.failed).toEqual([]);
    expect(stepsOf(await here.plan(sized(500)))).toEqual([]);
  });

  it("is refused a change that would replace it, with the runbook at the line", async () => {
    const here = openTestbed();
    await here.apply(database);
    const plan = await here.plan(database.replace("masterUsername: dbadmin", "masterUsername: someone"));
    expect(stepsOf(plan)).toEqual([]);
    expect(plan.diagnostics).toMatchObject([
      {
        code: "refused-change",
        summary: expect.stringContaining("A database is never replaced"),
        at: { text: expect.stringContaining("masterUsername") },
      },
    ]);
  });

  it("stays with all that it needs when it may not go, and the plan names the id that would allow it", async () => {
    const here = openTestbed();
    await here.apply(database);
    const id = resourceOf(await here.plan(database));
    for (const [yaml, goal] of [
      [database, "destroy"],
      [network, "agree"],
    ] as const) {
      const kept = await here.tryApply(yaml, goal);
      const steps = stepsOf(kept.run);
      expect(steps).toEqual(expect.arrayContaining(["keep dbInstance/main", "keep dbParameterGroup/main", "keep dbSubnetGroup/main"]));
      expect(steps.filter((step) => step.startsWith("delete"))).toEqual([]);
      expect(kept.run.plan.steps.find(({ address }) => address === "dbInstance/main")!.because).toContain(
        `allowDestroy: { dbInstance/main: ${id} }`,
      );
      expect(kept.outcome).toMatchObject(none);
    }
  });

  it("goes when allowDestroy names the live one: a final snapshot and the automated backups stay, and nothing else", async () => {
    const here = openTestbed();
    await here.apply(replica);
    const id = resourceOf(await here.plan(replica));
    const gone = await here.destroy(`${replica}\nallowDestroy: { dbInstance/main: ${id} }\n`);
    const order = gone.outcome.done.map(({ address }) => address);
    expect(order.indexOf("dbInstance/replica")).toBeLessThan(order.indexOf("dbInstance/main"));
    expect(order.indexOf("dbInstance/main")).toBeLessThan(order.indexOf("dbSubnetGroup/main"));
    expect(order).toContain("vpc/main");
    const left = here.sandbox.stores.get("123456789012/eu-west-1")!.sizes();
    expect(Object.entries(left).filter(([name]) => name.startsWith("rds."))).toEqual([
      ["rds.optionGroups", 1], // AWS's default one, which a database without an option group has
      ["rds.snapshots", 1],
      ["rds.retainedBackups", 1],
    ]);
  });

  it("that stands under the id of an earlier one is not allowed to go by its old resource id", async () => {
    const here = openTestbed();
    await here.apply(database);
    const kept = await here.tryApply(`${database}\nallowDestroy: { dbInstance/main: db-AAAAAAAAAAAAAAAAAAAAAAAAAA }\n`, "destroy");
    expect(stepsOf(kept.run)).toContain("keep dbInstance/main");
  });

  it("that failed while it was made holds nothing, and the next run makes it anew", async () => {
    const here = openTestbed();
    here.sandbox.setFaults({ events: ["rds:createFails"] });
    const failed = await here.tryApply(database);
    expect(failed.outcome.failed.map(({ step, failure }) => [step.address, failure.message])).toEqual([
      ["dbInstance/main", expect.stringContaining("failed")],
    ]);
    await here.apply(database);
    expect(stepsOf(await here.plan(database))).toEqual([]);
  });

  it("restored under another name is reported as a copy and left alone", async () => {
    const here = openTestbed();
    const copying = database.replace("    masterUsername", "    copyTagsToSnapshot: true\n    masterUsername");
    await here.apply(copying);
    const { aws } = await here.connection();
    await aws.rds(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier: "test-main", DBSnapshotIdentifier: "s" }));
    await here.clock.sleep(600_000);
    await aws.rds(
      new rds.RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: "restored",
        DBSnapshotIdentifier: "s",
        DBInstanceClass: "db.t3.micro",
      }),
    );
    const plan = await here.plan(copying);
    expect(stepsOf(plan)).toEqual([]);
    expect(plan.plan.notes).toMatchObject([{ code: "copy", id: "restored" }]);
  });
});

function resourceOf({ observed }: Awaited<ReturnType<ReturnType<typeof openTestbed>["plan"]>>): string {
  return observed.objects.get("dbInstance/main")!.live.aliases.find((alias) => alias.startsWith("db-"))!;
}
