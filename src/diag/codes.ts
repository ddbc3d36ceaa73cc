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

export type { CodeDoc } from "./codes/code-doc.ts";

/** Every code that a diagnostic, a note or a failed step of ours may bear. */
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

export type Code = keyof typeof codes;
