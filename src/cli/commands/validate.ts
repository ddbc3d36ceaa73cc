import type { Validated } from "../../render/validation.ts";
import type { Context } from "../context.ts";
import { load } from "../environments/environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { annotate, setOutputs } from "../github.ts";
import { printDiagnostics } from "../report-error.ts";
import { sharedIdentities } from "../environments/same-identity.ts";
import { namedOrAll } from "../environments/select.ts";
import { reportValidation } from "../environments/validation-report.ts";

/** `infra validate [ENV…]`: reports every problem of every environment. Sends no request to AWS. */
export async function validate(
  context: Context,
  namesOrPaths: readonly string[],
  show: { readonly resolved?: true; readonly variables?: true } = {},
): Promise<ExitCode> {
  const loaded = namedOrAll(context, namesOrPaths).map((name) => ({ name, ...load(context, name) }));
  const shared = sharedIdentities(loaded);
  const all = loaded.map(({ name, environment, diagnostics }): Validated => {
    const { document, variables } = environment ?? {};
    return {
      name,
      diagnostics: [...diagnostics, ...[shared.get(name) ?? []].flat()],
      resources: environment?.nodes.length,
      ...(show.resolved && document && { document: document() }),
      ...(show.variables && variables && { variables }),
    };
  });
  const problems = all.flatMap(({ diagnostics }) => diagnostics);
  printDiagnostics(problems, context.io);
  annotate(context, problems);
  reportValidation(context, all);
  const code = problems.some(({ severity }) => severity === "error") ? exit.error : exit.ok;
  setOutputs(context, code);
  return code;
}
