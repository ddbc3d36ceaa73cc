import { describe, expect, test } from "vitest";
import type { ApplyResult } from "../../src/engine.ts";
import { applyUnderLease } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

type Outage = NonNullable<FaultPlan["outages"]>[number];

const network = `${header}vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
`;

const database = `${network}dbSubnetGroups:
  main: { subnets: [a, b] }
dbInstances:
  main:
    engine: postgres
    engineVersion: "17"
    instanceClass: db.t4g.medium
    allocatedStorage: 20
    masterUsername: root
    subnetGroup: main
    finalSnapshot: false
alarms:
  late:
    namespace: AWS/RDS
    metricName: CPUUtilization
    dimensions: { DBInstanceIdentifier: dbInstance/main }
    statistic: Average
    period: 60
    evaluationPeriods: 1
    threshold: 90
    comparisonOperator: GreaterThanThreshold
`;

async function applied(index: ReturnType<typeof openTestbed>, yaml: string): Promise<ApplyResult> {
  const connection = await index.connection();
  return applyUnderLease(kinds, connection, index.load(yaml), {
    goal: "agree",
    signal: new AbortController().signal,
    onEvent: () => undefined,
    lease: { me: { who: "me", run: "1" } },
  });
}

describe("an outage in the middle of a database's creation is waited out", () => {
  const outages: readonly (readonly [string, Outage])[] = [
    ...(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ECONNRESET"] as const).map((error): [string, Outage] => [
      `a minute without network (${error})`,
      { after: "rds:CreateDBInstance", delay: 30, seconds: 60, error },
    ]),
    ["five minutes of 503", { after: "rds:CreateDBInstance", delay: 30, seconds: 300, error: "ServiceUnavailable" }],
    ["nine minutes of 500 from the moment it was begun", { after: "rds:CreateDBInstance", seconds: 540, error: "InternalError" }],
  ];

  test.each(outages)("%s", async (_, outage) => {
    const index = openTestbed({ sandbox: { faults: { outages: [outage] } } });
    const result = await applied(index, database);
    expect(result).toMatchObject({ ended: "ran", outcome: { status: "done", failed: [], skipped: [] } });
    expect(stepsOf(await index.plan(database)).filter((step) => !step.startsWith("keep"))).toEqual([]);
  });
});

describe("a plan", () => {
  const yaml = network;

  test("waits for an outage of half a minute", async () => {
    const index = openTestbed({ sandbox: { faults: { outages: [{ seconds: 30, error: "ECONNREFUSED" }] } } });
    expect(stepsOf(await index.plan(yaml))).toContain("create vpc/main");
  });

  test("ends with the answer of a longer one", async () => {
    const index = openTestbed({ sandbox: { faults: { outages: [{ seconds: 3_600, error: "ENOTFOUND" }] } } });
    const began = index.clock.now();
    await expect(index.plan(yaml)).rejects.toMatchObject({ class: "network", code: "ENOTFOUND" });
    expect(index.clock.now() - began).toBeLessThan(90_000);
  });

  test("says at once that an endpoint is wrong, which has never answered", async () => {
    const refuse = { operation: "sts:*", code: "InternalError", status: 500, times: "always" } as const;
    const index = openTestbed({ sandbox: { faults: { refuse: [refuse] } } });
    const began = index.clock.now();
    await expect(index.plan(yaml)).rejects.toMatchObject({ class: "transient" });
    expect(index.clock.now() - began).toBeLessThan(5_000);
  });
});

test("a create whose answer is lost, where tokens mean nothing, is found by its tags and not made twice", async () => {
  const yaml = `${network}internetGateways:
  main: { vpc: main }
elasticIps:
  nat: {}
natGateways:
  main: { subnet: a, elasticIp: nat }
routeTables:
  main: { vpc: main, subnets: [a] }
launchTemplates:
  web: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro }
`;
  const operations = ["CreateNatGateway", "CreateRouteTable", "CreateLaunchTemplate"];
  const faults: FaultPlan = {
    events: { "ec2:tokensIgnored": "always" },
    loseAnswer: operations.map((operation) => ({ operation: `ec2:${operation}` })),
  };
  const index = openTestbed({ sandbox: { faults } });
  const { outcome } = await index.tryApply(yaml);
  expect(outcome.failed).toEqual([]);
  for (const operation of operations)
    expect(
      index.sandbox.calls.filter((call) => call.operation === operation),
      operation,
    ).toHaveLength(1);
});
