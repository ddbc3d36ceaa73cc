import { describe, expect, test } from "vitest";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { harmless, trusted, visible } from "../../src/diag/harmless.ts";
import { colours } from "../../src/render/painter.ts";

const runner = { isRunner: true };

describe("for a terminal", () => {
  test.each([
    ["plain text, 日本語, e\u0301, 👩 and\ttabs\nstay", "plain text, 日本語, e\u0301, 👩 and\ttabs\nstay"],
    ["\u001b[31mred", "\\u001b[31mred"],
    ["\u001bc\u0007\b\r\u007f", "\\u001bc\\u0007\\u0008\\u000d\\u007f"],
    ["C1 \u009b31m", "C1 \\u009b31m"],
    ["bidi \u202egnp\u2066", "bidi \\u202egnp\\u2066"],
    ["zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"],
    ["tags \u{e0041}", "tags \\udb40\\udc41"],
    ["lines \u2028\u2029\u0085", "lines \\u2028\\u2029\\u0085"],
    ["half \ud800.", "half \\ud800."],
    ["##[add-mask]x ::error::y", "##[add-mask]x ::error::y"],
  ])("%j", (text, expected) => expect(harmless(text)).toBe(expected));

  test("the program's own colours stay, and no others", () =>
    expect(harmless(`${colours.added("+ \u001b[32mx")} \u0001123:\u001b[31m:123\u0001`)).toBe(
      "\u001b[32m+ \\u001b[32mx\u001b[39m \\u0001123:\\u001b[31m:123\\u0001",
    ));
});

describe("for GitHub's runner", () => {
  test.each([
    ["x ##[set-output name=matrix]y", "x #\\u0023[set-output name=matrix]y"],
    ["###[x]", "##\\u0023[x]"],
    ["a\n::add-mask::b", "a\n\\u003a:add-mask::b"],
    ["  \u3000\t::error::b", "  \u3000\t\\u003a:error::b"],
    ["a\r::error::b", "a\\u000d::error::b"],
    ["::/0 and a ::b::", "::/0 and a ::b::"],
    [`${trusted("::")}error::x\n::error::y`, "::error::x\n\\u003a:error::y"],
  ])("%j", (text, expected) => expect(harmless(text, runner)).toBe(expected));
});

test("JSON stays the same JSON", () => {
  const value = { "k\u009b##[x]": "a\u202e\u200b\u{e0041}::error::\n##[y]\u001b", list: ["\ud800"] };
  for (const text of [JSON.stringify(value), JSON.stringify(value, undefined, 2)]) {
    const filtered = harmless(text, runner);
    expect(JSON.parse(filtered)).toEqual(value);
    expect(filtered).not.toMatch(/##\[|[\u0080-\u009f\u202e\u200b]/);
  }
});

test("a caret stands below the text that it marks, also behind characters that are written out", () => {
  const text = 'a: "\u001b[31m" # b';
  const at = { file: "f", line: 1, column: 4, length: 7, text };
  const [shown, caret] = formatDiagnostic({ code: "bad-value", severity: "error", at, summary: "s" })
    .split("\n")
    .filter((line) => line.includes(" | "));
  expect(shown).toBe('   1 | a: "\\u001b[31m" # b');
  expect(shown!.slice(caret!.indexOf("^"), caret!.lastIndexOf("^") + 1)).toBe('"\\u001b[31m"');
});

test("a text that is already visible stays the very same", () => expect(visible("a: ##[x]")).toBe("a: ##[x]"));
