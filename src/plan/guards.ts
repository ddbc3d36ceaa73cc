import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Kind } from "../kinds/kind.ts";
import type { FieldChange, Plan, Step } from "./plan.ts";

/** The number and share of deletes, replacements and openings that need no approval. */
const freely = { count: 5, share: 0.2 };

/**
 * Returns the deletes, replacements and openings that need an approval, because nobody at a terminal has seen them: more than five
 * objects, more than a fifth of the environment, or a critical object; and every opening or cut-off that the file does not write. The
 * caller asks only for applies without a terminal and without an exact approval, and not for `destroy`.
 */
export function guards(plan: Plan, kinds: readonly Kind[], allowDeletes: number | undefined): Diagnostic[] {
  return [...unwrittenExposures(plan), ...tooMuch(plan, kinds, allowDeletes)];
}

/** Returns the openings that nobody wrote in the file. A single one is too many. */
function unwrittenExposures({ steps }: Plan): Diagnostic[] {
  return steps.flatMap((step) =>
    exposuresOf(step)
      .filter(({ unwritten }) => unwritten)
      .map(({ path, exposes }): Diagnostic => ({
        code: "opens-unwritten",
        severity: "error",
        ...(step.at ? { at: step.at } : {}),
        summary: `${step.address}: ${path} would change, and ${exposes}; the YAML does not set ${path}.`,
        hint: `write the value of ${path} that you want; or approve exactly this plan (--approve), or apply it at a terminal`,
      })),
  );
}

function tooMuch(plan: Plan, kinds: readonly Kind[], allowDeletes: number | undefined): Diagnostic[] {
  const criticals = new Set(kinds.filter((kind) => kind.critical).map((kind) => kind.name));
  const gone = plan.steps.filter((step) => step.action === "delete" || step.action === "replace");
  const opened = plan.steps.filter((step) => exposuresOf(step).length > 0);
  const count = gone.length + opened.length;
  if (count === 0 || (allowDeletes !== undefined && count <= allowDeletes)) return [];
  const critical = gone.find((step) => criticals.has(step.kind));
  const share = count / Math.max(1, plan.objects.length);
  const why =
    count > freely.count
      ? `that is more than ${freely.count}`
      : critical
        ? `${critical.address} is among them`
        : share > freely.share
          ? `that is ${Math.round(share * 100)} % of the environment`
          : undefined;
  if (why === undefined) return [];
  const opening = opened.length > 0 ? ` and opens or cuts off ${opened.length}` : "";
  return [
    {
      code: "many-deletes",
      severity: "error",
      summary: `This plan deletes or replaces ${gone.length} of ${plan.objects.length} objects${opening}, and ${why}.`,
      detail: [...gone.map((step) => `${step.action} ${step.address}`), ...opened.flatMap(openingLines)].join("\n"),
      hint: `approve exactly this plan (--approve), allow it once (--allow-deletes ${count}), or apply it at a terminal`,
    },
  ];
}

/** Returns the changes of an update that open something to everybody or cut it off. New objects do not count: nobody relies on them yet. */
function exposuresOf(step: Step): readonly FieldChange[] {
  return step.action === "update" || step.action === "restart" ? step.changes.filter(({ exposes }) => exposes !== undefined) : [];
}

function openingLines(step: Step): string[] {
  return exposuresOf(step).map(({ path, exposes }) => `${step.action} ${step.address}: ${path}: ${exposes}`);
}
