import { harmless } from "../../diag/harmless.ts";

/** A stream that commands write to. */
export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
  /** The width of a terminal; elsewhere the value of COLUMNS, or 100. */
  readonly columns: number;
  /** Whether a part of the text is lost: the disk is full. A reader that went away (`infra plan | head`) has lost nothing. */
  readonly isCut?: boolean;
}

/** The world outside a command. The process passes its own streams, a test passes strings. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Whether somebody is there to answer. */
  readonly canAsk: boolean;
  /** Prints the question on stderr and resolves to the line that was typed; undefined when the input ended. */
  ask(question: string): Promise<string | undefined>;
  /** Calls `listener` at SIGINT and SIGTERM until the returned function is called. */
  onSignal(listener: (signal: Signal) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

export type Signal = "SIGINT" | "SIGTERM";

/** The widest line that is written to something without a width of its own: a file, a pipe, a log. */
export const plainWidth = 100;

/** The smallest width for layout. Text in a narrower layout cannot be read. */
const narrowest = 40;

/** Returns the width for layout: the whole width of a terminal; elsewhere the value of COLUMNS, up to the width of a log. */
export function widthOf(sink: Sink): number {
  return Math.max(narrowest, sink.isTTY ? sink.columns : Math.min(sink.columns, plainWidth));
}

/** Whether text for this stream may be coloured. Follows https://no-color.org; otherwise only terminals get colours. */
export function mayColour(sink: Sink, env: Io["env"]): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
  return sink.isTTY && env["TERM"] !== "dumb";
}

/** Returns the same streams behind the filter that all output passes. */
export function guarded(io: Io): Io {
  const isRunner = io.env["GITHUB_ACTIONS"] === "true";
  const filtered = (sink: Sink): Sink => ({
    write: (text) => sink.write(harmless(text, { isRunner })),
    isTTY: sink.isTTY,
    get columns() {
      return sink.columns;
    },
    get isCut() {
      return sink.isCut === true;
    },
  });
  return {
    ...io,
    stdout: filtered(io.stdout),
    stderr: filtered(io.stderr),
    ask: (question) => io.ask(harmless(question, { isRunner })),
  };
}
