/** Takes changes back that cannot be made, with all that is pointless or impossible without them. */
import type { Address } from "../kinds/kind.ts";
import { lateNeeds } from "../resource/late.ts";
import { refsOf } from "../resource/references.ts";
import type { Decision } from "./decide.ts";
import { changesTags } from "./tags.ts";

/** Takes back whole chains of replacements, what needs something that is now not made, and what others were to change only because of them. */
export function withdraw(decisions: ReadonlyMap<Address, Decision>, refused: ReadonlySet<Address>): void {
  const withdrawn = withDependants(decisions, refused);
  for (const address of withdrawn) Object.assign(decisions.get(address)!, { action: "none", deltas: [] });
  for (const one of decisions.values()) {
    const deltas = one.deltas.filter(({ causes }) => !causes || causes.some((cause) => !withdrawn.has(cause)));
    if (deltas.length === one.deltas.length) continue;
    const hasTags = changesTags(one.tags);
    const restarts = deltas.some(({ impact }) => impact === "restart");
    if (one.action === "update" || one.action === "restart")
      Object.assign(one, { action: restarts ? "restart" : deltas.length > 0 || hasTags ? "update" : "none" });
    one.deltas = deltas;
  }
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

/** Whether it refers to something that was to be made and now is not. */
function needsMissing(one: Decision, decisions: ReadonlyMap<Address, Decision>, withdrawn: ReadonlySet<Address>): boolean {
  const { desired } = one.declared!;
  const late = lateNeeds(desired).map(({ address }) => ({ value: address as unknown }));
  return [...refsOf(one.kind.schema, desired.spec), ...late].some(({ value }) => {
    const used = typeof value === "string" && withdrawn.has(value) ? decisions.get(value) : undefined;
    return used !== undefined && used.found === undefined;
  });
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
