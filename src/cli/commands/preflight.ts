import { dryRun, type DryRun, type Tried } from "../../apply/dry-run.ts";
import type { Environment } from "../../config/environment.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { kinds } from "../../kinds/index.ts";
import { counted } from "../../diag/words.ts";
import { table, wrap } from "../../render/layout.ts";
import { formatVersion } from "../../render/plan-json.ts";
import type { TextOptions } from "../../render/text-options.ts";
import { placeOf } from "../../render/values.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { annotate, setOutputs } from "../github.ts";
import { emit, exitWithOutputs, jsonText } from "../outputs.ts";
import { printDiagnostics } from "../report-error.ts";
import { inSession, printFooter, unlessStopped } from "../session/session.ts";
import type { ApplyFlags } from "./apply-flags.ts";
import { planOf } from "./plan.ts";

/**
 * `infra apply ENV --preflight`: makes the checks that are possible before the first write. Writes nothing. Exits with 1 when AWS would
 * refuse something.
 */
export async function tryBeforehand(
  context: Context,
  environment: Environment,
  flags: Pick<ApplyFlags, "target" | "repairContested">,
): Promise<ExitCode> {
  return inSession(context, environment, async (session, environment) => {
    const run = await unlessStopped(
      context,
      planOf(context, session, environment, { targets: flags.target, repairContested: flags.repairContested }),
    );
    const { planned, observed, drivers } = run;
    const aws = session.connection.aws.within({ signal: context.signals.stop });
    const found = await unlessStopped(context, dryRun({ kinds, aws, environment, planned, observed, drivers }));
    const problems = [...run.diagnostics, ...found.tried.filter(({ outcome }) => outcome === "refused").map(problemOf)];
    printDiagnostics(problems, context.io);
    annotate(context, problems);
    emit(context, {
      text: (options) => textOf(found, options),
      json: () => jsonText({ format_version: formatVersion, project: environment.project, environment: environment.name, ...found }),
    });
    printFooter(context, session);
    const code = exitWithOutputs(context, problems.some(({ severity }) => severity === "error") ? exit.error : exit.ok, true);
    setOutputs(context, code);
    return code;
  });
}

function problemOf({ address, code, finding = "preflight", text, at }: Tried): Diagnostic {
  return {
    code: finding,
    severity: "error",
    ...(at ? { at } : {}),
    summary: `${address}: ${text}${code === undefined ? "" : ` (${code})`}`,
    hint: "nothing was changed",
  };
}

const words: Readonly<Record<Tried["outcome"], string>> = { allowed: "allowed", refused: "refused", untried: "not checked" };

function textOf({ tried, unchecked }: DryRun, { width, verbose }: TextOptions): string {
  if (tried.length === 0) return "No changes, so there is nothing to check.\n";
  const shown = tried.filter(({ outcome }) => verbose || outcome !== "untried");
  const heads = table(shown.map(({ outcome, address }) => [`  ${words[outcome]}`, address, "·"])).map((head) => head.slice(0, -1));
  const lines = shown.flatMap(({ text, at }, i) =>
    wrap(`${text}${at ? ` (${placeOf(at)})` : ""}`, width, heads[i]!, " ".repeat(heads[i]!.length)),
  );
  const by = worstByStep(tried);
  const untried = tried.length - shown.length;
  if (untried > 0) {
    const text = `Not checked: ${counted(untried, "call")} (they depend on resources not created yet, or have no DryRun; --verbose lists them).`;
    lines.push(...(lines.length > 0 ? [""] : []), ...wrap(text, width));
  }
  if (unchecked.length > 0) lines.push("", "Could not be read", ...unchecked.flatMap((text) => wrap(text, width, "  · ", "    ")));
  const number = (outcome: Tried["outcome"]) => [...by.values()].filter((one) => one === outcome).length;
  lines.push(
    "",
    `Preflight of ${counted(by.size, "resource")}: ${number("allowed")} allowed, ${number("refused")} refused, ${number("untried")} not checked.`,
  );
  return `${lines.join("\n")}\n`;
}

/**
 * Returns one outcome per address: "refused" when AWS would refuse one of its calls, otherwise "allowed" when AWS allowed one, otherwise
 * "untried".
 */
function worstByStep(tried: readonly Tried[]): ReadonlyMap<string, Tried["outcome"]> {
  const rank: readonly Tried["outcome"][] = ["untried", "allowed", "refused"];
  const worst = new Map<string, Tried["outcome"]>();
  for (const { address, outcome } of tried)
    if (rank.indexOf(outcome) > rank.indexOf(worst.get(address) ?? "untried") || !worst.has(address)) worst.set(address, outcome);
  return worst;
}
