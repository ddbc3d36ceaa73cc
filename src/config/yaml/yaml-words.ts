/**
 * Turns the complaints of the YAML package into our words, at the place of the mistake. That place is often a line before the one that the
 * package names.
 */
import type { Source } from "./source.ts";
import { openBracket, suspectNear, type Said } from "./suspects.ts";
import { otherColon } from "./look-alikes.ts";

/** Returns the package's message about a stretch of a text in words for people; undefined when there are no better words than its own. */
export function inOurWords(source: Source, code: string, message: string, start: number, end: number): Said | undefined {
  const suspect = suspectNear(source, start);
  if (suspect) return suspect;
  if (/^Flow (map|sequence)|^Expected flow/.test(message)) return unclosed(source, start);
  if (message.startsWith("Missing closing")) return unclosedQuote(source, start);
  if (/token/.test(message) && /^[}\]]$/.test(source.text.slice(start, end)))
    return { start, end, summary: `this ${source.text[start]} closes nothing.`, hint: "remove it, or write the bracket that it closes" };
  if (message.startsWith("Unexpected , in flow"))
    return { start, end, summary: "there is nothing before this comma.", hint: "remove it, or write the part that belongs before it" };
  if (code === "BLOCK_IN_FLOW")
    return { start, end: start + 1, summary: "a comma is missing before or in this part.", hint: "write `{ a: 1, b: 2 }`" };
  if (code === "BAD_SCALAR_START" || message.startsWith("Alias cannot be an empty string")) return reserved(source, start);
  if (code === "UNEXPECTED_TOKEN" && /at node end/.test(message)) return indentation(source, start);
  if (code === "BAD_INDENT") return indentation(source, start);
  return missingSpace(source, start, end) ?? deeper(source, code, start) ?? missingColon(source, code, start);
}

/** Explains the bracket that is open where the text cannot go on. */
function unclosed(source: Source, at: number): Said {
  const open = openBracket(source.text.slice(0, at));
  const start = open ?? at;
  const bracket = source.text[start] === "[" ? "]" : "}";
  const wrong = /^[}\]]/.test(source.text.slice(at));
  const summary = wrong
    ? `this bracket needs ${bracket}, but ${source.text[at]} follows.`
    : `this ${source.text[start] ?? "bracket"} is never closed.`;
  return { start, end: start + 1, summary, hint: `write the ${bracket} at the end of the part that begins here` };
}

function unclosedQuote(source: Source, at: number): Said | undefined {
  const text = source.text.slice(0, at);
  const tokens = /"(?:[^"\\]|\\.)*("?)|(?<![A-Za-z0-9])'(?:[^']|'')*('?)|(?:^|\s)#[^\n]*/gm;
  for (const { 0: token, 1: double, 2: single, index } of text.matchAll(tokens))
    if (double === "" || single === "")
      return {
        start: index,
        end: index + 1,
        summary: `this ${token[0]} is never closed.`,
        hint: `write ${token[0]} at the end of the text`,
      };
  return undefined;
}

function reserved(source: Source, start: number): Said {
  const rest = /^[^\s,}\]]*/.exec(source.text.slice(start, start + 60))![0];
  return {
    start,
    end: start + 1,
    summary: `text without quotes cannot begin with ${source.text[start]}.`,
    hint: `put it in quotes: ${JSON.stringify(rest)}`,
  };
}

/** Explains a line whose indentation differs from the indentation of every line around it. */
function indentation(source: Source, at: number): Said {
  const begin = source.text.lastIndexOf("\n", Math.max(0, at - 1)) + 1;
  const own = indentOf(source.text.slice(begin, begin + 200));
  const fitting = indentsAbove(source.text.slice(0, begin));
  const start = begin + own;
  const word = /^[^\s:]+/.exec(source.text.slice(start, start + 80))?.[0] ?? " ";
  if (fitting.includes(own))
    return {
      start,
      end: start + word.length,
      summary: `this line is neither an item nor a field of the block above it with the same indentation.`,
      hint: "a block is either a list, with a hyphen before each item, or a mapping, with a colon after each name",
    };
  return {
    start,
    end: start + word.length,
    summary: `this line is indented by ${spaces(own)}, and no line above it is.`,
    hint: `indent it by ${oneOf(fitting)} ${fitting.length === 1 && fitting[0] === 1 ? "space" : "spaces"}, like the line above that it belongs to`,
  };
}

/** Returns the indentations that a next line may have: that of the line above, of the line that holds it, and so on. */
function indentsAbove(text: string): number[] {
  const indents: number[] = [];
  for (const line of text.split("\n").toReversed()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const indent = indentOf(line);
    if (indents.length === 0 || indent < indents.at(-1)!) indents.push(indent);
    if (indent === 0) break;
  }
  return indents.toReversed();
}

export function indentOf(line: string): number {
  return /^ */.exec(line)![0].length;
}

function oneOf(numbers: readonly number[]): string {
  const last = numbers.at(-1) ?? 0;
  return numbers.length < 2 ? String(last) : `${numbers.slice(0, -1).join(", ")} or ${last}`;
}

const spaces = (n: number) => `${n} ${n === 1 ? "space" : "spaces"}`;

/** Explains `cidrBlock:10.0.0.0/16`, which YAML reads as a text without a colon. */
function missingSpace(source: Source, start: number, end: number): Said | undefined {
  const [first = ""] = source.text.slice(start, end).split("\n");
  const written = withSpace(first.trim());
  return written && { start, end: start + first.length, summary: "a space is missing after the colon.", hint: `write \`${written.line}\`` };
}

/** Explains a line that is indented further than the line above, which already has its value, or two colons in one line. */
function deeper(source: Source, code: string, start: number): Said | undefined {
  if (code !== "BLOCK_AS_IMPLICIT_KEY") return undefined;
  const lineEnd = source.text.indexOf("\n", start);
  const rest = source.text.slice(start, lineEnd < 0 ? undefined : lineEnd);
  if (/:(\s|$)/.test(rest))
    return {
      start,
      end: start + rest.length,
      summary: "two names with colons are on one line.",
      hint: "write the second on a line of its own, both as `{ a: 1, b: 2 }`, or put text with a colon in quotes",
    };
  const next = lineEnd + 1;
  const indent = indentOf(source.text.slice(next, next + 200));
  if (rest.startsWith("-")) return indentation(source, start);
  return {
    start: next + indent,
    end: next + indent + 1,
    summary: "this line is indented further than the line above, which has its value already.",
    hint: "give it the indentation of the line above",
  };
}

function missingColon(source: Source, code: string, start: number): Said | undefined {
  if (code !== "MISSING_CHAR" && code !== "MULTILINE_IMPLICIT_KEY") return undefined;
  const last = /\S+(?=\s*$)/.exec(source.text.slice(Math.max(0, start - 200), start))?.[0];
  if (last !== undefined && /["'}\]\w]$/.test(last) && openBracket(source.text.slice(0, start)) !== undefined)
    return { start, end: start + 1, summary: "a comma is missing before this.", hint: `write a comma after ${last}` };
  const word = /^[^\n]*/.exec(source.text.slice(start, start + 200))![0].trimEnd();
  return { start, end: start + word.length, summary: "a colon is missing after this name.", hint: `write \`${withColon(word)}\`` };
}

/** Adds the colon after the first word, as in `cidrBlock 10.0.0.0/16`. */
function withColon(line: string): string {
  const [, field, value] = /^([A-Za-z][\w-]*)\s+(\S.*)$/.exec(line) ?? [];
  return field === undefined ? `${line}: VALUE` : `${field}: ${value}`;
}

/** Adds the space or the colon that YAML needs to a text such as `cidrBlock:10.0.0.0/16`; undefined when the text is not of that form. */
export function withSpace(text: string): { readonly field: string; readonly line: string; readonly why: string } | undefined {
  const [, field, value] = /^([A-Za-z][\w-]*)\s*:(?!\/\/)(\S.*)$/.exec(text) ?? [];
  if (field !== undefined) return { field, line: `${field}: ${value}`, why: "a space is missing after the colon" };
  const [, name, , more] = otherColon.exec(text) ?? [];
  return name === undefined ? undefined : { field: name, line: `${name}: ${more}`, why: "this colon is a character of another script" };
}
