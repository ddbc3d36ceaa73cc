/**
 * The whole environments with types of AWS: created, in agreement, changed, changed by others, killed in the middle, destroyed. The
 * simulation (`npm run simulate`) does the same with every fault at every call.
 */
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { typeSchema } from "@plumbline/aws-types";
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, test } from "vitest";
import { connect } from "../../src/aws/connect.ts";
import type { Environment } from "../../src/config/environment.ts";
import { kinds } from "../../src/kinds/index.ts";
import { curated } from "../../src/kinds/types/curated.ts";
import { factsOf } from "../../src/kinds/types/facts.ts";
import type { PlanRun } from "../../src/engine.ts";
import { versionsOf } from "../simulation/environments.ts";
import { runProcess, tell, type Circumstances, type Ended } from "../simulation/process.ts";
import { sampleOf } from "../support/night.ts";
import { environmentTestbed, stepsOf } from "../support/testbed.ts";
import { leavesAlone, withLeaf } from "./leaves.ts";

const root = new URL("../..", import.meta.url).pathname;
const start = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

interface Whole {
  /** Changes of somebody else to objects of types. */
  readonly drift: Readonly<Record<string, readonly [property: string, value: unknown]>>;
  /** Objects that no destroy deletes without `allowDestroy`. */
  readonly data: readonly string[];
}

const environments: Readonly<Record<string, Whole>> = {
  "static-site": {
    drift: { "AWS::CloudFront::Distribution/site": ["DistributionConfig/DefaultRootObject", "other.html"] },
    data: ["bucket/files", "hostedZone/main"],
  },
  notify: {
    drift: {
      "AWS::SQS::Queue/jobs": ["VisibilityTimeout", 7],
      "AWS::Lambda::EventSourceMapping/jobs": ["BatchSize", 1],
    },
    data: ["AWS::SQS::Queue/failed", "AWS::SQS::Queue/jobs"],
  },
  containers: {
    drift: { "AWS::ECS::Service/web": ["DesiredCount", 9], "AWS::ECR::Repository/web": ["ImageTagMutability", "MUTABLE"] },
    data: ["AWS::ECR::Repository/web", "logGroup/web"],
  },
  "serverless-api": {
    drift: {
      "AWS::ApiGatewayV2::Integration/items": ["PayloadFormatVersion", "1.0"],
      "AWS::ApiGatewayV2::Stage/default": ["DefaultRouteSettings/ThrottlingRateLimit", 5],
    },
    data: ["AWS::DynamoDB::Table/items", "logGroup/access", "logGroup/function"],
  },
};

describe.each(Object.entries(environments))("%s", (name, { drift, data }) => {
  const { first, second } = versionsOf(root, name, kinds);

  test("is made, agrees, is changed, is changed by others, is repaired, and goes: its data only when it is named", async () => {
    const state = new SandboxState();
    const made = await run(state, start, first);
    expect(actionsOf(made)).toEqual(new Set(["create"]));
    const again = await run(state, made.end + hour, first);
    expect(again, tell(again)).toMatchObject({ steps: 0, writes: 0 });
    expectFewReads(again, first);

    const changed = await run(state, again.end + hour, second);
    expect(changed.steps).toBeGreaterThan(0);
    expect(await run(state, changed.end + hour, second)).toMatchObject({ steps: 0, writes: 0 });
    const back = await run(state, changed.end + 2 * hour, first);
    expect(await run(state, back.end + hour, first)).toMatchObject({ steps: 0, writes: 0 });

    const ids = idsIn(back);
    const at = await byHand(state, back.end + 2 * hour, first, async (write) => {
      for (const [address, [property, value]] of Object.entries(drift))
        await write(address.split("/")[0]!, ids.get(address)!, property, value);
    });
    const repaired = await run(state, at + hour, first);
    const wanted = Object.keys(drift).map((address) => `update ${address}`);
    expect(steps(repaired).sort()).toEqual(wanted.sort());
    expect(await run(state, repaired.end + hour, first)).toMatchObject({ steps: 0, writes: 0 });

    const destroyed = await run(state, repaired.end + 2 * hour, first, { goal: "destroy" });
    const kept = runOf(destroyed).plan.steps.flatMap((step) =>
      step.action === "keep" && step.because.includes("its data") ? [step.address] : [],
    );
    expect(kept.sort()).toEqual(data);
    const allowed = { ...first, allowDestroy: Object.fromEntries(data.map((address) => [address, idsIn(repaired).get(address)!])) };
    const gone = await run(state, destroyed.end + hour, allowed, { goal: "destroy" });
    expect(await run(state, gone.end + hour, allowed, { goal: "destroy" })).toMatchObject({ steps: 0, writes: 0 });
    expect(runOf(await run(state, gone.end + 2 * hour, allowed, { goal: "destroy" })).plan.objects).toEqual([]);
    expect(objectsIn(state)).toBe(0);
  });

  test.each([1 / 4, 1 / 2, 3 / 4])(
    "continues where it was killed, %d of the way: in the create, in a change, in the destroy",
    async (part) => {
      const calm = new SandboxState();
      const made = await run(calm, start, first);
      const count = objectsIn(calm);
      await killedAndHealed(new SandboxState(), start, first, made, part, count);
      const later = calm.copy();
      const changed = await run(later, made.end + hour, second);
      await killedAndHealed(calm.copy(), made.end + hour, second, changed, part, objectsIn(later));
      const allowed = { ...first, allowDestroy: Object.fromEntries(idsIn(made)) };
      const destroyed = await run(calm.copy(), made.end + hour, allowed, { goal: "destroy" });
      await killedAndHealed(calm.copy(), made.end + hour, allowed, destroyed, part, 0, "destroy");
    },
  );
});

/** One environment by day. */
test.each(sampleOf(Object.keys(environments), ["notify"], (name) => name))(
  "%s takes another value of every property of its types, one after the other",
  { timeout: 600_000 },
  async (name) => {
    const { first } = versionsOf(root, name, kinds);
    const testbed = environmentTestbed();
    await testbed.apply(first);
    let now = first;
    let count = 0;
    for (const node of typesIn(first.nodes)) {
      const { part, index } = curated[node.kind]!;
      const facts = factsOf(node.kind, typeSchema(node.kind)!);
      const spec = node.spec as Readonly<Record<string, unknown>>;
      for (const leaf of leavesAlone(facts, spec, index === undefined ? (part?.key ?? []) : [])) {
        const told = `${node.address}.${leaf.path.join(".")} to ${JSON.stringify(leaf.to)}`;
        now = withSpec(now, node.address, (have) => withLeaf(have, leaf));
        expect(stepsOf((await testbed.apply(now)).run), told).toEqual([`update ${node.address}`]);
        expect(stepsOf(await testbed.plan(now)), told).toEqual([]);
        count++;
      }
    }
    expect(count).toBeGreaterThan(3);
  },
);

async function run(
  state: SandboxState,
  at: number,
  environment: Environment,
  { goal = "agree", ...how }: Circumstances & { readonly goal?: "agree" | "destroy" } = {},
): Promise<Ended> {
  const ended = await runProcess(kinds, state, at, { environment, goal }, { lease: "none", ...how });
  expect(ended.how, tell(ended)).toBe("done");
  return ended;
}

async function killedAndHealed(
  state: SandboxState,
  at: number,
  environment: Environment,
  calm: Ended,
  part: number,
  count: number,
  goal: "agree" | "destroy" = "agree",
): Promise<void> {
  const stop = [{ call: Math.ceil(calm.log.length * part), when: "after" as const }];
  const hit = await runProcess(kinds, state, at, { environment, goal }, { lease: "none", faults: { stop } });
  expect(hit.how, tell(hit)).toBe("died");
  const healed = await run(state, hit.end + 1_000, environment, { goal });
  const next = await run(state, healed.end + hour, environment, { goal });
  const last = next.steps === 0 ? next : await run(state, next.end + hour, environment, { goal });
  expect(last, tell(last)).toMatchObject({ steps: 0, writes: 0 });
  expect(objectsIn(state)).toBe(count);
}

/** Checks the reads: the tag index once, each object once, and a list for each object without tags. No object of others is read. */
function expectFewReads({ operations }: Ended, { nodes }: Environment): void {
  const typed = typesIn(nodes);
  const parents = typed.reduce((sum, { kind }) => sum + (curated[kind]!.mark || curated[kind]!.part ? 1 : 0), 0);
  const of = (operation: string) => operations[`cloudcontrol:${operation}`] ?? operations[operation] ?? 0;
  expect(of("GetResource")).toBe(typed.length);
  expect(of("ListResources")).toBeLessThanOrEqual(parents);
}

function typesIn(nodes: Environment["nodes"]): Environment["nodes"] {
  return nodes.filter(({ kind }) => kind.startsWith("AWS::"));
}

function runOf({ result }: Ended): PlanRun {
  return (result as unknown as { readonly run: PlanRun }).run;
}

function steps(ended: Ended): string[] {
  return stepsOf(runOf(ended)).filter((step) => !step.startsWith("keep "));
}

function actionsOf(ended: Ended): Set<string> {
  return new Set(runOf(ended).plan.steps.map(({ action }) => action));
}

/** Returns the ids of all objects after a run. */
function idsIn({ events, ...ended }: Ended): ReadonlyMap<string, string> {
  const ids = new Map<string, string>(runOf({ events, ...ended }).plan.objects.map(({ address, id }) => [address, id]));
  for (const event of events) if (event.type === "step-done" && event.id !== undefined) ids.set(event.step.address, event.id);
  return ids;
}

function objectsIn(state: SandboxState): number {
  return [...state.regions.values()].reduce((sum, region) => sum + (region.toJSON().tables["cloudcontrol.objects"] ?? []).length, 0);
}

type Write = (type: string, id: string, property: string, value: unknown) => Promise<void>;

/** Makes a change of somebody else in the account, and returns the time after it. */
async function byHand(state: SandboxState, at: number, { region }: Environment, act: (write: Write) => Promise<void>): Promise<number> {
  const clock = new VirtualClock(at);
  const { requestHandler } = createSandbox({ clock, state });
  const credentials = { accessKeyId: "AKIA123456789012", secretAccessKey: "other" };
  const { aws } = await connect({ region, clock, requestHandler, credentials });
  const cc = await import("@aws-sdk/client-cloudcontrol");
  await act(async (TypeName, Identifier, property, value) => {
    const PatchDocument = JSON.stringify([{ op: "add", path: `/${property}`, value }]);
    await aws.cloudcontrol(new cc.UpdateResourceCommand({ TypeName, Identifier, PatchDocument }));
    await clock.sleep(hour);
  });
  return clock.now();
}

function withSpec(
  environment: Environment,
  address: string,
  change: (spec: Readonly<Record<string, unknown>>) => Record<string, unknown>,
): Environment {
  const nodes = environment.nodes.map((node) =>
    node.address === address ? { ...node, spec: change(node.spec as Readonly<Record<string, unknown>>), at: node.at.bind(node) } : node,
  );
  return { ...environment, nodes };
}
