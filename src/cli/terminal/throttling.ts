import type { Throttled } from "../../aws/connection.ts";
import { counted } from "../../diag/words.ts";
import { duration } from "../../render/layout.ts";

/** The fewest milliseconds between two lines. */
const every = 10_000;

/** Says that AWS throttles, so that nobody takes a slowed run for one that hangs. */
export class Throttling {
  /** Prints a line. An apply puts the lines among its events. */
  say: (text: string) => void;
  readonly #now: () => number;
  #since: number | undefined;
  #said = Number.NEGATIVE_INFINITY;
  readonly #operations = new Set<string>();

  constructor(now: () => number, say: (text: string) => void) {
    this.#now = now;
    this.say = say;
  }

  take({ service, operation, ms }: Throttled): void {
    const now = this.#now();
    // A throttling that ended long ago is a separate one.
    if (now - this.#said > 6 * every) {
      this.#operations.clear();
      this.#since = now - ms;
    }
    this.#operations.add(`${service} ${operation}`);
    if (now - this.#said < every) return;
    const isFirst = this.#operations.size === 1 && now - this.#since! < every;
    this.#said = now;
    const [one, ...others] = this.#operations;
    const what = `${one}${others.length > 0 ? ` and ${counted(others.length, "other call")}` : ""}`;
    this.say(
      isFirst
        ? `AWS throttles ${what}; going slower`
        : `AWS still throttles ${what}; going slower, for ${duration(now - this.#since!)} so far`,
    );
  }
}
