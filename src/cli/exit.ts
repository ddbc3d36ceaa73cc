import { hasChanged, type Outcome } from "../apply/events.ts";
import type { Signal } from "./terminal/terminal.ts";

/** Every exit code of `infra`. No other code is used. */
export const exit = {
  /** Done, or in agreement. */
  ok: 0,
  /** An error; also the answer "no" at the prompt, and a missing --yes when nobody can be asked. */
  error: 1,
  /**
   * Differences: `drift`, `graph --check`, and `plan --detailed-exitcode`. Also an `import` with open points, and a `reach` that is not
   * certain.
   */
  differences: 2,
  /** Applied in part. */
  partial: 3,
  /** The approved or saved plan differs from the plan of now. */
  stale: 4,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Returns 128 plus the number of the signal, as shells do. */
export function exitOfSignal(signal: Signal): ExitCode {
  return signal === "SIGINT" ? exit.interrupted : exit.terminated;
}

/** Returns the exit code of an apply. A signal outranks the result of the run. */
export function exitOfOutcome(outcome: Pick<Outcome, "status" | "done">, signal: Signal | undefined): ExitCode {
  if (signal !== undefined) return exitOfSignal(signal);
  if (outcome.status === "done") return exit.ok;
  return hasChanged(outcome) ? exit.partial : exit.error;
}

/** Returns the exit code of a command that reports differences, computed from the number of differences that were printed. */
export function exitOfDifferences(printed: number, detailed: boolean): ExitCode {
  return detailed && printed > 0 ? exit.differences : exit.ok;
}

/** Returns the exit code of a command when an output that was asked for could not be written. A failure of the command outranks it. */
export function exitOfLostOutput(code: ExitCode): ExitCode {
  return code === exit.ok || code === exit.differences ? exit.error : code;
}

/** Returns one exit code for several environments: failures outrank differences, and differences outrank agreement. */
export function exitOfAll(codes: readonly ExitCode[]): ExitCode {
  const rank: readonly ExitCode[] = [exit.interrupted, exit.terminated, exit.error, exit.partial, exit.stale, exit.differences];
  return rank.find((code) => codes.includes(code)) ?? exit.ok;
}
