import type { Changes, Kind, Live, Spec } from "../kinds/kind.ts";
import type { Decision } from "../plan/decision.ts";
import { changesOf, diff, type Expected } from "../plan/diff.ts";

/**
 * What a stage changes, in AWS's ids. Fields that are compared by a hash of what the author wrote, or of which only the
 * plan knows that they change, come from the decision; without one, for what was just made, all that differs.
 */
export function changesIn(kind: Kind, stage: string, request: Expected, live: Live, decision: Decision | undefined): Changes<Spec> {
  const changes: Record<string, unknown> = { ...changesOf(kind, diff(kind, request, live), stage, request, live) };
  if (!decision) return changes as Changes<Spec>;
  const planned = new Set(decision.deltas.filter((delta) => delta.stage === stage).map((delta) => delta.field));
  for (const field of Object.keys(changes)) if (!planned.has(field)) delete changes[field];
  for (const field of planned) changes[field] ??= { before: (live.spec as Spec)[field], after: (request.spec as Spec)[field] };
  return changes as Changes<Spec>;
}
