import type { Aws } from "../aws/aws.ts";
import type { AwsId, Driver, Kind, Live, Scope } from "../kinds/kind.ts";
import { StoppedError } from "./retry-policy.ts";

/**
 * Polls objects for every step that waits or is about to delete. All requests between two polls share one batched `get` for each kind, so
 * that waiting for two hundred objects costs as many calls as waiting for one.
 */
export class Poller {
  readonly #aws: Aws;
  readonly #kind: Kind;
  readonly #driver: Driver;
  readonly #scope: Scope;
  readonly #signal: AbortSignal;
  /** Polls that are still to come, by their distance in seconds from the last one. */
  readonly #planned = new Map<number, Question[]>();
  #lastLook = Number.NEGATIVE_INFINITY;

  constructor(aws: Aws, kind: Kind, driver: Driver, scope: Scope, signal: AbortSignal) {
    this.#aws = aws;
    this.#kind = kind;
    this.#driver = driver;
    this.#scope = scope;
    this.#signal = signal;
  }

  /**
   * Returns the object as the next shared poll shows it, this many seconds after the last one; undefined when AWS does not show it. Throws
   * StoppedError when the run is stopped before the answer is there. A call after the stop comes from a write that was under way; it is
   * answered at once, by one more poll.
   */
  look(id: AwsId, seconds = this.#kind.waits.poll ?? 5): Promise<Live | undefined> {
    return new Promise((answer, fail) => {
      const question = { id, answer, fail };
      const planned = this.#planned.get(seconds);
      if (planned) return void planned.push(question);
      const questions = [question];
      this.#planned.set(seconds, questions);
      void this.#poll(questions, seconds);
    });
  }

  async #poll(questions: readonly Question[], seconds: number): Promise<void> {
    const { clock } = this.#aws;
    const signal = this.#signal.aborted ? undefined : this.#signal;
    const rest = signal ? Math.max(0, this.#lastLook + seconds * 1000 - clock.now()) : 0;
    try {
      await clock.sleep(rest, signal).finally(() => this.#planned.delete(seconds));
      this.#lastLook = clock.now();
      const aws = signal ? this.#aws.within({ signal }) : this.#aws;
      const seen = await this.#driver.get(aws, [...new Set(questions.map(({ id }) => id))], this.#scope);
      for (const { id, answer } of questions) answer(seen.get(id));
    } catch (error) {
      const reason = signal?.aborted && error === signal.reason ? new StoppedError() : error;
      for (const { fail } of questions) fail(reason);
    }
  }
}

interface Question {
  readonly id: AwsId;
  answer(live: Live | undefined): void;
  fail(error: unknown): void;
}
