import { expect, test } from "vitest";
import { exchangesOf } from "./page.ts";
import { agrees, callsIn, callsOfReadersIn, countsKinds, withGapsOf } from "./transcript.ts";

const printed = "lab/dev\nline 1\nline 2\nDone: 3 steps in 2.0 s.\n";

test.each([
  ["the very text", printed],
  ["another duration", "lab/dev\nline 1\nline 2\nDone: 3 steps in 14 min.\n"],
  ["the middle left out", "lab/dev\n…\nDone: 3 steps in 2.0 s.\n"],
  ["the beginning left out", "…\nline 2\nDone: 3 steps in 2.0 s.\n"],
  ["the end left out", "lab/dev\n…\n"],
  ["two gaps", "lab/dev\n…\nline 2\n…\n"],
])("agrees: %s", (_name, claimed) => {
  expect(agrees(claimed, printed)).toBe(true);
});

test.each([
  ["a line less, and no word of it", "lab/dev\nline 2\nDone: 3 steps in 2.0 s.\n"],
  ["a line more", `${printed}line 4\n`],
  ["another number of steps", "…\nDone: 4 steps in 2.0 s.\n"],
  ["another beginning", "lab/prod\n…\nDone: 3 steps in 2.0 s.\n"],
  ["half a line", "lab/dev\n…\nne 2\n…\n"],
  ["lines in another order", "lab/dev\n…\nline 2\n…\nline 1\n…\n"],
  ["nothing", ""],
])("does not agree: %s", (_name, claimed) => {
  expect(agrees(claimed, printed)).toBe(false);
});

test("ids, hours and durations may differ, numbers of calls too; kinds of ids may not", () => {
  expect(agrees("vpc-0123456789abcdef0 at 2026-01-01T00:00:00Z\n", "vpc-fedcba98765432100 at 2027-01-01T00:00:00.123Z\n")).toBe(true);
  expect(agrees("vpc-0123456789abcdef0\n", "sg-0123456789abcdef0\n")).toBe(false);
  expect(agrees("22 calls to AWS (22 reads, 0 writes), 1.0 s\n", "22 calls to AWS (22 reads, 0 writes), 90 ms\n")).toBe(true);
  expect(agrees("22 calls to AWS (22 reads, 0 writes), 1.0 s\n", "24 calls to AWS (24 reads, 0 writes), 1.0 s\n")).toBe(true);
});

test("a page that is printed again keeps its gaps, as far as its lines are still there", () => {
  const printed = "lab/dev\nline 1\nline 2\nDone: 3 steps in 2.0 s.\n22 calls to AWS (22 reads, 0 writes), 1.0 s\n";
  expect(withGapsOf("lab/dev\n…\nDone: 3 steps in 9.0 s.\n20 calls to AWS (20 reads, 0 writes), 0.1 s\n", printed)).toBe(
    "lab/dev\n…\nDone: 3 steps in 2.0 s.\n22 calls to AWS (22 reads, 0 writes), 1.0 s\n",
  );
  expect(withGapsOf("lab/prod\n…\nDone: 3 steps in 9.0 s.\n…\n", printed)).toBe("lab/dev\n…\nDone: 3 steps in 2.0 s.\n…\n");
  expect(withGapsOf("lab/dev\n…\nline two\n20 calls to AWS (20 reads, 0 writes), 1.0 s\n", printed)).toBe(
    "lab/dev\n…\nDone: 3 steps in 2.0 s.\n22 calls to AWS (22 reads, 0 writes), 1.0 s\n",
  );
});

test("a page of which lines between two gaps are gone gets the whole text", () => {
  const printed = "a\nb\nc\nd\ne\nf\n";
  expect(withGapsOf("a\n…\nx\n…\nf\n", printed)).toBe("a\n…\nb\n…\nf\n");
  expect(withGapsOf("a\n…\nf\n…\nx\n", printed)).toBe(printed);
});

test("a session is commands, each with its output", () => {
  expect(exchangesOf("$ a \\\n  b\nout\n$ c\n")).toEqual([
    { command: "a \\\n  b", output: "out\n" },
    { command: "c", output: "" },
  ]);
});

test("the calls of each command are read from its output, and no time", () => {
  const printed = "Plan: 1\n22 calls to AWS (22 reads, 0 writes), 1.0 s\nshop/dev: 1 calls to AWS (0 reads, 1 write), 9 ms\n";
  expect(callsIn(printed)).toBe("22 calls to AWS (22 reads, 0 writes)\n1 calls to AWS (0 reads, 1 write)");
  expect(callsOfReadersIn(printed)).toBe("22 calls to AWS (22 reads, 0 writes)");
  expect(callsIn("lab/dev\n")).toBe("");
  expect(countsKinds(printed)).toBe(false);
  expect(countsKinds("$ infra import vpc-1 --name a\nproof\n58 calls to AWS (58 reads, 0 writes), 0.2 s\n")).toBe(true);
  expect(countsKinds(`$ infra import vpc-1 --name a\nproof\n…\n$ infra plan a\n${printed}`)).toBe(false);
  expect(countsKinds("104 calls to AWS (104 reads, 0 writes), 0.2 s; every kind was listed in full\n2\n")).toBe(true);
});
