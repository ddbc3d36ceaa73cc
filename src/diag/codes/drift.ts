import type { CodeDoc } from "./code-doc.ts";

/** Codes of drift. */
export const driftCodes = {
  "drift-changed": {
    title: "A field differs from the YAML",
    cause: "Somebody or something changed it in AWS.",
    cure: "Run `infra apply` to restore the value of the YAML, or write AWS's value into the YAML.",
  },
  "drift-missing": {
    title: "A resource is in the YAML and not in AWS",
    cause: "Somebody deleted it by hand, or it was never applied.",
    cure: "Run `infra apply` to create it, or remove it from the YAML.",
  },
  "drift-added": {
    title: "An object or item of this environment is in AWS and not in the YAML",
    cause: "Somebody added an item by hand to a list that infra manages. Or a resource left the YAML, and nobody has applied that.",
    cure: "Run `infra apply` to remove it, or write it into the YAML.",
  },
  "accept-open": {
    title: "infra cannot write AWS's value into the file",
    cause:
      "An expression, a repetition or a part produces the value, the value is secret, or a plan of the changed file would still differ.",
    cure: "Change the file by hand. The message gives the reason.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
