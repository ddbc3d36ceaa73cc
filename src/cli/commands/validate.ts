import { codes } from "../codes.ts";
import { junit, validationSuite } from "../../render/junit.ts";
import { commentLimit, validationMarkdown } from "../../render/markdown.ts";
import { problemsOfDiagnostics, sarif } from "../../render/sarif.ts";
import { validationJson, validationText, type Validated } from "../../render/validation.ts";
import type { Context } from "../context.ts";
import { load } from "../environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { addToSummary, annotate, runLink, setOutputs } from "../github.ts";
import { emit, jsonText } from "../outputs.ts";
import { printDiagnostics } from "../report-error.ts";
import { namedOrAll } from "../select.ts";
import { version } from "../version.ts";

/** `infra validate [ENV…]`: every problem of every environment, without a word to AWS. */
export async function validate(
  context: Context,
  namesOrPaths: readonly string[],
  show: { readonly resolved?: true; readonly variables?: true } = {},
): Promise<ExitCode> {
  const all = namedOrAll(context, namesOrPaths).map((name): Validated => {
    const { environment, diagnostics } = load(context, name);
    const { document, variables } = environment ?? {};
    return {
      name,
      diagnostics,
      resources: environment?.nodes.length,
      ...(show.resolved && document && { document: document() }),
      ...(show.variables && variables && { variables }),
    };
  });
  const problems = all.flatMap(({ diagnostics }) => diagnostics);
  printDiagnostics(problems, context.io);
  annotate(context, problems);
  const markdown = (limit: number) => validationMarkdown(all, { limit, link: runLink(context) });
  emit(context, {
    text: (options) => validationText(all, options),
    json: () => jsonText(validationJson(all)),
    markdown: () => markdown(commentLimit),
    sarif: () =>
      jsonText(
        sarif(
          all.flatMap(({ name, diagnostics }) => problemsOfDiagnostics(diagnostics, { file: name, line: 1, column: 1 })),
          version,
          codes,
        ),
      ),
    junit: () => junit(all.map(({ name, diagnostics }) => validationSuite(name, diagnostics))),
  });
  addToSummary(context, markdown);
  const code = problems.some(({ severity }) => severity === "error") ? exit.error : exit.ok;
  setOutputs(context, code);
  return code;
}
