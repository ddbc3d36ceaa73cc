/** Databases and clusters that are made of a copy: a snapshot, or another as it was at some second. */
import * as Type from "typebox";
import type { Grant, Tags } from "../kind.ts";
import { passwordTag, type MasterPassword } from "./rds-password.ts";

/** The hash of what a database was made of: RDS does not tell it. */
const copyTag = "infra:copy-of";

/** A second for which there are backups. */
export const restoreTime = Type.String({
  description: "The second, as `2026-11-29T16:00:00Z`; `latest`: the last one that there is, some five minutes ago.",
  pattern: "^(latest|\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z)$",
  examples: ["latest", "2026-11-29T16:00:00Z"],
});

/** The rules of the fields that name a copy: it is made once, and what it was made of AWS does not tell, so a tag does. */
export function copyRules(noun: "database" | "cluster") {
  const refuse = (what: string) => ({
    refuse:
      `What a ${noun} is made of counts when it is made, and this one is there: another ${what} would take the place of its data. ` +
      `To have the other, declare a second ${noun} with it; else write what stood here, or take the line out.`,
  });
  return {
    snapshot: { change: refuse("snapshot"), hashTag: copyTag },
    restoreToPointInTime: { change: refuse("point in time"), hashTag: copyTag, whileGone: "free" },
  } as const;
}

/**
 * What the tags tell of the copy that it was made of: without one, nothing, so that a line that comes later is seen. `password`: what is told of one that was
 * not set yet, and differs from any.
 */
export function copiedOf<Spec extends object>(tags: Tags, password: MasterPassword | undefined): Partial<Spec> {
  return {
    ...(copyTag in tags ? {} : { snapshot: undefined, restoreToPointInTime: undefined }),
    ...(passwordTag in tags ? { masterPassword: password } : {}),
  } as Partial<Spec>;
}

/** Making a database of a copy that the file names, whosever it is. */
export function useCopy(operation: string, resource: string): Grant {
  return { sid: "RestoreCopies", actions: [`rds:${operation}`], resources: [resource] };
}
