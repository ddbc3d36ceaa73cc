import { codes } from "../codes.ts";
import type { Environment } from "../../config/environment.ts";
import type { Diagnostic, Position } from "../../diag/diagnostic.ts";
import { driftOf, type DriftReport, type Finding } from "../../render/drift.ts";
import { driftText, findingSentence } from "../../render/drift-text.ts";
import { driftSuite, junit } from "../../render/junit.ts";
import { commentLimit, driftMarkdown } from "../../render/markdown.ts";
import { driftJson, severalJson } from "../../render/plan-json.ts";
import { problemsOfDiagnostics, problemsOfDrift, sarif } from "../../render/sarif.ts";
import { summaryOfDrifts } from "../../render/several.ts";
import { acceptDrift, type AcceptFlags } from "../environments/accept.ts";
import type { Context } from "../context.ts";
import { loadOrThrow, program } from "../environments/environment.ts";
import { exit, exitOfAll, exitOfDifferences, type ExitCode } from "../exit.ts";
import { addToSummary, annotate, runLink, setOutputs } from "../github.ts";
import { emit, jsonText, usage } from "../outputs.ts";
import { failureOf, printDiagnostics } from "../report-error.ts";
import { namedOrAll, namedOrOnly } from "../environments/select.ts";
import { inSession, printFooter, unlessStopped, type Session } from "../session/session.ts";
import { failureFrom, failuresIn, reportFailures, type Failure } from "../environments/validation-report.ts";
import { version } from "../version.ts";
import { planOf } from "./plan.ts";

export interface DriftFlags extends Partial<AcceptFlags> {
  readonly all?: boolean;
}

/** `infra drift [ENV…]`: shows what AWS has and the YAML does not. Changes nothing. Exits with 2 when it found something. */
export async function drift(context: Context, namesOrPaths: readonly string[], flags: DriftFlags): Promise<ExitCode> {
  if (flags.accept !== undefined) {
    if (flags.all === true || namesOrPaths.length > 1) throw usage("--accept needs exactly one environment.");
    return acceptDrift(context, namedOrOnly(context, namesOrPaths[0], "drift"), { ...flags, accept: flags.accept });
  }
  if (flags.write === true) throw usage("--write needs --accept.");
  if (flags.all === true && namesOrPaths.length > 0) throw usage("--all cannot be used with an environment.");
  const names = namedOrAll(context, namesOrPaths);
  const results = await Promise.all(names.map((name) => runOrReport(context, name, names.length > 1)));
  const found = results.flatMap((result): Found[] => (result.report ? [{ ...result, report: result.report }] : []));
  const failed = names.filter((_name, i) => results[i]!.report === undefined);
  if (found.length > 0) print(context, found, failed);
  else reportFailures(context, failuresIn(results));
  for (const { footer } of results) footer?.();
  const code = exitOfAll(results.map((result) => result.code));
  setOutputs(context, code);
  return code;
}

interface DriftResult {
  readonly code: ExitCode;
  readonly report?: DriftReport;
  /** Prints the number of calls and the time, once the report is shown. */
  readonly footer?: () => void;
  readonly diagnostics: readonly Diagnostic[];
  /** The errors that prevent a comparison. */
  readonly failure?: Failure;
  /** The position that is shown for findings without a line of their own. */
  readonly at: Position;
}

type Found = DriftResult & { readonly report: DriftReport };

/** Runs one environment. When there are several, reports its failure, so that the others are still compared. */
async function runOrReport(context: Context, name: string, isOneOfSeveral: boolean): Promise<DriftResult> {
  try {
    return await runDrift(context, name, isOneOfSeveral);
  } catch (error) {
    if (!isOneOfSeveral) throw error;
    const failure = failureFrom(error, name);
    return { code: failureOf(error, context), diagnostics: [], at: { file: name, line: 1, column: 1 }, failure };
  }
}

async function runDrift(context: Context, name: string, isOneOfSeveral: boolean): Promise<DriftResult> {
  const loaded = loadOrThrow(context, name, "certain");
  const work = async (session: Session, environment: Environment): Promise<DriftResult> => {
    const run = await unlessStopped(context, planOf(context, session, environment, { unmanaged: true }));
    const report = { ...driftOf(run.plan), apply: `${program(context)} apply ${loaded.typed}` };
    printDiagnostics(run.diagnostics, context.io);
    annotate(context, [...run.diagnostics, ...report.findings.map((finding) => warningOf(finding, environment.at))]);
    const footer = () => printFooter(context, session, "every kind was listed in full");
    const failed = run.diagnostics.some(({ severity }) => severity === "error");
    return {
      code: failed ? exit.error : exitOfDifferences(report.findings.length, true),
      report,
      footer,
      diagnostics: run.diagnostics,
      at: environment.at,
    };
  };
  return inSession(context, loaded, work, isOneOfSeveral);
}

function warningOf(finding: Finding, fallback: Position): Diagnostic {
  return { code: `drift-${finding.group}`, severity: "warning", at: finding.at ?? fallback, summary: findingSentence(finding) };
}

function print(context: Context, found: readonly Found[], failed: readonly string[]): void {
  const link = runLink(context);
  const markdown = (limit: number) =>
    found
      .map(({ report, diagnostics }) => driftMarkdown(report, diagnostics, { limit: Math.floor(limit / found.length) - 1, link }))
      .join("\n");
  emit(context, {
    text: (options) =>
      `${found.map(({ report }) => driftText(report, options)).join("\n")}${summaryOfDrifts(
        found.map(({ report }) => report),
        failed,
      )}`,
    json: () => jsonText(severalJson(found.map(({ report, diagnostics }) => driftJson(report, diagnostics)))),
    markdown: () => markdown(commentLimit),
    sarif: () =>
      jsonText(
        sarif(
          found.flatMap(({ report, diagnostics, at }) => [...problemsOfDiagnostics(diagnostics, at), ...problemsOfDrift(report, at)]),
          version,
          codes,
        ),
      ),
    junit: () => junit(found.map(({ report }) => driftSuite(report))),
  });
  addToSummary(context, markdown);
}
