import type { Aws } from "../aws/aws.ts";
import type { AwsId, Driver, Kind, Live, Scope } from "../kinds/kind.ts";

/**
 * Polls objects for every step that waits or is about to delete. All requests between two polls share one batched `get` for each kind, so
 * that waiting for two hundred objects costs as many calls as waiting for one.
 */
export class Poller {
  readonly #aws: Aws;
  readonly #kind: Kind;
  readonly #driver: Driver;
  readonly #scope: Scope;
  /** Polls that are still to come, by their distance in seconds from the last one. */
  readonly #planned = new Map<number, Question[]>();
  #lastLook = Number.NEGATIVE_INFINITY;

  constructor(aws: Aws, kind: Kind, driver: Driver, scope: Scope) {
    this.#aws = aws;
    this.#kind = kind;
    this.#driver = driver;
    this.#scope = scope;
  }

  /** Returns the object as the next shared poll shows it, this many seconds after the last one; undefined when AWS does not show it. */
  look(id: AwsId, seconds = this.#kind.waits.poll ?? 5): Promise<Live | undefined> {
    return new Promise((answer, fail) => {
      const question = { id, answer, fail };
      const planned = this.#planned.get(seconds);
      if (planned) return void planned.push(question);
      const questions = [question];
      this.#planned.set(seconds, questions);
      const { clock } = this.#aws;
      const due = Math.max(clock.now(), this.#lastLook + seconds * 1000);
      void clock.sleep(due - clock.now()).then(() => {
        this.#planned.delete(seconds);
        this.#lastLook = clock.now();
        return this.#lookAt(questions);
      });
    });
  }

  async #lookAt(questions: readonly Question[]): Promise<void> {
    try {
      const seen = await this.#driver.get(this.#aws, [...new Set(questions.map(({ id }) => id))], this.#scope);
      for (const { id, answer } of questions) answer(seen.get(id));
    } catch (error) {
      for (const { fail } of questions) fail(error);
    }
  }
}

interface Question {
  readonly id: AwsId;
  answer(live: Live | undefined): void;
  fail(error: unknown): void;
}
