import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { harmless } from "../../src/diag/harmless.ts";
import type { Json } from "../../src/kinds/kind.ts";
import { counted, listed } from "../../src/diag/words.ts";
import { clip, duration, pad, table, widthOfText, wrap } from "../../src/render/layout.ts";
import { colours, plain } from "../../src/render/painter.ts";
import { planText } from "../../src/render/plan-text.ts";
import { brief, inline } from "../../src/render/values.ts";
import { mixed } from "./fixtures.ts";

describe("a value on one line is YAML that means the same", () => {
  const values: Json[] = [
    "eu-west-1a",
    "10.0.0.0/16",
    "::/0",
    "8.4",
    "3306",
    "1e3",
    "true",
    "No",
    "",
    " x",
    "x ",
    "a: b",
    "a:",
    "a #b",
    "- a",
    "*",
    "&a",
    "!x",
    "{",
    "it's",
    'say "x"',
    "a, b",
    "~",
    "null",
    3306,
    -1,
    0.5,
    true,
    null,
    [],
    {},
    ["a", "b: c"],
    { port: 80, source: "0.0.0.0/0" },
    { "a: b": ["1", 1] },
    "2026-01-01",
    "0x1F",
    "ünïcödé",
    "$x",
    "50%",
    "@x",
    "`x`",
    "a\tb",
  ];
  test.each(values.map((value) => [inline(value), value]))("%s", (text, value) => expect(parse(text as string)).toEqual(value));
});

test("long text shows its first line and how much more there is", () =>
  expect(brief("#!/bin/sh\na\nb")).toBe('"#!/bin/sh" (+2 more lines)'));

describe("layout", () => {
  test.each([
    [0, "0.0 s"],
    [449, "0.4 s"],
    [9_940, "9.9 s"],
    [9_990, "10 s"],
    [59_499, "59 s"],
    [60_000, "1 min"],
    [200_000, "3 min 20 s"],
    [3_600_000, "1 h"],
    [3_900_000, "1 h 5 min"],
  ])("%i ms is %s", (ms, text) => expect(duration(ms)).toBe(text));

  test("counts and lists read as prose", () => {
    expect([counted(1, "subnet"), counted(2, "subnet"), counted(0, "entry", "entries")]).toEqual(["1 subnet", "2 subnets", "0 entries"]);
    expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])]).toEqual(["", "a", "a and b", "a, b and c"]);
  });

  test("wide characters take two columns, combining marks none", () => {
    expect(["a", "日本", "e\u0301"].map(widthOfText)).toEqual([1, 4, 1]);
    expect(pad("日", 4)).toBe("日  ");
    expect(clip("日本語", 5)).toBe("日本…");
  });

  test("prose breaks at spaces, keeps runs of them, and never loses a word", () => {
    const text = "one two  three four five";
    const lines = wrap(text, 12, "  ");
    expect(lines).toEqual(["  one two", "  three four", "  five"]);
    expect(wrap("averyveryverylongword x", 10)).toEqual(["averyveryverylongword", "x"]);
  });

  test("a table's last column is ragged", () =>
    expect(
      table([
        ["a", "bb", "c"],
        ["aaa", "b", ""],
      ]),
    ).toEqual(["a    bb  c", "aaa  b"]));
});

test("colour adds nothing but colour", () => {
  const options = { width: 100, verbose: false };
  const coloured = harmless(planText(mixed, { ...options, paint: colours }));
  expect(coloured).not.toBe(planText(mixed, { ...options, paint: plain }));
  // oxlint-disable-next-line no-control-regex -- colour codes begin with a control character
  expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(planText(mixed, { ...options, paint: plain }));
});
