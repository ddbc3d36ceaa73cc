import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { expect, test } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import type { Call, ServiceModel } from "../../src/model.ts";
import { SandboxState } from "../../src/state.ts";
import { configFor, failureOf, REGION, toySandbox } from "./toys.ts";

const START = Date.UTC(2026, 0, 1);
const HERE = `123456789012/${REGION}`;

interface Toy {
  readonly log: string[];
}

function toys(call: Call): Toy {
  const table = call.store.table<Toy>("toy");
  if (!table.has("log")) table.set("log", { log: [] });
  return table.get("log")!;
}

const note = (name: string, call: Call) => toys(call).log.push(`${name} at ${(call.now - START) / 1000}`);

const ec2: ServiceModel = {
  operations: {
    CreateVpc: (_, call) => {
      call.later(20_000, "ec2:second", { text: "b" });
      call.later(10_000, "ec2:first", { text: "a" });
      call.later(20_000, "ec2:second", { text: "c" });
      return {};
    },
    DescribeVpcs: (_, call) => ({ NextToken: toys(call).log.join(", ") }),
  },
  transitions: {
    first: (args: { text: string }, call) => {
      note(`first ${args.text}`, call);
      call.later(5_000, "rds:third", {});
    },
    second: (args: { text: string }, call) => note(`second ${args.text}`, call),
  },
};

const rds: ServiceModel = { operations: { DescribeDBInstances: () => ({}) }, transitions: { third: (_, call) => note("third", call) } };

function openTestbed(state?: SandboxState) {
  const clock = new VirtualClock(START);
  const sandbox = toySandbox({ ec2, rds }, { clock, ...(state && { state }) });
  const client = new EC2Client(configFor(sandbox));
  return {
    clock,
    sandbox,
    create: () => client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" })),
    look: async () => (await client.send(new DescribeVpcsCommand({}))).NextToken,
  };
}

test("events happen before the next call, in the order of their times, each at its own time, across services", async () => {
  const { clock, create, look } = openTestbed();
  await create();
  await clock.sleep(9_999);
  expect(await look()).toBe("");
  await clock.sleep(1);
  expect(await look()).toBe("first a at 10");
  await clock.sleep(60_000);
  expect(await look()).toBe("first a at 10, third at 15, second b at 20, second c at 20");
});

test("a later event outlives the process", async () => {
  const before = openTestbed();
  await before.create();
  await before.clock.sleep(12_000);
  await before.look();
  const after = openTestbed(SandboxState.from(JSON.parse(JSON.stringify(before.sandbox.state))));
  expect(await after.look()).toBe("first a at 10");
  await after.clock.sleep(3_000); // the new clock is behind, so the state continues from its own time
  expect(await after.look()).toBe("first a at 10, third at 15");
});

test("two processes that share a state push time forward, never back, and neither waits for the other's hour", async () => {
  const state = new SandboxState();
  const [one, two] = [openTestbed(state), openTestbed(state)];
  await one.create();
  await one.clock.sleep(3_600_000);
  await one.look();
  await two.create();
  await two.clock.sleep(10_000);
  expect(await two.look()).toContain("first a at 3610");
  await one.clock.sleep(1_000);
  expect(await one.look()).not.toContain("third at 3615");
});

test("a call to another service brings time forward too", async () => {
  const { clock, sandbox, create } = openTestbed();
  await create();
  await clock.sleep(60_000);
  await new RDSClient(configFor(sandbox)).send(new DescribeDBInstancesCommand({}));
  expect(sandbox.stores.get(HERE)!.table<Toy>("toy").get("log")!.log).toHaveLength(4);
});

test("a transition that its service does not have is a bug, and says which", async () => {
  const sandbox = toySandbox({ ec2: { operations: { DescribeVpcs: (_, call) => call.later(0, "ec2:nowhere", {}) } } });
  const client = new EC2Client(configFor(sandbox));
  await client.send(new DescribeVpcsCommand({}));
  expect(await failureOf(client.send(new DescribeVpcsCommand({})))).toMatchObject({
    message: expect.stringContaining('the model of ec2 has no transition "nowhere"'),
  });
});

test("latency passes on the clock", async () => {
  const clock = new VirtualClock(START);
  const sandbox = toySandbox(
    { ec2 },
    { clock, latency: (service, operation) => (service === "ec2" && operation === "DescribeVpcs" ? 40 : 0) },
  );
  await new EC2Client(configFor(sandbox)).send(new DescribeVpcsCommand({}));
  expect(clock.now() - START).toBe(40);
  expect(sandbox.calls[0]!.ms).toBe(40);
});

test("ids are AWS's form, never repeat, and are the same for the same history", () => {
  const draw = (account: string, region: string, seed?: number) => {
    const state = new SandboxState(seed).region(account, region);
    return Array.from({ length: 5_000 }, () => state.id("vpc"));
  };
  const ids = draw("123456789012", REGION);
  expect(ids[0]).toMatch(/^vpc-0[0-9a-f]{16}$/);
  expect(draw("123456789012", REGION)).toEqual(ids);
  const all = [...ids, ...draw("111122223333", REGION), ...draw("123456789012", "us-east-1"), ...draw("123456789012", REGION, 2)];
  expect(new Set(all).size).toBe(20_000);
});

test("tables keep the order in which records came, whatever their keys look like", () => {
  const state = new SandboxState();
  const table = state.region("123456789012", REGION).table("t");
  for (const key of ["b", "10", "2", "a"]) table.set(key, {});
  const again = SandboxState.from(JSON.parse(JSON.stringify(state)));
  expect([...again.region("123456789012", REGION).table("t").keys()]).toEqual(["b", "10", "2", "a"]);
});
