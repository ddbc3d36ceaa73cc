/**
 * The objects that a plan depends on and that are read again under the lock. Premise: no other run has held the lock since the plan was
 * made, so only people and AWS itself may have changed something. If they changed objects that the plan neither writes to nor names, no
 * write of the plan is affected.
 */
import type { Address, Kind } from "../kinds/kind.ts";
import { lateNeeds } from "../resource/late.ts";
import { refsOf } from "../resource/references.ts";
import type { Decision } from "./decision.ts";
import type { Found, Observed } from "./observed.ts";
import type { Planned } from "./planned.ts";

export interface Touched {
  /** The resources that the plan makes or writes to. */
  readonly addresses: ReadonlySet<Address>;
  /**
   * Kinds of the objects that are made. All objects of such a kind are listed again: the listing would show a second object under an
   * address, and it gives the next client token.
   */
  readonly made: ReadonlySet<Kind>;
  /** The objects that the plan writes to, and those that give a value for such a write: read again as a whole. */
  readonly written: ReadonlySet<Found>;
  /** The objects that these refer to. They are only checked: whether they still exist and are still ours. */
  readonly used: ReadonlySet<Found>;
}

/**
 * Returns what to read again. Undefined: everything must be read again, because something is deleted, replaced or adopted, or because
 * it is not clear which objects were found.
 */
export function touchedBy({ work, decisions }: Pick<Planned, "work" | "decisions">, observed: Observed): Touched | undefined {
  if (observed.ambiguous.size + observed.unadoptable.size + observed.leftovers.length > 0) return undefined;
  if ([...observed.objects.values()].some(({ adopted, takenOver }) => adopted ?? takenOver)) return undefined;
  if (work.some(({ op }) => !isMild.has(op))) return undefined;
  const addresses = new Set(work.flatMap(({ op, address }) => (op === "barrier" || op === "wait" ? [] : [address])));
  const ones = [...addresses].map((address) => decisions.get(address)!);
  const foundAt = (address: unknown) => observed.objects.get(address as Address) ?? [];
  const changed = new Set(ones.flatMap((one) => [one.found ?? [], ...toldBy(one).map(foundAt)].flat()));
  const kinds = new Set([...changed].map(({ kind }) => kind));
  const used = ones.flatMap((one) => namedBy(one).flatMap(foundAt));
  // Where a kind is read as a whole anyway, one call reads all of its objects.
  const written = new Set([...changed, ...used.filter(({ kind }) => kinds.has(kind))]);
  const made = new Set(ones.flatMap(({ found, kind }) => (found ? [] : [kind])));
  return { addresses, made, written, used: new Set(used.filter((found) => !written.has(found))) };
}

/** The operations of a plan that deletes, replaces and adopts nothing. */
const isMild: ReadonlySet<string> = new Set(["create", "update", "tag", "shrink", "wait", "barrier"]);

/** The addresses whose values its texts hold. */
function toldBy({ declared }: Decision): readonly Address[] {
  return declared ? lateNeeds((declared.held?.written ?? declared).desired).map(({ address }) => address) : [];
}

/** The references of the declared and of the found object, and the names that the found one holds. */
function namedBy({ kind, declared, found }: Decision): readonly unknown[] {
  const specs = [declared?.desired.spec, found?.linked].filter((spec) => spec !== undefined);
  return [...specs.flatMap((spec) => refsOf(kind.schema, spec).map(({ value }) => value)), ...(found?.names ?? [])];
}
