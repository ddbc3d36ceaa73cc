import type { CodeDoc } from "./code-doc.ts";

/** Codes of problems that the schema reports. */
export const shapeCodes = {
  "unknown-field": {
    title: "No such field",
    cause: "Fields that nobody reads are refused, since a misspelt field would silently change nothing.",
    cure: "Take the name that is suggested; `infra explain KIND` lists all.",
  },
  "missing-field": {
    title: "A field is missing",
    cause: "The kind cannot be made without it.",
    cure: "Add it; `infra explain KIND.FIELD` says what it takes.",
  },
  "wrong-type": {
    title: "A value of the wrong type",
    cause: 'YAML reads unquoted 8.0, 012 or true as a number or a boolean, and quoted "8" as text.',
    cure: "Add or remove quotes as the message says.",
  },
  "bad-value": {
    title: "A value that is not allowed",
    cause: "The field takes only certain values, lengths or forms.",
    cure: "Take one of those that the message names.",
  },
  "out-of-range": {
    title: "A number out of range",
    cause: "AWS takes only numbers within bounds here.",
    cure: "Choose one within the bounds.",
  },
  "bad-name": {
    title: "A name that cannot be used",
    cause:
      "Resource names become tags and AWS names: letters, digits, `-` and `_`, at most 63, beginning and ending with a letter or digit.",
    cure: "Rename it; with `moved:` nothing is replaced.",
  },
  "unknown-region": {
    title: "A region that AWS does not list",
    cause: "The name is not one of the regions known to this release.",
    cure: "Correct it; a new region works in spite of the warning.",
  },
  conflict: { title: "Two fields exclude each other", cause: "Both say the same thing in two ways.", cure: "Keep one." },
} as const satisfies Readonly<Record<string, CodeDoc>>;
