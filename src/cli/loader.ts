/** Loads a command's code only when the command runs, so that `infra --help` loads no AWS code. */
import { DiagnosticError } from "../diag/diagnostic.ts";
import { projectFolder } from "../config/files/project-folder.ts";
import { type Context, directoryOf, type GlobalOptions } from "./context.ts";
import type { ExitCode } from "./exit.ts";
import type { OutputRequest } from "./formats.ts";
import { annotate, setOutputs } from "./github.ts";
import { checkFormats, exitWithOutputs, hasReported, usage } from "./outputs.ts";
import { failureOf, printDiagnostics } from "./report-error.ts";
import { listenForSignals } from "./terminal/signals.ts";
import type { Io } from "./terminal/terminal.ts";
import type { Command } from "commander";
import { statSync } from "node:fs";

export type Start = (work: Promise<ExitCode>) => Promise<void>;

/** The function that commander calls with the command's arguments, its options and the command itself. */
type Action = (...args: unknown[]) => Promise<void>;

/** Makes commander's action for a command that is loaded when it runs. */
export function loader(io: Io, start: Start) {
  return <A extends unknown[]>(load: () => Promise<(context: Context, ...args: A) => Promise<ExitCode>>): Action =>
    async (...args) => {
      const command = args.pop() as Command;
      const context = contextOf(io, command.name(), command.optsWithGlobals());
      const work = async () => {
        refuseEmpty(args, command);
        checkFormats(command.name(), context.options.outputs);
        return (await load())(context, ...(args as A));
      };
      const [named] = args.flat();
      await start(inContext(context, typeof named === "string" ? named : context.command, work));
    };
}

/** Refuses an empty text. A shell makes one from a variable that is not set, and nobody means it. */
function refuseEmpty(args: readonly unknown[], command: Command): void {
  const hint = "a shell variable that is not set gives an empty text";
  if (args.flat().includes("")) throw usage(`infra ${command.name()} received an empty name.`, hint);
  const options = Object.entries(command.optsWithGlobals() as Record<string, unknown>);
  const empty = options.find(([, value]) => [value].flat().includes(""));
  if (empty) throw usage(`--${empty[0].replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} received an empty text.`, hint);
}

function contextOf(io: Io, command: string, options: Record<string, unknown>): Context {
  const global: GlobalOptions = {
    ...(options["directory"] !== undefined && { directory: options["directory"] as string }),
    sandbox: options["sandbox"] === true,
    sandboxTime: options["sandboxTime"] as GlobalOptions["sandboxTime"],
    vars: (options["var"] ?? {}) as Record<string, string>,
    varFiles: (options["varFile"] ?? []) as string[],
    ...(options["profile"] !== undefined && { profile: options["profile"] as string }),
    ...(options["trace"] !== undefined && { trace: options["trace"] as string }),
    outputs: (options["output"] ?? options["format"] ?? []) as OutputRequest[],
    github: options["github"] !== false,
    verbose: options["verbose"] === true,
  };
  const cwd = directoryOf(io, global.directory);
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw usage(`there is no directory "${global.directory ?? cwd}".`);
  const home = projectFolder(cwd, io.env["HOME"]);
  return { command, io, options: global, cwd, home, signals: listenForSignals(io), began: Date.now(), unwritten: [] };
}

async function inContext(context: Context, name: string, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    const code = await work().catch((error: unknown) => afterFailure(error, context, name));
    printDiagnostics(context.unwritten, context.io);
    annotate(context, context.unwritten);
    return exitWithOutputs(context, code);
  } finally {
    context.signals.ignore();
  }
}

/** Prints the error, and reports it in the formats that were asked for, unless the command has reported already. */
async function afterFailure(error: unknown, context: Context, name: string): Promise<ExitCode> {
  const code = failureOf(error, context);
  if (hasFormats(context) && !hasReported(context)) {
    const { failureFrom, reportFailures } = await import("./environments/validation-report.ts");
    reportFailures(context, [failureFrom(error, name)]);
  }
  setOutputs(context, code);
  return code;
}

/** Whether the command has all formats that were asked for. Otherwise that is the error, and nothing can be reported in them. */
function hasFormats({ command, options }: Context): boolean {
  try {
    checkFormats(command, options.outputs);
    return true;
  } catch (error) {
    if (error instanceof DiagnosticError) return false;
    throw error;
  }
}
