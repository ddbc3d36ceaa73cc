import type { Spot } from "../source.ts";
import type { ScalarTree } from "../tree.ts";

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
