import { describe, expect, it } from "vitest";
import { isNight } from "../support/night.ts";
import { header, openTestbed } from "../support/testbed.ts";
import { decided, planned } from "./pure.ts";
import { estate, randomOf, served, someOrder } from "./slots-estates.ts";

const emptyIndex = { region: "eu-west-1", of: () => [], get: () => undefined };
const seeds = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** Seeds that once failed: security groups that name each other and are both replaced. */
const once = [247, 908];

/** Seeds whose apply once failed, or whose second plan was not empty. */
const stuckOnce = [14, 52, 57];

/** Two estates of one seed, with conflicting Elastic IPs, private addresses, target groups, ports and priorities. */
function servedPair(seed: number): readonly [string, string] {
  const random = randomOf(seed);
  return [served(random), served(random)];
}

/** Two estates of one seed. */
function pair(seed: number, stubborn = false): readonly [string, string] {
  const random = randomOf(seed);
  return [estate(random, stubborn), estate(random, stubborn)];
}

describe.each([
  {
    of: "ranges, names, gateways and private addresses",
    pairOf: (seed: number) => pair(seed),
    pure: 100,
    applied: 16,
    more: once,
    least: 8,
  },
  {
    of: "addresses of NAT gateways, target groups, ports and priorities",
    pairOf: servedPair,
    pure: 50,
    applied: isNight ? 60 : 6,
    more: [],
    least: 3,
  },
])("pairs of small estates: $of", ({ pairOf, pure, applied: tried, more, least }) => {
  it("none is refused that some order of the plan's own steps could do", () => {
    const refused = [...seeds(pure), ...more].filter((seed) =>
      planned(...pairOf(seed)).diagnostics.some(({ severity }) => severity === "error"),
    );
    expect(refused.length).toBeGreaterThan(5); // otherwise the estates have too few conflicts
    expect(refused.filter((seed) => someOrder(decided(...pairOf(seed)), emptyIndex))).toEqual([]);
  });

  it("a plan that is not refused applies, and a second plan is empty", async () => {
    let applied = 0;
    for (const seed of [...seeds(tried), ...more]) {
      const [before, after] = pairOf(seed);
      const testbed = openTestbed();
      await testbed.apply(header + before);
      const { run, outcome } = await testbed.tryApply(header + after);
      if (run.diagnostics.some(({ severity }) => severity === "error")) continue;
      const failed = outcome.failed.map(({ step, failure }) => `${step.address} ${step.stage}: ${failure.message}`);
      const { plan } = await testbed.plan(header + after);
      const steps = plan.steps.filter(({ action }) => action !== "keep"); // an Elastic IP that left the file is kept
      expect({ seed, failed, steps, waited: outcome.ms > 900_000 }).toEqual({ seed, failed: [], steps: [], waited: false });
      applied++;
    }
    expect(applied).toBeGreaterThan(least);
  });
});

/** AWS does not know which objects stay or are refused: it deletes no object in use, whatever the reason for the use. */
describe("pairs of small estates in which some things may not go", () => {
  it("no step begins that cannot be done: whatever is refused, every other step succeeds, and no step waits in vain", async () => {
    let [refused, kept] = [0, 0];
    for (const seed of [...seeds(isNight ? 120 : 6), ...stuckOnce]) {
      const [before, after] = pair(seed, true);
      const testbed = openTestbed();
      await testbed.apply(header + before);
      const { run, outcome } = await testbed.tryApply(header + after);
      const failed = outcome.failed.map(({ step, failure }) => `${step.address} ${step.stage}: ${failure.message}`);
      expect({ seed, failed, waited: outcome.ms > 900_000 }).toEqual({ seed, failed: [], waited: false });
      if (run.diagnostics.some(({ severity }) => severity === "error")) refused++;
      if (run.plan.steps.some(({ action }) => action === "keep")) kept++;
      const again = await testbed.plan(header + after);
      expect({ seed, steps: again.plan.steps.filter(({ action }) => action !== "keep") }).toEqual({ seed, steps: [] });
    }
    expect(refused).toBeGreaterThan(1);
    expect(kept).toBeGreaterThan(1);
  });
});
