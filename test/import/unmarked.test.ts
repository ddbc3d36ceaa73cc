/** Kinds that are found by a mark in their description: an adoption writes no mark, and they are still found. */
import { DescribeAlarmsCommand, CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { expect, it } from "vitest";
import { planEnvironment, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { adopted, stripped } from "./support.ts";

const network = `
vpcs: { main: { cidrBlock: 10.7.0.0/16 } }
subnets:
  a: { vpc: main, cidrBlock: 10.7.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.7.2.0/24, availabilityZone: b }
`;
const alarm =
  "description: Too many errors, namespace: Shop, metricName: Errors, statistic: Sum, period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: GreaterThanThreshold";
const groups = (more: (name: string) => string) => `
alarms: { main: { name: legacy-alarm, ${alarm}${more("legacy-alarm")} } }
dbSubnetGroups: { main: { name: legacy-db, description: Ground, subnets: [a, b]${more("legacy-db")} } }
dbParameterGroups: { main: { name: legacy-parameters, family: mysql8.4${more("legacy-parameters")} } }
cacheSubnetGroups: { main: { name: legacy-cache, description: Ground, subnets: [a, b]${more("legacy-cache")} } }
cacheParameterGroups: { main: { name: legacy-settings, family: valkey8${more("legacy-settings")} } }
`;
const kept = `${header}${network}`;

/** The groups and the alarm of somebody else, adopted without a mark. */
async function taken() {
  const sent: string[] = [];
  const testbed = openTestbed({ watch: ({ operation }) => sent.push(operation) });
  await testbed.apply(`${kept}${groups(() => "")}`);
  const run = await testbed.plan(`${kept}${groups(() => "")}`);
  const isOne = ({ address }: { readonly address: string }) => address.endsWith("/main") && address !== "vpc/main";
  const objects = new Map([...run.observed.objects].filter(([, one]) => isOne(one)));
  await stripped({ ...run, observed: { ...run.observed, objects } }, run.connection);
  const client = new CloudWatchClient({
    region: "eu-west-1",
    requestHandler: testbed.sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
  });
  const descriptions = async () => {
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    const table = (name: string) => [...testbed.sandbox.stores.get("123456789012/eu-west-1")!.table<object>(name).values()];
    return JSON.stringify([
      MetricAlarms?.map(({ AlarmDescription }) => AlarmDescription),
      table("rds.subnetGroups"),
      table("elasticache.subnetGroups"),
    ]);
  };
  expect(await descriptions()).not.toContain("infra lab");
  const file = `${kept}${groups((name) => `, adopt: { id: ${name} }`)}`;
  sent.length = 0;
  await adopted(await testbed.connection(), testbed.load(file));
  const writes = new Set(sent.filter((operation) => !/^(Describe|Get|List)/.test(operation)));
  expect([...writes].sort()).toEqual(["AddTagsToResource", "TagResource"]);
  expect(await descriptions()).not.toContain("infra lab");
  return testbed;
}

it("are adopted by tags alone, and found without `adopt:` by their names in the file", async () => {
  const testbed = await taken();
  const plan = await testbed.plan(`${kept}${groups(() => "")}`);
  expect(stepsOf(plan)).toEqual([]);
  expect(plan.observed.objects.size).toBe(8);
});

it("are found by the index when they have left the file, and when all is to go", async () => {
  const testbed = await taken();
  expect(stepsOf(await testbed.plan(kept)).sort()).toEqual([
    "delete alarm/main",
    "delete cacheParameterGroup/main",
    "delete cacheSubnetGroup/main",
    "delete dbParameterGroup/main",
    "delete dbSubnetGroup/main",
  ]);
  await testbed.destroy(`${kept}${groups(() => "")}`);
  const left = testbed.sandbox.stores.get("123456789012/eu-west-1")!;
  expect(left.table("rds.subnetGroups").size + left.table("elasticache.subnetGroups").size + left.table("cloudwatch.alarms").size).toBe(0);
});

it("are said not to be found where they have left the file and the index may not be asked, and are found once it may", async () => {
  const testbed = await taken();
  testbed.sandbox.setFaults({ refuse: [{ operation: "GetResources", times: "always", code: "AccessDeniedException", status: 403 }] });
  const plan = await testbed.plan(kept);
  expect(stepsOf(plan)).toEqual(["delete cacheParameterGroup/main", "delete dbParameterGroup/main"]); // these still have a mark
  const told = [
    "GetResources of the tagging API was refused (AccessDeniedException): infra would miss adopted alarms, cacheSubnetGroups, dbSubnetGroups that were removed from the YAML",
  ];
  const notLookedAt = (run: PlanRun) => run.plan.notes.flatMap(({ code, text }) => (code === "not-looked-at" ? [text] : []));
  expect(notLookedAt(plan)).toEqual(expect.arrayContaining(told));
  expect(plan.observed.reads?.unread).toEqual(["alarm", "bucket", "cacheSubnetGroup", "dbSubnetGroup", "kmsKey", "logGroup"]);
  const drift = await planEnvironment(kinds, await testbed.connection(), testbed.load(kept), { goal: "agree", unmanaged: true });
  expect(notLookedAt(drift)).toEqual(expect.arrayContaining(told));
  testbed.sandbox.setFaults({});
  expect(stepsOf(await testbed.plan(kept))).toHaveLength(5);
});

it("are destroyed by their names in the file where the index may not be asked", async () => {
  const testbed = await taken();
  testbed.sandbox.setFaults({ refuse: [{ operation: "GetResources", times: "always", code: "AccessDeniedException", status: 403 }] });
  await testbed.destroy(`${kept}${groups(() => "")}`);
  expect(testbed.sandbox.stores.get("123456789012/eu-west-1")!.table("rds.subnetGroups").size).toBe(0);
});
