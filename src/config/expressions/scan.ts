/** A stretch of a string that may hold expressions: text as it is, or what stands between `${` and `}`. */
export type Piece =
  | { readonly text: string }
  /** `start` and `end` are offsets of the whole `${…}` in the string. */
  | { readonly code: string; readonly start: number; readonly end: number }
  | { readonly broken: "not-closed" | "too-long" | "too-deep"; readonly start: number; readonly end: number };

/** An expression is a line or two; more is a program, and belongs elsewhere. */
export const longestExpression = 4000;
/** Brackets inside brackets. The parser of CEL goes down a stack of functions for each. */
export const deepestExpression = 60;

/** Splits a string at its expressions. `$${` is a literal `${`. After one that has no end the rest is not looked at. */
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

/** Where the brace stands that closes an expression: not one in a string, nor one that closes a map. */
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
  // A quote or bracket of another language (a shell's) may have no partner: then the first brace ends the expression.
  const close = text.slice(from, from + longestExpression).search(/[}\n]/);
  return close >= 0 && text[from + close] === "}" ? { end: from + close } : { broken: "not-closed" };
}

/** The last character of a string literal of CEL; undefined where it has no end. Only one with three quotes goes on over a line's end. */
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
