import type { Clock } from "@plumbline/clock";
import { AwsError } from "../aws/errors.ts";
import { stoppedWaiting } from "./events.ts";

/** The refusals that one operation of one step waits out, and for how long. */
export interface RetryPolicy {
  readonly clock: Clock;
  /** Seconds for refusals that end by themselves: dependents that are still being deleted, states that are still changing. */
  readonly limit: number;
  /**
   * Whether an object that AWS does not find may be new, made by this run or the one before. Then the refusal means "not visible yet", and
   * is retried for five minutes.
   */
  mayAppear(error: AwsError): boolean;
  readonly signal: AbortSignal;
  /** Called for each refusal that is waited out. */
  readonly waits: (error: AwsError, elapsedSeconds: number) => Promise<void> | void;
}

/** Thrown in a waiting step when the run is stopped. */
export class StoppedError extends Error {
  constructor() {
    super(stoppedWaiting);
    this.name = "StoppedError";
  }
}

/** Runs `action` again while AWS refuses it for a reason that passes. Throws the last refusal when the limit is reached. */
export async function retryWhileRefused<T>(retryPolicy: RetryPolicy, action: () => Promise<T>): Promise<T> {
  const began = retryPolicy.clock.now();
  for (let tries = 0; ; tries++) {
    try {
      return await action();
    } catch (error) {
      const elapsed = (retryPolicy.clock.now() - began) / 1000;
      if (!(error instanceof AwsError) || elapsed >= limitFor(error, retryPolicy)) throw error;
      await retryPolicy.waits(error, elapsed);
      await sleepUnlessStopped(retryPolicy.clock, Math.min(15_000, 1000 * 2 ** tries), retryPolicy.signal);
    }
  }
}

/** Sleeps, or throws StoppedError when the run is stopped first. */
export async function sleepUnlessStopped(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new StoppedError();
  await clock.sleep(ms, signal).catch(() => {
    throw new StoppedError();
  });
}

/** Returns for how many seconds this refusal is retried. */
function limitFor(error: AwsError, retryPolicy: RetryPolicy): number {
  switch (error.class) {
    case "dependency":
      return retryPolicy.limit;
    case "wrong-state":
    case "concurrency":
      return Math.min(300, retryPolicy.limit);
    case "not-found":
      return retryPolicy.mayAppear(error) ? 300 : 0;
    default:
      return 0;
  }
}
