import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ApplyEvent } from "../apply/events.ts";
import { harmless } from "../diag/harmless.ts";
import { reasonOf } from "../diag/system-error.ts";
import { eventJson } from "../render/events-json.ts";
import type { Context } from "./context.ts";
import { targetsOf, writeOutput } from "./outputs.ts";

/**
 * Returns a function that writes the events of an apply if `--format jsonl` asks for them. Each event is one line, written when it happens,
 * so that a killed run leaves its lines. When a file can no longer be written (a full disk), this is reported once, and the apply goes on
 * without it.
 */
export function openEventStream(context: Pick<Context, "io" | "options" | "cwd">): (event: ApplyEvent) => void {
  const target = context.options.outputs.length === 0 ? undefined : targetsOf(context.options.outputs, allFormats).find(isStream);
  if (target === undefined) return () => {};
  if (target.file === undefined) return (event) => context.io.stdout.write(lineOf(event));
  const path = resolve(context.cwd, target.file);
  writeOutput(path, "");
  let isBroken = false;
  return (event) => {
    if (isBroken) return;
    try {
      appendFileSync(path, harmless(lineOf(event)));
    } catch (error) {
      isBroken = true;
      context.io.stderr.write(
        `note: ${path} cannot be written any more: ${reasonOf(error as Error)}; the events from here on are missing in it\n`,
      );
    }
  };
}

const allFormats = ["text", "json", "jsonl", "markdown", "junit"] as const;

function isStream({ format }: { readonly format: string }): boolean {
  return format === "jsonl";
}

function lineOf(event: ApplyEvent): string {
  return `${JSON.stringify(eventJson(event))}\n`;
}
