import { resolve } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { planEnvironment, type PlanOptions, type PlanRun } from "../../engine.ts";
import { codes } from "../codes.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { kinds } from "../../kinds/index.ts";
import { junit, validationSuite } from "../../render/junit.ts";
import { commentLimit, planMarkdown } from "../../render/markdown.ts";
import { planJson, severalJson } from "../../render/plan-json.ts";
import { planText } from "../../render/plan-text.ts";
import { problemsOfDiagnostics, problemsOfReach, sarif } from "../../render/sarif.ts";
import { summaryOfPlans } from "../../render/several.ts";
import { countDifferences, countSteps } from "../../render/summary.ts";
import type { Context } from "../context.ts";
import { knownEnvironments, loadWithWarnings, program, targeting, typed } from "../environments/environment.ts";
import { exit, exitOfAll, exitOfDifferences, type ExitCode } from "../exit.ts";
import { readsText } from "../../render/reads.ts";
import { addToSummary, annotate, runLink, setOutputs } from "../github.ts";
import { commitOf } from "../apply/stale-commit.ts";
import { emit, formatsOf, isWritten, jsonText, targetsOf, usage, type Renderers } from "../outputs.ts";
import { failureOf, printDiagnostics } from "../report-error.ts";
import { savePlan } from "../apply/saved-plan.ts";
import { namedOrAll, namedOrOnly } from "../environments/select.ts";
import { inSession, printFooter, unlessStopped, type Session } from "../session/session.ts";
import { failureFrom, failuresIn, reportFailures, type Failure } from "../environments/validation-report.ts";
import { version } from "../version.ts";

export interface PlanFlags {
  readonly all?: boolean;
  readonly out?: string;
  readonly target?: readonly string[];
  readonly detailedExitcode?: boolean;
  readonly repairContested?: boolean;
}

/** `infra plan ENV`: reads, compares and prints. */
export async function plan(context: Context, nameOrPath: string | undefined, flags: PlanFlags): Promise<ExitCode> {
  const names = namesOf(context, nameOrPath, flags);
  const results = await Promise.all(names.map((name) => runOrReport(context, name, flags, names.length > 1)));
  const runs = results.flatMap(({ run, warnings = [] }): Planned[] => (run ? [{ ...run, warnings }] : []));
  const failed = names.filter((_name, i) => results[i]!.run === undefined);
  if (runs.length > 0) await print(context, runs, failed);
  else reportFailures(context, failuresIn(results));
  if (names.length === 1 && flags.out !== undefined && runs[0]) save(context, runs[0], names[0]!, flags.out);
  for (const { footer } of results) footer?.();
  if (names.length === 1 && runs[0] && flags.out === undefined) sayHowToApply(context, runs[0], names[0]!, flags);
  const code = exitOfAll(results.map((one) => one.code));
  setOutputs(context, code, countSteps(runs.flatMap((run) => run.plan.steps)));
  return code;
}

/** Returns the plan whose goal is agreement with the YAML. */
export function planOf(
  context: Context,
  session: Session,
  environment: Environment,
  options: Pick<PlanOptions, "targets" | "unmanaged" | "preflight" | "repairContested">,
): Promise<PlanRun> {
  return planEnvironment(kinds, session.connection, environment, {
    goal: "agree",
    known: knownEnvironments(context),
    signal: context.signals.stop,
    ...options,
  });
}

function namesOf(context: Context, nameOrPath: string | undefined, flags: PlanFlags): readonly string[] {
  if (flags.all === true && (nameOrPath !== undefined || flags.out !== undefined))
    throw usage("--all cannot be used with an environment or with --out.");
  if (flags.all === true) return namedOrAll(context, []);
  return [namedOrOnly(context, nameOrPath, "plan", ", or --all")];
}

interface PlanResult {
  readonly code: ExitCode;
  readonly run?: PlanRun;
  /** The warnings about the YAML that were printed before the plan. */
  readonly warnings?: readonly Diagnostic[];
  /** Prints the number of calls and the time, once the plan is shown. */
  readonly footer?: () => void;
  /** The errors that prevent a plan. */
  readonly failure?: Failure;
}

/** Plans one environment. When there are several, reports its failure, so that the others are still planned. */
async function runOrReport(context: Context, name: string, flags: PlanFlags, isOneOfSeveral: boolean): Promise<PlanResult> {
  try {
    return await runPlan(context, name, flags, isOneOfSeveral);
  } catch (error) {
    if (!isOneOfSeveral) throw error;
    return { code: failureOf(error, context), failure: failureFrom(error, name) };
  }
}

async function runPlan(context: Context, name: string, flags: PlanFlags, isOneOfSeveral: boolean): Promise<PlanResult> {
  const { environment: loaded, warnings } = loadWithWarnings(context, name, "certain");
  const work = async (session: Session, environment: Environment): Promise<PlanResult> => {
    const run = await unlessStopped(
      context,
      planOf(context, session, environment, { targets: flags.target, preflight: true, repairContested: flags.repairContested }),
    );
    printDiagnostics(run.diagnostics, context.io);
    annotate(context, run.diagnostics);
    const footer = () => printFooter(context, session, run.plan.isNew ? undefined : readsText(run.observed.reads));
    const failed = run.diagnostics.some(({ severity }) => severity === "error");
    return {
      code: failed ? exit.error : exitOfDifferences(countDifferences(run.plan), flags.detailedExitcode === true),
      run,
      warnings,
      footer,
    };
  };
  return inSession(context, loaded, work, isOneOfSeveral);
}

interface Planned extends PlanRun {
  readonly warnings: readonly Diagnostic[];
}

async function print(context: Context, runs: readonly Planned[], failed: readonly string[]): Promise<void> {
  const pictures = await picturesOf(context, runs);
  const link = runLink(context);
  const markdown = (limit: number) =>
    runs
      .map((run) => planMarkdown(run.plan, [...run.warnings, ...run.diagnostics], { limit: Math.floor(limit / runs.length) - 1, link }))
      .join("\n");
  emit(context, {
    text: (options) =>
      `${runs.map((run) => planText(run.plan, options)).join("\n")}${summaryOfPlans(
        runs.map((run) => run.plan),
        failed,
      )}`,
    json: () => jsonText(severalJson(runs.map((run) => planJson(run.plan, run.diagnostics)))),
    markdown: () => markdown(commentLimit),
    sarif: () =>
      jsonText(
        sarif(
          runs.flatMap((run) => [
            ...problemsOfDiagnostics([...run.warnings, ...run.diagnostics], run.environment.at),
            ...problemsOfReach(run.plan, run.environment.at),
          ]),
          version,
          codes,
        ),
      ),
    ...pictures,
    junit: () => junit(runs.map((run) => validationSuite(`${run.plan.project}/${run.plan.environment}`, run.diagnostics))),
  });
  addToSummary(context, markdown);
}

/** Returns the renderers of pictures. Their code is loaded only when a picture is asked for. */
async function picturesOf(context: Context, runs: readonly Planned[]): Promise<Renderers> {
  const asked = targetsOf(context.options.outputs, formatsOf("plan")).some(({ format }) => format === "svg" || format === "html");
  if (!asked) return {};
  const [run, ...others] = runs;
  if (!run || others.length > 0) throw usage("a picture shows one environment.", "name one, instead of --all");
  const { planPage, planPicture } = await import("../apply/plan-picture.ts");
  return { svg: () => planPicture(run), html: () => planPage(run, [...run.warnings, ...run.diagnostics], commitOf(context)) };
}

/** Prints the next command, for a person at a terminal. */
function sayHowToApply(context: Context, { plan }: PlanRun, name: string, { target }: PlanFlags): void {
  if (countSteps(plan.steps).changes === 0 || !context.io.stderr.isTTY) return;
  context.io.stderr.write(`Run \`${program(context)} apply ${typed(name, context.cwd)}${targeting(target)}\` to make these changes.\n`);
}

function save(context: Context, run: PlanRun, name: string, out: string): void {
  if (!isWritten(context, () => savePlan(resolve(context.cwd, out), run.plan, commitOf(context)))) return;
  context.io.stderr.write(
    `Saved. \`${program(context)} apply ${typed(name, context.cwd)} --plan ${typed(out, context.cwd)}\` runs it, if it still matches.\n`,
  );
}
