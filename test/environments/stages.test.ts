/** environments/stages.yaml: three environments of one file, changed and destroyed in the sandbox. */
import { expect, test } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { environmentTestbed } from "../support/testbed.ts";

const cwd = new URL("../..", import.meta.url).pathname;

function stage(vars: Readonly<Record<string, string>>): Environment {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "stages", cwd, kinds, types, vars });
  expect(diagnostics).toEqual([]);
  return environment!;
}

test("development has no bastion, production has one, and they lie in networks of their own", () => {
  const addresses = (vars: Readonly<Record<string, string>>) => stage(vars).nodes.map(({ address }) => address);
  const bastion = ["elasticIp/bastion", "instance/bastion", "securityGroup/bastion"];
  expect(
    addresses({ stage: "prod" })
      .filter((address) => !addresses({ stage: "dev" }).includes(address))
      .sort(),
  ).toEqual(bastion);
  expect(stage({ stage: "prod" }).name).toBe("stages-prod");
  const range = (name: string) => stage({ stage: name }).nodes.find(({ address }) => address === "vpc/site-net-main")!.spec;
  expect(range("dev")).toMatchObject({ cidrBlock: "10.71.0.0/16" });
  expect(range("prod")).toMatchObject({ cidrBlock: "10.70.0.0/16" });
});

test("a map without its spaces is reported once, and nothing else with it", () => {
  const { diagnostics } = loadEnvironment({ nameOrPath: "stages", cwd, kinds, types, vars: { zones: "{a:0,b:1}" } });
  expect(diagnostics.map(({ code, summary, hint }) => [code, summary, hint])).toEqual([
    [
      "variable-type",
      'the variable zones (from --var) is declared as a map in environments/stages.yaml:13:3, but "{a:0,b:1}" is not valid YAML.',
      "write `a: 0`",
    ],
  ]);
});

test("an item out of the middle of a forEach takes its own objects along and no others", async () => {
  const testbed = environmentTestbed();
  await testbed.apply(stage({ zones: "{ a: 0, b: 1, c: 2 }" }));
  const { plan } = await testbed.plan(stage({ zones: "{ a: 0, c: 2 }" }));
  const done = plan.steps.map(({ action, address }) => `${action} ${address}`).sort();
  expect(done).toEqual([
    "delete instance/site-machine[b]",
    "delete subnet/site-net-public[b]",
    "update loadBalancer/site-balancer",
    "update routeTable/site-net-public",
    "update targetGroup/site-machine",
  ]);
  expect((await testbed.plan(stage({ zones: "{ c: 2, b: 1, a: 0 }" }))).plan.steps).toEqual([]);
});

test("a condition that becomes true makes its resources, one that becomes false deletes them", async () => {
  const testbed = environmentTestbed();
  await testbed.apply(stage({ bastion: "false" }));
  const on = await testbed.apply(stage({ bastion: "true" }));
  expect(on.run.plan.steps.map(({ action, address }) => `${action} ${address}`).sort()).toEqual([
    "create elasticIp/bastion",
    "create instance/bastion",
    "create securityGroup/bastion",
    "update securityGroup/site-machine",
  ]);
  expect((await testbed.plan(stage({ bastion: "true" }))).plan.steps).toEqual([]);
  const off = await testbed.plan(stage({ bastion: "false" }));
  // The address of the Elastic IP would be lost for good. It stays until `allowDestroy` names it, and keeps nothing else.
  expect(off.plan.steps.map(({ action, address }) => `${action} ${address}`).sort()).toEqual([
    "delete instance/bastion",
    "delete securityGroup/bastion",
    "keep elasticIp/bastion",
    "update securityGroup/site-machine",
  ]);
});

test("with everything put in, references inside parts are addresses, and undeclared resources are left out", () => {
  const { routeTables, targetGroups, elasticIps, ...rest } = stage({ stage: "dev" }).document!() as Record<string, Record<string, object>>;
  expect(routeTables!["site-net-public"]).toMatchObject({
    vpc: "vpc/site-net-main",
    routes: [{ target: "internetGateway/site-net-main" }],
    subnets: ["subnet/site-net-public[a]", "subnet/site-net-public[b]"],
  });
  expect(targetGroups!["site-machine"]).toMatchObject({ targets: ["instance/site-machine[a]", "instance/site-machine[b]"] });
  expect(elasticIps).toBeUndefined();
  expect(rest["securityGroups"]).not.toHaveProperty("bastion");
});
