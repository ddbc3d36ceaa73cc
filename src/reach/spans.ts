/** Sets of whole numbers as sorted, disjoint spans: ports, protocol numbers, addresses. */

export type Span = readonly [first: number, last: number];
export type Spans = readonly Span[];

export const noSpans: Spans = [];

export function isEmpty(spans: Spans): boolean {
  return spans.length === 0;
}

export function has(spans: Spans, value: number): boolean {
  return spans.some(([first, last]) => first <= value && value <= last);
}

/** Any spans as a set: sorted, overlapping and adjacent ones joined. */
export function normal(spans: Spans): Spans {
  if (spans.length < 2) return spans;
  const sorted = [...spans].sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = joined.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

export function union(a: Spans, b: Spans): Spans {
  if (a.length === 0 || a === b) return b;
  return b.length === 0 ? a : normal([...a, ...b]);
}

export function meet(a: Spans, b: Spans): Spans {
  if (a === b) return a;
  const common: Span[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [one, other] = [a[i]!, b[j]!];
    const [first, last] = [Math.max(one[0], other[0]), Math.min(one[1], other[1])];
    if (first <= last) common.push([first, last]);
    if (one[1] < other[1]) i++;
    else j++;
  }
  return common;
}

export function minus(a: Spans, b: Spans): Spans {
  if (a.length === 0 || b.length === 0) return a;
  const left: Span[] = [];
  for (const [first, last] of a) {
    let from = first;
    for (const [start, end] of b) {
      if (end < from || start > last) continue;
      if (start > from) left.push([from, start - 1]);
      from = Math.max(from, end + 1);
    }
    if (from <= last) left.push([from, last]);
  }
  return left;
}

export function includes(a: Spans, b: Spans): boolean {
  return minus(b, a).length === 0;
}

export function isSame(a: Spans, b: Spans): boolean {
  return a === b || (a.length === b.length && a.every(([first, last], i) => first === b[i]![0] && last === b[i]![1]));
}

/** "22, 8000-8100". */
export function spansText(spans: Spans): string {
  return spans.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(", ");
}

/**
 * One value of the set for each part that the cuts make: a cut is the first value of another part. Values of one part fare
 * alike, because no rule tells them apart.
 */
export function representatives(set: Spans, cuts: Iterable<number>): readonly number[] {
  const starts = [...new Set(cuts)].sort((a, b) => a - b);
  const chosen = new Map<number, number>();
  for (const [first, last] of set) {
    let at = partOf(starts, first);
    if (!chosen.has(at)) chosen.set(at, first);
    for (at++; at <= starts.length && starts[at - 1]! <= last; at++) if (!chosen.has(at)) chosen.set(at, starts[at - 1]!);
  }
  return [...chosen.values()];
}

/** How many of the sorted cuts are at or below a value. */
function partOf(starts: readonly number[], value: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
