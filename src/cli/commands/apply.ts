import type { PlanRun } from "../../engine.ts";
import { kinds } from "../../kinds/index.ts";
import { guards } from "../../plan/guards.ts";
import { counted, listed } from "../../diag/words.ts";
import { countSteps } from "../../render/summary.ts";
import type { Context } from "../context.ts";
import { loadOrThrow, program, targeting, typed } from "../environments/environment.ts";
import type { ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";
import { runApply } from "../apply/run-apply.ts";
import { readApproval } from "../apply/saved-plan.ts";
import { named, namedOrOnly } from "../environments/select.ts";
import { inSession, unlessStopped } from "../session/session.ts";
import { timeoutsFor } from "../apply/timeouts.ts";
import type { ApplyFlags } from "./apply-flags.ts";
import { resolve } from "node:path";

/** `infra apply ENV`: plans, shows the plan, asks, runs it. */
export async function apply(context: Context, maybeName: string | undefined, flags: ApplyFlags): Promise<ExitCode> {
  if (flags.plan !== undefined && flags.approve !== undefined)
    throw usage("--plan and --approve cannot be used together: both say which changes may run.");
  const agreed = flags.plan ?? flags.approve;
  const approval = agreed === undefined ? undefined : readApproval(resolve(context.cwd, agreed));
  // Only an approval of everything can be narrowed: other targets in the place of the approved ones would have nothing approved to run.
  if (flags.target !== undefined && (flags.plan !== undefined || approval?.targets !== undefined))
    throw usage(
      `${flags.plan === undefined ? "--approve" : "--plan"} runs the saved plan with its own targets${approval?.targets ? `: ${listed(approval.targets)}` : ""}.`,
      "omit --target, or plan again with other targets",
    );
  const isSaid = flags.yes === true || approval !== undefined;
  const timeouts = timeoutsFor(flags.timeout ?? [], kinds);
  const mayChoose = flags.preflight === true || (context.io.canAsk && !isSaid);
  const nameOrPath = (mayChoose ? namedOrOnly : named)(context, maybeName, "apply");
  const environment = loadOrThrow(context, nameOrPath, "certain");
  if (flags.preflight === true) return (await import("./preflight.ts")).tryBeforehand(context, environment, flags);
  return inSession(context, environment, (session, environment) =>
    runApply(context, session, environment, {
      goal: "agree",
      targets: flags.target,
      approval,
      withoutLease: !flags.lock,
      timeouts,
      repairContested: flags.repairContested,
      ignorePreflight: flags.ignorePreflight,
      mayGoBack: flags.allowOlder === true,
      mayRun: (run) => (isSaid ? Promise.resolve(true) : isConfirmed(context, run)),
      guards: (run) => (context.io.canAsk || approval !== undefined ? [] : guards(run.plan, kinds, flags.allowDeletes)),
      words: typed(nameOrPath, context.cwd),
      again: `${program(context)} apply ${typed(nameOrPath, context.cwd)}${targeting(flags.target)}`,
    }),
  );
}

/** Asks at the terminal whether to run the plan that was shown. */
export async function isConfirmed(context: Context, run: PlanRun): Promise<boolean> {
  if (!context.io.canAsk) throw usage("No terminal to ask for confirmation. Nothing was changed.", "--yes applies without asking");
  const { changes } = countSteps(run.plan.steps);
  const answer = await unlessStopped(context, context.io.ask(`Apply these changes to ${counted(changes, "resource")}? [y/N] `));
  const isYes = /^y(es)?$/i.test(answer?.trim() ?? "");
  if (!isYes) context.io.stderr.write("Nothing was changed.\n");
  return isYes;
}
