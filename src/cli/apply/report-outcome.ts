import type { Outcome } from "../../apply/events.ts";
import type { Code } from "../../diag/codes.ts";
import type { PlanRun } from "../../engine.ts";
import { outcomeJson, outcomeText, type Output } from "../../render/apply-summary.ts";
import { junit, outcomeSuite } from "../../render/junit.ts";
import { commentLimit, outcomeMarkdown } from "../../render/markdown.ts";
import { policyHint, quotaHint } from "../../apply/failure.ts";
import { codes } from "../codes.ts";
import type { Context } from "../context.ts";
import { program } from "../environments/environment.ts";
import { addToSummary, annotate, runLink } from "../github.ts";
import { emit, jsonText } from "../outputs.ts";
import type { Session } from "../session/session.ts";

/** Reports the result of an apply in every form that was asked for. */
export function reportOutcome(
  context: Context,
  { policy }: Session,
  run: PlanRun,
  ended: Outcome,
  outputs: readonly Output[],
  again: string,
): void {
  const hints = new Map([
    [policyHint, `\`${policy}\` lists what the role needs`],
    ...(context.options.sandbox ? [[quotaHint, sandboxQuotas(context)] as const] : []),
  ]);
  const failed = ended.failed.map(({ step, failure }) => {
    const hint = hints.get(failure.hint ?? "");
    return { step, failure: hint === undefined ? failure : { ...failure, hint } };
  });
  const outcome: Outcome = { ...ended, failed };
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
    jsonl: () => undefined, // written during the run
    markdown: () => markdown(commentLimit),
    junit: () => junit([outcomeSuite(`${run.plan.project}/${run.plan.environment}`, outcome)]),
  });
  addToSummary(context, markdown);
}

/** The hint for the quotas of the sandbox. Nobody can raise them, and the sandbox's environments share one account. */
function sandboxQuotas(context: Context): string {
  return `the sandbox has the quotas of a new account, shared by all environments: destroy one with \`${program(context)} destroy ENV\`, or empty it with \`infra sandbox reset\``;
}
