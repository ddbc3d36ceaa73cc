/** A bound on what is computed for one network, in steps and not in time, so that every machine stops at the same place. */

/** An estate is too large for an answer about all of it. */
export class TooMuchWork extends Error {
  constructor() {
    super("the estate is too large to compute who reaches whom in all of it");
  }
}

/** Of one network, in plans and for assertions: some seconds on a usual machine. */
export const mostSteps = 5_000_000;

export class Work {
  #left: number;

  constructor(steps = Number.POSITIVE_INFINITY) {
    this.#left = steps;
  }

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooMuchWork();
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
