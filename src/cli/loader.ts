/** Loads a command's code only when the command runs, so that `infra --help` loads no AWS code. */
import { projectFolder } from "../config/files/project-folder.ts";
import { type Context, directoryOf, type GlobalOptions } from "./context.ts";
import type { ExitCode } from "./exit.ts";
import type { OutputRequest } from "./formats.ts";
import { annotate, setOutputs } from "./github.ts";
import { checkFormats, exitWithOutputs, usage } from "./outputs.ts";
import { failureOf, printDiagnostics } from "./report-error.ts";
import { listenForSignals } from "./terminal/signals.ts";
import type { Io } from "./terminal/terminal.ts";
import { WrongFile } from "./environments/wrong-file.ts";
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
      await start(inContext(context, work));
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

/** Commands whose reports other programs read. These miss a report when there is none. */
const reporting: ReadonlySet<string> = new Set(["plan", "apply", "destroy", "drift"]);

async function inContext(context: Context, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    const code = await work().catch((error: unknown) => afterFailure(error, context));
    printDiagnostics(context.unwritten, context.io);
    annotate(context, context.unwritten);
    return exitWithOutputs(context, code);
  } finally {
    context.signals.ignore();
  }
}

async function afterFailure(error: unknown, context: Context): Promise<ExitCode> {
  const code = failureOf(error, context);
  if (error instanceof WrongFile && reporting.has(context.command))
    (await import("./environments/validation-report.ts")).reportWrongFiles(context, [{ wrong: error }]);
  setOutputs(context, code);
  return code;
}
