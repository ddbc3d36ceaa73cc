import type { Tags } from "../kind.ts";

/** The tag that says how an object with data is to be deleted when its block in the YAML is gone. */
export const finalSnapshotTag = "infra:final-snapshot";

/** What the tag is to say for a spec. */
export function finalSnapshotMark(finalSnapshot: boolean | undefined): Tags {
  return { [finalSnapshotTag]: finalSnapshot === false ? "skip" : "take" };
}
