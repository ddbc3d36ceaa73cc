/** Databases and clusters that are created from a copy: a snapshot, or another database at a point in time. */
import * as Type from "typebox";
import type { Grant, Tags } from "../../kind.ts";
import { passwordTag, type MasterPassword } from "./password.ts";

/** The tag with the hash of the copy that a database was created from. RDS does not return it. */
const copyTag = "infra:copy-of";

/** A point in time for which backups exist. */
export const restoreTime = Type.String({
  description: "The second, as `2026-11-29T16:00:00Z`; `latest`: the last one that there is, some five minutes ago.",
  pattern: "^(latest|\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z)$",
  examples: ["latest", "2026-11-29T16:00:00Z"],
});

/**
 * Returns the rules of the fields that name a copy. The copy matters only at creation, and AWS does not return it, so a tag remembers it.
 */
export function copyRules(noun: "database" | "cluster") {
  const refuse = (what: string) => ({
    refuse:
      `The ${what} matters only when the ${noun} is created, and this ${noun} exists. ` +
      `To restore from another ${what}, declare a second ${noun} with it. Otherwise write the old value again, or remove the line.`,
  });
  return {
    snapshot: { change: refuse("snapshot"), hashTag: copyTag },
    restoreToPointInTime: { change: refuse("point in time"), hashTag: copyTag, whileGone: "free" },
  } as const;
}

/**
 * Returns the fields that the tags tell about the copy. Without the tag, both fields are undefined, so that a line added later is noticed.
 * `password` stands for the copy's password as long as the database has none of its own; it differs from any other.
 */
export function copiedOf<Spec extends object>(tags: Tags, password: MasterPassword | undefined): Partial<Spec> {
  return {
    ...(copyTag in tags ? {} : { snapshot: undefined, restoreToPointInTime: undefined }),
    ...(passwordTag in tags ? { masterPassword: password } : {}),
  } as Partial<Spec>;
}

/** Returns the grant to create a database from the named copy, whoever owns that. */
export function useCopy(operation: string, resource: string): Grant {
  return { sid: "RestoreCopies", actions: [`rds:${operation}`], resources: [resource] };
}
