/** The reasons why an apply does not begin: known refusals of AWS, and assertions that would not hold. */
import type { PreflightFinding } from "../apply/preflight.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { ApplyRequest } from "./apply-request.ts";
import type { PlanRun } from "./plan-run.ts";

/** A name or range that a foreign object has is an error of the plan. Other findings may be solved before the apply: they are warnings, at which the apply stops. */
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

/** Returns the run without the diagnostics that are told as the reason why it does not begin. */
export function withoutSaid(run: PlanRun, said: readonly Diagnostic[]): PlanRun {
  const isSaid = (one: Diagnostic) => said.some(({ code, summary }) => code === one.code && summary === one.summary);
  return { ...run, diagnostics: run.diagnostics.filter((one) => !isSaid(one)) };
}

function outcomeOf({ isSilent }: PreflightFinding): string {
  return isSilent ? "AWS would create something other than the YAML declares" : "AWS will reject this";
}

/** The name of a finding for `--ignore-preflight`. */
function nameOf({ code, address }: PreflightFinding): string {
  return `${code}@${address}`;
}

/** Returns the known refusals of AWS that stop the apply: all that `--ignore-preflight` does not name. */
export function knownRefusals({ found }: PlanRun, { ignorePreflight = [] }: ApplyRequest): Diagnostic[] {
  const refusals = found.filter((one) => !ignorePreflight.includes(nameOf(one)));
  return refusals.map((one) => {
    const cure = one.cure === undefined ? ". Fix it first" : `: ${one.cure}`;
    const hint = `${outcomeOf(one)}, so nothing was written${cure}; --ignore-preflight ${nameOf(one)} tries it anyway`;
    return { ...diagnosticOf(one), severity: "error", hint };
  });
}

/** Returns the broken assertions that stop the apply, at its end or in between. An approval does not cover them, because the approved plan did not show them. */
export function brokenAssertionsOf({ diagnostics }: PlanRun): readonly Diagnostic[] {
  const isAboutAssertion = (code: string) => code === "assert-violated" || code === "assert-unknown" || code === "assert-broken-meanwhile";
  return diagnostics.filter(({ code, severity }) => severity === "error" && isAboutAssertion(code));
}
