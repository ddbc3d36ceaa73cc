/**
 * What cannot be deleted because an object uses it that this plan leaves as it is. Premise: AWS deletes nothing in use, so such a
 * delete would be waited for in vain. An object lets go of what it refers to when it goes itself, or by a change of the field that
 * refers to it; one that is not in the plan (its look-up failed, it is no target) lets go of nothing.
 */
import type { Address, FieldRule, Spec } from "../kinds/kind.ts";
import { fieldOf, outlives, refsOf } from "../resource/references.ts";
import type { Decision } from "./decision.ts";
import type { Found, Observed } from "./observed.ts";

export interface StillUsed {
  /** What is to be deleted: as a whole, or the old half of its replacement. */
  readonly used: Decision;
  readonly user: Found;
  readonly path: string;
  /** For people, why the user does not let go: "it is protected (`protect: true`)". */
  readonly why: string;
  /** The user would go too, if all changes of the plan could be made. */
  readonly isWithheld: boolean;
}

/** An early delete has ways of its own to be let go of (order.ts), as far as its users are in the plan. */
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

/** Whether a change of an object takes it off what it refers to now. Of fields that show one thing twice, the one that is written counts. */
export function letsGo({ found, declared, deltas }: Decision, used: Address): boolean {
  const fields = holding(found!).flatMap(({ path, value }) => (value === used ? [fieldOf(path)] : []));
  const written = fields.filter((field) => (declared?.desired.spec as Spec | undefined)?.[field] !== undefined);
  const changes = (field: string) => deltas.some((delta) => delta.field === field);
  return fields.some(changes) && written.every(changes);
}

/** The references of a found object that keep AWS from deleting what they refer to. */
function holding({ kind, linked }: Found): { readonly path: string; readonly value: Address }[] {
  const rules = kind.fields as Readonly<Record<string, FieldRule>>;
  return refsOf(kind.schema, linked).flatMap(({ path, value }) =>
    typeof value === "string" && rules[fieldOf(path)]!.whileGone !== "free" && !outlives(kind, path) ? [{ path, value }] : [],
  );
}

function whyItStays(one: Decision | undefined, field: string): string {
  if (!one) return "this plan leaves it out";
  if (one.isWithdrawn) return "its own change is refused";
  if (one.action === "keep") return one.because;
  if (one.leftAlone) return `it is left as it is: ${one.leftAlone.why}`;
  if (one.declared?.desired.ignoreChanges.includes(field)) return `\`ignoreChanges\` leaves ${field} as it is`;
  return `this plan does not change its ${field}`;
}
