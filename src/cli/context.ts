import { resolve } from "node:path";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { TextOptions } from "../render/text-options.ts";
import { colours, plain } from "../render/painter.ts";
import { mayColour, widthOf, type Io, type Sink } from "./terminal/terminal.ts";
import type { OutputRequest } from "./formats.ts";
import type { Signals } from "./terminal/signals.ts";

/** Flags that every command takes. */
export interface GlobalOptions {
  readonly directory?: string;
  readonly sandbox: boolean;
  readonly sandboxTime: "virtual" | "real";
  readonly vars: Readonly<Record<string, string>>;
  readonly varFiles: readonly string[];
  readonly profile?: string;
  readonly trace?: string;
  readonly outputs: readonly OutputRequest[];
  readonly github: boolean;
  readonly verbose: boolean;
}

/** Everything that a command works with. */
export interface Context {
  /** The name of the command, as it is typed. */
  readonly command: string;
  readonly io: Io;
  readonly options: GlobalOptions;
  /** The folder of `-C DIR`, or the one in which the process was started. */
  readonly cwd: string;
  /** The folder that contains environments/: `cwd`, or the nearest folder above it. */
  readonly home: string;
  readonly signals: Signals;
  /** The time when the command began, in milliseconds since the epoch, for the footer. */
  readonly began: number;
  /** Outputs that could not be written. They are told at the end, after everything that could. */
  readonly unwritten: Diagnostic[];
}

export function textOptions(context: Pick<Context, "io" | "options">, sink: Sink): TextOptions {
  return { width: widthOf(sink), paint: mayColour(sink, context.io.env) ? colours : plain, verbose: context.options.verbose };
}

export function directoryOf(io: Io, directory: string | undefined): string {
  return directory === undefined ? io.cwd : resolve(io.cwd, directory);
}
