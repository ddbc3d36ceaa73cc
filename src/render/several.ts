import type { Plan } from "../plan/plan.ts";
import type { DriftReport } from "./drift.ts";
import { counted } from "../diag/words.ts";
import { table } from "./layout.ts";
import { countDifferences, countSteps, describeCounts, noChangesIn } from "./summary.ts";

/**
 * Returns one line per plan, to be shown under the plans themselves; an empty text for a single plan. `failed`: names of the environments
 * that could not be planned.
 */
export function summaryOfPlans(plans: readonly Plan[], failed: readonly string[]): string {
  const lines = plans.map((plan) => ({ plan, counts: countSteps(plan.steps), left: countDifferences(plan) }));
  const changing = lines.filter(({ counts }) => counts.changes > 0).length;
  return side(
    lines.map(({ plan, counts, left }) => ({
      ...plan,
      text:
        counts.changes > 0
          ? describeCounts(counts)
          : left > 0
            ? `${counted(left, "difference")} left as found`
            : refusedOr(plan, noChangesIn(plan)),
    })),
    failed,
    `${changing} with changes`,
  );
}

/** Returns the same summary for drift. */
export function summaryOfDrifts(reports: readonly DriftReport[], failed: readonly string[]): string {
  const drifting = reports.filter(({ findings }) => findings.length > 0).length;
  return side(
    reports.map((report) => ({
      ...report,
      text: report.findings.length === 0 ? refusedOr(report, "no drift") : counted(report.findings.length, "difference"),
    })),
    failed,
    `${drifting} with drift`,
  );
}

/** Returns `agreed`, or the number of problems when errors kept something from being compared. */
function refusedOr({ refusals = 0 }: Pick<Plan, "refusals">, agreed: string): string {
  return refusals > 0 ? counted(refusals, "problem") : agreed;
}

interface Line extends Pick<Plan, "project" | "environment" | "account" | "region"> {
  readonly text: string;
}

function side(lines: readonly Line[], failed: readonly string[], sum: string): string {
  const total = lines.length + failed.length;
  if (total < 2) return "";
  const rows = [
    ...lines.map(({ project, environment, account, region, text }) => [`  ${project}/${environment}`, account, region, text]),
    ...failed.map((name) => [`  ${name}`, "", "", "failed"]),
  ];
  return `\n${table(rows).join("\n")}\n\n${counted(total, "environment")}: ${sum}, ${failed.length} failed.\n`;
}
