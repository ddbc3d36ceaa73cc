import { describe, expect, test } from "vitest";
import {
  contestOf,
  parseAppliedHistory,
  recent,
  remembering,
  formatAppliedHistory,
  type AppliedHistory,
  type Setting,
} from "../../src/plan/flapping.ts";

const day = 86_400_000;
const start = Date.UTC(2026, 10, 1);
const port = (want: unknown): Setting => ({ id: "sg-1", field: "ingress", want });
const nothing: AppliedHistory = new Map();
/** The applied history after these values were set, one a day. */
const after = (...wants: readonly unknown[]) =>
  wants.reduce<AppliedHistory>((appliedHistory, want, n) => remembering(appliedHistory, [port(want)], start + n * day), nothing);

describe("a field is contested", () => {
  test("when it was set to the same value twice, and not before", () => {
    expect(contestOf(after("a"), port("a"))).toBeUndefined();
    expect(contestOf(after("a", "a"), port("a"))).toMatchObject({ times: 2, last: "2026-11-02" });
  });

  test("no longer when the YAML wants something else; going back and forth by the YAML is no fight", () => {
    expect(contestOf(after("a", "a"), port("b"))).toBeUndefined();
    expect(contestOf(after("a", "b", "a", "b", "a"), port("a"))).toBeUndefined();
  });

  test("for this object and this field only", () => {
    const appliedHistory = after("a", "a");
    expect(contestOf(appliedHistory, { ...port("a"), id: "sg-2" })).toBeUndefined();
    expect(contestOf(appliedHistory, { ...port("a"), field: "egress" })).toBeUndefined();
  });

  test("for thirty days after it was set last", () => {
    const appliedHistory = after("a", "a");
    expect(contestOf(recent(appliedHistory, start + 31 * day), port("a"))).toBeDefined();
    expect(contestOf(recent(appliedHistory, start + 32 * day), port("a"))).toBeUndefined();
    expect(remembering(appliedHistory, [port("a")], start + 60 * day)).toEqual(remembering(nothing, [port("a")], start + 60 * day));
  });

  test("by values whose members stand in another order, and by none at all", () => {
    expect(contestOf(after({ x: 1, y: [2] }, { y: [2], x: 1 }), port({ x: 1, y: [2] }))).toBeDefined();
    expect(contestOf(after(undefined, null), port(undefined))).toBeDefined();
  });
});

test("one run sets a field once, in however many steps", () => {
  const appliedHistory = remembering(nothing, [port("a"), port("a"), port("a")], start);
  expect([...appliedHistory.values()]).toMatchObject([{ times: 1 }]);
});

test("a parameter holds it, however many values were set: the longest contested ones are kept", () => {
  let appliedHistory = after("a", "a", "a");
  const many = Array.from({ length: 3_000 }, (_, i) => ({ id: `i-${i}`, field: "monitoring", want: true }));
  appliedHistory = remembering(appliedHistory, many, start + 3 * day);
  const text = formatAppliedHistory(appliedHistory);
  expect(text.length).toBeLessThanOrEqual(4_096);
  expect(parseAppliedHistory(text)).toEqual(appliedHistory);
  expect(contestOf(appliedHistory, port("a"))).toMatchObject({ times: 3 });
});

test.each(["", "{", "null", "[]", '{"set":3}', '{"set":{"k":"v"}}', '{"set":{"k":"aaaaaaaa 2"}}'])(
  "%s is no memory, and no error",
  (text) => {
    expect(parseAppliedHistory(text)).toEqual(nothing);
  },
);
