/**
 * Computes all states that an order allows. Terms: a turn is done or not; `needs` says which other turns are done before it. A cut is a
 * set of done turns that holds everything its turns need. Every run passes only through cuts.
 */

export interface Ordering {
  /** The turns that must be done before this one. */
  needs(turn: number): Iterable<number>;
}

/** Returns the cuts that hold `from`, the smaller ones first. Undefined where there are more than `most`. */
export function cutsOf(
  turns: readonly number[],
  ordering: Ordering,
  from: Iterable<number>,
  most: number,
): readonly ReadonlySet<number>[] | undefined {
  const bit = new Map(turns.map((turn, i) => [turn, 1n << BigInt(i)]));
  const maskOf = (some: Iterable<number>) => {
    let mask = 0n;
    for (const one of some) mask |= bit.get(one) ?? 0n;
    return mask;
  };
  const needs = turns.map((turn) => maskOf(ordering.needs(turn)));
  const seen = new Set<bigint>([maskOf(from)]);
  // The loop also visits the cuts that it adds to the set.
  for (const cut of seen) {
    for (const [i, need] of needs.entries()) {
      const own = 1n << BigInt(i);
      if ((cut & own) === 0n && (need & ~cut) === 0n) seen.add(cut | own);
    }
    if (seen.size > most) return undefined;
  }
  return [...seen].map((cut) => new Set(turns.filter((_turn, i) => (cut & (1n << BigInt(i))) !== 0n)));
}
