import type { CodeDoc } from "./code-doc.ts";

/** Codes of drift. */
export const driftCodes = {
  "drift-changed": {
    title: "A field that differs from the YAML",
    cause: "Somebody, or something, changed it in AWS.",
    cure: "`infra apply` puts it back; or write what AWS has into the YAML.",
  },
  "drift-missing": {
    title: "Something that is in the YAML and not in AWS",
    cause: "It was deleted by hand, or never applied.",
    cure: "`infra apply` makes it; or take it out of the YAML.",
  },
  "drift-added": {
    title: "Something that is ours in AWS and not in the YAML",
    cause: "An item was added by hand to a list that we own, or the YAML lost a resource that was not applied since.",
    cure: "`infra apply` removes it; or write it into the YAML.",
  },
  "accept-open": {
    title: "What AWS has cannot be written into the file",
    cause: "An expression, a repetition or a part makes the value, it is secret, or a plan of the changed file would still differ.",
    cure: "Change the file by hand; the message says what stands in the way.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
