/** The changes that a stage receives: those of the plan, with AWS's ids; for an object that this run created, everything that differs. */
import { expect, test } from "vitest";
import { changesIn } from "../../src/apply/changes.ts";
import type { FieldRule, Kind, Live } from "../../src/kinds/kind.ts";
import { decision } from "../../src/plan/decision.ts";

const fields: Readonly<Record<string, FieldRule>> = {
  size: { change: "update" },
  image: { change: "update", hashTag: "infra:image-hash" },
  note: { change: "note" },
  door: { change: "update" },
  rules: { change: "update", as: { key: String, unlisted: "remove" } },
};
const kind = {
  name: "thing",
  schema: {},
  fields,
  stages: [{ name: "create" }, { name: "doors", fields: ["door"] }, { name: "rules", fields: ["rules"] }],
} as unknown as Kind;
const live: Live = {
  id: "t-1",
  aliases: [],
  tags: {},
  spec: { size: 1, image: "old", note: "a", door: "shut", rules: ["a"] },
  handle: null,
  state: "ready",
};
const request = { spec: { size: 2, image: "old", note: "b", door: "open", rules: ["a", "b"] }, ignoreChanges: [] };

/** `planned`: the fields that change according to the plan, as "stage field". */
function changed(stage: string, planned?: readonly string[]): object {
  const deltas = planned?.map((one) => ({ stage: one.split(" ")[0]!, field: one.split(" ")[1]! })) as never;
  return changesIn(kind, stage, request, live, planned && decision("thing/a", kind, { deltas }));
}

test("of an object that was just created are all differences, in the stage that changes them", () => {
  expect(changed("create")).toEqual({ size: { before: 1, after: 2 } });
  expect(changed("doors")).toEqual({ door: { before: "shut", after: "open" } });
});

test("of a planned object are no more than the plan says", () => {
  expect(changed("create", ["create size", "doors door"])).toEqual({ size: { before: 1, after: 2 } });
  expect(changed("doors", ["create size", "doors door"])).toEqual({ door: { before: "shut", after: "open" } });
  expect(changed("create", ["doors door"])).toEqual({});
});

test("of a list name its entries: they are added and removed one by one", () => {
  const rules = { before: ["a"], after: ["a", "b"], items: { added: [{ key: "b", value: "b" }], removed: [], changed: [] } };
  expect([changed("rules"), changed("rules", ["rules rules"])]).toEqual([{ rules }, { rules }]);
});

test("and no less: a field may differ in its written text and not in its value", () => {
  expect(changed("create", ["create image"])).toEqual({ image: { before: "old", after: "old" } });
});
