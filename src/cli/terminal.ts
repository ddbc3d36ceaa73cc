import { harmless } from "../diag/harmless.ts";

/** A stream as commands see it. */
export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
  /** A terminal's width; elsewhere what the environment's COLUMNS says, or 100. */
  readonly columns: number;
}

/** What is outside a command: the process gives its own, a test gives strings. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Somebody is there to answer. */
  readonly canAsk: boolean;
  /** Puts the question on stderr and resolves to the line that was typed; undefined when the input ended. */
  ask(question: string): Promise<string | undefined>;
  /** Calls `listener` at SIGINT and SIGTERM until the returned function is called. */
  onSignal(listener: (signal: Signal) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

export type Signal = "SIGINT" | "SIGTERM";

/** The widest line written to something that has no width of its own: a file, a pipe, a log. */
export const plainWidth = 100;

/** Text that is laid out for less cannot be read. */
const narrowest = 40;

/** The width to lay text out for: all of a terminal's, however wide; elsewhere what COLUMNS asks for, up to the width of a log. */
export function widthOf(sink: Sink): number {
  return Math.max(narrowest, sink.isTTY ? sink.columns : Math.min(sink.columns, plainWidth));
}

/** Whether text for this stream may be coloured: https://no-color.org, and nothing but terminals otherwise. */
export function mayColour(sink: Sink, env: Io["env"]): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
  return sink.isTTY && env["TERM"] !== "dumb";
}

/** The same behind the filter that all text passes on its way out. */
export function guarded(io: Io): Io {
  const isRunner = io.env["GITHUB_ACTIONS"] === "true";
  const filtered = (sink: Sink): Sink => ({
    write: (text) => sink.write(harmless(text, { isRunner })),
    isTTY: sink.isTTY,
    get columns() {
      return sink.columns;
    },
  });
  return {
    ...io,
    stdout: filtered(io.stdout),
    stderr: filtered(io.stderr),
    ask: (question) => io.ask(harmless(question, { isRunner })),
  };
}
