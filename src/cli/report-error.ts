import { AwsError } from "../aws/errors.ts";
import type { Code } from "../diag/codes.ts";
import { DiagnosticError, type Diagnostic } from "../diag/diagnostic.ts";
import { formatDiagnostic } from "../diag/format.ts";
import { reasonOf } from "../diag/system-error.ts";
import { colours } from "../render/painter.ts";
import { wrap } from "../render/layout.ts";
import { diagnosticOfAwsError, sandboxState } from "./session/aws-errors.ts";
import type { Context } from "./context.ts";
import { exit, exitOfSignal, type ExitCode } from "./exit.ts";
import { annotate } from "./github.ts";
import { mayColour, widthOf, type Io } from "./terminal/terminal.ts";
import { SandboxFileError } from "@plumbline/aws-sandbox/disk/file-error.ts";
import { StalePlan } from "./apply/saved-plan.ts";
import { Interrupted } from "./terminal/signals.ts";

/** Prints on stderr what went wrong and what to do, and returns the exit code. Only bugs get a stack trace. */
export function reportError(error: unknown, io: Io): ExitCode {
  if (error instanceof Interrupted) {
    io.stderr.write("Stopped. Nothing was changed.\n");
    return exitOfSignal(error.signal);
  }
  const diagnostics = diagnosticsOf(error);
  if (diagnostics) printDiagnostics(diagnostics, io);
  else io.stderr.write(`${bugText(error)}\n`);
  return error instanceof StalePlan ? exit.stale : exit.error;
}

/** Does the same inside a command, and in GitHub also marks the problems on their lines. */
export function failureOf(error: unknown, context: Context): ExitCode {
  const code = reportError(error, context.io);
  annotate(context, diagnosticsOf(error) ?? []);
  return code;
}

/** Returns an error that the user can act on as diagnostics, or undefined for a bug of ours. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] | undefined {
  if (error instanceof DiagnosticError) return error.diagnostics;
  if (error instanceof SandboxFileError) return [sandboxState(error)];
  if (error instanceof AwsError) return [diagnosticOfAwsError(error)];
  const { code, syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall !== undefined && code !== undefined)
    return [
      {
        code: /^(mkdir|write|rename|unlink)$/.test(syscall) ? "file-unwritable" : "file-unreadable",
        severity: "error",
        summary: `${path ?? syscall}: ${reasonOf(error as Error)} (${code}).`,
      },
    ];
  return undefined;
}

/** The number of diagnostics that are printed. More would scroll away the first ones, which matter most. */
const mostShown = 100;

/** Codes of errors in the command line that was typed. Their text needs nothing more. */
const plainCodes: ReadonlySet<Code> = new Set(["usage", "env-not-found"]);

export function printDiagnostics(diagnostics: readonly Diagnostic[], io: Io): void {
  const colour = mayColour(io.stderr, io.env);
  const width = widthOf(io.stderr);
  const paints = { error: colours.danger, warning: colours.changed, note: colours.strong };
  const paint = (severity: Diagnostic["severity"], text: string) => (colour ? paints[severity](text) : text);
  const wrapped = (text: string | undefined, less: number) => (text === undefined ? undefined : wrap(text, width - less).join("\n"));
  const texts = diagnostics.slice(0, mostShown).map((one) => {
    return formatDiagnostic(
      { ...one, summary: wrapped(one.summary, 2)!, detail: wrapped(one.detail, 2), hint: wrapped(one.hint, 8) },
      { paint },
    );
  });
  const more = diagnostics.length - texts.length;
  if (more > 0) texts.push(`… and ${more.toLocaleString("en")} more; \`--format json\` lists them`);
  const explained = diagnostics.find(({ severity, code }) => severity === "error" && !plainCodes.has(code));
  if (texts.length > 0) io.stderr.write(`${texts.join("\n\n")}\n`);
  if (explained) io.stderr.write(`More about an error: \`infra explain CODE\`, as in \`infra explain ${explained.code}\`.\n`);
}

function bugText(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in infra. Please report it with the following text:\n${stack}`;
}
