import type { CodeDoc } from "./code-doc.ts";

/** Codes of problems that the schema reports. */
export const shapeCodes = {
  "unknown-field": {
    title: "No such field",
    cause: "infra refuses fields that it does not know, because a misspelt field would silently change nothing.",
    cure: "Use the name that the hint suggests. `infra explain KIND` lists all fields.",
  },
  "missing-field": {
    title: "A field is missing",
    cause: "infra cannot create a resource of this kind without the field.",
    cure: "Add the field. `infra explain KIND.FIELD` describes its values.",
  },
  "wrong-type": {
    title: "A value of the wrong type",
    cause: 'YAML reads 8.0, 012 or true without quotes as a number or a boolean, and "8" with quotes as text.',
    cure: "Add or remove quotes as the message says.",
  },
  "bad-value": {
    title: "A value that is not allowed",
    cause: "The field accepts only certain values, lengths or forms.",
    cure: "Use a value that the message names.",
  },
  "out-of-range": {
    title: "A number out of range",
    cause: "AWS accepts only numbers within limits in this field.",
    cure: "Choose a number within the limits.",
  },
  "bad-name": {
    title: "A name that infra cannot use",
    cause:
      "infra uses the names of resources in tags and in AWS names. A name has letters, digits, `-` and `_`, at most 63 characters, and begins and ends with a letter or digit.",
    cure: "Rename the resource. With a `moved:` line, nothing is replaced.",
  },
  "unknown-region": {
    title: "A region that infra does not know",
    cause: "The name is not one of the regions that this release knows.",
    cure: "Correct the name. A new region works in spite of the warning.",
  },
  conflict: { title: "Two fields exclude each other", cause: "Both fields say the same thing in two ways.", cure: "Keep one of them." },
} as const satisfies Readonly<Record<string, CodeDoc>>;
