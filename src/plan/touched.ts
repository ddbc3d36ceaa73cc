/**
 * What a plan rests on, as far as it is looked at again under the lock. Premise: no other run has held the lock since the plan was made,
 * so only people and AWS itself may have changed something. What they did to objects that the plan neither writes to nor
 * names, no write of the plan meets.
 */
import type { Address, Kind } from "../kinds/kind.ts";
import { lateNeeds } from "../resource/late.ts";
import { refsOf } from "../resource/references.ts";
import type { Decision } from "./decision.ts";
import type { Found, Observed } from "./observed.ts";
import type { Planned } from "./planned.ts";

export interface Touched {
  /** The resources that are made or written to. */
  readonly addresses: ReadonlySet<Address>;
  /** Kinds of what is made: all of each is listed again, since a second object under an address and the next client token would show there. */
  readonly made: ReadonlySet<Kind>;
  /** What is written to, and what tells a value for that: read again as a whole. */
  readonly written: ReadonlySet<Found>;
  /** What these refer to: whether it is still there, and ours, is asked. */
  readonly used: ReadonlySet<Found>;
}

/** Undefined: something is deleted, replaced or adopted, or what was found is not clear, so that all must be read again. */
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
  // One call reads all of a kind that is read as a whole anyway.
  const written = new Set([...changed, ...used.filter(({ kind }) => kinds.has(kind))]);
  const made = new Set(ones.flatMap(({ found, kind }) => (found ? [] : [kind])));
  return { addresses, made, written, used: new Set(used.filter((found) => !written.has(found))) };
}

/** What is done to objects that stay. */
const isMild: ReadonlySet<string> = new Set(["create", "update", "tag", "shrink", "wait", "barrier"]);

/** Whose values stand in its texts. */
function toldBy({ declared }: Decision): readonly Address[] {
  return declared ? lateNeeds((declared.held?.written ?? declared).desired).map(({ address }) => address) : [];
}

/** What the file and the object name. */
function namedBy({ kind, declared, found }: Decision): readonly unknown[] {
  const specs = [declared?.desired.spec, found?.linked].filter((spec) => spec !== undefined);
  return [...specs.flatMap((spec) => refsOf(kind.schema, spec).map(({ value }) => value)), ...(found?.names ?? [])];
}
