import { assertionsCodes } from "./codes/assertions.ts";
import { commandLineCodes } from "./codes/command-line.ts";
import { databasesCodes } from "./codes/databases.ts";
import { driftCodes } from "./codes/drift.ts";
import { filesCodes } from "./codes/files.ts";
import { kindsCodes } from "./codes/kinds.ts";
import { notesCodes } from "./codes/notes.ts";
import { plansCodes } from "./codes/plans.ts";
import { referencesCodes } from "./codes/references.ts";
import { rulesCodes } from "./codes/rules.ts";
import { shapeCodes } from "./codes/shape.ts";
import { stepsCodes } from "./codes/steps.ts";
import { valuesCodes } from "./codes/values.ts";
import { yamlCodes } from "./codes/yaml.ts";

import type { CodeDoc } from "./codes/code-doc.ts";

export type { CodeDoc } from "./codes/code-doc.ts";

/** Every code that a diagnostic, a note or a failed step may have, except codes of a single kind. */
export const codes = {
  ...filesCodes,
  ...yamlCodes,
  ...valuesCodes,
  ...shapeCodes,
  ...referencesCodes,
  ...rulesCodes,
  ...kindsCodes,
  ...databasesCodes,
  ...commandLineCodes,
  ...plansCodes,
  ...assertionsCodes,
  ...notesCodes,
  ...driftCodes,
  ...stepsCodes,
} as const;

/** Codes of single kinds. Each is declared in the folder of its kind, which adds it here with `declare module`. */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- the kinds fill it
export interface KindCodes {}

export type Code = keyof typeof codes | keyof KindCodes;

/** Returns all codes: ours, and those that kinds bring. A code that is declared twice is a bug. */
export function codesWith(kinds: readonly { readonly codes?: Readonly<Record<string, CodeDoc>> }[]): Readonly<Record<Code, CodeDoc>> {
  const all: Record<string, CodeDoc> = { ...codes };
  for (const [code, doc] of kinds.flatMap((kind) => Object.entries(kind.codes ?? {}))) {
    if (code in all) throw new Error(`the code ${code} is declared twice`);
    all[code] = doc;
  }
  return all as Record<Code, CodeDoc>;
}
