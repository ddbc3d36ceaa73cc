/** Finds text that YAML reads in another way than the user meant, around the place where YAML cannot go on. */
import { lookAlikeInLine } from "./look-alikes.ts";
import type { Source } from "./source.ts";

export interface Said {
  readonly start: number;
  readonly end: number;
  readonly summary: string;
  readonly hint?: string;
}

/** Returns the first suspect in the line of an offset, otherwise in the line above it. */
export function suspectNear({ text }: Source, offset: number): Said | undefined {
  let end = text.indexOf("\n", offset);
  if (end < 0) end = text.length;
  for (let left = 2; left > 0 && end > 0;) {
    const begin = text.lastIndexOf("\n", end - 1) + 1;
    const line = bare(text.slice(begin, end));
    const found = suspectIn(line, text, begin);
    if (found) return { ...found, start: begin + found.start, end: begin + found.end };
    if (line.trim() !== "") left--;
    end = begin - 1;
  }
  return undefined;
}

/** The character that replaces each character of a quoted text in a line. */
const quoted = "\ue000";

/** Returns a line without its comment. Its quoted texts are made unreadable and keep their length. */
function bare(line: string): string {
  return line
    .replace(/\r$/, "")
    .replaceAll(/"(?:[^"\\]|\\.)*"|(?<![\w])'(?:[^']|'')*'|(?<=\s)#.*/g, (part) =>
      part.startsWith("#") ? "" : quoted.repeat(part.length),
    );
}

function suspectIn(line: string, text: string, begin: number): Said | undefined {
  const alike = lookAlikeInLine(line);
  if (alike) return { start: alike.at, end: alike.at + 1, summary: alike.summary, hint: alike.hint };
  return conflictIn(line) ?? controlIn(line) ?? commentIn(line, text, begin) ?? gluedIn(line, text, begin) ?? equalsIn(line, text, begin);
}

/** Finds a mark that Git leaves in a file after a merge conflict. */
function conflictIn(line: string): Said | undefined {
  const [mark] = /^(?:<{7}|={7}|>{7})(?=\s|$)/.exec(line) ?? [];
  if (mark === undefined) return undefined;
  const hint = "keep the lines that you want, and delete this and the other conflict marks";
  return { start: 0, end: mark.length, summary: "a merge conflict was left unresolved here.", hint };
}

function controlIn(line: string): Said | undefined {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  const found = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/.exec(line);
  if (!found) return undefined;
  const number = `U+${line.charCodeAt(found.index).toString(16).toUpperCase().padStart(4, "0")}`;
  return {
    start: found.index,
    end: found.index + 1,
    summary: `the control character ${number} is here, which is not text.`,
    hint: "delete it",
  };
}

/** Finds comments of other languages, and a comment that lacks the space before it, so that YAML takes it for a part of the text before. */
function commentIn(line: string, text: string, begin: number): Said | undefined {
  const [, space, mark] = new RegExp(`^(\\s*|.*[}\\]${quoted}]\\s+)(//|/\\*|<!--|--(?=\\s)|;)`).exec(line) ?? [];
  if (mark !== undefined) {
    const start = space!.length;
    return { start, end: start + mark.length, ...otherComment(mark, text.slice(begin + start, lineEnd(text, begin))) };
  }
  const glued = new RegExp(`[}\\]${quoted}](#)`).exec(line);
  if (!glued) return undefined;
  const start = glued.index + 1;
  return {
    start,
    end: start + 1,
    summary: "a space is missing before this comment.",
    hint: `write \` # ${text.slice(begin + start + 1, lineEnd(text, begin)).trim()}\``,
  };
}

/** Returns the message about a comment of another language, from its mark and the line from the mark on. */
export function otherComment(mark: string, rest: string): { readonly summary: string; readonly hint: string } {
  const words = rest
    .slice(mark.length)
    .replace(/\s*(\*\/|-->)\s*$/, "")
    .trim();
  return {
    summary: `${mark} does not begin a comment in YAML.`,
    hint: words === "" ? "begin each line of it with #" : `write \`# ${words}\``,
  };
}

/** Finds `-{ port: 80 }`, `main:{ … }` and `"cidrBlock":"10.0.0.0/16"` outside of brackets, and a star in place of a hyphen. */
function gluedIn(line: string, text: string, begin: number): Said | undefined {
  const [, before, mark] = new RegExp(`^(\\s*(?:- +)*)(-(?=[A-Za-z{[${quoted}])|\\*(?=\\s))`).exec(line) ?? [];
  if (mark !== undefined) {
    const start = before!.length;
    const rest = shortened(text.slice(begin + start + 1, lineEnd(text, begin)).trim());
    const summary = mark === "*" ? "a list has a hyphen before each item, not a star." : "a space is missing after the hyphen.";
    return { start, end: start + 1, summary, hint: `write \`- ${rest}\`` };
  }
  const key = new RegExp(`^(\\s*(?:- +)*)([\\w-]+|${quoted}+):(?=[{[${quoted}])`).exec(line);
  if (!key || isInBrackets(text.slice(0, begin))) return undefined;
  const start = key[1]!.length;
  const end = key[0].length;
  const whole = text.slice(begin + start, lineEnd(text, begin)).trimEnd();
  return {
    start,
    end,
    summary: "a space is missing after the colon.",
    hint: `write \`${shortened(`${whole.slice(0, end - start)} ${whole.slice(end - start)}`)}\``,
  };
}

function equalsIn(line: string, text: string, begin: number): Said | undefined {
  const found = new RegExp(`(?<=^|[\\s{,])([\\w-]+|${quoted}+)(\\s*)(=>?)(?=\\s|${quoted}|[{[])`).exec(line);
  if (!found) return undefined;
  const start = found.index + found[1]!.length + found[2]!.length;
  const name = text.slice(begin + found.index, begin + found.index + found[1]!.length);
  const end = start + found[3]!.length;
  const value = /^\s*("[^"\n]*"|'[^'\n]*'|[^,}\]\n]*)/.exec(text.slice(begin + end))![1]!.trim();
  return {
    start,
    end,
    summary: "there is an equals sign where a colon belongs.",
    hint: `write \`${name}: ${value === "" ? "VALUE" : shortened(value)}\``,
  };
}

const longest = 60;

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** Returns the offset of the last bracket in a text that is not closed. Quotes and comments do not count. */
export function openBracket(text: string): number | undefined {
  const open: number[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:^|\s)#[^\n]*|[[{]|[\]}]/gm;
  for (const { 0: token, index } of text.matchAll(tokens))
    if (token === "{" || token === "[") open.push(index);
    else if (token === "}" || token === "]") open.pop();
  return open.at(-1);
}

function isInBrackets(text: string): boolean {
  return openBracket(text) !== undefined;
}
