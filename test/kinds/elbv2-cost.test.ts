import { CreateLoadBalancerCommand, CreateTargetGroupCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { loadBalancer } from "../../src/kinds/load-balancer/load-balancer.ts";
import { targetGroup } from "../../src/kinds/target-group/target-group.ts";
import { openTestbed, network, foreignClient } from "./elbv2-testbed.ts";

type ResourceIndex = ReturnType<typeof openTestbed>;

/** N load balancers, each with a target group and a listener with one rule. */
function environment(n: number): string {
  const names = Array.from({ length: n }, (_, i) => `web-${i}`);
  const groups = names.map((name) => `  ${name}: { vpc: main, protocol: HTTP, port: 8001, deregistrationDelay: 30 }`);
  const balancers = names.map(
    (name) =>
      `  ${name}: { scheme: internal, subnets: [a, b], securityGroups: [one], idleTimeout: 30, listeners: { 80: { protocol: HTTP, forward: ${name}, rules: { up: { priority: 1, conditions: { path: [/up] }, fixedResponse: { statusCode: 200 } } } } } }`,
  );
  return `${network}targetGroups:\n${groups.join("\n")}\nloadBalancers:\n${balancers.join("\n")}\n`;
}

/** Makes a hundred load balancers and target groups of others. */
async function crowd(index: ResourceIndex): Promise<void> {
  index.sandbox.state.regions.get("123456789012/eu-west-1")!.table<{ value: number }>("elbv2.quotas").set("loadBalancers", { value: 500 });
  const { objects } = (await index.plan(network)).plan;
  const id = (address: string) => objects.find((one) => one.address === address)!.id;
  const aws = foreignClient(index);
  for (let i = 0; i < 100; i++) {
    await aws.send(new CreateTargetGroupCommand({ Name: `other-${i}`, Protocol: "HTTP", Port: 80, VpcId: id("vpc/main") }));
    await aws.send(
      new CreateLoadBalancerCommand({
        Name: `other-${i}`,
        Scheme: "internal",
        Subnets: [id("subnet/a"), id("subnet/b")],
        SecurityGroups: [id("securityGroup/one")],
      }),
    );
  }
}

/** Counts the calls to Elastic Load Balancing in a plan that finds nothing to do. */
async function callsOfPlan(index: ResourceIndex, yaml: string): Promise<Record<string, number>> {
  const { plan, connection } = await index.plan(yaml);
  expect(plan.steps).toEqual([]);
  return Object.fromEntries(
    [...connection.calls.byOperation]
      .filter(([name]) => name.startsWith("elbv2:"))
      .map(([name, count]) => [name.slice(6), count])
      .sort(),
  );
}

describe("the calls of an empty plan", () => {
  it.each([
    [
      1,
      {
        DescribeListeners: 1,
        DescribeLoadBalancerAttributes: 1,
        DescribeLoadBalancers: 1,
        DescribeRules: 1,
        DescribeTags: 13,
        DescribeTargetGroupAttributes: 1,
        DescribeTargetGroups: 1,
      },
    ],
    [
      10,
      {
        DescribeListeners: 10,
        DescribeLoadBalancerAttributes: 10,
        DescribeLoadBalancers: 1,
        DescribeRules: 10,
        DescribeTags: 13,
        DescribeTargetGroupAttributes: 10,
        DescribeTargetGroups: 1,
      },
    ],
  ])(
    "with %i load balancers of ours and 100 of others",
    async (n, expected) => {
      const index = openTestbed();
      await index.apply(network);
      await crowd(index);
      await index.apply(environment(n));
      const calls = await callsOfPlan(index, environment(n));
      expect(calls).toEqual(expected);
      const account = n + 100;
      const allowed = loadBalancer.readCost({ ours: n, account, parts: 2 * n }) + targetGroup.readCost({ ours: n, account });
      expect(Object.values(calls).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(allowed);
    },
    480_000,
  );

  it("without any load balancer: one call for each kind", async () => {
    const index = openTestbed();
    await index.apply(network);
    expect(await callsOfPlan(index, network)).toEqual({ DescribeLoadBalancers: 1, DescribeTargetGroups: 1 });
    expect(loadBalancer.readCost({ ours: 0, account: 0 }) + targetGroup.readCost({ ours: 0, account: 0 })).toBe(2);
  });
});
