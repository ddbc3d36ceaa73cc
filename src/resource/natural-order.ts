const collator = new Intl.Collator("en", { numeric: true });

/** Compares texts, by their numbers where they have any: "web-2" comes before "web-10". The result is the same on every platform. */
export function inNaturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
