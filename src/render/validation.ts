import type { Diagnostic } from "../diag/diagnostic.ts";
import { tally } from "../diag/format.ts";
import { counted, table } from "./layout.ts";
import { formatVersion } from "./plan-json.ts";
import { plainText, type TextOptions } from "./plan-text.ts";

/** What came of checking one environment. */
export interface Validated {
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
  /** How many resources it declares; unknown when it is in error. */
  readonly resources: number | undefined;
}

/** One line an environment: the problems themselves are diagnostics and stand elsewhere. */
export function validationText(all: readonly Validated[], { paint }: TextOptions = plainText): string {
  const lines = table(all.map((one) => [isValid(one) ? "ok" : "error", one.name, sentence(one)]));
  return lines.map((line, place) => `${isValid(all[place]!) ? paint.added(line) : paint.danger(line)}\n`).join("");
}

/** The same as data; schemas/validate.schema.json. */
export function validationJson(all: readonly Validated[]): object {
  return {
    format_version: formatVersion,
    valid: all.every(isValid),
    environments: all.map((one) => ({
      name: one.name,
      valid: isValid(one),
      ...(one.resources !== undefined && { resources: one.resources }),
      diagnostics: one.diagnostics,
    })),
  };
}

function isValid({ diagnostics }: Validated): boolean {
  return !diagnostics.some(({ severity }) => severity === "error");
}

function sentence({ diagnostics, resources }: Validated): string {
  const found = diagnostics.length === 0 ? "no problems" : tally(diagnostics);
  return resources === undefined ? found : `${counted(resources, "resource")}, ${found}`;
}
