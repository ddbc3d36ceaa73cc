const collator = new Intl.Collator("en", { numeric: true });

/** By the numbers in them where they have such: "web-2" comes before "web-10", the same everywhere. */
export function inNaturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
