import { hasChanged, type Outcome } from "../apply/events.ts";
import type { Signal } from "./terminal.ts";

/** Every number that `infra` ends with, and nothing else does. */
export const exit = {
  /** Done, or in agreement. */
  ok: 0,
  /** An error; also "no" at the prompt, and a missing --yes where nobody can be asked. */
  error: 1,
  /** Differences: `drift`, and `plan --detailed-exitcode`; what `reach` was asked about and is not certain. */
  differences: 2,
  /** Applied in part. */
  partial: 3,
  /** What was approved or saved is not what would be done now. */
  stale: 4,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** 128 and the signal's number, as shells have it. */
export function exitOfSignal(signal: Signal): ExitCode {
  return signal === "SIGINT" ? exit.interrupted : exit.terminated;
}

/** How an apply ends: a signal outranks what the run came to. */
export function exitOfOutcome(outcome: Pick<Outcome, "status" | "done">, signal: Signal | undefined): ExitCode {
  if (signal !== undefined) return exitOfSignal(signal);
  if (outcome.status === "done") return exit.ok;
  return hasChanged(outcome) ? exit.partial : exit.error;
}

/** How a command ends that reports differences: computed from what was printed. */
export function exitOfDifferences(printed: number, detailed: boolean): ExitCode {
  return detailed && printed > 0 ? exit.differences : exit.ok;
}

/** One code for several environments: what went wrong outranks what differs, what differs outranks agreement. */
export function exitOfAll(codes: readonly ExitCode[]): ExitCode {
  const rank: readonly ExitCode[] = [exit.interrupted, exit.terminated, exit.error, exit.partial, exit.stale, exit.differences];
  return rank.find((code) => codes.includes(code)) ?? exit.ok;
}
