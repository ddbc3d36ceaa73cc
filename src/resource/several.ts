/** The values that one reference in a list stands for, on their way into that list: `public[*]`. */
export class Several {
  readonly items: readonly string[];
  constructor(items: readonly string[]) {
    this.items = items;
  }
}

/** Returns the value with every `Several` spread into the list around it. */
export function spread(value: unknown): unknown {
  if (Array.isArray(value)) return value.flatMap((item): readonly unknown[] => (item instanceof Several ? item.items : [spread(item)]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spread(inner)]));
}

/** Whether one item of a list stands for a whole repeated resource of another environment. Only AWS knows how many objects that is. */
export function standsForSeveral(item: unknown): boolean {
  return typeof item === "object" && item !== null && "several" in item && item.several === true;
}
