/** Hundreds of steps: the display has lines only for the important ones. */
import { describe, expect, test } from "vitest";
import type { ApplyEvent, Outcome, StepRef } from "../../src/apply/events.ts";
import { Progress } from "../../src/render/apply-progress.ts";
import { outcomeText } from "../../src/render/apply-summary.ts";
import type { Step } from "../../src/plan/plan.ts";
import { stepsText } from "../../src/render/plan-text.ts";
import { plainText } from "../../src/render/text-options.ts";

const stepOf = (i: number, stage = "create"): StepRef => ({ address: `subnet/s${i}`, kind: "subnet", action: "create", stage });
const skip = (i: number, because: string): ApplyEvent => ({ type: "step-skipped", at: 0, step: stepOf(i), because });

function logOf(events: readonly ApplyEvent[]): string[] {
  const progress = new Progress();
  return events.flatMap((event) => {
    progress.take(event);
    return progress.log(event);
  });
}

test("for many steps that are skipped for one reason the log names three", () => {
  const events = [...Array.from({ length: 400 }, (_, i) => skip(i, "vpc/v4 failed")), skip(400, "vpc/v5 failed")];
  expect(logOf(events)).toEqual([
    "[0:00] skipped subnet/s0: vpc/v4 failed",
    "[0:00] skipped subnet/s1: vpc/v4 failed",
    "[0:00] skipped subnet/s2: vpc/v4 failed",
    "[0:00] skipped subnet/s400: vpc/v5 failed",
  ]);
});

test("the half-minute's reminder leaves out steps that have only begun, and names a dozen of the rest", () => {
  const progress = new Progress();
  progress.take({ type: "started", at: 0, steps: 100 });
  for (let i = 0; i < 30; i++) progress.take({ type: "step-started", at: i * 1_000, step: stepOf(i) });
  const lines = progress.standing(30_000);
  expect(lines[0]).toBe("[0:30] still creating subnet/s0 after 30 s");
  expect(lines).toHaveLength(13);
  expect(lines.at(-1)).toBe("  and 14 more steps running"); // 26 have been running for five seconds
});

test("a destroy is not called an apply", () => {
  const step: StepRef = { address: "vpc/a", kind: "vpc", action: "delete", stage: "delete" };
  const outcome: Outcome = { status: "done", done: [step], failed: [], skipped: [], ms: 1_000 };
  expect(outcomeText(outcome, "", plainText, { plan: { goal: "destroy" } })).toMatch(/^Destroy complete: .*1 destroyed in 1\.0 s\.\n$/);
});

test("where something was refused, nothing done is not nothing to do", () => {
  const outcome: Outcome = { status: "done", done: [], failed: [], skipped: [], ms: 0 };
  expect(outcomeText(outcome, "")).not.toContain("Nothing was changed");
  expect(outcomeText(outcome, "", plainText, { plan: { refusals: 1 } })).toBe("Nothing was changed.\n");
});

test("nothing to do is not announced as no steps", () => {
  expect(logOf([{ type: "started", at: 0, steps: 0 }])).toEqual([]);
});

describe("the summary of a run that skipped much", () => {
  const skipped = Array.from({ length: 30 }, (_, i) => i).flatMap((i) =>
    ["create", "attributes"].map((stage) => ({ step: stepOf(i, stage), because: "vpc/v4 failed" })),
  );
  const outcome: Outcome = { status: "failed", done: [], failed: [], skipped, ms: 0 };

  test("names addresses, not stages, and not all of them", () => {
    const text = outcomeText(outcome, "").replaceAll(/\s+/g, " ");
    expect(text).toContain("Skipped (30)");
    expect(text).toContain("subnet/s18, subnet/s19 and 10 more: vpc/v4 failed");
    expect(text).not.toContain("(attributes)");
  });

  test("names all of them when asked to be verbose", () => {
    expect(outcomeText(outcome, "", { ...plainText, verbose: true }).replaceAll(/\s+/g, " ")).toContain(
      "subnet/s28, subnet/s29: vpc/v4 failed",
    );
  });
});

describe("an adoption", () => {
  const adoption = (i: number, more: Readonly<Record<string, string>> = {}): Step => ({
    action: "retag",
    address: `subnet/s${i}`,
    kind: "subnet",
    id: `subnet-${i}`,
    because: "adopt",
    fingerprint: "",
    want: "",
    tags: { set: { "infra:resource": `subnet/s${i}`, "infra:adopted": "true", ...more }, remove: [] },
  });
  const few = (n: number) => Array.from({ length: n }, (_, i) => adoption(i));

  test("of many shows its tags once", () => {
    expect(stepsText(few(5))).toBe(`Tags only (5)
  >   subnet/s0  subnet-0
      adopt: only tags are written
        + tags.infra:resource: subnet/s0
        + tags.infra:adopted: "true"
  >   subnet/s1  subnet-1
  >   subnet/s2  subnet-2
  >   subnet/s3  subnet-3
  >   subnet/s4  subnet-4
      adopt: only tags are written on these 4 as well, with their own addresses; -v shows each

`);
  });

  test.each([
    ["of a few", few(3), plainText],
    ["that is to be shown in full", few(5), { ...plainText, verbose: true }],
    ["that writes a tag of the author's, too,", [...few(3), adoption(3, { team: "web" })], plainText],
  ])("%s shows every tag", (_name, steps, options) => {
    expect(stepsText(steps, options).match(/tags\.infra:adopted/g)).toHaveLength(steps.length);
  });
});
