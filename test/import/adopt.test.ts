/** An adoption that is killed, or that reads its lists in another order, has the same result. */
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { backwards } from "./backwards.ts";
import { adopted, importOf, loadUnsaved, stripped } from "./support.ts";

const estate = `${header}
vpcs: { main: { cidrBlock: 10.7.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets:
  a: { vpc: main, cidrBlock: 10.7.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.7.2.0/24, availabilityZone: b }
routeTables: { public: { vpc: main, subnets: [a, b], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }
securityGroups:
  balancer: { vpc: main, ingress: [{ port: 80, source: 0.0.0.0/0 }] }
  web: { vpc: main, ingress: [{ port: 8080, source: balancer }] }
targetGroups: { web: { vpc: main, protocol: HTTP, port: 8080 } }
loadBalancers:
  web:
    scheme: internet-facing
    subnets: [a, b]
    securityGroups: [balancer]
    listeners: { "80": { protocol: HTTP, forward: web, rules: { api: { priority: 5, conditions: { path: [/api/*] }, forward: web } } } }
topics: { ops: {} }
dbParameterGroups: { settings: { name: legacy-settings, family: mysql8.4 } }
alarms:
  errors:
    name: web-errors
    namespace: AWS/ApplicationELB
    metricName: HTTPCode_ELB_5XX_Count
    statistic: Sum
    period: 60
    evaluationPeriods: 1
    threshold: 10
    comparisonOperator: GreaterThanThreshold
    alarmActions: [ops]
`;

const isWrite = (operation: string) => !/^(Describe|Get|List|Search)/.test(operation);

/** Makes the estate without our tags, and a function that imports it. */
async function forgotten() {
  let onCall: (operation: string) => void = () => undefined;
  const testbed = openTestbed({ watch: ({ operation }) => onCall(operation) });
  await testbed.apply(estate);
  await testbed.clock.sleep(900_000);
  const run = await testbed.plan(estate);
  await stripped(run, run.connection);
  const roots = [...run.observed.objects.values()].map(({ kind, live }) => ({ kind, id: live.id }));
  return { testbed, run, roots, hear: (by: typeof onCall) => (onCall = by) };
}

describe("an unmanaged estate", () => {
  it("is the same file in whatever order AWS lists it, from its VPC alone too", async () => {
    const { testbed, run, roots } = await forgotten();
    const straight = await importOf(await testbed.connection(), run.environment, roots);
    expect(straight.open).toEqual([]);
    const other = await importOf(backwards(await testbed.connection()), run.environment, roots.toReversed());
    expect(other.text).toBe(straight.text);
    const fromVpc = await importOf(
      await testbed.connection(),
      run.environment,
      roots.filter(({ kind }) => kind.name === "vpc"),
    );
    const found = fromVpc.entries.map(({ address }) => address).sort();
    expect(found).toEqual(
      straight.entries
        .map(({ address }) => address)
        .filter((one) => !/^(alarm|topic|dbParameterGroup)\//.test(one))
        .sort(),
    );
  });

  it("is adopted in the end, whichever write a run dies at, and found by its tags without `adopt:` from then on", async () => {
    const { testbed, run, roots, hear } = await forgotten();
    const { text } = await importOf(await testbed.connection(), run.environment, roots);
    const file = loadUnsaved(text).environment!;
    let isDead = true;
    for (let survived = 0; isDead; survived++) {
      isDead = false;
      let writes = 0;
      hear((operation) => {
        if (!isWrite(operation) || ++writes <= survived) return;
        isDead = true;
        throw new Error("killed");
      });
      await adopted(await testbed.connection(), file).catch((error: unknown) => {
        if (!isDead) throw error;
      });
      hear(() => undefined);
    }
    const lines = text.replace(/^ +adopt:(\n +id:)? .*\n/gm, "").replace(/, adopt: \{ id: [^}]* \}/g, "");
    expect(lines).not.toContain("adopt:\n");
    for (const yaml of [text, lines]) {
      const again = await testbed.plan(yaml);
      expect(stepsOf(again)).toEqual([]);
      expect(again.observed.objects.size).toBe(roots.length);
    }
    expect(kinds.length).toBeGreaterThan(20);
  });
});
