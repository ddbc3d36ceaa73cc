import { plainWidth, type Io, type Signal, type Sink } from "./terminal.ts";

/** Returns the process's own streams, environment and signals. */
export function processIo(): Io {
  return {
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true && !process.env["CI"],
    ask,
    onSignal,
    exit: (code) => process.exit(code),
  };
}

/** Wraps a stream. A reader that goes away (`infra plan | head`) is no error: the rest of the text is dropped. */
function sink(stream: NodeJS.WriteStream): Sink {
  let open = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    open = false;
  });
  return {
    write: (text) => {
      if (open) stream.write(text);
    },
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns || Number(process.env["COLUMNS"]) || plainWidth;
    },
  };
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
