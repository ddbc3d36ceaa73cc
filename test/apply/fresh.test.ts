import { describe, expect, test } from "vitest";
import { acquireLease } from "../../src/apply/lease.ts";
import { mayMean } from "../../src/apply/wait-limits.ts";
import { AwsError } from "../../src/aws/errors.ts";
import { applyUnderLease } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed } from "../support/testbed.ts";

const vpc = `${header}vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
`;
const network = `${vpc}subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
`;
const withAddress = `${network}internetGateways:
  main: { vpc: main }
elasticIps:
  nat: {}
routeTables:
  main: { vpc: main, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] }
`;
const nat = (timeouts: string) => `${withAddress}natGateways:
  main: { subnet: a, elasticIp: nat${timeouts} }
`;

/** An earlier run has made a VPC and died. The next four CreateSubnet calls do not see the VPC. */
async function diedJustNow() {
  const index = openTestbed();
  const { aws } = await index.connection();
  await acquireLease(aws, { project: "lab", environment: "test" }, { who: "me", run: "dead" }, { signal: never });
  const { events } = await index.apply(vpc);
  const id = events.find((event) => event.type === "step-done" && event.id !== undefined) as { readonly id: string };
  const code = "InvalidVpcID.NotFound";
  const message = `The vpc ID '${id.id}' does not exist`;
  index.sandbox.setFaults({ refuse: [{ operation: "ec2:CreateSubnet", code, message, status: 400, times: 4 }] });
  return index;
}

const never = new AbortController().signal;

async function goesOn(index: Awaited<ReturnType<typeof diedJustNow>>, yaml: string, timeouts?: ReadonlyMap<string, number>) {
  const lease = { me: { who: "me", run: "next" }, isDead: () => true };
  const request = { goal: "agree", signal: never, onEvent: () => undefined, lease, consistencyDelay: 0, timeouts } as const;
  const result = await applyUnderLease(kinds, await index.connection(), index.load(yaml), request);
  if (result.ended !== "ran") throw new Error(result.ended);
  return result.outcome;
}

test("a run waits for an object that another made moments ago and that AWS does not show everywhere yet", async () => {
  const index = await diedJustNow();
  const began = index.clock.now();
  expect(await goesOn(index, network)).toMatchObject({ status: "done", failed: [] });
  expect(index.clock.now() - began).toBeGreaterThan(14_000);
});

test("and not for a wrong id in the YAML", async () => {
  const index = await diedJustNow();
  const began = index.clock.now();
  const { failed } = await goesOn(index, `${vpc}securityGroups:\n  web: { vpc: { id: vpc-0badbadbadbad0bad }, description: Web }\n`);
  expect(failed).toMatchObject([{ failure: { code: "InvalidVpcID.NotFound" } }]);
  expect(index.clock.now() - began).toBeLessThan(30_000);
});

describe("an object that AWS does not find", () => {
  const ours = ["vpc-0123456789abcdef0", "arn:aws:sns:eu-west-1:123456789012:ours", "test-web"];
  test.each([
    ["The vpc ID 'vpc-0123456789abcdef0' does not exist", true],
    ["The vpc ID 'vpc-0badbadbadbad0bad' does not exist", false],
    ["The image id '[ami-0fedcba9876543210]' does not exist", false],
    ["Topic arn:aws:sns:eu-west-1:123456789012:theirs does not exist", false],
    ["Topic arn:aws:sns:eu-west-1:123456789012:ours does not exist", true],
    ["One or more load balancers not found", true],
  ])("%s: may be ours: %s", (message, isOurs) => {
    const error = new AwsError({
      class: "not-found",
      code: "X",
      message,
      service: "ec2",
      operation: "X",
      status: 400,
      requestId: "r",
      attempts: 1,
    });
    expect(mayMean(error, ours)).toBe(isOurs);
  });
});

describe("how long a step waits", () => {
  test.each([
    ["is written in the YAML", ", timeouts: { create: 5s }", undefined, 5],
    ["is said on the command line, which counts more", ", timeouts: { create: 5s }", new Map([["natGateway", 8]]), 8],
  ])("%s", async (_, written, said, seconds) => {
    const index = await diedJustNow();
    const { failed } = await goesOn(index, nat(written), said);
    expect(failed).toMatchObject([{ step: { address: "natGateway/main" }, failure: { code: "timeout" } }]);
    expect(failed[0]!.failure.message).toContain(`waited ${seconds} s for`);
    expect(failed[0]!.failure.hint).toContain("timeouts:");
  });
});
