/** A bound on what is computed for one network, in steps and not in time, so that every machine stops at the same place. */

/** An estate is too large for an answer about all of it. */
export class TooMuchWork extends Error {
  constructor() {
    super("the estate is too large to compute who reaches whom in all of it");
  }
}

/**
 * Of one network, in plans and for assertions: some seconds. `bench/reach.ts` measures about 6,000 steps a millisecond, and
 * fails where an estate of the budgets takes more steps than these.
 */
export const mostSteps = 15_000_000;

export class Work {
  spent = 0;
  readonly #most: number;

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** Of what is spent for one answer nothing counts for the next. */
  begin(): void {
    this.spent = 0;
  }

  spend(steps: number): void {
    this.spent += steps;
    if (this.spent > this.#most) throw new TooMuchWork();
  }
}

/** The result, or undefined where it would take too many steps. */
export function withinWork<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TooMuchWork) return undefined;
    throw error;
  }
}
