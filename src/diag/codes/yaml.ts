import type { CodeDoc } from "./code-doc.ts";

/** Codes of mistakes in the YAML itself. */
export const yamlCodes = {
  "yaml-syntax": {
    title: "The YAML cannot be parsed",
    cause: "Indentation, brackets or quotes do not match.",
    cure: "Check the marked place and the line above it.",
  },
  "yaml-tab": {
    title: "A tab where YAML needs spaces",
    cause: "YAML forbids tabs in indentation, because tabs have no agreed width.",
    cure: "Indent with spaces; most editors convert the whole file with one command.",
  },
  "yaml-duplicate-key": {
    title: "A key that occurs twice in one mapping",
    cause: "One of two equal keys would be lost silently.",
    cure: "Join the two, or rename one.",
  },
  "yaml-documents": {
    title: "Several documents in one file",
    cause: "A line `---` begins a second document, but an environment is one document.",
    cure: "Join the documents, or make the environment a folder with one file for each.",
  },
  "yaml-alias": {
    title: "An alias that has no anchor, refers to itself or becomes too large",
    cause: "`*name` needs an anchor `&name` before it, and the anchor must not contain the alias. Aliases of aliases multiply.",
    cure: "Define the anchor above its use, for example under a top-level key that begins with `x-`.",
  },
  "yaml-tag": {
    title: "An unknown YAML tag",
    cause: "infra reads only plain YAML 1.2. `!Ref`, `!Sub` and the like belong to other tools.",
    cure: "Write a reference by its name, and a variable as ${var.NAME}.",
  },
  "yaml-key": {
    title: "A key that is not a plain word",
    cause: "Keys must be words or numbers, not lists or mappings.",
    cure: "Write the key as text.",
  },
  "not-a-mapping": {
    title: "An environment must be a mapping of keys",
    cause: "The file contains a list or a single value.",
    cure: "Begin with `format: 1`, `project:`, `region:` and the sections.",
  },
  "declared-twice": {
    title: "Two files of one environment declare the same thing",
    cause: "infra merges the files of a folder, and none of them overrides another.",
    cure: "Keep one of the two. To override, use `extends`.",
  },
  "extends-cycle": {
    title: "A file extends itself",
    cause: "`extends` leads back to a file that infra is already reading.",
    cure: "Break the circle: put the common lines into a third file.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
