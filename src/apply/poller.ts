import type { Aws } from "../aws/aws.ts";
import type { AwsId, Driver, Kind, Live, Scope } from "../kinds/kind.ts";

/**
 * Looks at objects on behalf of every step that waits: what is asked for between two looks goes into one batched `get` a
 * kind, so that waiting for two hundred costs as many calls as waiting for one.
 */
export class Poller {
  readonly #aws: Aws;
  readonly #kind: Kind;
  readonly #driver: Driver;
  readonly #scope: Scope;
  #asked = new Map<AwsId, ((live: Live | undefined) => void)[]>();
  #failed: ((error: unknown) => void)[] = [];
  #isScheduled = false;
  #lastLook = Number.NEGATIVE_INFINITY;

  constructor(aws: Aws, kind: Kind, driver: Driver, scope: Scope) {
    this.#aws = aws;
    this.#kind = kind;
    this.#driver = driver;
    this.#scope = scope;
  }

  /** The object as the next shared look shows it; undefined when AWS does not show it. */
  look(id: AwsId): Promise<Live | undefined> {
    return new Promise((resolve, reject) => {
      this.#asked.set(id, [...(this.#asked.get(id) ?? []), resolve]);
      this.#failed.push(reject);
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      const poll = (this.#kind.waits.poll ?? 5) * 1000;
      const due = Math.max(this.#aws.clock.now(), this.#lastLook + poll);
      void this.#aws.clock.sleep(due - this.#aws.clock.now()).then(() => this.#lookNow());
    });
  }

  async #lookNow(): Promise<void> {
    const asked = this.#asked;
    const failed = this.#failed;
    this.#asked = new Map();
    this.#failed = [];
    this.#isScheduled = false;
    this.#lastLook = this.#aws.clock.now();
    try {
      const seen = await this.#driver.get(this.#aws, [...asked.keys()], this.#scope);
      for (const [id, answers] of asked) for (const answer of answers) answer(seen.get(id));
    } catch (error) {
      for (const fail of failed) fail(error);
    }
  }
}
