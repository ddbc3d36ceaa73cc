/** Who stands in the way of a delete: told while it is waited for, and named when it is given up. */
import type { Aws } from "../aws/aws.ts";
import { withMakers } from "../aws/interface-makers.ts";
import { type AwsError, unlessDenied } from "../aws/errors.ts";
import type { Blocker, Driver, Live } from "../kinds/kind.ts";
import { StepError } from "./failure.ts";
import type { KnownIds } from "./known-ids.ts";

/** Seconds between two looks at who stands in the way. */
const every = 30;

/** Looks who stands in the way of one delete, at its first refusal and every half minute after that. */
export class Blockers {
  readonly #aws: Aws;
  readonly #driver: Driver;
  readonly #live: Live;
  readonly #ids: KnownIds;
  readonly #say: (what: string) => void;
  #before: readonly Blocker[] = [];
  /** The second of the last look. */
  #looked = Number.NEGATIVE_INFINITY;

  constructor(aws: Aws, driver: Driver, live: Live, ids: KnownIds, say: (what: string) => void) {
    this.#aws = aws;
    this.#driver = driver;
    this.#live = live;
    this.#ids = ids;
    this.#say = say;
  }

  /** Says what is waited for. Throws the refusal where something of others stays in the way: nothing of this run removes it. */
  async refused(error: AwsError, elapsed: number): Promise<void> {
    if (error.class !== "dependency" || !this.#driver.blockers || elapsed - this.#looked < every) return;
    this.#looked = elapsed;
    const now = await withMakers(this.#aws, await this.#whoBlocks(), (owner) => this.#ids.isOurs(owner));
    this.#say(`${now.length > 0 ? now.map(nameOf).join(", ") : "what still uses it"} to let go`);
    if (this.#staysFor(this.#before, now)) throw error;
    this.#before = now;
  }

  /** The refusal that ended the delete, with the names of what stands in the way. */
  async named(error: unknown): Promise<unknown> {
    if ((error as AwsError).class !== "dependency" || !this.#driver.blockers) return error;
    const blockers = await this.#whoBlocks();
    if (blockers.length === 0) return error;
    const names = blockers.map(nameOf).join(", ");
    return new StepError("blocked", `AWS does not delete ${this.#live.id}: ${names} still ${blockers.length === 1 ? "uses" : "use"} it.`, {
      blockers,
      cause: error,
      hint: "remove what is named, or wait until its service does, and run again",
    });
  }

  /** Whether something is in the way at two looks, half a minute apart, that others keep there. */
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
