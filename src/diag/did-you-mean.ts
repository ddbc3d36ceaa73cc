/** The candidate that `word` was most likely meant to be, or undefined when none is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  const most = Math.max(1, Math.floor(word.length / 3)) + 1;
  let least = most;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= most) continue;
    const its = candidate.toLowerCase();
    const steps = distance(lower, its) || (candidate === word ? 0 : 0.5);
    // A candidate that begins with the word is likelier than one that differs in letters.
    const far = steps >= 1 && its.startsWith(lower) ? steps / 2 : steps;
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
}

/** Returns the number of insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment). */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}

/** Returns the hint with the names that a field takes: "write main", "write one of: a, b". `most`: how many it shows. */
export function writeOneOf(names: readonly string[], most = Infinity): string {
  if (names.length === 1) return `write ${names[0]}`;
  return `write one of: ${names.slice(0, most).join(", ")}${names.length > most ? ", …" : ""}`;
}
