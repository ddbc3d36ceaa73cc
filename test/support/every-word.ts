/** Every word that a plan and an apply put out, and everything in an object, to search for text that must not be there. */
import type { VirtualClock } from "@plumbline/clock";
import type { Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { connect } from "../../src/aws/connect.ts";
import type { Connection } from "../../src/aws/connection.ts";
import { applyEnvironment, planEnvironment } from "../../src/engine.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { loadText } from "./testbed.ts";
import { watched, type Sent } from "./watched.ts";

export interface Heard {
  readonly words: readonly unknown[];
  /** The requests: the only place where a secret may stand. */
  readonly sent: readonly Sent[];
}

/** Runs plan and apply, and keeps all their output, the observed objects, and the trace of every call. */
export async function everyWord(kinds: readonly Kind[], text: string, clock: VirtualClock, sandbox: Sandbox): Promise<Heard> {
  const words: unknown[] = [];
  const sent: Sent[] = [];
  const connection = watched(await connectTo(clock, sandbox, (record) => words.push(record)), (one) => sent.push(one));
  const run = await planEnvironment(kinds, connection, loadText(text, kinds), { goal: "agree" });
  words.push(
    run.plan,
    run.diagnostics,
    [...run.observed.objects.values()].map(({ live, linked }) => [live, linked]),
  );
  for await (const event of applyEnvironment(connection, run, { signal: new AbortController().signal })) words.push(event);
  return { words, sent };
}

function connectTo(clock: VirtualClock, sandbox: Sandbox, onCall: (record: unknown) => void): Promise<Connection> {
  return connect({
    region: "eu-west-1",
    clock,
    requestHandler: sandbox.requestHandler,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    onCall,
  });
}

/** Returns everything in a value, also what JSON leaves out: messages, causes and stacks of errors. */
export function spell(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  const entries =
    value instanceof Map ? [...value] : Object.getOwnPropertyNames(value).map((name) => [name, (value as Record<string, unknown>)[name]]);
  return entries
    .flat()
    .map((one) => spell(one, seen))
    .join("\n");
}
