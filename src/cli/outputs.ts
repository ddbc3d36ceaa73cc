import { DiagnosticError, type Diagnostic } from "../diag/diagnostic.ts";
import { harmless } from "../diag/harmless.ts";
import { reasonOf } from "../diag/system-error.ts";
import { plain } from "../render/painter.ts";
import type { TextOptions } from "../render/text-options.ts";
import { type Context, textOptions } from "./context.ts";
import { exitOfLostOutput, type ExitCode } from "./exit.ts";
import type { Format, OutputRequest } from "./formats.ts";
import { plainWidth } from "./terminal/terminal.ts";
import { appendFileSync, chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { jsonOf } from "../config/yaml/written-number.ts";
import { dirname, extname, resolve } from "node:path";

/**
 * The formats of each command. They are checked before the command does anything, so that no apply runs only to find that it cannot be
 * reported.
 */
const richFormats: Readonly<Record<string, readonly Format[]>> = {
  validate: ["text", "json", "markdown", "sarif", "junit"],
  plan: ["text", "json", "markdown", "sarif", "junit", "svg", "html"],
  apply: ["text", "json", "jsonl", "markdown", "junit"],
  destroy: ["text", "json", "jsonl", "markdown", "junit"],
  output: ["text", "json", "env", "github"],
  drift: ["text", "json", "markdown", "sarif", "junit"],
  graph: ["svg", "html", "mermaid"],
};

/** The formats that a command can be rendered as. */
export function formatsOf(command: string): readonly Format[] {
  return richFormats[command] ?? ["text", "json"];
}

/** Throws when a command is asked for a format that it does not have. */
export function checkFormats(command: string, requests: readonly OutputRequest[]): void {
  targetsOf(requests, formatsOf(command));
}

/**
 * The renderers of a command. It does not have a format that is missing here. A renderer returns undefined when its format is written
 * already.
 */
export type Renderers = Readonly<Partial<Record<Format, (options: TextOptions) => string | undefined>>>;

/**
 * Says where each format is written. Formats without a file go to stdout. Without one of those, stdout gets text. A command that has no
 * text gets its first format when nothing was asked for.
 */
export function targetsOf(
  requests: readonly OutputRequest[],
  available: readonly Format[],
): { readonly format: Format; readonly file: string | undefined }[] {
  const targets = requests.map(({ format, file }) => ({ format: format ?? formatOfFile(file!), file: file === "-" ? undefined : file }));
  const unknown = targets.find(({ format }) => !available.includes(format));
  if (unknown) {
    const guessed = requests.find(({ format, file }) => format === undefined && formatOfFile(file!) === unknown.format);
    throw usage(
      guessed
        ? `the extension of "${guessed.file}" is not that of a format of this command.`
        : `this command has no format "${unknown.format}".`,
      `it has: ${available.join(", ")}`,
    );
  }
  const saved = requests.find(({ format, file = "" }) => format === undefined && /\.(tf)?plan$/i.test(file));
  if (saved)
    throw usage(
      `--output writes a report, and "${saved.file}" is named like a saved plan.`,
      `write \`infra plan ENV --out ${saved.file}\` to save a plan for \`infra apply ENV --plan ${saved.file}\`, or name the format of the report: --format text`,
    );
  if (targets.filter(({ file }) => file === undefined).length > 1)
    throw usage("two formats want stdout.", "write all but one of them to a file: --format json --output plan.json");
  if (!targets.some(({ file }) => file === undefined) && available.includes("text")) targets.push({ format: "text", file: undefined });
  if (targets.length === 0 && available[0]) targets.push({ format: available[0], file: undefined });
  return targets;
}

/** The commands that have written their report, by their lists of unwritten outputs, which a changed context shares. */
const reported = new WeakSet<readonly Diagnostic[]>();

/** Whether the command has written its report. A failure after that is told on stderr alone. */
export function hasReported({ unwritten }: Pick<Context, "unwritten">): boolean {
  return reported.has(unwritten);
}

/** Writes each format that was asked for to its destination. A file that cannot be written keeps back none of the others. */
export function emit(context: Pick<Context, "io" | "options" | "cwd" | "unwritten">, renderers: Renderers): void {
  reported.add(context.unwritten);
  for (const { format, file } of targetsOf(context.options.outputs, Object.keys(renderers) as Format[])) {
    const options = file === undefined ? textOptions(context, context.io.stdout) : fileOptions(context);
    const text = renderers[format]!(options);
    if (text === undefined) continue;
    if (file === undefined) context.io.stdout.write(text);
    else isWritten(context, () => writeOutput(resolve(context.cwd, file), text));
  }
}

/** Tries to write a file and returns whether it was written. The end of the command tells the failure. */
export function isWritten({ unwritten }: Pick<Context, "unwritten">, write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (!(error instanceof UnwritableFile)) throw error;
    unwritten.push(...error.diagnostics);
    return false;
  }
}

/** Thrown when the operating system does not let us write a file. */
class UnwritableFile extends DiagnosticError {}

/** Commands with a result besides their text. Where only the text on stdout is lost, their exit code still tells the result. */
const changing: ReadonlySet<string> = new Set([
  "apply",
  "destroy",
  "adopt",
  "release",
  "unlock",
  "freeze",
  "init",
  "add",
  "reset",
  "serve",
]);

/** Returns the exit code with which the command ends, given that some of its output may be lost. `isReport`: its text is all its result. */
export function exitWithOutputs(
  { command, io, unwritten }: Pick<Context, "command" | "io" | "unwritten">,
  code: ExitCode,
  isReport: boolean = !changing.has(command),
): ExitCode {
  const isTextLost = isReport && io.stdout.isCut === true;
  return isTextLost || unwritten.length > 0 ? exitOfLostOutput(code) : code;
}

function fileOptions({ options: { verbose } }: Pick<Context, "options">): TextOptions {
  return { width: plainWidth, paint: plain, verbose };
}

/** Writes a file and makes the folders above it. Only the owner can read a private file, also when it existed before. */
export function writeOutput(path: string, text: string, { isPrivate }: { readonly isPrivate: boolean } = { isPrivate: false }): void {
  orUnwritable(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, harmless(text), isPrivate ? { mode: 0o600 } : {});
    if (isPrivate && statSync(path).isFile()) chmodSync(path, 0o600);
  });
}

/** Adds to a file that another program reads when the command has ended. */
export function appendOutput(path: string, text: string): void {
  orUnwritable(path, () => appendFileSync(path, text));
}

/**
 * Returns a function that adds to a file while the command works. When the file can no longer be written (a full disk), this is said once,
 * and the command goes on without it.
 */
export function appender(
  { io }: Pick<Context, "io">,
  path: string,
  what: string,
  lost: (diagnostic: Diagnostic) => void = () => undefined,
): (text: string) => void {
  writeOutput(path, "");
  let isBroken = false;
  return (text) => {
    if (isBroken) return;
    try {
      appendFileSync(path, text);
    } catch (error) {
      isBroken = true;
      const why = `${reasonOf(error as Error)} (${(error as NodeJS.ErrnoException).code})`;
      io.stderr.write(`note: infra can no longer write to ${path}: ${why}; ${what} from here on are missing in it\n`);
      lost({ code: "file-unwritable", severity: "error", summary: `${path} is incomplete: ${why}.` });
    }
  };
}

function orUnwritable(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UnwritableFile([
      { code: "file-unwritable", severity: "error", summary: `${path} cannot be written: ${reasonOf(error as Error)} (${code}).` },
    ]);
  }
}

/** Returns JSON as it is written everywhere: indented, with a line break at the end. */
export function jsonText(value: unknown): string {
  return `${jsonOf(value, 2)}\n`;
}

/** Returns the format that the extension of a file name stands for. */
export function formatOfFile(file: string): Format {
  const byExtension: Readonly<Record<string, Format>> = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".md": "markdown",
    ".sarif": "sarif",
    ".xml": "junit",
    ".svg": "svg",
    ".html": "html",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
  };
  return byExtension[extname(file).toLowerCase()] ?? "text";
}

/** Returns an error about the command line that was typed. */
export function usage(summary: string, hint?: string): DiagnosticError {
  return new DiagnosticError([{ code: "usage", severity: "error", summary, hint }]);
}
