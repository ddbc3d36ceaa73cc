/**
 * Finds objects that cannot be deleted, because another object uses them and this plan does not change that. Premise: AWS deletes
 * nothing in use, so the run would wait for such a delete in vain. An object lets go of the objects that it refers to when it is deleted
 * itself, or when the field that refers to them changes. An object that is not in the plan (its look-up failed, it is no target) lets go
 * of nothing.
 */
import type { Address, FieldRule, Spec } from "../kinds/kind.ts";
import { fieldOf, outlives, refsOf } from "../resource/references.ts";
import type { Decision } from "./decision.ts";
import type { Found, Observed } from "./observed.ts";

export interface StillUsed {
  /** The object to be deleted: as a whole, or as the old half of its replacement. */
  readonly used: Decision;
  readonly user: Found;
  readonly path: string;
  /** Why the user does not let go, for people: "it is protected (`protect: true`)". */
  readonly why: string;
  /** The user would be deleted too, if all changes of the plan could be made. */
  readonly isWithheld: boolean;
}

/** Returns every use that keeps a delete from happening. Early deletes are checked in order.ts, as far as their users are in the plan. */
export function stillUsed(decisions: ReadonlyMap<Address, Decision>, { objects, leftovers, doubles = [] }: Observed): StillUsed[] {
  const going = [...decisions.values()].filter(({ action }) => action === "delete" || action === "replace");
  if (going.length === 0) return [];
  return [...objects.values(), ...leftovers, ...doubles].flatMap((user) => {
    const one = doubles.includes(user) ? undefined : decisions.get(user.address);
    return one?.action === "delete" || one?.action === "replace" ? [] : usedBy(user, one, decisions);
  });
}

function usedBy(user: Found, one: Decision | undefined, decisions: ReadonlyMap<Address, Decision>): StillUsed[] {
  const found = new Map<Address, StillUsed>();
  for (const { path, value } of holding(user)) {
    const used = value === user.address ? undefined : decisions.get(value);
    if (!used || (used.action !== "delete" && used.action !== "replace") || found.has(used.address)) continue;
    if (one && ((used.action === "replace" && used.order === "delete-first") || letsGo(one, used.address))) continue;
    found.set(used.address, { used, user, path, why: whyItStays(one, fieldOf(path)), isWithheld: one?.withheld === true });
  }
  return [...found.values()];
}

/**
 * Whether a change of an object removes its references to `used`. Where several fields show the same reference, the ones that the file
 * writes must all change.
 */
export function letsGo({ found, declared, deltas }: Decision, used: Address): boolean {
  const fields = holding(found!).flatMap(({ path, value }) => (value === used ? [fieldOf(path)] : []));
  const written = fields.filter((field) => (declared?.desired.spec as Spec | undefined)?.[field] !== undefined);
  const changes = (field: string) => deltas.some((delta) => delta.field === field);
  return fields.some(changes) && written.every(changes);
}

/** The references of a found object that keep AWS from deleting the objects they refer to. */
function holding({ kind, linked }: Found): { readonly path: string; readonly value: Address }[] {
  const rules = kind.fields as Readonly<Record<string, FieldRule>>;
  return refsOf(kind.schema, linked).flatMap(({ path, value }) =>
    typeof value === "string" && rules[fieldOf(path)]!.whileGone !== "free" && !outlives(kind, path) ? [{ path, value }] : [],
  );
}

function whyItStays(one: Decision | undefined, field: string): string {
  if (!one) return "this plan does not include it";
  if (one.isWithdrawn) return "its own change is refused";
  if (one.action === "keep") return one.because;
  if (one.leftAlone) return `it is left as it is: ${one.leftAlone.why}`;
  if (one.declared?.desired.ignoreChanges.includes(field)) return `\`ignoreChanges\` leaves ${field} as it is`;
  return `this plan does not change its ${field}`;
}
