import type { AwsId, PreflightFindings } from "../kinds/kind.ts";

/** What several looks before the first write have found. */
export function together(found: readonly PreflightFindings[]): PreflightFindings {
  return { problems: found.flatMap(({ problems }) => problems), unchecked: found.flatMap(({ unchecked }) => unchecked) };
}

/** What to do where an object that is not ours has what only one may have. `other`: what to write in place of it, where anything else would do. */
export function cureOfTaken(id: AwsId, other?: string): string {
  const adopt = `take it over with \`adopt: { id: ${id} }\` if it is what is declared here`;
  return other === undefined ? `${adopt}, or delete it` : `${adopt}, write another ${other}, or delete it`;
}
