/** The whole environments with databases, in the sandbox and with the real engine. */
import * as rds from "@aws-sdk/client-rds";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import type { Environment } from "../../src/config/environment.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { applyEnvironment, planEnvironment, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";

const root = new URL("../..", import.meta.url).pathname;

function load(name: string, variables: Readonly<Record<string, string>> = {}): Environment {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: name, cwd: root, kinds, vars: variables });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (!environment || errors.length > 0) throw new Error(diagnostics.map((one) => formatDiagnostic(one)).join("\n"));
  return environment;
}

function account() {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock });
  const open = () =>
    connect({
      region: "ap-northeast-2",
      clock,
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    });
  const run = async (environment: Environment, goal: "agree" | "destroy" = "agree") => {
    const connection = await open();
    const plan = await planEnvironment(kinds, connection, environment, { goal });
    const errors = plan.diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new Error(errors.map(({ summary }) => summary).join("\n"));
    for await (const event of applyEnvironment(connection, plan, { signal: new AbortController().signal }))
      if (event.type === "finished" && event.outcome.failed.length > 0)
        throw new Error(event.outcome.failed.map(({ step, failure }) => `${step.address}: ${failure.code}: ${failure.message}`).join("\n"));
    return plan;
  };
  const plan = async (environment: Environment) => planEnvironment(kinds, await open(), environment, { goal: "agree" });
  return { clock, sandbox, open, run, plan };
}

const steps = ({ plan }: Pick<PlanRun, "plan">) => plan.steps.map(({ action, address }) => `${action} ${address}`);

describe("environment database", () => {
  it.each([
    { engine: "mysql", version: "8.4", port: "3306" },
    { engine: "mariadb", version: "11.4", port: "3306" },
    { engine: "postgres", version: "17", port: "5432" },
  ])("$engine: a primary in one zone, a replica in another; the second plan is empty", async (variables) => {
    const there = account();
    await there.run(load("database", variables));
    const { aws } = await there.open();
    const { DBInstances } = await aws.rds(new rds.DescribeDBInstancesCommand({}));
    expect(
      DBInstances!.map((one) => [one.DBInstanceIdentifier, one.Engine, one.AvailabilityZone, one.ReadReplicaSourceDBInstanceIdentifier]),
    ).toEqual([
      ["database-main", variables.engine, "ap-northeast-2a", undefined],
      ["database-replica", variables.engine, "ap-northeast-2c", "database-main"],
    ]);
    expect(steps(await there.plan(load("database", variables)))).toEqual([]);
  });

  it("a larger class is a restart whose price is stated, and waits for the maintenance window", async () => {
    const there = account();
    await there.run(load("database"));
    const larger = load("database", { class: "db.m6g.large" });
    const plan = await there.plan(larger);
    expect(plan.plan.steps).toMatchObject([
      { action: "restart", address: "dbInstance/replica" },
      { action: "restart", address: "dbInstance/main", because: expect.stringContaining("an outage of one to ten minutes") },
    ]);
    await there.run(larger);
    const after = await there.plan(larger);
    expect(steps(after)).toEqual([]);
    expect(after.plan.notes.map(({ text }) => text)).toContainEqual(
      expect.stringContaining(
        "dbInstance/main: instanceClass db.t4g.medium → db.m6g.large waits for the maintenance window sat:18:00-sat:19:00",
      ),
    );
    await there.clock.sleep(8 * 24 * 3_600_000);
    expect((await there.plan(larger)).plan.notes).toEqual([]);
  });
});

describe("environment three-tier", () => {
  it("extends basic-vpc by a primary and a replica in the private subnets of two zones", () => {
    const environment = load("three-tier");
    const addresses = environment.nodes.map(({ address }) => address);
    expect(addresses).toEqual(
      expect.arrayContaining([
        "vpc/main",
        "subnet/private-a",
        "subnet/private-c",
        "dbSubnetGroup/main",
        "dbInstance/main",
        "dbInstance/replica",
      ]),
    );
    expect(environment.name).toBe("three-tier");
  });

  it("is made, and the second plan is empty", async () => {
    const there = account();
    await there.run(load("three-tier"));
    expect(steps(await there.plan(load("three-tier")))).toEqual([]);
  });

  it("keeps the primary in a destroy, and deletes the replica, which holds the same data", async () => {
    const there = account();
    await there.run(load("three-tier"));
    const destroyed = await there.run(load("three-tier"), "destroy");
    expect(steps(destroyed)).toEqual(expect.arrayContaining(["keep dbInstance/main", "delete dbInstance/replica"]));
  });
});
