import { expect, test } from "vitest";
import type { Diagnostic } from "../../src/diag/diagnostic.ts";
import { formatDiagnostic, tally } from "../../src/diag/format.ts";

const unknownRef: Diagnostic = {
  code: "unknown-ref",
  severity: "error",
  at: { file: "network/prod.yaml", line: 14, column: 10, length: 4, text: "    vpc: mian" },
  summary: 'subnet/web-a names vpc "mian", which is not declared.',
  hint: 'did you mean "main" (network/prod.yaml:3:3)?',
};

test("a diagnostic as people read it", () => {
  expect(formatDiagnostic(unknownRef)).toBe(
    `network/prod.yaml:14:10  error  unknown-ref
  subnet/web-a names vpc "mian", which is not declared.
   14 |     vpc: mian
      |          ^^^^
  hint: did you mean "main" (network/prod.yaml:3:3)?`,
  );
});

test("without a place, with a detail of two lines", () => {
  expect(formatDiagnostic({ code: "env-not-found", severity: "error", summary: "one\ntwo", detail: "three" })).toBe(
    "error  env-not-found\n  one\n  two\n  three",
  );
});

test("colour goes on the severity and the caret only", () => {
  const text = formatDiagnostic(unknownRef, { paint: (severity, word) => `<${severity}:${word}>` });
  expect(text).toContain("  <error:error>  unknown-ref\n");
  expect(text).toContain(" <error:^^^^>\n");
});

test("tabs do not shift the caret, and long lines are cut around it", () => {
  expect(formatDiagnostic({ ...unknownRef, at: { ...unknownRef.at!, text: "\tvpc: mian", column: 7 } })).toContain(
    "   14 |  vpc: mian\n      |       ^^^^",
  );
  const long = `${"x".repeat(300)}HERE${"y".repeat(300)}`;
  const [, , line, caret] = formatDiagnostic({ ...unknownRef, at: { ...unknownRef.at!, text: long, column: 301 } }).split("\n");
  expect(line!.length).toBeLessThan(140);
  expect(line!.slice(caret!.indexOf("^"), caret!.lastIndexOf("^") + 1)).toBe("HERE");
  const [, , start, startCaret] = formatDiagnostic({ ...unknownRef, at: { ...unknownRef.at!, text: `HERE${long}`, column: 1 } }).split(
    "\n",
  );
  expect(start!.slice(startCaret!.indexOf("^"), startCaret!.lastIndexOf("^") + 1)).toBe("HERE");
});

test("the tally", () => {
  const of = (...severities: Diagnostic["severity"][]) =>
    tally(severities.map((severity) => ({ code: "frozen" as const, severity, summary: "" })));
  expect(of("error", "warning", "error", "note")).toBe("2 errors, 1 warning, 1 note");
  expect(of()).toBe("no problems");
});
