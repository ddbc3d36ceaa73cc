import { YAMLException } from "js-yaml";
import { parseDocument } from "yaml";
import type { Code } from "../../diag/codes.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { error } from "./problem.ts";
import { positionOf, type Source, type Spot } from "./source.ts";
import { suspectNear } from "./suspects.ts";
import { inOurWords } from "./yaml-words.ts";

/** The deepest nesting of values. No resource comes near it. The limit exists because the reader calls itself for each level. */
export const deepest = 100;

/**
 * Returns why a text could not be read as one document of YAML. The package that reads is fast and stops at the first problem with few
 * words. The package that explains is slow and has more words and better places. When it finds nothing, the message of the reader stays.
 */
export function whyNotYaml(source: Source, failure: unknown): Diagnostic {
  const { reason, offset } = told(failure);
  if (reason.startsWith("nesting exceeded")) return syntaxProblem(source, offset, offset + 1, `this nests ${deepest} levels deep or more`);
  const [first] = parseDocument(source.text, { version: "1.2", uniqueKeys: false, prettyErrors: false }).errors;
  if (first) return explained(source, first.code, first.message, first.pos);
  const suspect = suspectNear(source, offset);
  if (suspect) return problem("yaml-syntax", { source, ...suspect }, `This is not valid YAML: ${suspect.summary}`, suspect.hint);
  const tab = tabOnLineOf(source, offset);
  if (tab !== undefined) return tabProblem(source, tab, "this is a tab; between values, only spaces are allowed.", "write spaces instead");
  return syntaxProblem(source, offset, offset + 1, reason);
}

function told(failure: unknown): { readonly reason: string; readonly offset: number } {
  if (failure instanceof YAMLException) return { reason: failure.reason, offset: failure.mark?.position ?? 0 };
  return { reason: failure instanceof Error ? failure.message : String(failure), offset: 0 };
}

function explained(source: Source, code: string, message: string, [start, end]: readonly [number, number]): Diagnostic {
  const indent = tabIndent(source, start);
  if (code === "TAB_AS_INDENT" || indent !== undefined) {
    const at = indent ?? source.text.indexOf("\t", start);
    return tabProblem(source, at, "the indentation contains a tab; YAML allows only spaces.", "indent with spaces");
  }
  if (code === "MULTIPLE_DOCS")
    return problem(
      "yaml-documents",
      { source, start, end: source.text.startsWith("---", start) ? start + 3 : Math.max(start + 1, end) },
      "a second document begins here; an environment is one document.",
      /^---(\s|#.*)*$/.test(source.text.slice(start))
        ? "remove this line: nothing follows it"
        : "join the two, or make the environment a folder of files",
    );
  const said = inOurWords(source, code, message, start, end);
  if (said)
    return problem("yaml-syntax", { source, start: said.start, end: said.end }, `This is not valid YAML: ${said.summary}`, said.hint);
  return syntaxProblem(source, start, end, message);
}

/** Finds a tab in the line. The reader takes no tab between the values of a flow collection, where YAML would allow one. */
function tabOnLineOf(source: Source, offset: number): number | undefined {
  const begin = lineStart(source, offset);
  const tab = source.text.slice(begin, offset + 1).lastIndexOf("\t");
  return tab < 0 ? undefined : begin + tab;
}

function tabProblem(source: Source, at: number, summary: string, hint: string): Diagnostic {
  return problem("yaml-tab", { source, start: at, end: at + 1 }, summary, hint);
}

/** Returns the offset of a tab in the white space that begins the line; undefined when there is none. */
function tabIndent(source: Source, offset: number): number | undefined {
  const begin = lineStart(source, offset);
  const indent = /^[ \t]*/.exec(source.text.slice(begin, begin + 200))![0];
  const tab = indent.indexOf("\t");
  return tab < 0 ? undefined : begin + tab;
}

/** Returns the start of the line that holds an offset. A line break belongs to the line that it ends. */
function lineStart({ text }: Source, offset: number): number {
  return text.lastIndexOf("\n", Math.max(0, offset - 1)) + 1;
}

function syntaxProblem(source: Source, start: number, end: number, message: string): Diagnostic {
  const place = { source, start: Math.min(start, Math.max(0, source.text.length - 1)), end };
  return problem("yaml-syntax", place, `This is not valid YAML: ${lowerFirst(message)}.`);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, "");
}

function problem(code: Code, spot: Spot, summary: string, hint?: string): Diagnostic {
  return error(code, positionOf(spot), summary, hint);
}
