import type { PreflightFindings } from "../kinds/kind.ts";

/** What several looks before the first write have found. */
export function together(found: readonly PreflightFindings[]): PreflightFindings {
  return { problems: found.flatMap(({ problems }) => problems), unchecked: found.flatMap(({ unchecked }) => unchecked) };
}
