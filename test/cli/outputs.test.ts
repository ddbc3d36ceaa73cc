import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../src/diag/diagnostic.ts";
import { widthOf } from "../../src/cli/terminal/terminal.ts";
import { targetsOf } from "../../src/cli/outputs.ts";

const all = ["text", "json", "markdown", "sarif", "junit"] as const;

describe("where formats go", () => {
  test.each([
    ["nothing asked for", [], [["text", undefined]]],
    ["a format", [{ format: "json" }], [["json", undefined]]],
    [
      "a pair, and text for people",
      [{ format: "json", file: "p.json" }],
      [
        ["json", "p.json"],
        ["text", undefined],
      ],
    ],
    [
      "a file alone, by its extension",
      [{ file: "p.md" }],
      [
        ["markdown", "p.md"],
        ["text", undefined],
      ],
    ],
    [
      "SARIF by its extension",
      [{ file: "p.sarif" }],
      [
        ["sarif", "p.sarif"],
        ["text", undefined],
      ],
    ],
    ["a dash is stdout", [{ format: "json", file: "-" }], [["json", undefined]]],
    [
      "several",
      [{ format: "json", file: "p.json" }, { format: "markdown" }],
      [
        ["json", "p.json"],
        ["markdown", undefined],
      ],
    ],
  ] as const)("%s", (_name, requests, expected) => {
    expect(targetsOf(requests, all).map(({ format, file }) => [format, file])).toEqual(expected);
  });

  test("two formats cannot share stdout", () =>
    expect(() => targetsOf([{ format: "json" }, { format: "markdown" }], all)).toThrow(DiagnosticError));

  test("a format that the command lacks is refused", () =>
    expect(() => targetsOf([{ format: "jsonl" }], all)).toThrow(/no format "jsonl"/));

  test("a file whose extension the command lacks is named", () =>
    expect(() => targetsOf([{ file: "network.png" }], ["svg", "html"])).toThrow(/the extension of "network.png" is not/));
});

test.each([
  ["a narrow terminal", true, 60, 60],
  ["a pipe with COLUMNS=60", false, 60, 60],
  ["a wide terminal: what reads well", true, 200, 200],
  ["a sliver", true, 20, 40],
])("the width for %s", (_name, isTTY, columns, width) => {
  expect(widthOf({ write: () => {}, isTTY, columns })).toBe(width);
});
