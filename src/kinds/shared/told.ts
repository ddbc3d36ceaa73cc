/** A reference or a value as a plan tells it: an address, an id, or a look-up that has no answer yet. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
