import type { Reads } from "../plan/observed.ts";

/** How AWS was read, for the line that says what a plan has cost; undefined where there is nothing to say. */
export function readsText({ byIndex, listedBecause }: Reads = { byIndex: [], unread: [] }): string | undefined {
  if (listedBecause !== undefined) return `every kind was listed: ${listedBecause}`;
  return byIndex.length > 0 ? `${byIndex.join(", ")}: by tag index` : undefined;
}
