import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Io, Signal, Sink } from "../../src/cli/terminal/terminal.ts";
import { run } from "../../src/cli/run.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ResourceIndex {
  readonly env?: Readonly<Record<string, string>>;
  /** Answers typed at prompts, in turn. With answers, stdin counts as a terminal. */
  readonly answers?: readonly string[];
  /** The disk under stdout is full. */
  readonly isFull?: boolean;
  /** Called with everything written to stderr so far, so that a test can send signals at the right moment. */
  readonly watch?: (stderr: string, signal: (name: Signal) => void) => void;
}

/** Runs one command line in this process. The words are a text, or a list when one of them is empty or holds blanks. */
export async function infra(cwd: string, args: string | readonly string[], index: ResourceIndex = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const exits: number[] = [];
  const answers = [...(index.answers ?? [])];
  const listeners = new Set<(signal: Signal) => void>();
  const signal = (name: Signal) => [...listeners].forEach((listener) => listener(name));
  const sink = (to: string[], after: () => void): Sink => ({ write: (text) => (to.push(text), after()), isTTY: false, columns: 100 });
  const io: Io = {
    stdout: index.isFull === true ? { ...sink([], () => {}), isCut: true } : sink(out, () => {}),
    stderr: sink(err, () => index.watch?.(err.join(""), signal)),
    env: index.env ?? {},
    cwd,
    canAsk: index.answers !== undefined,
    ask: async (question) => {
      err.push(question);
      return answers.shift();
    },
    onSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => exits.push(code),
  };
  const code = await run(typeof args === "string" ? args.split(" ").filter(Boolean) : args, io);
  return { code: exits[0] ?? code, stdout: out.join(""), stderr: err.join("") };
}

/** Makes a folder with these files. It is removed when the test ends. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), "infra-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

/** The YAML of one VPC with this many subnets. */
export function network(subnets: number, more = ""): string {
  const lines = Array.from({ length: subnets }, (_, i) => `  s${i}: { vpc: main, cidrBlock: 10.0.${i}.0/24, availabilityZone: a }`);
  return `format: 1\nproject: lab\nregion: eu-west-1\n${more}vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n${subnets > 0 ? `subnets:\n${lines.join("\n")}\n` : ""}`;
}
