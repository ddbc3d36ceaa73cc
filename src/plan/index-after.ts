/** The resources as they will be when the whole plan is done. Objects that the plan leaves alone stay as they are. Pure. */
import type { Address, FieldRule, Kind, ResourceIndex, Spec, Subject } from "../kinds/kind.ts";
import { indexOf, presentSubject, subjectOfFound } from "./resource-index.ts";
import type { Decision } from "./decision.ts";
import type { Delta } from "./diff.ts";
import { normalised } from "./normalised.ts";
import type { Observed } from "./observed.ts";

export function aimedIndex(region: string, decisions: ReadonlyMap<Address, Decision>, observed: Observed): ResourceIndex {
  const subjects = new Map<Address, Subject>();
  for (const found of observed.objects.values()) subjects.set(found.address, subjectOfFound(found));
  for (const decision of decisions.values()) {
    const { address, declared, found, action } = decision;
    if (action === "delete") subjects.delete(address);
    else if ((action === "create" || action === "replace") && declared)
      subjects.set(address, { ...declared.desired, spec: declared.resolved });
    else if (found && declared) {
      const present = presentSubject(found, decision);
      subjects.set(address, { ...present, spec: changed(decision.kind, present.spec as Spec, declared.resolved, decision.deltas) });
    }
  }
  return indexOf(region, subjects);
}

/** Returns the spec with the changed fields as desired, in the form in which fields are compared. List entries that others made stay. */
function changed(kind: Kind, have: Spec, wanted: Spec, deltas: readonly Delta[]): Spec {
  if (deltas.length === 0) return have;
  const now: Record<string, unknown> = { ...normalised(kind, have) };
  const full: Spec = normalised(kind, wanted);
  for (const delta of deltas) {
    const { field, path, items, rule } = delta;
    now[field] =
      path === field && items ? withItems(rule, now[field], items) : (full[field] ?? (path === field ? rule.default?.value : now[field]));
  }
  return now;
}

function withItems({ as }: FieldRule, have: unknown, { added, removed, changed: others }: NonNullable<Delta["items"]>): unknown {
  const gone = new Set([...removed, ...others].map(({ key }) => key));
  const come = [...added.map(({ key, value }) => ({ key, value })), ...others.map(({ key, after }) => ({ key, value: after }))];
  if (have !== undefined && !Array.isArray(have))
    return Object.fromEntries([
      ...Object.entries(have as Spec).filter(([key]) => !gone.has(key)),
      ...come.map(({ key, value }) => [key, value] as const),
    ]);
  const keyOf = typeof as === "object" && "key" in as ? as.key : (item: unknown) => String(item);
  return [...((have as readonly unknown[] | undefined) ?? []).filter((item) => !gone.has(keyOf(item))), ...come.map(({ value }) => value)];
}
