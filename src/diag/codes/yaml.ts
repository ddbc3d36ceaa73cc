import type { CodeDoc } from "./code-doc.ts";

/** Codes of mistakes in the YAML itself. */
export const yamlCodes = {
  "yaml-syntax": {
    title: "The YAML cannot be parsed",
    cause: "Indentation, brackets or quotes do not fit together.",
    cure: "Look at the marked place and the line above it.",
  },
  "yaml-tab": {
    title: "A tab stands where YAML wants spaces",
    cause: "YAML forbids tabs in indentation, because their width is nobody's agreement.",
    cure: "Indent with spaces; most editors convert the whole file with one command.",
  },
  "yaml-duplicate-key": {
    title: "A key stands twice in one mapping",
    cause: "Of two equal keys, one would be lost without a word.",
    cure: "Join the two, or rename one.",
  },
  "yaml-documents": {
    title: "Several documents in one file",
    cause: "A line `---` begins a second document; an environment is one document.",
    cure: "Join them, or make the environment a folder with one file each.",
  },
  "yaml-alias": {
    title: "An alias that leads nowhere, to itself, or to too much",
    cause: "`*name` needs an anchor `&name` before it that does not contain the alias; and aliases of aliases multiply.",
    cure: "Define the anchor above its use, for example under a top-level key that begins with `x-`.",
  },
  "yaml-tag": {
    title: "An unknown YAML tag",
    cause: "Only plain YAML 1.2 is read; `!Ref`, `!Sub` and the like belong to other tools.",
    cure: "Write a reference by its name, and a variable as ${var.NAME}.",
  },
  "yaml-key": {
    title: "A key that is no plain word",
    cause: "Keys are words or numbers, not lists or mappings.",
    cure: "Write the key as text.",
  },
  "not-a-mapping": {
    title: "An environment is a mapping of keys",
    cause: "The file holds a list or a single value.",
    cure: "Begin with `format: 1`, `project:`, `region:` and the sections.",
  },
  "declared-twice": {
    title: "Two files of one environment declare the same",
    cause: "The files of a folder are merged, and neither is above the other.",
    cure: "Keep one of the two; to override, use `extends`.",
  },
  "extends-cycle": {
    title: "A file extends itself",
    cause: "Following `extends` leads back to a file that is already being read.",
    cure: "Break the circle: put what both need into a third file.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
