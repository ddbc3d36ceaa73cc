/**
 * A run that is stopped while it waits leaves an object that has the file's values and is not ready. The next apply waits for it and writes
 * nothing.
 */
import { describe, expect, it, test } from "vitest";
import type { ApplyEvent } from "../../src/apply/events.ts";
import { applyUnderLease, type ApplyRequest, type ApplyResult } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { approvalOf } from "../../src/plan/approval.ts";
import { driftOf } from "../../src/render/drift.ts";
import { planText } from "../../src/render/plan-text.ts";
import { outcomeSentence } from "../../src/render/apply-summary.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const network = `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
`;
const gateway = `${network}natGateways: { main: { subnet: a, connectivityType: private } }\n`;
const routed = `${gateway}routeTables: { b: { vpc: main, subnets: [b], routes: [{ destination: 0.0.0.0/0, target: natGateway/main }] } }\n`;
const database = `${network}dbSubnetGroups: { main: { subnets: [a, b] } }
dbInstances:
  main: { engine: mysql, engineVersion: "8.4.3", instanceClass: db.t4g.micro, allocatedStorage: 20, subnetGroup: main, masterUsername: admin, masterPassword: managed }
`;

interface Run {
  readonly result: ApplyResult;
  readonly events: readonly ApplyEvent[];
  readonly writes: number;
}

let runs = 0;

/** Runs one apply; `stopAt` stops it when this step waits, or when another step waits for this one. */
async function apply(testbed: Testbed, yaml: string, stopAt?: string, more: Partial<ApplyRequest> = {}): Promise<Run> {
  const stop = new AbortController();
  const events: ApplyEvent[] = [];
  const before = testbed.sandbox.calls.length;
  const result = await applyUnderLease(kinds, await testbed.connection(), testbed.load(yaml), {
    goal: "agree",
    signal: stop.signal,
    onEvent: (event) => {
      events.push(event);
      if (event.type === "step-waiting" && stopAt && `${event.step.address}: ${event.what}`.includes(stopAt)) stop.abort();
    },
    lease: { me: { who: "me", run: `run ${runs++}` } },
    consistencyDelay: 0,
    ...more,
  });
  return { result, events, writes: testbed.sandbox.calls.slice(before).filter(({ mutating }) => mutating).length };
}

async function stopped(yaml: string, address: string, state = new SandboxState()): Promise<Testbed> {
  const testbed = openTestbed({ sandbox: { state } });
  expect((await apply(testbed, yaml, address)).result).toMatchObject({ ended: "ran", outcome: { status: "stopped" } });
  return testbed;
}

/** Returns a line for each end of a step: "wait natGateway/main: done". */
function endsOf({ events }: Run): string[] {
  return events.flatMap((event) =>
    event.type === "step-done" || event.type === "step-failed" || event.type === "step-skipped"
      ? [`${event.step.action} ${event.step.address}${event.step.stage && ` (${event.step.stage})`}: ${event.type.slice("step-".length)}`]
      : [],
  );
}

describe.each([
  ["natGateway/main", gateway, "natGateway/main: AWS is still working on it"],
  ["dbInstance/main", database, "dbInstance/main is creating"],
])("%s", (address, yaml, said) => {
  test("is waited for by the next apply, which writes nothing, and the apply after that does not mention it", async () => {
    const testbed = await stopped(yaml, address);
    const { plan } = await testbed.plan(yaml);
    expect(plan.steps).toEqual([]);
    expect(plan.notes).toMatchObject([{ code: "not-ready", address, text: `${said}; \`infra apply\` waits until it is ready` }]);
    const second = await apply(testbed, yaml);
    expect([endsOf(second), second.writes]).toEqual([[`wait ${address}: done`], 0]);
    expect(second.result).toMatchObject({ ended: "ran", outcome: { status: "done" } });
    const third = await apply(testbed, yaml);
    expect([third.result.ended, third.events, third.writes]).toEqual(["nothing-to-do", [], 0]);
    expect(third.result).toMatchObject({ run: { plan: { notes: expect.not.arrayContaining([{ code: "not-ready" }]) as unknown } } });
  });

  test("is no change of the plan, and no drift", async () => {
    const testbed = await stopped(yaml, address);
    const { plan } = await testbed.plan(yaml);
    expect(planText(plan)).toMatch(new RegExp(`Notes\n[^]*${said};[^]*\n\nNo changes\\.`));
    expect(driftOf(plan).findings).toEqual([]);
    expect(approvalOf(plan).actions).toEqual([]);
  });

  test("may be stopped again, and is waited for again", async () => {
    const testbed = await stopped(yaml, address);
    const second = await apply(testbed, yaml, address);
    expect([endsOf(second), second.writes]).toEqual([[`wait ${address}: skipped`], 0]);
    expect(second.result).toMatchObject({ ended: "ran", outcome: { status: "stopped" } });
    expect(endsOf(await apply(testbed, yaml))).toEqual([`wait ${address}: done`]);
  });

  test("costs a plan no call: as many are made when it is ready", async () => {
    const testbed = await stopped(yaml, address);
    const callsOf = async () => {
      const before = testbed.sandbox.calls.length;
      await testbed.plan(yaml);
      return testbed.sandbox.calls.length - before;
    };
    const pending = await callsOf();
    await testbed.clock.sleep(3_600_000);
    expect(await callsOf()).toBe(pending);
  });
});

it("fails where the awaited object fails, and replaces it the next time", async () => {
  const testbed = await stopped(database, "dbInstance/main");
  testbed.sandbox.setFaults({ events: { "rds:createFails": 1 } });
  const second = await apply(testbed, database);
  expect([endsOf(second), second.writes]).toEqual([["wait dbInstance/main: failed"], 0]);
  expect(second.result).toMatchObject({
    ended: "ran",
    outcome: {
      status: "failed",
      failed: [{ failure: { code: "failed", message: "dbInstance test-main did not become ready: failed" } }],
    },
  });
  expect(stepsOf(await testbed.plan(database))).toEqual(["replace dbInstance/main"]);
});

it("waits no longer than the kind does, or than the file or the command line says", async () => {
  const testbed = await stopped(database, "dbInstance/main");
  const second = await apply(testbed, database, undefined, { timeouts: new Map([["dbInstance", 30]]) });
  expect(second.result).toMatchObject({
    ended: "ran",
    outcome: {
      failed: [
        { failure: { code: "timeout", message: "waited 30 s for dbInstance test-main to be ready; AWS still shows it as pending" } },
      ],
    },
  });
  const third = await apply(testbed, database.replace("engine: mysql", "timeouts: { create: 40s }, engine: mysql"));
  expect(third.result).toMatchObject({ ended: "ran", outcome: { failed: [{ failure: { code: "timeout" } }] } });
});

it("waits before dependent objects change", async () => {
  const testbed = openTestbed();
  await apply(testbed, routed, "natGateway/main");
  const second = await apply(testbed, routed);
  expect(endsOf(second)).toEqual([
    "wait natGateway/main: done",
    "update routeTable/b (routes): done",
    "update routeTable/b (associations): done",
  ]);
  expect(second.result).toMatchObject({ ended: "ran", outcome: { status: "done" } });
});

it("skips dependent steps where it fails", async () => {
  const testbed = openTestbed({ sandbox: { faults: { events: { "ec2:natGatewayFails": 1 } } } });
  await apply(testbed, routed, "natGateway/main");
  const second = await apply(testbed, routed);
  expect(endsOf(second)).toEqual([
    "wait natGateway/main: failed",
    "update routeTable/b (routes): skipped",
    "update routeTable/b (associations): skipped",
  ]);
});

it("waits before it changes an object that is itself under way, and counts it as changed", async () => {
  const testbed = await stopped(gateway, "natGateway/main");
  const tagged = gateway.replace("connectivityType", "tags: { team: net }, connectivityType");
  const second = await apply(testbed, tagged);
  expect(endsOf(second)).toEqual(["wait natGateway/main: done", "update natGateway/main (tags): done"]);
  if (second.result.ended !== "ran") throw new Error(second.result.ended);
  expect(outcomeSentence(second.result.outcome)).toMatch(/^Apply complete: 0 created, 1 changed, 0 destroyed in /);
});

describe("an approval", () => {
  const tagged = gateway.replace("10.0.0.0/16", "10.0.0.0/16, tags: { team: net }");

  test("of a plan that waits holds when the wait is over", async () => {
    const testbed = await stopped(gateway, "natGateway/main");
    const approval = approvalOf((await testbed.plan(tagged)).plan);
    await testbed.clock.sleep(3_600_000);
    const second = await apply(testbed, tagged, undefined, { approval });
    expect(endsOf(second)).toEqual(["update vpc/main (tags): done"]);
  });

  test("of a plan that does not holds where there is a wait now", async () => {
    const state = new SandboxState();
    const testbed = await stopped(gateway, "natGateway/main", state);
    const later = openTestbed({ sandbox: { state: state.copy() } });
    await later.clock.sleep(3_600_000);
    const approval = approvalOf((await later.plan(tagged)).plan);
    const second = await apply(testbed, tagged, undefined, { approval });
    expect(endsOf(second).sort()).toEqual(["update vpc/main (tags): done", "wait natGateway/main: done"]);
  });
});

it("asks for no confirmation where it only waits, and shows the plan", async () => {
  const testbed = await stopped(gateway, "natGateway/main");
  const shown: string[] = [];
  const second = await apply(testbed, gateway, undefined, {
    confirm: () => Promise.reject(new Error("asked")),
    onlyWaits: ({ plan }) => void shown.push(planText(plan)),
  });
  expect(endsOf(second)).toEqual(["wait natGateway/main: done"]);
  expect(shown).toEqual([expect.stringContaining("No changes.")]);
});

it("does not wait for the backup that a new database makes", async () => {
  const testbed = await stopped(database, "dbInstance/main");
  await apply(testbed, database);
  const { plan } = await testbed.plan(database);
  expect(plan.notes.map(({ text }) => text)).toEqual(["dbInstance/main is backing-up"]);
  expect((await apply(testbed, database)).result.ended).toBe("nothing-to-do");
});

it("waits for a change that AWS is still making", async () => {
  const testbed = openTestbed();
  await testbed.apply(database);
  await testbed.clock.sleep(3_600_000); // until its first backup is made
  const larger = database.replace("db.t4g.micro", "db.t4g.small, applyImmediately: true");
  const first = await apply(testbed, larger, "to be modified");
  expect(endsOf(first)).toEqual(["restart dbInstance/main (settings): skipped"]);
  await testbed.clock.sleep(60_000); // until AWS has begun with it
  const { plan } = await testbed.plan(larger);
  expect(plan.steps).toEqual([]);
  expect(plan.notes.map(({ text }) => text)).toEqual([
    expect.stringMatching(
      /instanceClass db\.t4g\.micro → db\.t4g\.small is being applied, or waits for the maintenance window \w{3}:[^;]*$/,
    ),
    "dbInstance/main is modifying; `infra apply` waits until it is ready",
  ]);
  expect(endsOf(await apply(testbed, larger))).toEqual(["wait dbInstance/main: done"]);
});

it("does not wait for an object that others are making while it adopts it, and does so from then on", async () => {
  const testbed = openTestbed();
  const { result } = await apply(testbed, network);
  const subnet = result.ended === "ran" ? result.made.get("subnet/a")!.id : "";
  const input = { SubnetId: subnet, ConnectivityType: "private" };
  const call = { service: "ec2", operation: "CreateNatGateway", account: "123456789012", region: "eu-west-1", input };
  const { NatGateway } = (await testbed.sandbox.call(call)) as { readonly NatGateway: { readonly NatGatewayId: string } };
  const adopting = gateway
    .replace("subnet: a", `adopt: { id: ${NatGateway.NatGatewayId} }, subnet: a`)
    .replace("10.0.0.0/16", "10.0.0.0/16, tags: { team: net }");
  expect(endsOf(await apply(testbed, adopting)).sort()).toEqual(["retag natGateway/main (tags): done", "update vpc/main (tags): done"]);
  expect(endsOf(await apply(testbed, adopting))).toEqual(["wait natGateway/main: done"]);
});

it.each([
  ["natGateway/main", gateway],
  ["dbInstance/main", database],
])("does not wait for objects that --target leaves out, and does not mention them: %s", async (address, yaml) => {
  const testbed = await stopped(yaml, address);
  const run = await apply(testbed, yaml, undefined, { targets: ["vpc/main"] });
  expect(run.result.ended).toBe("nothing-to-do");
  expect(run.result).toMatchObject({ run: { plan: { notes: [] } } });
});
