/** Why an apply does not begin: what AWS is known to refuse, and assertions that would not hold. */
import type { PreflightFinding } from "../apply/preflight.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { ApplyRequest } from "./apply-request.ts";
import type { PlanRun } from "./plan-run.ts";

/** What a foreign object has already is an error of the plan; what may be there by the time of the apply is a warning, at which the apply stops. */
export function diagnosticOf(found: PreflightFinding, ignored: readonly string[] = []): Diagnostic {
  const { code, address, text, cure, at } = found;
  const severity = code === "slot-taken" && !ignored.includes(nameOf(found)) ? "error" : "warning";
  return {
    code,
    severity,
    at,
    summary: `${address}: ${text}.`,
    hint: `${outcomeOf(found)}${cure === undefined ? ". Fix it before you apply" : `: ${cure}`}`,
  };
}

/** A run whose diagnostics do not say again what is said as the reason why it does not begin. */
export function withoutSaid(run: PlanRun, said: readonly Diagnostic[]): PlanRun {
  const isSaid = (one: Diagnostic) => said.some(({ code, summary }) => code === one.code && summary === one.summary);
  return { ...run, diagnostics: run.diagnostics.filter((one) => !isSaid(one)) };
}

function outcomeOf({ isSilent }: PreflightFinding): string {
  return isSilent ? "AWS would make something else than is declared" : "AWS will reject this";
}

/** How `--ignore-preflight` names it. */
function nameOf({ code, address }: PreflightFinding): string {
  return `${code}@${address}`;
}

/** Why an apply does not begin: AWS is known to refuse a step of it, and nobody said to try all the same. */
export function knownRefusals({ found }: PlanRun, { ignorePreflight = [] }: ApplyRequest): Diagnostic[] {
  const refusals = found.filter((one) => !ignorePreflight.includes(nameOf(one)));
  return refusals.map((one) => {
    const cure = one.cure === undefined ? ". Fix it first" : `: ${one.cure}`;
    const hint = `${outcomeOf(one)}, so nothing was written${cure}; --ignore-preflight ${nameOf(one)} tries it all the same`;
    return { ...diagnosticOf(one), severity: "error", hint };
  });
}

/** Why an apply does not begin: an assertion of the file would not hold, at its end or in between. Whoever approved the plan did not see that. */
export function brokenAssertionsOf({ diagnostics }: PlanRun): readonly Diagnostic[] {
  const isAboutAssertion = (code: string) => code === "assert-violated" || code === "assert-unknown" || code === "assert-broken-meanwhile";
  return diagnostics.filter(({ code, severity }) => severity === "error" && isAboutAssertion(code));
}
