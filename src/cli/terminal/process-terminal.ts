import { fstatSync, writeFileSync } from "node:fs";
import { reasonOf } from "../../diag/system-error.ts";
import { plainWidth, type Io, type Signal, type Sink } from "./terminal.ts";

/** Returns the process's own streams, environment and signals. */
export function processIo(): Io {
  const stderr = sink(process.stderr, () => {}); // there is nowhere else to say it
  return {
    stdout: sink(process.stdout, (why) =>
      stderr.write(`note: infra can no longer write to stdout: ${why}; the rest of the output is lost\n`),
    ),
    stderr,
    env: process.env,
    cwd: process.cwd(),
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true && !process.env["CI"],
    ask,
    onSignal,
    exit: (code) => process.exit(code),
  };
}

type StandardStream = NodeJS.WriteStream & { readonly fd: number };

/**
 * Wraps a stream. When it can no longer be written, the rest of the text is dropped: a command must not end in the middle of its work
 * because of its output. `tell` gets the reason once, unless the reader went away (`infra plan | head`), which is no error.
 */
function sink(stream: StandardStream, tell: (why: string) => void): Sink {
  let isOpen = true;
  let isCut = false;
  const isFile = isFileAt(stream);
  const close = (error: NodeJS.ErrnoException) => {
    if (!isOpen) return;
    isOpen = false;
    if (error.code === "EPIPE") return;
    isCut = true;
    tell(`${reasonOf(error)} (${error.code})`);
  };
  stream.on("error", close);
  return {
    write: (text) => {
      if (!isOpen) return;
      if (!isFile) return void stream.write(text);
      try {
        writeFileSync(stream.fd, text);
      } catch (error) {
        close(error as NodeJS.ErrnoException);
      }
    },
    get isCut() {
      return isCut;
    },
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns || Number(process.env["COLUMNS"]) || plainWidth;
    },
  };
}

/**
 * Whether the stream ends in a file or a device. Node's own stream for these takes a write that stored only a part of the text, on a disk
 * that fills up, for a whole one.
 */
function isFileAt({ fd, isTTY }: StandardStream): boolean {
  try {
    const kind = fstatSync(fd);
    return kind.isFile() || (kind.isCharacterDevice() && isTTY !== true);
  } catch {
    return false; // a closed descriptor; the stream says so at the first write
  }
}

async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import("node:readline/promises"); // most commands ask no question
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<undefined>((resolve) => terminal.once("close", () => resolve(undefined)));
  terminal.once("SIGINT", () => {
    // readline has taken Ctrl-C from the terminal. Listeners for the signal must get it before the question ends as unanswered.
    if (!process.emit("SIGINT", "SIGINT")) process.kill(process.pid, "SIGINT");
    terminal.close();
  });
  try {
    return await Promise.race([terminal.question(question), ended]);
  } finally {
    terminal.close();
  }
}

function onSignal(listener: (signal: Signal) => void): () => void {
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return () => {
    process.off("SIGINT", listener);
    process.off("SIGTERM", listener);
  };
}
