import type { Spot } from "../yaml/source.ts";
import type { ScalarTree } from "../yaml/tree.ts";

/** Returns the place of a piece of a scalar's text in its file; the place of the scalar when escapes or folding hide the piece. */
export function spotInside({ spot, value }: ScalarTree, start: number, end: number, part = { start: 0, length: end - start }): Spot {
  const text = String(value);
  const whole = text.slice(start, end);
  const { source } = spot;
  let from = spot.start;
  for (let before = text.indexOf(whole); before >= 0 && before < start; before = text.indexOf(whole, before + 1)) {
    const same = source.text.indexOf(whole, from);
    if (same < 0) return spot;
    from = same + 1;
  }
  const found = source.text.indexOf(whole, from);
  if (found < 0) return firstLine(spot, whole, from);
  const inside = found + part.start;
  return { source, start: inside, end: inside + part.length };
}

/**
 * Returns the place of the first line of an expression over several lines. The file indents the other lines, so the whole cannot be found.
 */
function firstLine(spot: Spot, whole: string, from: number): Spot {
  const line = whole.split("\n")[0]!;
  const found = line.length > 3 ? spot.source.text.indexOf(line, from) : -1;
  return found < 0 ? spot : { source: spot.source, start: found, end: found + line.length };
}

/**
 * The very place of a stretch of a scalar's text, through quotes, indentation and folding: what an editor may write over. Undefined
 * where something else stands in the file, such as an escape.
 */
export function exactSpot({ spot, value }: Pick<ScalarTree, "spot" | "value">, start: number, end: number): Spot | undefined {
  const { source } = spot;
  const text = String(value);
  const from = firstOf(source.text, spot.start, text);
  const places = source.text.startsWith(text, from) ? undefined : aligned(source.text, from, text, end);
  const first = places ? places[start] : from + start;
  if (first === undefined || !source.text.startsWith(text.slice(start, end), first)) return undefined;
  return { source, start: first, end: first + end - start };
}

/** Where the text of a scalar begins: behind its quote, or below the line of its `|`. */
function firstOf(file: string, at: number, text: string): number {
  if (file.startsWith(text, at)) return at;
  if (file[at] !== "|" && file[at] !== ">") return /["']/.test(file[at] ?? "") ? at + 1 : at;
  const line = file.indexOf("\n", at);
  return line < 0 ? at : line + 1;
}

/** The offset in the file of each character of a text, as far as they follow each other. */
function aligned(file: string, from: number, text: string, end: number): readonly number[] | undefined {
  const places: number[] = [];
  const isBlank = (character: string | undefined) => character !== undefined && /\s/.test(character);
  const quote = file[from - 1];
  let at = from;
  for (let i = 0; i < end;) {
    if (file[at] === text[i] && !(file[at] === "\\" && quote === '"')) {
      places[i++] = at;
      at += file[at] === "'" && quote === "'" ? 2 : 1;
    } else if (file[at] === "\\" && quote === '"' && (file[at + 1] === text[i] || escapes[file[at + 1] ?? ""] === text[i])) {
      places[i++] = at + 1;
      at += 2;
    } else if (file[at] === "\\" && quote === '"' && file[at + 1] === "\n") at += 2;
    else if (isBlank(file[at])) at++;
    else if (isBlank(text[i])) places[i++] = at;
    else return undefined;
  }
  return places;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t" };
