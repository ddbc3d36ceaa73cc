import type { Outcome } from "../apply/events.ts";
import { codes, type Code } from "../diag/codes.ts";
import type { PlanRun } from "../engine.ts";
import { outcomeJson, outcomeText, type Output } from "../render/apply-summary.ts";
import { junit, outcomeSuite } from "../render/junit.ts";
import { commentLimit, outcomeMarkdown } from "../render/markdown.ts";
import type { Context } from "./context.ts";
import { addToSummary, annotate, runLink } from "./github.ts";
import { emit, jsonText } from "./outputs.ts";

/** What an apply came to, in every form that was asked for. */
export function reportOutcome(context: Context, run: PlanRun, outcome: Outcome, outputs: readonly Output[], again: string): void {
  const markdown = (limit: number) => outcomeMarkdown(run.plan, outcome, { limit, link: runLink(context) }, outputs);
  annotate(
    context,
    outcome.failed.map(({ step, failure: { code, message, hint } }) => ({
      code: code in codes ? (code as Code) : "aws-error",
      severity: "error",
      at: step.position,
      summary: `${step.action} ${step.address}: ${code in codes ? message : `${message} (${code})`}`,
      hint,
    })),
  );
  emit(context, {
    text: (options) =>
      outcomeText(outcome, `Run \`${again}\` again to continue. Finished steps are not repeated.`, options, {
        outputs,
        plan: run.plan,
      }),
    json: () => jsonText(outcomeJson(outcome, outputs)),
    jsonl: () => undefined, // written while it ran
    markdown: () => markdown(commentLimit),
    junit: () => junit([outcomeSuite(`${run.plan.project}/${run.plan.environment}`, outcome)]),
  });
  addToSummary(context, markdown);
}
