/** Says which reads are still running, so that nobody takes a slow AWS for a run that hangs. */
import type { CallLog, Waiting } from "../../aws/calls.ts";
import { realClock, type Clock } from "@plumbline/clock";
import { counted, listed } from "../../diag/words.ts";
import { duration } from "../../render/layout.ts";

/** Milliseconds after which a read counts as slow, and between two lines about it. */
const every = 10_000;

/** Calls `say` from time to time while reads take long, until it is stopped. Uses real time, because a person waits. */
export function watchReads(calls: CallLog, say: (text: string) => void, clock: Clock = realClock): () => void {
  const stop = new AbortController();
  const watch = async () => {
    for (;;) {
      await clock.sleep(every, stop.signal);
      const slow = [...calls.waiting].filter(({ isRead, since }) => isRead && clock.now() - since >= every);
      if (slow.length > 0) say(slowText(slow, clock.now()));
    }
  };
  watch().catch(() => {}); // the sleep that was stopped
  return () => stop.abort();
}

function slowText(slow: readonly Waiting[], now: number): string {
  const names = [...new Set(slow.map(({ operation }) => namesOf(operation)))];
  const shown = names.length > 3 ? [...names.slice(0, 2), counted(names.length - 2, "other")] : names;
  const ms = now - Math.min(...slow.map(({ since }) => since));
  const trouble = slow.find((one) => one.trouble !== undefined)?.trouble;
  return `Still reading: ${listed(shown)} (${duration(ms)}${trouble === undefined ? "" : `; ${trouble}, trying again`})…`;
}

/**
 * Turns the name of an operation into words: `DescribeNetworkInterfaces` into "network interfaces", `DescribeDBInstances` into "DB
 * instances".
 */
function namesOf(operation: string): string {
  const words = operation.replace(/^(Describe|Get|List|Search)/, "").match(/[A-Z]+(?![a-z])|[A-Z][a-z0-9]*/g) ?? [operation];
  return words.map((word) => (word.length > 1 && word === word.toUpperCase() ? word : word.toLowerCase().replace(/^vpc/, "VPC"))).join(" ");
}
