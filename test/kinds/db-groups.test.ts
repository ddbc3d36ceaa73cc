/** Subnet groups and parameter groups, in the sandbox and with their own drivers. */
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { dbParameterGroup, type DbParameterGroup } from "../../src/kinds/db-parameter-group/db-parameter-group.ts";
import { batches } from "../../src/kinds/shared/parameter-groups/batches.ts";
import { difference, sameValue } from "../../src/kinds/shared/parameter-groups/values.ts";
import { dbSubnetGroup } from "../../src/kinds/db-subnet-group/db-subnet-group.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import {
  createIdentityOf,
  converge,
  differences,
  find,
  surroundings,
  listed,
  planned,
  removed,
  sandboxTestbed,
  type Testbed,
} from "./db-testbed.ts";

/** Counts the reads of one listing. */
async function cost(testbed: Testbed, kind: Kind): Promise<number> {
  const before = testbed.calls.reads;
  await listed(testbed, kind);
  return testbed.calls.reads - before;
}

describe("a subnet group", () => {
  const main = "dbSubnetGroup/main";

  it("is made, changed in subnets and description, and agrees each time", async () => {
    const testbed = await sandboxTestbed();
    const { subnets } = await surroundings(testbed);
    for (const spec of [
      { subnets: [...subnets] },
      { subnets: [...subnets].reverse(), description: "Databases" },
      { subnets: [...subnets], description: "Databases of the shop" },
    ]) {
      await converge(testbed, dbSubnetGroup, main, spec);
      expect(await differences(testbed, dbSubnetGroup, main, spec)).toEqual([]);
    }
    const { DBSubnetGroups } = await testbed.aws.rds(new rds.DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: "prod-main" }));
    expect(DBSubnetGroups![0]!.DBSubnetGroupDescription).toBe("Databases of the shop (infra shop/prod)");
  });

  it("of others costs no call for its tags: descriptions name the owner", async () => {
    const testbed = await sandboxTestbed();
    const { subnets } = await surroundings(testbed);
    const ids = { SubnetIds: [...subnets] };
    for (let i = 0; i < 5; i++)
      await testbed.aws.rds(
        new rds.CreateDBSubnetGroupCommand({ DBSubnetGroupName: `theirs-${i}`, DBSubnetGroupDescription: "theirs", ...ids }),
      );
    await testbed.aws.rds(
      new rds.CreateDBSubnetGroupCommand({
        DBSubnetGroupName: "prod-lab-main",
        DBSubnetGroupDescription: "main (infra shop/prod-lab)",
        ...ids,
      }),
    );
    await converge(testbed, dbSubnetGroup, main, { subnets: [...subnets] });
    expect(await cost(testbed, dbSubnetGroup)).toBe(dbSubnetGroup.readCost({ ours: 1, account: 8 }));
  });

  it("under a name of the author's own is found by its description", async () => {
    const testbed = await sandboxTestbed();
    const { subnets } = await surroundings(testbed);
    const driver = await dbSubnetGroup.load();
    const identity = createIdentityOf(dbSubnetGroup, main, { subnets: [...subnets] });
    await driver.create(testbed.aws, { subnets: [...subnets], description: "written" }, { ...identity, name: "legacy" });
    expect((await listed(testbed, dbSubnetGroup)).map(({ id }) => id)).toEqual(["legacy"]);
  });

  it("that is adopted keeps its description, and is found by its name in the file or by the index", async () => {
    const testbed = await sandboxTestbed();
    const { subnets } = await surroundings(testbed);
    const driver = await dbSubnetGroup.load();
    const scope = { project: "shop", environment: "prod", asks: () => true };
    const live = (await driver.get(testbed.aws, ["ground"], scope)).get("ground")!;
    await driver.tag(testbed.aws, live, createIdentityOf(dbSubnetGroup, main, { subnets: [...subnets] }).tags, []);
    const found = async (more: object) => {
      const ids: string[] = [];
      for await (const one of driver.list(testbed.aws, { ...scope, ...more })) ids.push(one.id);
      return ids;
    };
    expect(await found({})).toEqual([]);
    expect(await found({ namesOf: () => ["Ground"] })).toEqual(["ground"]);
    expect(await found({ indexed: () => Promise.resolve(new Set([live.handle.arn])) })).toEqual(["ground"]);
    const after = (await driver.get(testbed.aws, ["ground"], scope)).get("ground")!;
    expect(after.handle.description).toBe(live.handle.description);
  });

  it("cannot go while a database uses it, and says which one", async () => {
    const testbed = await sandboxTestbed();
    const { subnets } = await surroundings(testbed);
    const live = await converge(testbed, dbSubnetGroup, main, { subnets: [...subnets] });
    await testbed.aws.rds(
      new rds.CreateDBInstanceCommand({
        DBInstanceIdentifier: "x",
        Engine: "mysql",
        DBInstanceClass: "db.t3.micro",
        AllocatedStorage: 20,
        MasterUsername: "dbadmin",
        ManageMasterUserPassword: true,
        DBSubnetGroupName: live.id,
      }),
    );
    const driver = await dbSubnetGroup.load();
    await expect(removed(testbed, dbSubnetGroup, live)).rejects.toMatchObject({
      code: "InvalidDBSubnetGroupStateFault",
      class: "dependency",
    });
    expect(await driver.blockers!(testbed.aws, [live])).toEqual(
      new Map([[live.id, [{ id: "x", what: "database x (creating)", holder: "x" }]]]),
    );
  });

  it("goes, and goes twice", async () => {
    const testbed = await sandboxTestbed();
    const { subnets } = await surroundings(testbed);
    const live = await converge(testbed, dbSubnetGroup, main, { subnets: [...subnets] });
    await removed(testbed, dbSubnetGroup, live);
    await removed(testbed, dbSubnetGroup, live);
    expect(await listed(testbed, dbSubnetGroup)).toEqual([]);
  });

  it("waits for subnets that RDS does not see yet", async () => {
    const testbed = await sandboxTestbed();
    const { subnets } = await surroundings(testbed);
    testbed.sandbox!.setFaults({ refuse: [{ operation: "CreateDBSubnetGroup", code: "InvalidSubnet", times: 2 }] });
    const live = await converge(testbed, dbSubnetGroup, main, { subnets: [...subnets] });
    expect(live.id).toBe("prod-main");
  });

  it("in one zone, or of two VPCs, is an error before AWS is asked", () => {
    const subject = (name: string, vpc: string, zone: string) => ({
      address: `subnet/${name}`,
      kind: "subnet",
      name,
      spec: { vpc, availabilityZone: zone },
      tags: {},
    });
    const all = [subject("a", "vpc/main", "a"), subject("b", "vpc/main", "a"), subject("c", "vpc/other", "c")];
    const index = { region: "eu-west-1", of: () => all, get: (address: string) => all.find((one) => one.address === address) };
    const check = (...subnets: string[]) =>
      dbSubnetGroup.check!({ address: main, kind: "dbSubnetGroup", name: "main", spec: { subnets }, tags: {} }, index).map(
        ({ code }) => code,
      );
    expect(check("subnet/a", "subnet/b")).toEqual(["db-zones"]);
    expect(check("subnet/a", "subnet/c")).toEqual(["db-network"]);
    expect(check("subnet/a", "subnet-0123456789abcdef0")).toEqual([]);
  });
});

describe("a parameter group", () => {
  const main = "dbParameterGroup/main";

  it("is made with its values, changed, and reset; it agrees each time", async () => {
    const testbed = await sandboxTestbed();
    const specs: DbParameterGroup[] = [
      { family: "mysql8.4" },
      {
        family: "mysql8.4",
        parameters: {
          max_connections: 200,
          slow_query_log: "ON",
          performance_schema: "1",
          event_scheduler: true,
          sql_mode: "STRICT_TRANS_TABLES,NO_ZERO_DATE",
        },
      },
      { family: "mysql8.4", parameters: { max_connections: "250", long_query_time: 0.5 } },
      { family: "mysql8.4", parameters: {} },
    ];
    for (const spec of specs) {
      await converge(testbed, dbParameterGroup, main, spec);
      expect(await differences(testbed, dbParameterGroup, main, spec)).toEqual([]);
    }
  });

  it("static values are sent for the next reboot, dynamic ones at once: AWS refuses it otherwise", async () => {
    const testbed = await sandboxTestbed();
    await converge(testbed, dbParameterGroup, main, {
      family: "postgres17",
      parameters: { shared_buffers: "{DBInstanceClassMemory/16384}", work_mem: 8192 },
    });
    const { Parameters } = await testbed.aws.rds(
      new rds.DescribeDBParametersCommand({ DBParameterGroupName: "prod-main", Source: "user" }),
    );
    expect(Parameters!.map(({ ParameterName, ParameterValue, ApplyMethod }) => [ParameterName, ParameterValue, ApplyMethod])).toEqual([
      ["shared_buffers", "{DBInstanceClassMemory/16384}", "pending-reboot"],
      ["work_mem", "8192", "immediate"],
    ]);
  });

  it("a value equal to the engine's default, which AWS does not list as set, is no difference", async () => {
    const testbed = await sandboxTestbed();
    const spec = { family: "mysql8.4", parameters: { performance_schema: 0, local_infile: "ON" } };
    await converge(testbed, dbParameterGroup, main, spec);
    const { Parameters } = await testbed.aws.rds(
      new rds.DescribeDBParametersCommand({ DBParameterGroupName: "prod-main", Source: "user" }),
    );
    expect(Parameters).toEqual([]);
    expect(await differences(testbed, dbParameterGroup, main, spec)).toEqual([]);
  });

  it("a value that somebody set beside it is a difference, and reset", async () => {
    const testbed = await sandboxTestbed();
    const spec = { family: "mysql8.4", parameters: { max_connections: 200 } };
    await converge(testbed, dbParameterGroup, main, spec);
    await testbed.aws.rds(
      new rds.ModifyDBParameterGroupCommand({
        DBParameterGroupName: "prod-main",
        Parameters: [{ ParameterName: "wait_timeout", ParameterValue: "60", ApplyMethod: "immediate" }],
      }),
    );
    expect(await differences(testbed, dbParameterGroup, main, spec)).toEqual(["parameters: update"]);
    const live = await converge(testbed, dbParameterGroup, main, spec);
    expect(live.spec.parameters).toEqual({ max_connections: "200" });
  });

  it("costs two calls beside the listing, as declared", async () => {
    const testbed = await sandboxTestbed();
    await converge(testbed, dbParameterGroup, main, { family: "mysql8.4", parameters: { max_connections: 200 } });
    expect(await cost(testbed, dbParameterGroup)).toBe(dbParameterGroup.readCost({ ours: 1, account: 1 }));
  });

  it("of another family is another group, and its description stays as it was written", async () => {
    const testbed = await sandboxTestbed();
    await converge(testbed, dbParameterGroup, main, { family: "mysql8.0" });
    expect((await planned(testbed, dbParameterGroup, main, { family: "mysql8.4" })).refused).toEqual([
      { path: "family", why: expect.stringContaining("second group") },
    ]);
    expect(await differences(testbed, dbParameterGroup, main, { family: "mysql8.0", description: "other" })).toEqual(["description: note"]);
  });

  it("more than twenty values go in calls of twenty, those that belong together in one", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `p${String(i).padStart(2, "0")}`);
    const sent = batches([...names, "collation_server", "enforce_gtid_consistency", "character_set_server", "gtid-mode"]);
    expect(sent.map((batch) => batch.length)).toEqual([20, 14]);
    expect(sent[0]!.slice(0, 4)).toEqual(["character_set_server", "collation_server", "gtid-mode", "enforce_gtid_consistency"]);
    const testbed = await sandboxTestbed();
    const parameters = Object.fromEntries(
      [
        "autocommit",
        "connect_timeout",
        "event_scheduler",
        "general_log",
        "innodb_flush_log_at_trx_commit",
        "innodb_lock_wait_timeout",
        "innodb_print_all_deadlocks",
        "interactive_timeout",
        "log_bin_trust_function_creators",
        "long_query_time",
        "lower_case_table_names",
        "max_allowed_packet",
        "max_connections",
        "net_read_timeout",
        "performance_schema",
        "require_secure_transport",
        "slow_query_log",
        "table_open_cache",
        "wait_timeout",
        "innodb_log_file_size",
        "local_infile",
        "character_set_client",
      ].map((name) => [name, sample(name)]),
    );
    const spec = { family: "mysql8.4", parameters };
    await converge(testbed, dbParameterGroup, main, spec);
    expect(await differences(testbed, dbParameterGroup, main, spec)).toEqual([]);
    expect(testbed.calls.byOperation.get("rds:ModifyDBParameterGroup")).toBe(2);
  });

  it.each([
    ["ON", 1, true],
    ["off", false, true],
    ["1.0", 1, true],
    ["{DBInstanceClassMemory*3/4}", "{ DBInstanceClassMemory * 3/4 }", true],
    ["utf8mb4", "UTF8MB4", true],
    ["10", 100, false],
    ["ON", 0, false],
  ])("%s and %s mean the same: %s", (a, b, same) => {
    expect(sameValue(a, b)).toBe(same);
  });

  it("names compare without regard to case", () => {
    expect(difference({ Max_Connections: "10" }, { max_connections: 10 })).toEqual({ set: {}, reset: [] });
    expect(difference({ a: "1", b: "2" }, { a: 2 })).toEqual({ set: { a: 2 }, reset: ["b"] });
  });

  it("cannot go while a database uses it, and goes afterwards, twice", async () => {
    const testbed = await sandboxTestbed();
    const { subnetGroup } = await surroundings(testbed);
    const live = await converge(testbed, dbParameterGroup, main, { family: "mysql8.4" });
    await testbed.aws.rds(
      new rds.CreateDBInstanceCommand({
        DBInstanceIdentifier: "x",
        Engine: "mysql",
        EngineVersion: "8.4",
        DBInstanceClass: "db.t3.micro",
        AllocatedStorage: 20,
        MasterUsername: "dbadmin",
        ManageMasterUserPassword: true,
        DBSubnetGroupName: subnetGroup,
        DBParameterGroupName: live.id,
      }),
    );
    await expect(removed(testbed, dbParameterGroup, live)).rejects.toMatchObject({
      code: "InvalidDBParameterGroupState",
      class: "dependency",
    });
    await testbed.clock.sleep(20 * 60_000);
    await testbed.aws.rds(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: "x", SkipFinalSnapshot: true }));
    await testbed.clock.sleep(20 * 60_000);
    await removed(testbed, dbParameterGroup, live);
    await removed(testbed, dbParameterGroup, live);
    expect(await find(testbed, dbParameterGroup, main)).toBeUndefined();
  });
});

/** Returns a value that the sandbox's table allows. */
function sample(name: string): string | number {
  if (name === "event_scheduler") return "ON";
  if (name === "character_set_client") return "utf8mb4";
  if (name === "innodb_log_file_size") return 268_435_456;
  if (
    /^(innodb_flush|lower_case|general_log|autocommit|innodb_print|log_bin_trust|performance_schema|require_secure|slow_query|local_infile)/.test(
      name,
    )
  )
    return 1;
  return 2000;
}
