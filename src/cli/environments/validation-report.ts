import { junit, validationSuite } from "../../render/junit.ts";
import { commentLimit, validationMarkdown } from "../../render/markdown.ts";
import { problemsOfDiagnostics, sarif } from "../../render/sarif.ts";
import { validationJson, validationText, type Validated } from "../../render/validation.ts";
import { codes } from "../codes.ts";
import type { Context } from "../context.ts";
import { addToSummary, runLink } from "../github.ts";
import { emit, formatsOf, jsonText, type Renderers } from "../outputs.ts";
import { version } from "../version.ts";
import type { WrongFile } from "./wrong-file.ts";

/** Reports the problems of these environments as `infra validate` does, in every form that was asked for. */
export function reportValidation(context: Context, all: readonly Validated[]): void {
  emitValidation(context, { ...renderersOf(context, all), text: (options) => validationText(all, options) }, all);
}

/** Does the same for a command that has nothing else to report, because the files are wrong. Their text is on stderr already. */
export function reportWrongFiles(context: Context, results: readonly { readonly wrong?: WrongFile }[]): void {
  const all = results.flatMap(({ wrong }): Validated[] =>
    wrong ? [{ name: wrong.environment, diagnostics: wrong.diagnostics, resources: undefined }] : [],
  );
  if (all.length === 0) return;
  const renderers: Renderers = renderersOf(context, all);
  const nothing = () => undefined;
  emitValidation(context, Object.fromEntries(formatsOf(context.command).map((format) => [format, renderers[format] ?? nothing])), all);
}

function emitValidation(context: Context, renderers: Renderers, all: readonly Validated[]): void {
  emit(context, renderers);
  addToSummary(context, markdownOf(context, all));
}

function renderersOf(context: Context, all: readonly Validated[]) {
  const problems = all.flatMap(({ name, diagnostics }) => problemsOfDiagnostics(diagnostics, { file: name, line: 1, column: 1 }));
  return {
    json: () => jsonText(validationJson(all)),
    markdown: () => markdownOf(context, all)(commentLimit),
    sarif: () => jsonText(sarif(problems, version, codes)),
    junit: () => junit(all.map(({ name, diagnostics }) => validationSuite(name, diagnostics))),
  } satisfies Renderers;
}

function markdownOf(context: Context, all: readonly Validated[]): (limit: number) => string {
  return (limit) => validationMarkdown(all, { limit, link: runLink(context) });
}
