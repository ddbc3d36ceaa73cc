import type { Code } from "./codes.ts";

/** A place in a text that a user wrote. Lines and columns are one-based. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The number of characters that the caret underlines; 1 when absent. */
  readonly length?: number;
  /** The whole line, without its line break, so that it can be shown without reading the file again. */
  readonly text?: string;
  /** For a place in a part: the use of the part, and where the use stands. */
  readonly via?: Via;
}

export interface Via {
  /** "use/front", as the environment names it. */
  readonly use: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = "error" | "warning" | "note";

/** One finding about what a user wrote, or about what AWS has: where, what, and what to do. */
export interface Diagnostic {
  /** `infra explain CODE` tells its cause and cure. */
  readonly code: Code;
  readonly severity: Severity;
  readonly at?: Position | undefined;
  readonly summary: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

/** Carries diagnostics through a throw to the command line, where they become text and exit code 1. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.summary).join("\n"));
    this.name = "DiagnosticError";
    this.diagnostics = diagnostics;
  }
}
