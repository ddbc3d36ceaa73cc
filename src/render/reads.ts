import type { Reads } from "../plan/observed.ts";

/** Says how AWS was read, for the line with the cost of a plan. Returns undefined when there is nothing to say. */
export function readsText({ byIndex, listedBecause }: Reads = { byIndex: [], unread: [] }): string | undefined {
  if (listedBecause !== undefined) return `every kind was listed: ${listedBecause}`;
  return byIndex.length > 0 ? `${byIndex.join(", ")}: by tag index` : undefined;
}
