/** Curated types one by one: made, found in agreement, each property changed and changed back, taken away. */
import { expect, test } from "vitest";
import { curated } from "../../src/kinds/types/curated.ts";
import { cases } from "./cases.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

test("there is a case for every curated type", () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(curated).sort());
});

test.each(Object.entries(cases))(
  "%s: agrees after each change, there and back",
  { timeout: 120_000 },
  async (type, { full, changes, around = "" }) => {
    const bed = openTestbed();
    const life = curated[type]!.dataLoss === undefined ? {} : { disposable: true };
    const yaml = (more: object = {}) => `${header}${around}${type}: ${JSON.stringify({ main: { ...full, ...life, ...more } })}\n`;
    const settle = async (text: string) => {
      const applied = await bed.apply(text);
      expect(stepsOf(await bed.plan(text))).toEqual([]);
      return applied;
    };
    await settle(yaml());
    for (const [property, to, does = "update"] of changes) {
      const changed = yaml({ [property]: to });
      if (does === "refused") {
        expect((await bed.plan(changed)).diagnostics.map(({ summary }) => summary).join()).toContain(property);
        continue;
      }
      const { run } = await settle(changed);
      expect(run.plan.steps, property).toMatchObject([{ action: does, address: `${type}/main` }]);
      if (property in full) await settle(yaml());
    }
    await bed.destroy(yaml());
    expect(stepsOf(await bed.plan(yaml(), "destroy"))).toEqual([]);
  },
);
