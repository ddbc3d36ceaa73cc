/** A network with instances for the tests of target groups and load balancers, and a function to try changes in it. */
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect } from "vitest";
import { header, openTestbed, stepsOf, type Applied, type Testbed } from "../support/testbed.ts";

export { header, openTestbed, stepsOf };

export const network = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true }
internetGateways:
  main: { vpc: main }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
  c: { vpc: main, cidrBlock: 10.0.3.0/24, availabilityZone: c }
securityGroups:
  one: { vpc: main, description: One }
  two: { vpc: main, description: Two }
`;

/** Instances in both zones. */
export const machines = `
instances:
  a: &machine { subnet: a, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [one], disposable: true }
  b: { <<: *machine, subnet: b }
`;

/** Applies and checks that a second plan finds nothing to do and a second apply writes nothing. */
export async function settle(index: Testbed, yaml: string): Promise<Applied> {
  const applied = await index.apply(yaml);
  const again = await index.apply(yaml);
  expect(again.run.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(again.run.plan.steps, "a second plan").toEqual([]);
  expect(again.connection.calls.writes, "writes of a second apply").toBe(0);
  return applied;
}

/**
 * Changes the text and changes it back, and applies each until nothing is left to do. Returns the steps of the first change. A change back
 * to an omitted field leaves its value, so the second apply may do nothing.
 */
export async function thereAndBack(index: Testbed, yaml: string, from: string, to: string): Promise<string[]> {
  expect(yaml, "what is to be changed").toContain(from);
  const changed = await settle(index, yaml.replace(from, to));
  await settle(index, yaml);
  return stepsOf(changed.run);
}

/** A separate client of the same AWS. */
export function foreignClient(index: Testbed): ElasticLoadBalancingV2Client {
  return new ElasticLoadBalancingV2Client({
    region: "eu-west-1",
    endpoint: "https://sandbox.invalid",
    requestHandler: index.sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    maxAttempts: 1,
  });
}
