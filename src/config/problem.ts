import type { Code } from "../diag/codes.ts";
import type { Diagnostic, Position } from "../diag/diagnostic.ts";

/** Where problems go while an environment is loaded; nothing is thrown for what a user wrote. */
export type Report = (diagnostic: Diagnostic) => void;

/** A diagnostic of severity "error". */
export function error(code: Code, at: Position | undefined, summary: string, hint?: string): Diagnostic {
  return { code, severity: "error", at, summary, ...(hint !== undefined && { hint }) };
}
