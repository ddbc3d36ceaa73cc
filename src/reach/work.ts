/** A limit on the computing work for one network. It counts steps and not time, so that every computer stops at the same place. */

/** Thrown when an estate is too large for an answer about all of it. */
export class TooMuchWork extends Error {
  constructor() {
    super("the environment is too large to compute all connections in it");
  }
}

/**
 * The most steps for one network, in plans and for assertions: some seconds. `bench/reach.ts` measures about 6,000 steps a millisecond, and
 * fails if an estate of the budgets takes more steps than this.
 */
export const mostSteps = 15_000_000;

export class Work {
  spent = 0;
  readonly #most: number;

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** Starts the count for a new answer. The steps of the answer before do not count. */
  begin(): void {
    this.spent = 0;
  }

  spend(steps: number): void {
    this.spent += steps;
    if (this.spent > this.#most) throw new TooMuchWork();
  }
}

/** Returns the result, or undefined if it would take too many steps. */
export function withinWork<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TooMuchWork) return undefined;
    throw error;
  }
}
