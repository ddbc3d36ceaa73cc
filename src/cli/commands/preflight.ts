import { preflight, type Tried } from "../../apply/preflight.ts";
import type { Environment } from "../../config/environment.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { counted, table, wrap } from "../../render/layout.ts";
import { placeOf } from "../../render/values.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { annotate, setOutputs } from "../github.ts";
import { emit, jsonText } from "../outputs.ts";
import { printDiagnostics } from "../report-error.ts";
import { inSession, unlessStopped } from "../session.ts";
import { planOf } from "./plan.ts";

/** `infra apply ENV --preflight`: asks AWS what can be asked before the first write. Makes nothing; ends with 1 when AWS would refuse something. */
export async function tryBeforehand(context: Context, environment: Environment, targets: readonly string[] | undefined): Promise<ExitCode> {
  return inSession(context, environment, async (session) => {
    const run = await unlessStopped(context, planOf(context, session, environment, "agree", targets));
    const tried = await unlessStopped(
      context,
      preflight({ aws: session.connection.aws, environment, planned: run.planned, observed: run.observed, drivers: run.drivers }),
    );
    const problems = [...run.diagnostics, ...tried.filter(({ outcome }) => outcome === "refused").map(problemOf)];
    printDiagnostics(problems, context.io);
    annotate(context, problems);
    emit(context, {
      text: ({ width }) => textOf(environment, tried, width),
      json: () => jsonText({ project: environment.project, environment: environment.name, tried }),
    });
    const code = problems.some(({ severity }) => severity === "error") ? exit.error : exit.ok;
    setOutputs(context, code);
    return code;
  });
}

function problemOf({ address, code, text, at }: Tried): Diagnostic {
  return {
    code: "preflight",
    severity: "error",
    ...(at ? { at } : {}),
    summary: `${address}: ${text} (${code})`,
    hint: "nothing was changed",
  };
}

const words: Readonly<Record<Tried["outcome"], string>> = { "would-work": "would work", refused: "refused", untried: "not tried" };

function textOf({ project, name }: Environment, tried: readonly Tried[], width: number): string {
  if (tried.length === 0) return `Nothing to do in ${project}/${name}, and so nothing to try.\n`;
  const number = (outcome: Tried["outcome"]) => tried.filter((one) => one.outcome === outcome).length;
  const heads = table(tried.map(({ outcome, address }) => [`  ${words[outcome]}`, address, "·"])).map((head) => head.slice(0, -1));
  const lines = tried.flatMap(({ text, at }, i) =>
    wrap(`${text}${at ? ` (${placeOf(at)})` : ""}`, width, heads[i]!, " ".repeat(heads[i]!.length)),
  );
  return `${lines.join("\n")}\n\nPreflight of ${counted(tried.length, "step")}: ${number("would-work")} would work, ${number("refused")} refused, ${number("untried")} not tried.\n`;
}
