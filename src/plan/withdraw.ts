/** Takes changes back that cannot be made, with all that is pointless or impossible without them. */
import type { Address, FieldRule } from "../kinds/kind.ts";
import { lateNeeds } from "../resource/late.ts";
import { fieldOf, refsOf } from "../resource/references.ts";
import { followsText } from "./spread.ts";
import type { Decision } from "./decision.ts";
import type { Delta } from "./diff.ts";
import { stateFollowing } from "./follow.ts";
import { changesTags } from "./tags.ts";

/** Takes back whole chains of replacements, what needs something that is now not made, and what others were to change only because of them. */
export function withdraw(decisions: ReadonlyMap<Address, Decision>, refused: ReadonlySet<Address>): void {
  const withdrawn = withDependants(decisions, refused);
  for (const address of withdrawn) Object.assign(decisions.get(address)!, { action: "none", deltas: [], isWithdrawn: true });
  for (const one of decisions.values()) {
    if (!one.deltas.some(({ causes = [], also = [] }) => [...causes, ...also].some((cause) => withdrawn.has(cause)))) continue;
    one.deltas = one.deltas.flatMap((delta) => withoutCauses(delta, decisions));
    if (one.action === "update" || one.action === "restart") Object.assign(one, whatIsLeft(one));
  }
  stateFollowing(decisions);
}

/** A difference that only what was taken back would have brought about is none. */
function withoutCauses(delta: Delta, decisions: ReadonlyMap<Address, Decision>): Delta[] {
  const causes = delta.causes?.filter((cause) => isChange(decisions.get(cause)!));
  if (!causes || causes.length === delta.causes!.length) return [delta];
  const [first] = causes;
  return first === undefined ? [] : [{ ...delta, causes, rule: { ...delta.rule, because: followsText(decisions.get(first)!) } }];
}

/** The action and the reason of a change that lost some of its differences. */
function whatIsLeft({ deltas, tags }: Decision): Pick<Decision, "action" | "because"> {
  const action = deltas.some(({ impact }) => impact === "restart") ? "restart" : "update";
  const reasons = deltas.filter(({ impact }) => impact === action).map(({ rule, path }) => rule.because ?? `${path} differs`);
  if (deltas.length > 0) return { action, because: [...new Set(reasons)].join("; ") };
  return changesTags(tags) ? { action: "update", because: "its tags differ" } : { action: "none", because: "" };
}

/** Nothing is deleted while a change of the same plan is refused: what would be deleted is kept for now. */
export function withholdDeletes(decisions: ReadonlyMap<Address, Decision>): void {
  for (const one of decisions.values())
    if (one.action === "delete")
      Object.assign(one, { action: "keep", withheld: true, because: "nothing is deleted while a change of this plan is refused" });
}

function withDependants(decisions: ReadonlyMap<Address, Decision>, refused: ReadonlySet<Address>): ReadonlySet<Address> {
  let chain = chainsOf(decisions, refused);
  for (;;) {
    const dependants = [...decisions.values()].filter(
      (one) => !chain.has(one.address) && isChange(one) && needsMissing(one, decisions, chain),
    );
    if (dependants.length === 0) return chain;
    chain = chainsOf(decisions, new Set([...chain, ...dependants.map(({ address }) => address)]));
  }
}

function isChange({ action }: Decision): boolean {
  return action === "create" || action === "update" || action === "restart" || action === "replace";
}

/**
 * Whether it refers to something that was to be made and now is not; or would be made in something that was to be replaced and now is
 * not: in a subnet of another range or zone than the file says, from which it could never move.
 */
function needsMissing(one: Decision, decisions: ReadonlyMap<Address, Decision>, withdrawn: ReadonlySet<Address>): boolean {
  const { desired } = one.declared!;
  const late = lateNeeds(desired).map(({ address }) => ({ value: address as unknown, path: undefined }));
  return [...refsOf(one.kind.schema, desired.spec), ...late].some(({ value, path }) => {
    const used = typeof value === "string" && withdrawn.has(value) ? decisions.get(value) : undefined;
    if (used === undefined) return false;
    const wasReplaced = used.action === "replace" && one.action === "create" && path !== undefined && settles(one, path);
    return used.found === undefined || wasReplaced;
  });
}

/** Whether a reference can never change: what is made with it stays with it. */
function settles({ kind }: Decision, path: string): boolean {
  return (kind.fields as Readonly<Record<string, FieldRule>>)[fieldOf(path)]!.change === "replace";
}

/** What is refused, what would have been replaced with it, and the replacements that it would have had to follow. */
function chainsOf(decisions: ReadonlyMap<Address, Decision>, refused: ReadonlySet<Address>): ReadonlySet<Address> {
  const replaced = new Map<Address, Address[]>();
  for (const one of decisions.values())
    for (const [cause, how] of one.causes) if (how === "replaced") replaced.set(cause, [...(replaced.get(cause) ?? []), one.address]);
  const chained = new Set<Address>();
  const queue = [...refused];
  for (let address = queue.pop(); address !== undefined; address = queue.pop()) {
    if (chained.has(address)) continue;
    chained.add(address);
    queue.push(...decisions.get(address)!.causes.keys(), ...(replaced.get(address) ?? []));
  }
  return chained;
}
