/** Finds the objects that block a delete: reports them while the delete waits, and names them when it gives up. */
import type { Aws } from "../aws/aws.ts";
import { withMakers } from "../aws/interface-makers.ts";
import { type AwsError, unlessDenied } from "../aws/errors.ts";
import type { Blocker, Driver, Live } from "../kinds/kind.ts";
import { StepError } from "./failure.ts";
import type { KnownIds } from "./known-ids.ts";

/** Seconds between two reads of the blockers. */
const every = 30;

/** Reads the blockers of one delete, at its first refusal and every half minute after that. */
export class Blockers {
  readonly #aws: Aws;
  readonly #driver: Driver;
  readonly #live: Live;
  readonly #ids: KnownIds;
  readonly #say: (what: string) => void;
  #before: readonly Blocker[] = [];
  /** When the blockers were last read, in seconds since the delete began. */
  #looked = Number.NEGATIVE_INFINITY;

  constructor(aws: Aws, driver: Driver, live: Live, ids: KnownIds, say: (what: string) => void) {
    this.#aws = aws;
    this.#driver = driver;
    this.#live = live;
    this.#ids = ids;
    this.#say = say;
  }

  /** Reports the blockers. Throws the refusal when an object of others keeps blocking: no step of this run removes it. */
  async refused(error: AwsError, elapsed: number): Promise<void> {
    if (error.class !== "dependency" || !this.#driver.blockers || elapsed - this.#looked < every) return;
    this.#looked = elapsed;
    const now = await withMakers(this.#aws, await this.#whoBlocks(), (owner) => this.#ids.isOurs(owner));
    this.#say(`${now.length > 0 ? now.map(nameOf).join(", ") : "other objects"} to stop using it`);
    if (this.#staysFor(this.#before, now)) throw error;
    this.#before = now;
  }

  /** Returns the refusal that ended the delete, with the names of the blockers. */
  async named(error: unknown): Promise<unknown> {
    if ((error as AwsError).class !== "dependency" || !this.#driver.blockers) return error;
    const blockers = await this.#whoBlocks();
    if (blockers.length === 0) return error;
    const names = blockers.map(nameOf).join(", ");
    return new StepError("blocked", `AWS does not delete ${this.#live.id}: ${names} still ${blockers.length === 1 ? "uses" : "use"} it.`, {
      blockers,
      cause: error,
      hint: "remove these objects, or wait until their service removes them, and run again",
    });
  }

  /** Whether the same blocker, held by an object of others, appears in two reads half a minute apart. */
  #staysFor(before: readonly Blocker[], now: readonly Blocker[]): boolean {
    return now.some(({ id, holder }) => holder !== undefined && !this.#ids.isOurs(holder) && before.some((earlier) => earlier.id === id));
  }

  async #whoBlocks(): Promise<readonly Blocker[]> {
    // A role that may not look at them still gets AWS's own refusal of the delete.
    const found = await unlessDenied(this.#driver.blockers!(this.#aws, [this.#live]));
    return found?.get(this.#live.id) ?? [];
  }
}

function nameOf({ id, what }: Blocker): string {
  return `${id} (${what})`;
}
