import { existsSync, readFileSync } from "node:fs";
import { DiagnosticError } from "../diag/diagnostic.ts";
import { approvalOf, type Approval } from "../plan/approval.ts";
import type { Plan } from "../plan/plan.ts";
import { jsonText, usage, writeOutput } from "./outputs.ts";
import { version } from "./version.ts";

/** `plan --out FILE`: the plan as it was shown, and the approval of just that, at this commit where it is known. */
export function savePlan(path: string, plan: Plan, commit: string | undefined): void {
  writeOutput(path, jsonText({ infra: version, approval: approvalOf(plan, commit), plan }));
}

/** `apply --plan FILE`, `apply --approve FILE`: a saved plan, or an approval alone. */
export function readApproval(path: string): Approval {
  if (!existsSync(path)) throw usage(`there is no file ${path}.`, "`infra plan ENV --out FILE` writes a saved plan");
  const text = readFileSync(path, "utf8");
  try {
    const read = JSON.parse(text) as { readonly approval?: unknown };
    const approval = read.approval ?? read;
    if (isApproval(approval)) return approval;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw usage(`${path} is neither a saved plan nor an approval.`, "`infra plan ENV --out FILE` writes one");
}

function isApproval(value: unknown): value is Approval {
  const { format, actions } = (value ?? {}) as Partial<Approval>;
  return (
    format === 1 &&
    Array.isArray(actions) &&
    actions.every(
      ({ address, action, fingerprint, want, fields }) =>
        [address, action, fingerprint, want].every((word) => typeof word === "string") && typeof fields === "object" && fields !== null,
    )
  );
}

/** Thrown when the plan that was saved or approved is not what would be done now; the exit code is 4. */
export class StalePlan extends DiagnosticError {}

export function stale(summary: string, detail?: string): StalePlan {
  return new StalePlan([
    { code: "stale-plan", severity: "error", summary, detail, hint: "nothing was changed; make a new plan and look at it again" },
  ]);
}
