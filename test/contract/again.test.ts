/**
 * An object that was removed and stands in the file again is created again, in the same network and with the same values, whatever AWS
 * still answers to the first client token. In the sandbox that token returns the id of the deleted object for ever.
 */
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { isMutating } from "@plumbline/aws-sandbox/sandbox.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { expect, test } from "vitest";
import type { PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { runProcess, tell, type Ended } from "../simulation/process.ts";
import { sampleOf } from "../support/night.ts";
import { header, loadText, openTestbed, stepsOf } from "../support/testbed.ts";
import { allCases } from "./cases.ts";
import type { Case, Resource } from "./case.ts";

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;
const cases = await allCases();

/** Returns one environment with the object of a case, and one without it. */
function textsOf({ kind: name, index, bare }: Case) {
  const kind = kinds.find((one) => one.name === name)!;
  const yamlOf = (spec: Resource | undefined, more = "") => {
    const sections = spec ? { ...index, [kind.section]: { ...index[kind.section], main: spec } } : index;
    return `${header}${more}${Object.entries(sections)
      .map(([section, resources]) => `${section}: ${JSON.stringify(resources)}\n`)
      .join("")}`;
  };
  const address = `${name}/main`;
  const objectIn = ({ observed }: Pick<PlanRun, "observed">) => observed.objects.get(address)?.live;
  /** Hides the object, also one that holds data. */
  const without = (run: Pick<PlanRun, "observed">) => {
    const { aliases, id } = objectIn(run)!;
    return yamlOf(undefined, `allowDestroy: { ${address}: "${aliases.find((alias) => alias.startsWith("db-")) ?? id}" }\n`);
  };
  return { used: kinds.filter((one) => one === kind || one.section in index), whole: yamlOf(bare), objectIn, without };
}

test.each(cases)("$kind is made again: at once, and a day later", async (one) => {
  const { used, whole, objectIn, without } = textsOf(one);
  const bed = openTestbed({ kinds: used });
  await bed.apply(whole);
  for (const time of [5 * second, day, 5 * second]) {
    await bed.apply(without(await bed.plan(whole)));
    await bed.clock.sleep(time);
    await bed.apply(whole);
    const again = await bed.plan(whole);
    expect(stepsOf(again).filter((step) => !step.startsWith("keep"))).toEqual([]);
    expect(objectIn(again)).toBeDefined();
  }
});

test("an object that names only objects whose names are their ids is made again with them", async () => {
  const names = ["vpc", "launchTemplate", "instanceProfile", "iamRole"];
  const bed = openTestbed({ kinds: kinds.filter(({ name }) => names.includes(name)) });
  const bare = `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n`;
  const whole = `${bare}iamRoles: { web: { trust: ec2.amazonaws.com } }
instanceProfiles: { web: { role: web } }
launchTemplates: { web: { instanceType: t3.micro, instanceProfile: web } }
`;
  for (const text of [whole, bare, whole]) await bed.apply(text);
  expect(stepsOf(await bed.plan(whole))).toEqual([]);
});

const tokenKinds = cases.filter(({ kind: name }) => kinds.find((kind) => kind.name === name)!.create === "token");

/** One kind that AWS still shows for a while after deletion, and one that it does not. */
const byDay = ["natGateway", "routeTable"];

test.each(sampleOf(tokenKinds, byDay, ({ kind }) => kind))(
  "$kind is made again once, wherever the making is killed and however late its tags are seen",
  async (one) => {
    const { used, whole, objectIn, without } = textsOf(one);
    const state = new SandboxState();
    const run = async (on: SandboxState, at: number, yaml: string, faults: FaultPlan = {}) => {
      const ended = await runProcess(used, on, at, { environment: loadText(yaml, used), goal: "agree" }, { faults, lease: "none" });
      if (ended.how === "threw") throw new Error(tell(ended));
      return ended;
    };
    const made = await run(state, Date.UTC(2026, 0, 1), whole);
    const seen = await run(state, made.end + second, whole);
    const gone = await run(state, seen.end + second, without(runOf(seen)));
    // The hour is part of the token, so the token changes soon after the object has been made.
    const full = Math.ceil((gone.end + day) / hour) * hour;
    const { writesAt } = await run(state.copy(), full, whole);
    const from = full - (writesAt.at(-1)! - full) - 5 * second;
    const calm = await run(state.copy(), from, whole);
    for (const late of [{}, { lag: { tags: 80_000 } }] satisfies FaultPlan[])
      for (const call of calm.log.flatMap((operation, i) => (isMutating(operation.split(":")[1]!) ? [i + 1] : [])))
        for (const when of ["before", "after"] as const) {
          const told = `${when} call ${call} (${calm.log[call - 1]})${"lag" in late ? ", tags late" : ""}`;
          const hit = state.copy();
          let ended = await run(hit, from, whole, { ...late, stop: [{ call, when }] });
          for (let n = 0; n < 3 && (n === 0 || ended.steps > 0); n++) ended = await run(hit, ended.end + second, whole, late);
          expect(ended, `${told}: ${tell(ended)}`).toMatchObject({ how: "done", writes: 0 });
          expect(objectIn(runOf(ended)), told).toBeDefined();
        }
  },
);

function runOf({ result }: Ended): PlanRun {
  return (result as unknown as { readonly run: PlanRun }).run;
}
