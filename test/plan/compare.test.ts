/** When two values are equal, by the shape in a field's rule. */
import { expect, test } from "vitest";
import type { FieldRule } from "../../src/kinds/kind.ts";
import { kinds } from "../../src/kinds/index.ts";
import { agrees, compareField } from "../../src/plan/compare.ts";
import { saidFor } from "../../src/plan/diff.ts";

const live = { id: "x", aliases: [], tags: {}, spec: {}, handle: undefined, state: "ready" } as const;
const differs = (as: FieldRule["as"], expected: unknown, actual: unknown) =>
  compareField("f", { change: "update", ...(as ? { as } : {}) }, expected, actual, { live, resolved: expected, unlisted: undefined })
    .differences.length > 0;

test.each<[string, FieldRule["as"], unknown, unknown, boolean]>([
  ["order of a set", "set", ["a", "b"], ["b", "a"], false],
  ["repetition in a set", "set", ["a", "a", "b"], ["a", "b"], false],
  ["an item more", "set", ["a", "b", "c"], ["a", "b"], true],
  ["ranges in a set in their canonical form", "set", ["2001:db8:0::/64", "10.0.0.0/8"], ["10.0.0.0/8", "2001:db8::/64"], false],
  ["another range in a set", "set", ["10.0.0.0/8"], ["10.0.0.0/9"], true],
  ["an empty set and none", "set", [], undefined, false],
  ["a range in its canonical form", "cidr", "2001:DB8::/32", "2001:db8::/32", false],
  ["another range", "cidr", "10.0.0.0/16", "10.1.0.0/16", true],
  ["JSON with other spaces and order", "json", '{"a": 1, "b": [2]}', '{"b":[2],"a":1}', false],
  ["JSON with another value", "json", '{"a":1}', '{"a":2}', true],
  ["a text that is no JSON", "json", "a", "a", false],
  ["order of a plain list", undefined, ["a", "b"], ["b", "a"], true],
  ["a number and its text", undefined, 1, "1", true],
  ["members of an object that nobody wrote", undefined, { a: 1 }, { a: 1, b: 2 }, false],
])("%s", (_, as, expected, actual, is) => {
  expect(differs(as, expected, actual)).toBe(is);
});

test("the reason names the removed value only where there is one", () => {
  const rule: FieldRule = { change: "update", because: "one goes, the other comes", becauseUnset: "there is none" };
  const because = (have: unknown) =>
    compareField("f", rule, "b", have, { live, resolved: "b", unlisted: undefined }).differences[0]!.rule.because;
  expect([because("a"), because(undefined), because(null)]).toEqual(["one goes, the other comes", "there is none", "there is none"]);
});

test("values that mean the same agree", () => {
  const rule: FieldRule = { change: "update", means: (value) => String(value).toLowerCase() };
  const differ = (have: unknown) => compareField("f", rule, "B", have, { live, resolved: "B", unlisted: undefined }).differences.length > 0;
  expect([differ("b"), differ("a"), differ(undefined)]).toEqual([false, true, true]);
});

test("null, absent and empty text are the same nothing", () => {
  for (const one of [null, ""]) for (const two of [undefined, null, "", []]) expect(agrees(one, two)).toBe(true);
  for (const one of [null, ""]) expect(agrees(one, 0)).toBe(false);
  expect(agrees(false, undefined)).toBe(false);
  expect(agrees(undefined, "whatever AWS has")).toBe(true);
});

test("a reason stands with the impact that it is of", () => {
  const rule = { change: () => "update" as const, because: { replace: "it cannot go back" } };
  expect(saidFor(rule, "replace").because).toBe("it cannot go back");
  expect(saidFor(rule, "update")).not.toHaveProperty("because");
  expect(saidFor({ change: "update", because: "it is read at boot" }, "update").because).toBe("it is read at boot");
});

test("no kind gives several reasons where a change has one cost", () => {
  for (const kind of kinds)
    for (const [field, { change, because }] of Object.entries(kind.fields) as [string, FieldRule][])
      if (typeof because === "object") expect(`${kind.name}.${field}: ${typeof change}`).toMatch(/: function$/);
});
