import type { Changes, Kind, Live, Spec } from "../kinds/kind.ts";
import type { Decision } from "../plan/decision.ts";
import { changesOf, diff, type Expected } from "../plan/diff.ts";

/**
 * Returns the changes of a stage, with AWS's ids. The decision adds fields that only the plan can compare, such as hashes of written text,
 * and limits the changes to the planned ones. Without a decision (a new object), all differences count.
 */
export function changesIn(kind: Kind, stage: string, request: Expected, live: Live, decision: Decision | undefined): Changes<Spec> {
  const changes: Record<string, unknown> = { ...changesOf(kind, diff(kind, request, live), stage, request, live) };
  if (!decision) return changes as Changes<Spec>;
  const planned = new Set(decision.deltas.filter((delta) => delta.stage === stage).map((delta) => delta.field));
  for (const field of Object.keys(changes)) if (!planned.has(field)) delete changes[field];
  for (const field of planned) changes[field] ??= { before: (live.spec as Spec)[field], after: (request.spec as Spec)[field] };
  return changes as Changes<Spec>;
}
