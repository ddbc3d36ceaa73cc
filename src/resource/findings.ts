import type { AwsId, PreflightFindings } from "../kinds/kind.ts";

/** Joins the findings of several checks before the first write. */
export function together(found: readonly PreflightFindings[]): PreflightFindings {
  return { problems: found.flatMap(({ problems }) => problems), unchecked: found.flatMap(({ unchecked }) => unchecked) };
}

/** Returns the advice for a slot that a foreign object holds. `other`: the field to change, where any other value would do. */
export function cureOfTaken(id: AwsId, other?: string): string {
  const adopt = `take it over with \`adopt: { id: ${id} }\` if it is this resource`;
  return other === undefined ? `${adopt}, or delete it` : `${adopt}, write another ${other}, or delete it`;
}
