import type { Diagnostic } from "../../diag/diagnostic.ts";
import { junit, validationSuite } from "../../render/junit.ts";
import { commentLimit, validationMarkdown } from "../../render/markdown.ts";
import { problemsOfDiagnostics, sarif } from "../../render/sarif.ts";
import { validationJson, validationText, type Validated } from "../../render/validation.ts";
import { codes } from "../codes.ts";
import type { Context } from "../context.ts";
import { addToSummary, runLink } from "../github.ts";
import { emit, formatsOf, jsonText, type Renderers } from "../outputs.ts";
import { diagnosticsOf } from "../report-error.ts";
import { version } from "../version.ts";
import { WrongFile } from "./wrong-file.ts";

/** Reports the problems of these environments as `infra validate` does, in every form that was asked for. */
export function reportValidation(context: Context, all: readonly Validated[]): void {
  emitValidation(context, { ...renderersOf(context, all), text: (options) => validationText(all, options) }, all);
}

/** The reason why a command has no report about an environment. */
export interface Failure {
  /** The environment as it was named, or the command when it names none. */
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
  /** The errors are in the files of the environment. Other errors have no place in a file, so they are reported as JSON only. */
  readonly isOfFiles: boolean;
}

/** Returns an error as the reason why there is no report, without diagnostics for a bug. */
export function failureFrom(error: unknown, name: string): Failure {
  const isOfFiles = error instanceof WrongFile;
  return { name: isOfFiles ? error.environment : name, diagnostics: diagnosticsOf(error) ?? [], isOfFiles };
}

/** The failures among the results of several environments. */
export function failuresIn(results: readonly { readonly failure?: Failure }[]): Failure[] {
  return results.flatMap(({ failure }) => failure ?? []);
}

/** Reports as `infra validate` does why a command has nothing else to report. The text is on stderr already. */
export function reportFailures(context: Context, failures: readonly Failure[]): void {
  const all = failures.filter(({ diagnostics }) => diagnostics.length > 0);
  if (all.length === 0) return;
  const ofFiles = validatedOf(all.filter(({ isOfFiles }) => isOfFiles));
  const nothing = () => undefined;
  const renderers: Renderers = {
    ...Object.fromEntries(formatsOf(context.command).map((format) => [format, nothing])),
    ...(ofFiles.length > 0 && renderersIn(context, ofFiles)),
    ...(formatsOf(context.command).includes("json") && { json: () => jsonText(validationJson(validatedOf(all))) }),
  };
  emit(context, renderers);
  if (ofFiles.length > 0 && reporting.has(context.command)) addToSummary(context, markdownOf(context, ofFiles));
}

function validatedOf(failures: readonly Failure[]): Validated[] {
  return failures.map(({ name, diagnostics }) => ({ name, diagnostics, resources: undefined }));
}

/** The renderers of the formats that the command has. */
function renderersIn(context: Context, all: readonly Validated[]): Renderers {
  const renderers: Renderers = renderersOf(context, all);
  return Object.fromEntries(formatsOf(context.command).flatMap((format) => (renderers[format] ? [[format, renderers[format]]] : [])));
}

/** Commands whose reports are read on a job's page, too. */
const reporting: ReadonlySet<string> = new Set(["plan", "apply", "destroy", "drift"]);

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
