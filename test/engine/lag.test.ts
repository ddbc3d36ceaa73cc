/** An apply that ends before AWS lists its objects: the next one waits, and makes nothing a second time. */
import { expect, test } from "vitest";
import type { ApplyEvent } from "../../src/apply/events.ts";
import { applyUnderLease, type ApplyResult } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed, type Testbed } from "../support/testbed.ts";

const yaml = `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\noutputs: { id: "\${vpc.main.id}" }\n`;
const lagging = () => openTestbed({ sandbox: { faults: { lag: { tags: 30_000 } } } });

let runs = 0;

interface Told {
  readonly result: ApplyResult;
  readonly told: readonly string[];
}

/** One apply; `stopAt` is told of each event, and true stops the run. */
async function apply(testbed: Testbed, stopAt: (event: ApplyEvent) => boolean = () => false, isStoppedAtLast = false): Promise<Told> {
  const stop = new AbortController();
  const told: string[] = [];
  const result = await applyUnderLease(kinds, await testbed.connection(), testbed.load(yaml), {
    goal: "agree",
    signal: stop.signal,
    onEvent: (event) => void (stopAt(event) && stop.abort()),
    listing: (missing) => {
      told.push(`waits for ${missing.join(", ")}`);
      if (isStoppedAtLast) stop.abort();
    },
    lease: {
      me: { who: "me", run: `run ${runs++}` },
      recovering: (_before, seconds) => told.push(`pauses ${seconds} s`),
    },
  });
  return { result, told };
}

const vpcs = async (testbed: Testbed) => {
  await testbed.clock.sleep(60_000);
  return (await testbed.plan(yaml)).diagnostics;
};

test("objects of two kinds with one name are both listed, and so are their outputs", async () => {
  const testbed = openTestbed();
  const named = `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
dbSubnetGroups: { main: { subnets: [a, b] } }
dbInstances:
  main: { engine: mysql, engineVersion: "8.4.3", instanceClass: db.t4g.micro, allocatedStorage: 20, subnetGroup: main, masterUsername: admin, masterPassword: managed }
outputs: { host: "\${dbInstance.main.endpoint}" }
`;
  const result = await applyUnderLease(kinds, await testbed.connection(), testbed.load(named), {
    goal: "agree",
    signal: new AbortController().signal,
    onEvent: () => undefined,
    lease: { me: { who: "me", run: "names" } },
  });
  if (result.ended !== "ran") throw new Error(result.ended);
  expect(result.notes).toEqual([]);
  expect([...result.made.keys()]).toEqual(expect.arrayContaining(["dbInstance/main", "dbSubnetGroup/main"]));
  expect(result.sources.get("dbInstance/main")?.outputs?.["endpoint"]).toBeDefined();
});

test("the wait for the lists is told, and what they show in time is not waited for again", async () => {
  const testbed = lagging();
  const first = await apply(testbed);
  expect(first).toMatchObject({ told: ["waits for vpc/main"], result: { ended: "ran", notes: [] } });
  expect(await apply(testbed)).toMatchObject({ told: [], result: { ended: "nothing-to-do" } });
});

test("stopped in that wait: the outputs are said to be missing, and the next apply pauses and makes nothing", async () => {
  const testbed = lagging();
  const first = await apply(testbed, undefined, true);
  expect(first.result).toMatchObject({
    ended: "ran",
    outcome: { status: "done" },
    notes: ["AWS does not list vpc/main yet: outputs are missing here, `infra output` shows them later"],
  });
  const second = await apply(testbed);
  expect(second.told).toEqual(["pauses 60 s"]);
  expect(second.result).toMatchObject({ ended: "ran", outcome: { done: [] } });
  expect(await vpcs(testbed)).toEqual([]);
});

test.each([
  ["in the create", (event: ApplyEvent) => event.type === "step-started" && event.step.stage === "create"],
  ["after the create", (event: ApplyEvent) => event.type === "step-done" && event.step.stage === "create"],
])("stopped %s: the next apply pauses and makes nothing twice", async (_where, at) => {
  const testbed = lagging();
  expect((await apply(testbed, at)).result).toMatchObject({ ended: "ran", outcome: { status: "stopped" } });
  const second = await apply(testbed);
  expect(second.told[0]).toBe("pauses 60 s");
  expect(second.result).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  expect(await vpcs(testbed)).toEqual([]);
});
