/** Takes back changes that cannot be made, and all changes that are pointless or impossible without them. */
import type { Address } from "../kinds/kind.ts";
import { lateNeeds } from "../resource/late.ts";
import { refsOf } from "../resource/references.ts";
import { followsText } from "./spread.ts";
import type { Decision, Decisions } from "./decision.ts";
import type { Delta } from "./diff.ts";
import { stateFollowing } from "./followed-ids.ts";
import { changesTags } from "./tags.ts";

/**
 * Takes back whole chains of replacements, every change that needs an object which is now not made, and changes that only these
 * replacements caused.
 */
export function withdraw(decisions: Decisions, refused: ReadonlySet<Address>): Decisions {
  const reasons = withDependants(decisions, refused);
  const withdrawn = new Set(reasons.keys());
  const notDone = new Map([...withdrawn].map((address) => [address, whatIsNotDone(decisions.get(address)!)]));
  const left = new Map(decisions);
  for (const [address, cause] of reasons) {
    const one = decisions.get(address)!;
    const isHeldBack = cause !== undefined && isChange(one);
    const heldBack = isHeldBack ? { heldBack: `${address} ${notDone.get(address)!}, because ${cause} ${notDone.get(cause)!}` } : {};
    left.set(address, { ...one, ...heldBack, action: "none", deltas: [], isWithdrawn: true });
  }
  for (const one of left.values()) {
    if (!one.deltas.some(({ causes = [], also = [] }) => [...causes, ...also].some((cause) => withdrawn.has(cause)))) continue;
    const deltas = one.deltas.flatMap((delta) => withoutCauses(delta, left));
    const isInPlace = one.action === "update" || one.action === "restart";
    left.set(one.address, { ...one, deltas, ...(isInPlace ? whatIsLeft({ deltas, tags: one.tags }) : {}) });
  }
  return stateFollowing(left);
}

/** Removes the withdrawn causes of a difference. Where no cause is left, the difference disappears. */
function withoutCauses(delta: Delta, decisions: Decisions): Delta[] {
  const causes = delta.causes?.filter((cause) => isChange(decisions.get(cause)!));
  if (!causes || causes.length === delta.causes!.length) return [delta];
  const [first] = causes;
  return first === undefined ? [] : [{ ...delta, causes, rule: { ...delta.rule, because: followsText(decisions.get(first)!) } }];
}

/** The action and the reason of a change that lost some of its differences. */
function whatIsLeft({ deltas, tags }: Pick<Decision, "deltas" | "tags">): Pick<Decision, "action" | "because"> {
  const action = deltas.some(({ impact }) => impact === "restart") ? "restart" : "update";
  const reasons = deltas.filter(({ impact }) => impact === action).map(({ rule, path }) => rule.because ?? `${path} differs`);
  if (deltas.length > 0) return { action, because: [...new Set(reasons)].join("; ") };
  return changesTags(tags) ? { action: "update", because: "its tags differ" } : { action: "none", because: "" };
}

/** Turns deletes into keeps: nothing is deleted while a change of the same plan is refused. */
export function withholdDeletes(decisions: Decisions): Decisions {
  const withheld = { action: "keep", withheld: true, because: "nothing is deleted while a change of this plan is refused" } as const;
  return new Map([...decisions].map(([address, one]) => [address, one.action === "delete" ? { ...one, ...withheld } : one]));
}

/** Returns the addresses to withdraw, each with the address that drags it along. undefined: the address is refused itself. */
function withDependants(
  decisions: ReadonlyMap<Address, Decision>,
  refused: ReadonlySet<Address>,
): ReadonlyMap<Address, Address | undefined> {
  const reasons = new Map<Address, Address | undefined>();
  drag(
    decisions,
    [...refused].map((address) => [address, undefined] as const),
    reasons,
  );
  for (;;) {
    const dependants = [...decisions.values()].flatMap((one) => {
      const missing = !reasons.has(one.address) && isChange(one) ? missingFor(one, decisions, reasons) : undefined;
      return missing === undefined ? [] : [[one.address, missing] as const];
    });
    if (dependants.length === 0) return reasons;
    drag(decisions, dependants, reasons);
  }
}

function whatIsNotDone({ action, isWithdrawn, found }: Decision): string {
  if (isWithdrawn || action === "update") return found === undefined ? "is not created" : "is not changed";
  return { create: "is not created", replace: "is not replaced", restart: "is not restarted" }[action as string] ?? "stays as it is";
}

function isChange({ action }: Decision): boolean {
  return action === "create" || action === "update" || action === "restart" || action === "replace";
}

/**
 * Returns a resource that the object refers to and that was to be made and now is not. Or one that was to be replaced and now is not,
 * where the reference is new: the object would be made in a subnet with another range or zone than the file says, or be joined to
 * something that the file no longer has.
 */
function missingFor(
  one: Decision,
  decisions: ReadonlyMap<Address, Decision>,
  withdrawn: ReadonlyMap<Address, unknown>,
): Address | undefined {
  const { desired } = one.declared!;
  const late = lateNeeds(desired).map(({ address }) => address as unknown);
  return [...refsOf(one.kind.schema, desired.spec).map(({ value }) => value), ...late].find((value): value is Address => {
    const used = typeof value === "string" && withdrawn.has(value) ? decisions.get(value) : undefined;
    if (used === undefined) return false;
    return used.found === undefined || (used.action === "replace" && !late.includes(value) && !refersNow(one, value as Address));
  });
}

function refersNow({ kind, found }: Decision, address: Address): boolean {
  return found !== undefined && refsOf(kind.schema, found.linked).some(({ value }) => value === address);
}

/** Adds the objects that would have been replaced with these, and the replacements that these would have had to follow. */
function drag(
  decisions: ReadonlyMap<Address, Decision>,
  from: readonly (readonly [Address, Address | undefined])[],
  reasons: Map<Address, Address | undefined>,
): void {
  const replaced = new Map<Address, Address[]>();
  for (const one of decisions.values())
    for (const [cause, how] of one.causes) if (how === "replaced") replaced.set(cause, [...(replaced.get(cause) ?? []), one.address]);
  const queue = [...from];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [address, cause] = next;
    if (reasons.has(address)) continue;
    reasons.set(address, cause);
    const along = [...decisions.get(address)!.causes.keys(), ...(replaced.get(address) ?? [])];
    queue.push(...along.map((one) => [one, address] as const));
  }
}
