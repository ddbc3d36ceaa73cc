import type { Tags } from "../kind.ts";

/** The tag that says whether an object with data gets a last snapshot when it is deleted because its block has left the YAML. */
export const finalSnapshotTag = "infra:final-snapshot";

/** Returns that tag for a spec. */
export function finalSnapshotMark(finalSnapshot: boolean | undefined): Tags {
  return { [finalSnapshotTag]: finalSnapshot === false ? "skip" : "take" };
}
