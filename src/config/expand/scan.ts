/** A piece of a string that may hold expressions: plain text, or the code between `${` and `}`. */
export type Piece =
  | { readonly text: string }
  /** `start` and `end` are offsets of the whole `${…}` in the string. */
  | { readonly code: string; readonly start: number; readonly end: number }
  | { readonly broken: "not-closed" | "too-long" | "too-deep"; readonly start: number; readonly end: number };

/** The longest expression. An expression is a line or two; a longer one is a program and belongs elsewhere. */
export const longestExpression = 4000;
/** The most brackets inside each other. The parser of CEL goes down a stack of functions for each. */
export const deepestExpression = 60;

/** Splits a string at its expressions. `$${` is a literal `${`. The text after an expression without an end is not scanned. */
export function scan(text: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = "";
  const flush = () => {
    if (literal !== "") pieces.push({ text: literal });
    literal = "";
  };
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("${", at);
    if (next < 0) break;
    if (text[next - 1] === "$" && next > at) {
      literal += `${text.slice(at, next - 1)}\${`;
      at = next + 2;
      continue;
    }
    literal += text.slice(at, next);
    flush();
    const found = endOf(text, next + 2);
    if ("broken" in found) {
      const shown = text.slice(next, next + 200).split("\n")[0]!;
      const close = found.broken === "not-closed" ? -1 : shown.indexOf("}");
      pieces.push({ broken: found.broken, start: next, end: next + (close < 0 ? shown.length : close + 1) });
      return pieces;
    }
    pieces.push({ code: text.slice(next + 2, found.end), start: next, end: found.end + 1 });
    at = found.end + 1;
  }
  literal += text.slice(at);
  flush();
  return pieces;
}

/** Returns the position of the brace that closes an expression. Braces in strings and braces that close a map do not count. */
function endOf(text: string, from: number): { readonly end: number } | { readonly broken: "not-closed" | "too-long" | "too-deep" } {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (at - from > longestExpression) return { broken: "too-long" };
    const character = text[at]!;
    if (character === '"' || character === "'") {
      const end = endOfString(text, at);
      if (end === undefined) break;
      at = end;
    } else if ("{[(".includes(character)) depth++;
    else if (character === "}" && depth === 0) return { end: at };
    else if ("}])".includes(character)) depth--;
    if (depth > deepestExpression) return { broken: "too-deep" };
  }
  // A quote or bracket of another language, such as a shell, may have no partner. Then the first brace ends the expression.
  const close = text.slice(from, from + longestExpression).search(/[}\n]/);
  return close >= 0 && text[from + close] === "}" ? { end: from + close } : { broken: "not-closed" };
}

/**
 * Returns the position of the last character of a CEL string literal; undefined when it has no end. Only a literal with three quotes may
 * continue on the next line.
 */
function endOfString(text: string, start: number): number | undefined {
  const quote = text[start]!;
  const isTriple = text.startsWith(quote.repeat(3), start);
  const isRaw = /[rR]/.test(text[start - 1] ?? "") && !/\w/.test(text[start - 2] ?? "");
  const mark = isTriple ? quote.repeat(3) : quote;
  for (let at = start + mark.length; at < text.length; at++) {
    if (text[at] === "\\" && !isRaw) at++;
    else if (text.startsWith(mark, at)) return at + mark.length - 1;
    else if (text[at] === "\n" && !isTriple) return undefined;
  }
  return undefined;
}
