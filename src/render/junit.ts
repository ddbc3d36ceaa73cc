import type { Outcome } from "../apply/events.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { formatDiagnostic } from "../diag/format.ts";
import { stepName } from "./apply-progress.ts";
import type { DriftReport } from "./drift.ts";
import { findingSentence } from "./drift-text.ts";
import { placeOf } from "./values.ts";

/** One test case of a report. It has passed unless it says otherwise. */
export interface JunitCase {
  readonly name: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly seconds?: number;
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
  readonly skipped?: string;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/** Returns the suites as JUnit XML, in the form that CI systems read. */
export function junit(suites: readonly JunitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="infra" ${tally(all)}>\n${suites.map(suiteText).join("")}</testsuites>\n`;
}

/** Returns the suite of one environment: a failure for every error, or one passed case when there is none. */
export function validationSuite(name: string, diagnostics: readonly Diagnostic[]): JunitSuite {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return { name, cases: [{ name: "valid" }] };
  return {
    name,
    cases: errors.map((one) => ({
      name: `${one.code}${one.at ? ` at ${placeOf(one.at)}` : ""}`,
      file: one.at?.file,
      line: one.at?.line,
      failure: { type: one.code, message: one.summary, text: formatDiagnostic(one) },
    })),
  };
}

/** Returns a suite with a failure for every finding, or one passed case when there is none. */
export function driftSuite(report: DriftReport): JunitSuite {
  const name = `${report.project}/${report.environment}`;
  if (report.findings.length === 0) return { name, cases: [{ name: "no drift" }] };
  return {
    name,
    cases: report.findings.map((finding) => ({
      name: [finding.address, finding.path, finding.item].filter(Boolean).join(" "),
      file: finding.at?.file,
      line: finding.at?.line,
      failure: {
        type: `drift-${finding.group}`,
        message: findingSentence(finding),
        text: `${findingSentence(finding)}${finding.at ? `\n${placeOf(finding.at)}` : ""}`,
      },
    })),
  };
}

/** Returns a suite with a case for every step of an apply. */
export function outcomeSuite(name: string, { done, failed, skipped }: Outcome): JunitSuite {
  return {
    name,
    cases: [
      ...done.map((step): JunitCase => ({ name: `${step.action} ${stepName(step)}` })),
      ...failed.map(({ step, failure }): JunitCase => ({
        name: `${step.action} ${stepName(step)}`,
        file: step.position?.file,
        line: step.position?.line,
        failure: {
          type: failure.code,
          message: failure.message,
          text: [failure.message, failure.requestId && `request id ${failure.requestId}`, failure.hint].filter(Boolean).join("\n"),
        },
      })),
      ...skipped.map(({ step, because }): JunitCase => ({ name: `${step.action} ${stepName(step)}`, skipped: because })),
    ],
  };
}

function suiteText({ name, cases }: JunitSuite): string {
  return `  <testsuite name="${xml(name)}" ${tally(cases)}>\n${cases.map((one) => caseText(one, name)).join("")}  </testsuite>\n`;
}

function caseText({ name, file, line, failure, skipped }: JunitCase, suite: string): string {
  const place = `${file === undefined ? "" : ` file="${xml(file)}"`}${line === undefined ? "" : ` line="${line}"`}`;
  const open = `    <testcase classname="${xml(suite)}" name="${xml(name)}"${place}`;
  if (failure)
    return `${open}>\n      <failure type="${xml(failure.type)}" message="${xml(failure.message)}">${xml(failure.text)}</failure>\n    </testcase>\n`;
  return skipped === undefined ? `${open}/>\n` : `${open}>\n      <skipped message="${xml(skipped)}"/>\n    </testcase>\n`;
}

function tally(cases: readonly JunitCase[]): string {
  return `tests="${cases.length}" failures="${cases.filter(({ failure }) => failure).length}" skipped="${cases.filter(({ skipped }) => skipped !== undefined).length}"`;
}

/** Escapes text for XML. Most control characters cannot be written in XML at all, and are replaced. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}
