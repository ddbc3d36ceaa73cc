/** Takes `adopt:` out of a text by splices. Everything else in the text, its comments, its order and its style, stays as it is. Pure. */
import { parseYaml } from "../yaml/parse.ts";
import { Source } from "../yaml/source.ts";
import type { Entry, Tree } from "../yaml/tree.ts";

/** Returns the comment line by which an import says what to do with `adopt:`. */
export function adoptMayGo(environment: string): string {
  return `\`adopt:\` may go once \`infra adopt ${environment}\` has run.`;
}

/** Matches that line, which is removed with the last `adopt:`. */
const mayGo = /^# `adopt:` may go once `infra adopt [^`\n]*` has run\.\n/m;

/**
 * Returns the text without the `adopt:` lines. `wanted` says whether the line of a section and name is removed. A resource that would be
 * left without a field keeps it.
 */
export function withoutAdopt(text: string, wanted: (section: string, name: string) => boolean): string {
  const { tree } = parseYaml(new Source("", "", text));
  const cuts = entriesIn(tree)
    .flatMap(([section, { value }]) => entriesIn(value).map(([name, resource]) => ({ section, name, resource })))
    .filter(({ section, name }) => wanted(section, name))
    .flatMap(({ resource }) => cutOf(text, resource.value));
  const after = cuts.sort((a, b) => b.start - a.start).reduce((left, { start, end }) => left.slice(0, start) + left.slice(end), text);
  return cuts.length > 0 && !isAdopting(after) ? after.replace(mayGo, "") : after;
}

/** Whether any resource of a text still has an `adopt:`. */
function isAdopting(text: string): boolean {
  const { tree } = parseYaml(new Source("", "", text));
  return entriesIn(tree)
    .flatMap(([, { value }]) => entriesIn(value))
    .some(([, { value }]) => value.type === "map" && value.entries.has("adopt"));
}

function entriesIn(tree: Tree | undefined): readonly (readonly [string, Entry])[] {
  return tree?.type === "map" ? [...tree.entries] : [];
}

interface Cut {
  readonly start: number;
  readonly end: number;
}

function cutOf(text: string, resource: Tree): Cut[] {
  if (resource.type !== "map" || resource.entries.size < 2) return [];
  const adopt = resource.entries.get("adopt");
  // A repeated resource has it by key, and people read its keys one by one.
  if (adopt?.value.type !== "map" || !adopt.value.entries.has("id")) return [];
  const { start } = adopt.key;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const indent = text.slice(lineStart, start);
  return [/^ *$/.test(indent) && !isInFlow(text, resource) ? wholeLines(text, lineStart, indent.length) : member(text, start, adopt.value)];
}

function isInFlow(text: string, { spot }: Tree): boolean {
  return text[spot.start] === "{";
}

/** Returns the line of the key and the lines that are indented further. */
function wholeLines(text: string, start: number, indent: number): Cut {
  const lineEnd = (from: number) => (text.indexOf("\n", from) < 0 ? text.length : text.indexOf("\n", from) + 1);
  let end = lineEnd(start);
  while (end < text.length && new RegExp(`^ {${indent + 1}}`).test(text.slice(end, end + indent + 1))) end = lineEnd(end);
  return { start, end };
}

/** Returns a member of `{ … }` with one of the commas beside it. */
function member(text: string, key: number, { spot }: Tree): Cut {
  const end = text[spot.end - 1] === "}" ? spot.end : text.indexOf("}", spot.start) + 1;
  const before = /,\s*$/.exec(text.slice(0, key));
  if (before) return { start: before.index, end };
  const after = /^\s*,\s*/.exec(text.slice(end))?.[0] ?? "";
  return { start: key, end: end + after.length };
}
