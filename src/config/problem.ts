import type { Code } from "../diag/codes.ts";
import type { Diagnostic, Position } from "../diag/diagnostic.ts";

/** Where problems go while an environment is loaded; nothing is thrown for what a user wrote. */
export type Report = (diagnostic: Diagnostic) => void;

/** A diagnostic of severity "error". A line break in a value that it quotes is written out: what is wrong is said in one line. */
export function error(code: Code, at: Position | undefined, summary: string, hint?: string): Diagnostic {
  return { code, severity: "error", at, summary: summary.replaceAll("\n", "\\n"), ...(hint !== undefined && { hint }) };
}
