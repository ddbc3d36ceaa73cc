import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import type { Live, Run } from "../../src/kinds/kind.ts";
import type { PlanRun } from "../../src/engine.ts";
import { header, lab, stepsOf, type Lab } from "../support/lab.ts";
import { allCases } from "./cases.ts";
import type { Case, Resource } from "./case.ts";

const cases = await allCases();

describe("the contract suite", () => {
  it("has a case for every kind", () => {
    expect(cases.map((one) => one.kind).sort()).toEqual(kinds.map((kind) => kind.name).sort());
  });
});

describe.each(cases)("$kind", (one) => {
  it("is made, found in agreement, deleted, and deleted again, with every optional field out", { timeout: 120_000 }, async () => {
    const bench = benchOf(one);
    await bench.settle(one.bare);
    await bench.remove(one.bare);
  });

  it("is made, found in agreement, deleted, and deleted again, with all fields set", { timeout: 120_000 }, async () => {
    const bench = benchOf(one);
    await bench.settle(one.full);
    await bench.remove(one.full);
  });

  it("can have each field changed, and changed back", { timeout: 240_000 }, async () => {
    const bench = benchOf(one);
    await bench.settle(one.full);
    for (const { field, to, action, also } of one.changes) {
      const changed = { ...one.full, ...also, [field]: to };
      const steps = stepsOf(await bench.lab.plan(bench.yaml(changed)));
      expect(steps, `the plan for another ${field}`).toContain(`${action} ${one.kind}/main`);
      await bench.settle(changed, field);
      await bench.settle(one.full, `${field}, and back`);
    }
  });
});

interface Bench {
  readonly lab: Lab;
  yaml(spec: Resource | undefined, more?: string): string;
  /** Applies, and expects that the next plan is empty. */
  settle(spec: Resource | undefined, what?: string): Promise<PlanRun>;
  /** Takes it out of the YAML, and calls the driver's delete once more. */
  remove(spec: Resource): Promise<void>;
}

function benchOf({ kind: name, world }: Case): Bench {
  const kind = kinds.find((candidate) => candidate.name === name)!;
  const bench = lab();
  const address = `${name}/main`;
  const yaml = (spec: Resource | undefined, more = "") => {
    const sections = spec ? { ...world, [kind.section]: { ...world[kind.section], main: spec } } : world;
    // A YAML document holds JSON as it is.
    return `${header}${more}${Object.entries(sections)
      .map(([section, resources]) => `${section}: ${JSON.stringify(resources)}\n`)
      .join("")}`;
  };
  const settle: Bench["settle"] = async (spec, what = "the YAML") => {
    await bench.apply(yaml(spec)).catch((error: unknown) => {
      throw new Error(`while ${what} was applied: ${(error as Error).message}`, { cause: error });
    });
    const again = await bench.plan(yaml(spec));
    expect(
      stepsOf(again).filter((step) => !step.startsWith("keep")),
      `the plan after ${what}`,
    ).toEqual([]);
    return again;
  };
  const remove: Bench["remove"] = async (spec) => {
    const { observed } = await bench.plan(yaml(spec));
    const { live } = observed.objects.get(address)!;
    const allowed = `allowDestroy: { ${address}: "${live.aliases.find((alias) => alias.startsWith("db-")) ?? live.id}" }\n`;
    await bench.apply(yaml(undefined, allowed));
    const after = await bench.plan(yaml(undefined, allowed));
    expect(stepsOf(after)).toEqual([]);
    expect(after.observed.objects.has(address)).toBe(false);
    const driver = await kind.load();
    await driver.delete(after.connection.aws, live, runFor(live, bench));
  };
  return { lab: bench, yaml, settle, remove };
}

/** What the driver of an object that is gone may ask for. */
function runFor(live: Live, { clock }: Lab): Run {
  return {
    birth: { tags: live.tags, token: "", name: live.name ?? "" },
    wait: async (what, _limit, done) => {
      expect(done(undefined), `waiting for ${what} though it is gone`).toBe(true);
      return undefined;
    },
    until: async (_what, limit, every, look) => {
      for (let waited = 0; !(await look()) && waited < limit; waited += every) await clock.sleep(every * 1000);
    },
    say: () => undefined,
  };
}
