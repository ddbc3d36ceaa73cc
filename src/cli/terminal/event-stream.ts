import { resolve } from "node:path";
import type { ApplyEvent } from "../../apply/events.ts";
import { harmless } from "../../diag/harmless.ts";
import { eventJson } from "../../render/events-json.ts";
import type { Context } from "../context.ts";
import { appender, targetsOf } from "../outputs.ts";

/**
 * Returns a function that writes the events of an apply if `--format jsonl` asks for them. Each event is one line, written when it happens,
 * so that a killed run leaves its lines.
 */
export function openEventStream(context: Pick<Context, "io" | "options" | "cwd" | "unwritten">): (event: ApplyEvent) => void {
  const target = context.options.outputs.length === 0 ? undefined : targetsOf(context.options.outputs, allFormats).find(isStream);
  if (target === undefined) return () => {};
  if (target.file === undefined) return (event) => context.io.stdout.write(lineOf(event));
  const append = appender(context, resolve(context.cwd, target.file), "the events", (lost) => context.unwritten.push(lost));
  return (event) => append(harmless(lineOf(event)));
}

const allFormats = ["text", "json", "jsonl", "markdown", "junit"] as const;

function isStream({ format }: { readonly format: string }): boolean {
  return format === "jsonl";
}

function lineOf(event: ApplyEvent): string {
  return `${JSON.stringify(eventJson(event))}\n`;
}
