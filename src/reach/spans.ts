/** Sets of whole numbers as sorted, disjoint spans: ports, protocol numbers, addresses (those of IPv6 as bigints). */

export type Value = number | bigint;
export type Span<V extends Value = number> = readonly [first: V, last: V];
export type Spans<V extends Value = number> = readonly Span<V>[];

export const noSpans: Spans<never> = [];

export function isEmpty(spans: Spans<Value>): boolean {
  return spans.length === 0;
}

export function has(spans: Spans<Value>, value: Value): boolean {
  return spans.some(([first, last]) => first <= value && value <= last);
}

/** Returns a set made of any spans: sorted, with overlapping and adjacent ones joined. */
export function normal<V extends Value>(spans: Spans<V>): Spans<V> {
  if (spans.length < 2) return spans;
  const sorted = [...spans].sort((a, b) => inOrder(a[0], b[0]));
  const joined: [V, V][] = [];
  for (const [first, last] of sorted) {
    const before = joined.at(-1);
    if (!before || first > next(before[1])) joined.push([first, last]);
    else if (last > before[1]) before[1] = last;
  }
  return joined;
}

export function union<V extends Value>(a: Spans<V>, b: Spans<V>): Spans<V> {
  if (a.length === 0 || a === b) return b;
  return b.length === 0 ? a : normal([...a, ...b]);
}

export function meet<V extends Value>(a: Spans<V>, b: Spans<V>): Spans<V> {
  if (a === b) return a;
  const common: Span<V>[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [one, other] = [a[i]!, b[j]!];
    const first = one[0] > other[0] ? one[0] : other[0];
    const last = one[1] < other[1] ? one[1] : other[1];
    if (first <= last) common.push([first, last]);
    if (one[1] < other[1]) i++;
    else j++;
  }
  return common;
}

export function minus<V extends Value>(a: Spans<V>, b: Spans<V>): Spans<V> {
  if (a.length === 0 || b.length === 0) return a;
  const left: Span<V>[] = [];
  for (const [first, last] of a) {
    let from = first;
    for (const [start, end] of b) {
      if (end < from || start > last) continue;
      if (start > from) left.push([from, previous(start)]);
      from = next(end);
    }
    if (from <= last) left.push([from, last]);
  }
  return left;
}

export function includes<V extends Value>(a: Spans<V>, b: Spans<V>): boolean {
  return minus(b, a).length === 0;
}

export function isSame(a: Spans<Value>, b: Spans<Value>): boolean {
  return a === b || (a.length === b.length && a.every(([first, last], i) => first === b[i]![0] && last === b[i]![1]));
}

export function next<V extends Value>(value: V): V {
  return (typeof value === "bigint" ? value + 1n : (value as number) + 1) as V;
}

function previous<V extends Value>(value: V): V {
  return (typeof value === "bigint" ? value - 1n : (value as number) - 1) as V;
}

function inOrder(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns spans as text: "22, 8000-8100". */
export function spansText(spans: Spans): string {
  return spans.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(", ");
}

/**
 * Returns one value of the set for each section between cuts. A cut is the first value of a new section. All values of one section have the
 * same flows, because no rule distinguishes them.
 */
export function representatives<V extends Value>(set: Spans<V>, cuts: Iterable<V>): readonly V[] {
  const starts = [...new Set(cuts)].sort(inOrder);
  const chosen = new Map<number, V>();
  for (const [first, last] of set) {
    let at = partOf(starts, first);
    if (!chosen.has(at)) chosen.set(at, first);
    for (at++; at <= starts.length && starts[at - 1]! <= last; at++) if (!chosen.has(at)) chosen.set(at, starts[at - 1]!);
  }
  return [...chosen.values()];
}

/** Returns the number of sorted cuts at or below a value. */
function partOf(starts: readonly Value[], value: Value): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
