import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Kind } from "../kinds/kind.ts";
import type { Plan } from "./plan.ts";

/** Deletes and replacements that need no approval. */
const freely = { count: 5, share: 0.2 };

/**
 * What a plan would take away that nobody at a terminal has seen: more than five objects, more than a fifth of the
 * environment, or a keystone. Asked for applies without a terminal, without an exact approval, and not for `destroy`.
 */
export function guards(plan: Plan, kinds: readonly Kind[], allowDeletes: number | undefined): Diagnostic[] {
  const criticals = new Set(kinds.filter((kind) => kind.critical).map((kind) => kind.name));
  const gone = plan.steps.filter((step) => step.action === "delete" || step.action === "replace");
  if (gone.length === 0 || (allowDeletes !== undefined && gone.length <= allowDeletes)) return [];
  const critical = gone.find((step) => criticals.has(step.kind));
  const share = gone.length / Math.max(1, plan.objects.length);
  const why =
    gone.length > freely.count
      ? `that is more than ${freely.count}`
      : critical
        ? `${critical.address} is among them`
        : share > freely.share
          ? `that is ${Math.round(share * 100)} % of the environment`
          : undefined;
  if (why === undefined) return [];
  return [
    {
      code: "many-deletes",
      severity: "error",
      summary: `This plan deletes or replaces ${gone.length} of ${plan.objects.length} objects, and ${why}.`,
      detail: gone.map((step) => `${step.action} ${step.address}`).join("\n"),
      hint: `approve this very plan (--approve), allow it once (--allow-deletes ${gone.length}), or apply it at a terminal`,
    },
  ];
}
