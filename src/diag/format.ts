import type { Diagnostic, Position, Severity } from "./diagnostic.ts";
import { visible } from "./harmless.ts";

export interface DiagnosticStyle {
  /** Paints the word of a severity, the caret, or a similar text. Without it, text stays as it is (no colour). */
  paint?(severity: Severity, text: string): string;
}

/**
 * Returns a diagnostic as people read it: place, severity and code; the problem; the line with a caret; the hint. Ends without a line
 * break.
 */
export function formatDiagnostic(diagnostic: Diagnostic, style: DiagnosticStyle = {}): string {
  const { at, code, severity, summary, detail, hint } = diagnostic;
  const paint = (text: string) => style.paint?.(severity, text) ?? text;
  const lines = [`${at ? `${placeAndUse(at)}  ` : ""}${paint(severity)}  ${code}`, ...indented(summary)];
  if (at?.text !== undefined) lines.push(...excerpt(at, paint));
  if (detail) lines.push(...indented(detail));
  if (hint) lines.push(...indented(`hint: ${hint}`));
  return lines.join("\n");
}

/** Returns a place such as `network/prod.yaml:14:10`, which editors and terminals turn into a link. */
export function place(at: Position): string {
  return `${at.file}:${at.line}:${at.column}`;
}

/** Returns the place, and behind it the place where its part is used. */
function placeAndUse(at: Position): string {
  return at.via ? `${place(at)} (${at.via.use}, ${at.via.file}:${at.via.line})` : place(at);
}

/** Returns how many diagnostics there are: "2 errors, 1 warning", or "no problems". */
export function tally(diagnostics: readonly Diagnostic[]): string {
  const counts = (["error", "warning", "note"] as const).flatMap((severity) => {
    const n = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return n === 0 ? [] : [`${n} ${severity}${n === 1 ? "" : "s"}`];
  });
  return counts.join(", ") || "no problems";
}

/** The longest line that is shown. Longer lines are cut around the caret, so that minified text does not flood the terminal. */
const widest = 120;

function excerpt(at: Position, paint: (text: string) => string): string[] {
  const number = String(at.line);
  const line = at.text!.replaceAll("\t", " ");
  const before = visible(line.slice(0, at.column - 1));
  const marked = visible(line.slice(at.column - 1, at.column - 1 + (at.length ?? 1)));
  const after = visible(line.slice(at.column - 1 + (at.length ?? 1)));
  const { text, column } = window(before + marked + after, before.length + 1);
  const length = Math.max(1, Math.min(marked.length, text.length - column + 1));
  const margin = " ".repeat(number.length);
  return [`   ${number} | ${text}`, `   ${margin} | ${" ".repeat(column - 1)}${paint("^".repeat(length))}`];
}

function window(text: string, column: number): { text: string; column: number } {
  if (text.length <= widest) return { text, column };
  const from = Math.max(0, Math.min(column - 1 - widest / 2, text.length - widest));
  const cut = text.slice(from, from + widest);
  return from === 0 ? { text: `${cut}…`, column } : { text: `…${cut}${from + widest < text.length ? "…" : ""}`, column: column - from + 1 };
}

function indented(text: string): string[] {
  return text.split("\n").map((line) => `  ${line}`);
}
