import { describe, expect, test } from "vitest";
import { exit, exitOfAll, exitOfDifferences, exitOfOutcome, exitOfSignal } from "../../src/cli/exit.ts";
import { driftOf } from "../../src/render/drift.ts";
import { countSteps } from "../../src/render/summary.ts";
import { agreeing, mixed } from "../render/fixtures.ts";

const one = [{ address: "vpc/a", kind: "vpc", action: "create", stage: "create" }] as const;

test("the numbers are those of the documentation", () => {
  expect(exit).toEqual({ ok: 0, error: 1, differences: 2, partial: 3, stale: 4, interrupted: 130, terminated: 143 });
});

describe("an apply", () => {
  test.each([
    ["done", 1, undefined, 0],
    ["done", 0, undefined, 0],
    ["partial", 1, undefined, 3],
    ["failed", 0, undefined, 1],
    ["stopped", 1, undefined, 3],
    ["stopped", 0, undefined, 1],
    ["stopped", 1, "SIGINT", 130],
    ["stopped", 0, "SIGTERM", 143],
    ["partial", 1, "SIGINT", 130],
    ["done", 1, "SIGTERM", 143],
  ] as const)("%s with %i done and signal %s ends with %i", (status, done, signal, code) => {
    expect(exitOfOutcome({ status, done: one.slice(0, done) }, signal)).toBe(code);
  });
});

describe("differences", () => {
  test.each([
    [0, false, 0],
    [0, true, 0],
    [3, false, 0],
    [3, true, 2],
  ])("%i printed, detailed %s: %i", (printed, detailed, code) => expect(exitOfDifferences(printed, detailed)).toBe(code));

  test("are counted from the very list that is printed: what is kept and noted is none", () => {
    const kept = { ...mixed, steps: mixed.steps.filter(({ action }) => action === "keep") };
    expect(exitOfDifferences(countSteps(kept.steps).changes, true)).toBe(exit.ok);
    expect(exitOfDifferences(driftOf(kept).findings.length, true)).toBe(exit.ok);
    expect(exitOfDifferences(driftOf({ ...agreeing, notes: mixed.notes }).findings.length, true)).toBe(exit.ok);
    expect(exitOfDifferences(driftOf(mixed).findings.length, true)).toBe(exit.differences);
  });
});

test.each([
  [[0, 0], 0],
  [[], 0],
  [[0, 2], 2],
  [[2, 1], 1],
  [[2, 3, 4], 3],
  [[4, 2], 4],
  [[1, 130], 130],
  [[143, 2], 143],
] as const)("several environments that end with %j end with %i", (codes, code) => expect(exitOfAll(codes)).toBe(code));

test("signals", () => {
  expect(exitOfSignal("SIGINT")).toBe(130);
  expect(exitOfSignal("SIGTERM")).toBe(143);
});
