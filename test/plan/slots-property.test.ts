import { describe, expect, it } from "vitest";
import { header, openTestbed } from "../support/testbed.ts";
import { decided, planned } from "./pure.ts";
import { estate, randomOf, someOrder } from "./slots-estates.ts";

const noWorld = { region: "eu-west-1", of: () => [], get: () => undefined };
const seeds = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** Seeds that once failed: groups that name each other, both of them replaced. */
const once = [247, 908];

/** Two estates of one seed. */
function pair(seed: number): readonly [string, string] {
  const random = randomOf(seed);
  return [estate(random), estate(random)];
}

describe("pairs of small estates", () => {
  it("none is refused that some order of the plan's own steps could do", () => {
    const refused = [...seeds(100), ...once].filter((seed) =>
      planned(...pair(seed)).diagnostics.some(({ severity }) => severity === "error"),
    );
    expect(refused.length).toBeGreaterThan(5); // else the estates are too kind
    expect(refused.filter((seed) => someOrder(decided(...pair(seed)), noWorld))).toEqual([]);
  });

  it("what is not refused applies, and a second plan is empty", async () => {
    let applied = 0;
    for (const seed of [...seeds(16), ...once]) {
      const [before, after] = pair(seed);
      const testbed = openTestbed();
      await testbed.apply(header + before);
      const { run, outcome } = await testbed.tryApply(header + after);
      if (run.diagnostics.some(({ severity }) => severity === "error")) continue;
      const failed = outcome.failed.map(({ step, failure }) => `${step.address} ${step.stage}: ${failure.message}`);
      const { plan } = await testbed.plan(header + after);
      expect({ seed, failed, steps: plan.steps, waited: outcome.ms > 900_000 }).toEqual({ seed, failed: [], steps: [], waited: false });
      applied++;
    }
    expect(applied).toBeGreaterThan(8);
  });
});
