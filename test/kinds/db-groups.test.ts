/** Subnet groups and parameter groups, on the sandbox and with their own drivers. */
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { dbParameterGroup, type DbParameterGroup } from "../../src/kinds/db-parameter-group.ts";
import { batches } from "../../src/kinds/db-parameter-group/batches.ts";
import { difference, sameValue } from "../../src/kinds/db-parameter-group/values.ts";
import { dbSubnetGroup } from "../../src/kinds/db-subnet-group.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { birthOf, converge, differences, find, ground, listed, planned, removed, sandboxLab, type Lab } from "./db-harness.ts";

/** Read calls of one listing. */
async function cost(lab: Lab, kind: Kind): Promise<number> {
  const before = lab.calls.reads;
  await listed(lab, kind);
  return lab.calls.reads - before;
}

describe("a subnet group", () => {
  const main = "dbSubnetGroup/main";

  it("is made, changed in subnets and description, and agrees each time", async () => {
    const lab = await sandboxLab();
    const { subnets } = await ground(lab);
    for (const spec of [
      { subnets: [...subnets] },
      { subnets: [...subnets].reverse(), description: "Databases" },
      { subnets: [...subnets], description: "Databases of the shop" },
    ]) {
      await converge(lab, dbSubnetGroup, main, spec);
      expect(await differences(lab, dbSubnetGroup, main, spec)).toEqual([]);
    }
    const { DBSubnetGroups } = await lab.aws.rds(new rds.DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: "prod-main" }));
    expect(DBSubnetGroups![0]!.DBSubnetGroupDescription).toBe("Databases of the shop (infra shop/prod)");
  });

  it("of others costs no call for its tags: descriptions say whose it is", async () => {
    const lab = await sandboxLab();
    const { subnets } = await ground(lab);
    const ids = { SubnetIds: [...subnets] };
    for (let i = 0; i < 5; i++)
      await lab.aws.rds(
        new rds.CreateDBSubnetGroupCommand({ DBSubnetGroupName: `theirs-${i}`, DBSubnetGroupDescription: "theirs", ...ids }),
      );
    await lab.aws.rds(
      new rds.CreateDBSubnetGroupCommand({
        DBSubnetGroupName: "prod-lab-main",
        DBSubnetGroupDescription: "main (infra shop/prod-lab)",
        ...ids,
      }),
    );
    await converge(lab, dbSubnetGroup, main, { subnets: [...subnets] });
    expect(await cost(lab, dbSubnetGroup)).toBe(dbSubnetGroup.readCost({ ours: 1, account: 8 }));
  });

  it("under a name of the author's own is found by its description", async () => {
    const lab = await sandboxLab();
    const { subnets } = await ground(lab);
    const driver = await dbSubnetGroup.load();
    const birth = birthOf(dbSubnetGroup, main, { subnets: [...subnets] });
    await driver.create(lab.aws, { subnets: [...subnets], description: "written" }, { ...birth, name: "legacy" });
    expect((await listed(lab, dbSubnetGroup)).map(({ id }) => id)).toEqual(["legacy"]);
  });

  it("that is adopted gets the mark, and is found from then on", async () => {
    const lab = await sandboxLab();
    const { subnets } = await ground(lab);
    const driver = await dbSubnetGroup.load();
    const scope = { project: "shop", environment: "prod", asks: () => true };
    const live = (await driver.get(lab.aws, ["ground"], scope)).get("ground")!;
    await driver.tag(lab.aws, live, birthOf(dbSubnetGroup, main, { subnets: [...subnets] }).tags, []);
    expect((await listed(lab, dbSubnetGroup)).map(({ id }) => id)).toEqual(["ground"]);
  });

  it("cannot go while a database uses it, and says which one", async () => {
    const lab = await sandboxLab();
    const { subnets } = await ground(lab);
    const live = await converge(lab, dbSubnetGroup, main, { subnets: [...subnets] });
    await lab.aws.rds(
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
    await expect(removed(lab, dbSubnetGroup, live)).rejects.toMatchObject({ code: "InvalidDBSubnetGroupStateFault", class: "dependency" });
    expect(await driver.blockers!(lab.aws, [live])).toEqual(
      new Map([[live.id, [{ id: "x", what: "database x (creating)", holder: "x" }]]]),
    );
  });

  it("goes, and goes twice", async () => {
    const lab = await sandboxLab();
    const { subnets } = await ground(lab);
    const live = await converge(lab, dbSubnetGroup, main, { subnets: [...subnets] });
    await removed(lab, dbSubnetGroup, live);
    await removed(lab, dbSubnetGroup, live);
    expect(await listed(lab, dbSubnetGroup)).toEqual([]);
  });

  it("waits for subnets that RDS does not see yet", async () => {
    const lab = await sandboxLab();
    const { subnets } = await ground(lab);
    lab.sandbox!.setFaults({ refuse: [{ operation: "CreateDBSubnetGroup", code: "InvalidSubnet", times: 2 }] });
    const live = await converge(lab, dbSubnetGroup, main, { subnets: [...subnets] });
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
    const world = { region: "eu-west-1", of: () => all, get: (address: string) => all.find((one) => one.address === address) };
    const check = (...subnets: string[]) =>
      dbSubnetGroup.check!({ address: main, kind: "dbSubnetGroup", name: "main", spec: { subnets }, tags: {} }, world).map(
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
    const lab = await sandboxLab();
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
      await converge(lab, dbParameterGroup, main, spec);
      expect(await differences(lab, dbParameterGroup, main, spec)).toEqual([]);
    }
  });

  it("static values are sent for the next reboot, dynamic ones at once: AWS refuses it otherwise", async () => {
    const lab = await sandboxLab();
    await converge(lab, dbParameterGroup, main, {
      family: "postgres17",
      parameters: { shared_buffers: "{DBInstanceClassMemory/16384}", work_mem: 8192 },
    });
    const { Parameters } = await lab.aws.rds(new rds.DescribeDBParametersCommand({ DBParameterGroupName: "prod-main", Source: "user" }));
    expect(Parameters!.map(({ ParameterName, ParameterValue, ApplyMethod }) => [ParameterName, ParameterValue, ApplyMethod])).toEqual([
      ["shared_buffers", "{DBInstanceClassMemory/16384}", "pending-reboot"],
      ["work_mem", "8192", "immediate"],
    ]);
  });

  it("a value equal to the engine's default, which AWS does not list as set, is no difference", async () => {
    const lab = await sandboxLab();
    const spec = { family: "mysql8.4", parameters: { performance_schema: 0, local_infile: "ON" } };
    await converge(lab, dbParameterGroup, main, spec);
    const { Parameters } = await lab.aws.rds(new rds.DescribeDBParametersCommand({ DBParameterGroupName: "prod-main", Source: "user" }));
    expect(Parameters).toEqual([]);
    expect(await differences(lab, dbParameterGroup, main, spec)).toEqual([]);
  });

  it("what somebody set beside it is a difference, and reset", async () => {
    const lab = await sandboxLab();
    const spec = { family: "mysql8.4", parameters: { max_connections: 200 } };
    await converge(lab, dbParameterGroup, main, spec);
    await lab.aws.rds(
      new rds.ModifyDBParameterGroupCommand({
        DBParameterGroupName: "prod-main",
        Parameters: [{ ParameterName: "wait_timeout", ParameterValue: "60", ApplyMethod: "immediate" }],
      }),
    );
    expect(await differences(lab, dbParameterGroup, main, spec)).toEqual(["parameters: update"]);
    const live = await converge(lab, dbParameterGroup, main, spec);
    expect(live.spec.parameters).toEqual({ max_connections: "200" });
  });

  it("costs two calls beside the listing, as declared", async () => {
    const lab = await sandboxLab();
    await converge(lab, dbParameterGroup, main, { family: "mysql8.4", parameters: { max_connections: 200 } });
    expect(await cost(lab, dbParameterGroup)).toBe(dbParameterGroup.readCost({ ours: 1, account: 1 }));
  });

  it("of another family is another group, and its description stays as it was written", async () => {
    const lab = await sandboxLab();
    await converge(lab, dbParameterGroup, main, { family: "mysql8.0" });
    expect((await planned(lab, dbParameterGroup, main, { family: "mysql8.4" })).refused).toEqual([
      { path: "family", why: expect.stringContaining("second group") },
    ]);
    expect(await differences(lab, dbParameterGroup, main, { family: "mysql8.0", description: "other" })).toEqual(["description: note"]);
  });

  it("more than twenty values go in calls of twenty, those that belong together in one", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `p${String(i).padStart(2, "0")}`);
    const sent = batches([...names, "collation_server", "enforce_gtid_consistency", "character_set_server", "gtid-mode"]);
    expect(sent.map((batch) => batch.length)).toEqual([20, 14]);
    expect(sent[0]!.slice(0, 4)).toEqual(["character_set_server", "collation_server", "gtid-mode", "enforce_gtid_consistency"]);
    const lab = await sandboxLab();
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
    await converge(lab, dbParameterGroup, main, spec);
    expect(await differences(lab, dbParameterGroup, main, spec)).toEqual([]);
    expect(lab.calls.byOperation.get("rds:ModifyDBParameterGroup")).toBe(2);
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
    const lab = await sandboxLab();
    const { subnetGroup } = await ground(lab);
    const live = await converge(lab, dbParameterGroup, main, { family: "mysql8.4" });
    await lab.aws.rds(
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
    await expect(removed(lab, dbParameterGroup, live)).rejects.toMatchObject({ code: "InvalidDBParameterGroupState", class: "dependency" });
    await lab.clock.sleep(20 * 60_000);
    await lab.aws.rds(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: "x", SkipFinalSnapshot: true }));
    await lab.clock.sleep(20 * 60_000);
    await removed(lab, dbParameterGroup, live);
    await removed(lab, dbParameterGroup, live);
    expect(await find(lab, dbParameterGroup, main)).toBeUndefined();
  });
});

/** A value that the sandbox's table allows. */
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
