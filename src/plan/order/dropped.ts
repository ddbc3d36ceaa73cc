/** Finds the parts that a change takes away, and the rest of a field when other objects are deleted. */
import type { Address, Kind, Spec } from "../../kinds/kind.ts";
import { fieldOf, refsOf, stageOf } from "../../resource/references.ts";
import type { Decision } from "../decision.ts";
import type { Delta } from "../diff.ts";

/** Whether a field loses something: an item of a list, or a value of its own. */
export function takesAway({ before, after, items }: Delta): boolean {
  if (items) return items.removed.length > 0;
  if (!Array.isArray(before) || !Array.isArray(after)) return before !== undefined;
  return before.some((item) => !after.includes(item));
}

/** Whether a later stage of a new object is work: only when one of its fields is written or has a default. */
export function stageMatters(one: Decision, stage: string): boolean {
  const fields = one.kind.stages.find((candidate) => candidate.name === stage)?.fields ?? [];
  const spec = one.declared!.desired.spec as Spec;
  const rules = one.kind.fields as Readonly<Record<string, { default?: unknown; of?: unknown }>>;
  return fields.some((field) => spec[field] !== undefined || rules[field]?.default !== undefined || rules[field]?.of !== undefined);
}

export function refersToDropped(one: Decision, stage: string, decisions: ReadonlyMap<Address, Decision>): boolean {
  return refsOf(one.kind.schema, one.found!.linked).some(({ path, value }) => {
    if (typeof value !== "string" || value === one.address || stageOf(one.kind as Kind, fieldOf(path)) !== stage) return false;
    const action = decisions.get(value)?.action;
    return action === "delete" || action === "replace";
  });
}

/** Returns the addresses that the old object refers to, in one of its stages or in any. */
export function droppedBy({ kind, found, address }: Decision, stage?: string): Address[] {
  return refsOf(kind.schema, found?.linked ?? {}).flatMap(({ path, value }) =>
    typeof value === "string" && value !== address && (stage === undefined || stageOf(kind, fieldOf(path)) === stage) ? [value] : [],
  );
}

/** Returns the value of a field without the items that refer to deleted objects. */
export function without(kind: Kind, spec: Spec, field: string, gone: ReadonlySet<Address>): readonly unknown[] {
  return keptIndexes(kind, spec, field, gone).map((i) => (spec[field] as readonly unknown[])[i]);
}

/** Returns the places of the items of a list field that do not refer to deleted objects. */
export function keptIndexes(kind: Kind, spec: Spec, field: string, gone: ReadonlySet<Address>): readonly number[] {
  const items = Array.isArray(spec[field]) ? (spec[field] as readonly unknown[]) : [];
  return items.flatMap((item, i) => (refsOf(kind.schema, { [field]: [item] }).some(({ value }) => gone.has(value as Address)) ? [] : [i]));
}
