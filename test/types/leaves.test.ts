/**
 * Every mutable value in the object of a contract case is changed once, one after the other: the change is made in place, and the next plan
 * is empty.
 */
import { expect, test } from "vitest";
import { typeSchema } from "@plumbline/aws-types";
import { curated } from "../../src/kinds/types/curated.ts";
import { factsOf } from "../../src/kinds/types/facts.ts";
import { sampleOf } from "../support/night.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { cases } from "./cases.ts";
import { leavesAlone, withLeaf, type Leaf } from "./leaves.ts";

const known = Object.entries(cases).map(([type, { full, around = "" }]) => {
  const facts = factsOf(type, typeSchema(type)!);
  const { part, index } = curated[type]!;
  return { type, full, around, leaves: leavesAlone(facts, full, index === undefined ? (part?.key ?? []) : []) };
});

test("most types have a value that can be changed in place", () => {
  expect(known.filter(({ leaves }) => leaves.length > 0).length).toBeGreaterThan(40);
  expect(known.reduce((sum, { leaves }) => sum + leaves.length, 0)).toBeGreaterThan(100);
});

test.each(sampleOf(known, ["AWS::SQS::Queue"], ({ type }) => type).map((one) => [one.type, one] as const))(
  "%s: each value once",
  async (type, { full, around, leaves }) => {
    const bed = openTestbed();
    const yamlOf = (object: object) => `${header}${around}${type}: ${JSON.stringify({ main: object })}\n`;
    await bed.apply(yamlOf(full));
    let object: Readonly<Record<string, unknown>> = full;
    for (const leaf of leaves) {
      object = withLeaf(object, leaf);
      const { run } = await bed.apply(yamlOf(object));
      expect(stepsOf(run), nameOf(leaf)).toEqual([`update ${type}/main`]);
      expect(stepsOf(await bed.plan(yamlOf(object))), nameOf(leaf)).toEqual([]);
    }
  },
);

function nameOf({ path, to }: Leaf): string {
  return `${path.join(".")} to ${JSON.stringify(to)}`;
}
