import {
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { DescribeAutoScalingGroupsCommand, DescribePoliciesCommand, AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { checkFaultPlan, FaultPlanError, parseFaultPlan } from "../../src/faults/plan.ts";
import type { FaultPlan } from "../../src/faults/plan.ts";
import type { CallRecord } from "../../src/call-log.ts";
import type { ServiceModel } from "../../src/model.ts";
import { page } from "../../src/paging.ts";
import { SandboxState } from "../../src/state.ts";
import { configFor, failureOf, REGION, toySandbox } from "./toys.ts";

interface Vpc {
  readonly VpcId: string;
}

/** A model that records creates. It finds objects by id when they are visible by id, and otherwise by tag. */
const ec2: ServiceModel = {
  operations: {
    CreateVpc: (_, call) => {
      const VpcId = call.id("vpc");
      call.store.table<Vpc>("vpcs").set(VpcId, { VpcId });
      return { Vpc: { VpcId, State: call.fault("ec2:vpcFails") ? "failed" : "available" } };
    },
    CreateTags: (input, call) => (call.tagged(input.Resources[0]), {}),
    CreateVpcEndpoint: () => ({}),
    DescribeSecurityGroups: () => ({}),
    DescribeVpcs: (input, call) => {
      const by = input.VpcIds ? "id" : "tags";
      const all = [...call.store.table<Vpc>("vpcs").values()].filter(({ VpcId }) => call.sees(VpcId, by));
      const { items, next } = page(call, all, input, { key: ({ VpcId }) => VpcId, min: 1, max: 1000 });
      return { Vpcs: items, ...next };
    },
    RunInstances: () => ({}),
  },
};
const autoscaling: ServiceModel = { operations: { DescribeAutoScalingGroups: () => ({}), DescribePolicies: () => ({}) } };

function openTestbed(faults: FaultPlan, more: { state?: SandboxState; clock?: VirtualClock; onStop?: (call: CallRecord) => void } = {}) {
  const clock = more.clock ?? new VirtualClock();
  const sandbox = toySandbox({ ec2, autoscaling }, { ...more, clock, faults });
  const client = new EC2Client(configFor(sandbox));
  return {
    sandbox,
    clock,
    client,
    create: () => client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" })),
    count: async (input = {}) => (await client.send(new DescribeVpcsCommand(input))).Vpcs!.length,
    exist: () => [...sandbox.stores.values()][0]?.table("vpcs").size ?? 0,
  };
}

describe("a refused call", () => {
  test("does nothing, and the next one goes through", async () => {
    const { create, exist } = openTestbed({ refuse: [{ operation: "ec2:CreateVpc", code: "InternalError", status: 500 }] });
    expect(await failureOf(create())).toMatchObject({ name: "InternalError", $metadata: { httpStatusCode: 500 } });
    expect(exist()).toBe(0);
    await create();
    expect(exist()).toBe(1);
  });

  test.each([
    [{ call: 3 }, "..x.."],
    [{ operation: "CreateVpc", nth: 2 }, ".x..."],
    [{ operation: "ec2:*", nth: 2, times: 2 }, ".xx.."],
    [{ mutating: true, nth: 4, times: "always" }, "...xx"],
    [{ mutating: false }, "....."],
    [{ operation: "rds:*" }, "....."],
  ] as const)("by %o", async (target, expected) => {
    const { create } = openTestbed({ refuse: [{ ...target, code: "Unavailable", status: 503 }] });
    let seen = "";
    for (let i = 0; i < 5; i++)
      seen += await create().then(
        () => ".",
        () => "x",
      );
    expect(seen).toBe(expected);
  });
});

test.each([
  ["ECONNRESET", { code: "ECONNRESET" }],
  ["TimeoutError", { name: "TimeoutError" }],
] as const)("an answer lost with %s: the call is done, the client sees a broken socket", async (error, seen) => {
  const { create, exist } = openTestbed({ loseAnswer: [{ operation: "CreateVpc", error }] });
  expect(await failureOf(create())).toMatchObject(seen);
  expect(exist()).toBe(1);
});

describe("a stop of the process", () => {
  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("%s AWS acted: no answer, then or later", async (when, exist) => {
    const stopped: CallRecord[] = [];
    const b = openTestbed({ stop: [{ call: 1, when }] }, { onStop: (call) => stopped.push(call) });
    const first = b.create();
    const second = first.catch(() => {}); // never settles
    expect(await Promise.race([first, second, new Promise((resolve) => setTimeout(resolve, 50, "silence"))])).toBe("silence");
    expect(await Promise.race([b.count(), new Promise((resolve) => setTimeout(resolve, 50, "silence"))])).toBe("silence");
    expect(stopped).toMatchObject([{ operation: "CreateVpc", n: 1 }]);
    expect(b.exist()).toBe(exist);
  });

  test("calls that are under way when it dies are carried out, and their answers are lost", async () => {
    const b = openTestbed({ stop: [{ call: 2, when: "after" }], latency: { default: { median: 100, sigma: 0 } } }, { onStop: () => {} });
    const first = b.create().then(() => "answered");
    await b.clock.sleep(10);
    void b.create();
    void b.create();
    expect(await Promise.race([first, b.clock.sleep(10_000)])).toBe("answered");
    await b.clock.sleep(10_000);
    expect(b.sandbox.calls.map((call) => call.ms === undefined)).toEqual([false, true, true]);
    expect(b.exist()).toBe(3);
  });

  test("without a listener the call is rejected, and so is every later one", async () => {
    const { create } = openTestbed({ stop: [{ call: 1, when: "before" }] });
    expect(await failureOf(create())).toMatchObject({ name: "Stopped" });
    expect(await failureOf(create())).toMatchObject({ name: "Stopped" });
  });
});

describe("throttling as published", () => {
  const storm = async (count: number, send: () => Promise<unknown>) => {
    let done = 0;
    for (let i = 0; i < count; i++)
      done += await send().then(
        () => 1,
        (error: Error) => (expect(error.name).toMatch(/^(RequestLimitExceeded|Throttling)/), 0),
      );
    return done;
  };

  test("each EC2 action has its own bucket", async () => {
    const { client, clock, create } = openTestbed({ throttle: "published" });
    expect(await storm(60, create)).toBe(50);
    expect(await storm(10, () => client.send(new CreateVpcEndpointCommand({ VpcId: "vpc-1", ServiceName: "s" })))).toBe(4);
    expect(await storm(110, () => client.send(new CreateTagsCommand({ Resources: ["vpc-1"], Tags: [{ Key: "a", Value: "b" }] })))).toBe(
      100,
    );
    expect(await storm(10, () => client.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 })))).toBe(5);
    await clock.sleep(2_000);
    expect(await storm(60, create)).toBe(10);
    expect(await failureOf(create())).toMatchObject({ name: "RequestLimitExceeded", $metadata: { httpStatusCode: 503 } });
  });

  test("RunInstances also pays by the machine", async () => {
    const { client } = openTestbed({ throttle: "published" });
    const run = (MaxCount: number) => client.send(new RunInstancesCommand({ MinCount: 1, MaxCount }));
    await run(900);
    expect(await failureOf(run(200))).toMatchObject({ name: "RequestLimitExceeded" });
    await run(100);
  });

  test("a describe of everything has the smaller bucket", async () => {
    const { client } = openTestbed({ throttle: "published" });
    expect(await storm(60, () => client.send(new DescribeSecurityGroupsCommand({})))).toBe(50);
    expect(await storm(110, () => client.send(new DescribeSecurityGroupsCommand({ MaxResults: 1000 })))).toBe(100);
  });

  test("Auto Scaling's operations share one", async () => {
    const { sandbox } = openTestbed({ throttle: "published" });
    const client = new AutoScalingClient(configFor(sandbox));
    const groups = await storm(15, () => client.send(new DescribeAutoScalingGroupsCommand({})));
    const policies = await storm(15, () => client.send(new DescribePoliciesCommand({})));
    expect([groups, policies]).toEqual([15, 5]);
    expect(await failureOf(client.send(new DescribePoliciesCommand({})))).toMatchObject({
      name: "Throttling",
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("Systems Manager allows three puts a second, and scale changes all sizes", async () => {
    const ssm = (faults: FaultPlan) => new SSMClient(configFor(openTestbed(faults).sandbox));
    const put = (client: SSMClient) =>
      storm(10, () => client.send(new PutParameterCommand({ Name: "/a", Value: "x", Type: "String", Overwrite: true })));
    expect(await put(ssm({ throttle: "published" }))).toBe(3);
    expect(await put(ssm({ throttle: { scale: 2 } }))).toBe(6);
  });
});

describe("late visibility", () => {
  test("ids and the index of tags lag by their own times, and a lookup finds nothing rather than half", async () => {
    const { create, count, clock } = openTestbed({ lag: { ids: 5_000, tags: 30_000 } });
    await create();
    expect([await count({ VpcIds: ["x"] }), await count()]).toEqual([0, 0]);
    await clock.sleep(5_000);
    expect([await count({ VpcIds: ["x"] }), await count()]).toEqual([1, 0]);
    await clock.sleep(25_000);
    expect(await count()).toBe(1);
  });

  test("it lasts into the next run", async () => {
    const first = openTestbed({ lag: { tags: 30_000 } });
    await first.create();
    await first.clock.sleep(10_000);
    const state = SandboxState.from(JSON.parse(JSON.stringify(first.sandbox.state)));
    const next = openTestbed({ lag: { tags: 30_000 } }, { state, clock: first.clock });
    expect(await next.count()).toBe(0);
    await first.clock.sleep(20_000);
    expect(await next.count()).toBe(1);
  });

  test("tags that change later lag again", async () => {
    const { client, create, count, clock } = openTestbed({ lag: { tags: 30_000 } });
    const id = (await create()).Vpc!.VpcId!;
    await clock.sleep(60_000);
    expect(await count()).toBe(1);
    await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "a", Value: "b" }] }));
    expect(await count()).toBe(0);
  });

  test("of some ids only, when it names their prefixes", async () => {
    for (const [of, seen] of [
      [["vpc-"], 0],
      [["i-", "nat-"], 1],
    ] as const) {
      const { create, count } = openTestbed({ lag: { tags: 30_000, of: [...of] } });
      await create();
      expect(await count()).toBe(seen);
    }
  });

  test("nothing lags unless it was asked for", async () => {
    const { create, count } = openTestbed({});
    await create();
    expect(await count()).toBe(1);
  });
});

test("later pages leave out objects that are newer than the first page, on request", async () => {
  for (const skipNewOnPages of [true, false]) {
    const { client, create, clock } = openTestbed({ skipNewOnPages });
    await create();
    await create();
    await clock.sleep(1_000);
    const first = await client.send(new DescribeVpcsCommand({ MaxResults: 1 }));
    await clock.sleep(1_000);
    await create();
    const second = await client.send(new DescribeVpcsCommand({ MaxResults: 10, NextToken: first.NextToken! }));
    expect(second.Vpcs).toHaveLength(skipNewOnPages ? 1 : 2);
  }
});

test("a failure that a model knows is requested by name, and happens once", async () => {
  const states = async (faults: FaultPlan) => {
    const { create } = openTestbed(faults);
    return [(await create()).Vpc!.State, (await create()).Vpc!.State, (await create()).Vpc!.State];
  };
  expect(await states({ events: ["ec2:vpcFails"] })).toEqual(["failed", "available", "available"]);
  expect(await states({ events: { "ec2:vpcFails": 2 } })).toEqual(["failed", "failed", "available"]);
  expect(await states({ events: { "ec2:vpcFails": "always" } })).toEqual(["failed", "failed", "failed"]);
});

test("latencies come from the seed: the same for the same, others for another, and spread around their median", async () => {
  const times = async (seed: number) => {
    const { sandbox, count } = openTestbed({ seed, latency: { default: { median: 80 }, "ec2:DescribeVpcs": { median: 40, sigma: 0.3 } } });
    for (let i = 0; i < 101; i++) await count();
    return sandbox.calls.map((call) => call.ms!);
  };
  const [one, again, other] = [await times(1), await times(1), await times(2)];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
  const median = one.toSorted((a, b) => a - b)[50]!;
  expect(median).toBeGreaterThan(34);
  expect(median).toBeLessThan(47);
  expect(Math.max(...one)).toBeGreaterThan(55);
});

describe("a plan in a file", () => {
  test("may use everything", () => {
    const plan: FaultPlan = {
      seed: 7,
      throttle: { scale: 0.5 },
      latency: { default: { median: 80, sigma: 0.4 } },
      lag: { ids: 1000, tags: { median: 2000 } },
      skipNewOnPages: true,
      refuse: [{ operation: "ec2:CreateVpc", times: "always", code: "VpcLimitExceeded" }],
      loseAnswer: [{ call: 4 }],
      stop: [{ mutating: true, nth: 3, when: "after" }],
      events: ["ec2:natGatewayFails"],
    };
    expect(parseFaultPlan(JSON.stringify(plan), "faults.json")).toEqual(plan);
  });

  test("names everything that is wrong with it", () => {
    const wrong = { throttle: "hard", lag: { ids: -1 }, refuse: [{ operation: "createVpc" }], stop: [{ when: "during" }], colour: 1 };
    const problems = () => checkFaultPlan(wrong, "faults.json");
    expect(problems).toThrow(FaultPlanError);
    expect(problems).toThrow(/faults\.json is no plan of faults:/);
    for (const place of ["top level.*colour", "throttle", "lag.ids", "refuse.0.*code", "refuse.0.operation", "stop.0.when"])
      expect(problems).toThrow(new RegExp(place));
    expect(() => parseFaultPlan("{", "faults.json")).toThrow(FaultPlanError);
  });
});

test("a parameter that was put is there at once, whatever lags", async () => {
  const { sandbox } = openTestbed({ lag: { ids: 5_000, tags: 5_000 } });
  const ssm = new SSMClient(configFor(sandbox, { region: REGION }));
  await ssm.send(new PutParameterCommand({ Name: "/a", Value: "x", Type: "String" }));
  expect((await ssm.send(new GetParameterCommand({ Name: "/a" }))).Parameter?.Value).toBe("x");
});
