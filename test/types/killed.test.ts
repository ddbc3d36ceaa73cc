/**
 * Every curated type, with its further resources: each write of the create, the change and the delete gets every fault once. The run
 * without faults that follows leaves one object, and after a destroy none.
 */
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { isMutating } from "@plumbline/aws-sandbox/sandbox.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { expect, test } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { kinds } from "../../src/kinds/index.ts";
import { curated } from "../../src/kinds/types/curated.ts";
import { runProcess, tell, type Ended } from "../simulation/process.ts";
import { sampleOf } from "../support/night.ts";
import { header, loadText } from "../support/testbed.ts";
import { cases } from "./cases.ts";

const start = Date.UTC(2026, 0, 1);
const second = 1_000;
const hour = 3_600_000;

/** A fault at one write, the faults of the runs that follow, and the time before the first of these. */
interface Trouble {
  readonly plan: (call: number) => FaultPlan;
  readonly always?: FaultPlan;
  readonly after?: number;
  readonly isEdited?: true;
}

const stop = (call: number): FaultPlan => ({ stop: [{ call, when: "after" }] });
const late: FaultPlan = { lag: { index: 1_200_000 } };
const stale: FaultPlan = { events: Array.from({ length: 500 }, () => "tagging:stale") };

const troubles: Readonly<Record<string, Trouble>> = {
  "stopped before it is sent": { plan: (call) => ({ stop: [{ call, when: "before" }] }) },
  "stopped before the answer": { plan: stop },
  "the answer lost": { plan: (call) => ({ loseAnswer: [{ call }] }) },
  "timed out": { plan: (call) => ({ loseAnswer: [{ call, error: "TimeoutError" }] }) },
  "the index of tags 20 minutes late": { plan: stop, always: late },
  "the index goes on showing what is deleted": { plan: stop, always: stale },
  "the token expired": { plan: stop, after: 37 * hour },
  "the file edited, so that the token belongs to another request": { plan: stop, isEdited: true },
  "the handler fails": { plan: () => ({ events: ["cloudcontrol:fails"] }) },
};

/** By day one type whose identifier AWS chooses and which has no tags: the hardest to find again. */
const byDay = ["AWS::CloudFront::OriginAccessControl"];

const troublesByDay = ["the index of tags 20 minutes late", "the file edited, so that the token belongs to another request"];

test.each(sampleOf(Object.entries(cases), byDay, ([type]) => type))(
  "%s: whatever is hit, one object in the end and none after a destroy",
  { timeout: 600_000 },
  async (type, { full, changes, around = "" }) => {
    const life = curated[type]!.dataLoss === undefined ? {} : { disposable: true };
    const written = (more: object = {}) => {
      const object = JSON.stringify({ main: { ...full, ...life, ...more } });
      // The further resources may include others of its type.
      const [before, others = ""] = around.split(new RegExp(`^${type}: `, "m"));
      return loadText(
        `${header}${before}${others === "" ? `${type}: ${object}\n` : `${type}: ${object.slice(0, -1)}, ${others.slice(1)}`}`,
      );
    };
    const first = written();
    const firstThat = (wanted: "update" | "replace") => {
      const found = changes.find(([, , does = "update"]) => does === wanted);
      return found && written({ [found[0]]: found[1] });
    };
    const edited = firstThat("update");

    const made = new SandboxState();
    const calm = await run(made, start, first, "agree");
    const count = objectsIn(made);
    expect(count).toBeGreaterThan(0);
    const calmChanges: (readonly [Environment, Ended])[] = [];
    for (const to of [edited, firstThat("replace")]) if (to) calmChanges.push([to, await run(made.copy(), calm.end + hour, to, "agree")]);
    const gone = made.copy();
    const calmEnd = await run(gone, calm.end + hour, first, "destroy");
    expect(objectsIn(gone)).toBe(0);
    // Within the 36 hours in which AWS still knows the first token.
    const again = await run(gone, calmEnd.end + hour, first, "agree");
    expect(objectsIn(gone)).toBe(count);
    expect((await run(gone, again.end + hour, first, "agree")).steps).toBe(0);

    for (const [name, trouble] of sampleOf(Object.entries(troubles), troublesByDay, ([one]) => one)) {
      for (const call of writesOf(calm)) {
        const state = new SandboxState();
        const hit = await attempt(state, start, first, "agree", { ...trouble.always, ...trouble.plan(call) });
        const wanted = (trouble.isEdited && edited) ?? first;
        const end = await heal(state, hit.end + (trouble.after ?? second), wanted, "agree", trouble.always);
        expect(objectsIn(state), `${name}, write ${call} of the apply (${calm.log[call - 1]})`).toBe(count);
        await heal(state, end + hour, wanted, "destroy");
        expect(objectsIn(state), `${name}, write ${call} of the apply, then destroyed`).toBe(0);
      }
      if (trouble.isEdited) continue;
      for (const [to, calmChange] of calmChanges)
        for (const call of writesOf(calmChange)) {
          const state = made.copy();
          const hit = await attempt(state, calm.end + hour, to, "agree", { ...trouble.always, ...trouble.plan(call) });
          await heal(state, hit.end + (trouble.after ?? second), to, "agree", trouble.always);
          expect(objectsIn(state), `${name}, write ${call} of the change (${calmChange.log[call - 1]})`).toBe(count);
        }
      for (const call of writesOf(calmEnd)) {
        const state = made.copy();
        const hit = await attempt(state, calm.end + hour, first, "destroy", { ...trouble.always, ...trouble.plan(call) });
        await heal(state, hit.end + (trouble.after ?? second), first, "destroy", trouble.always);
        expect(objectsIn(state), `${name}, write ${call} of the destroy (${calmEnd.log[call - 1]})`).toBe(0);
      }
    }
  },
);

/** Returns the numbers of the writes. AWS does not change between two of them, so a stop at a read equals one at the write before. */
function writesOf({ log }: Ended): number[] {
  return log.flatMap((operation, i) => (isMutating(operation.split(":")[1]!) ? [i + 1] : []));
}

async function attempt(state: SandboxState, at: number, environment: Environment, goal: "agree" | "destroy", faults: FaultPlan = {}) {
  const ended = await runProcess(kinds, state, at, { environment, goal }, { faults, lease: "none" });
  if (ended.how === "threw") throw new Error(tell(ended));
  return ended;
}

/** Plays a run that must end well. */
async function run(state: SandboxState, at: number, environment: Environment, goal: "agree" | "destroy", faults: FaultPlan = {}) {
  const ended = await attempt(state, at, environment, goal, faults);
  if (ended.how !== "done") throw new Error(tell(ended));
  return ended;
}

/** Runs until nothing is left to do: after at most two runs. */
async function heal(state: SandboxState, at: number, environment: Environment, goal: "agree" | "destroy", faults?: FaultPlan) {
  let ended = await run(state, at, environment, goal, faults);
  for (let n = 0; ended.steps > 0 && n < 2; n++) ended = await run(state, ended.end + second, environment, goal, faults);
  expect(ended.steps, tell(ended)).toBe(0);
  return ended.end;
}

function objectsIn(state: SandboxState): number {
  return [...state.regions.values()].reduce((sum, region) => sum + (region.toJSON().tables["cloudcontrol.objects"] ?? []).length, 0);
}
