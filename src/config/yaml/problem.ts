import type { Code } from "../../diag/codes.ts";
import type { Diagnostic, Position } from "../../diag/diagnostic.ts";

/** Takes the problems that are found while an environment is loaded. Nothing is thrown for a mistake of the user. */
export type Report = (diagnostic: Diagnostic) => void;

/** Returns a diagnostic of severity "error". A line break in a value that it quotes becomes `\n`, so that the summary is one line. */
export function error(code: Code, at: Position | undefined, summary: string, hint?: string): Diagnostic {
  return { code, severity: "error", at, summary: summary.replaceAll("\n", "\\n"), ...(hint !== undefined && { hint }) };
}
