import { DUMP_SCHEMA, dump, floatCoreTag, intCoreTag, NOT_RESOLVED } from "js-yaml";
import { textOfOutput } from "../config/outputs.ts";
import type { VariableReport } from "../config/variables.ts";
import { WrittenNumber } from "../config/written-number.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { tally } from "../diag/format.ts";
import { counted, table } from "./layout.ts";
import { formatVersion } from "./plan-json.ts";
import { plainText, type TextOptions } from "./text-options.ts";

/** What came of checking one environment. */
export interface Validated {
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
  /** How many resources it declares; unknown when it is in error. */
  readonly resources: number | undefined;
  /** The environment with everything put in, where that was asked for. */
  readonly document?: Readonly<Record<string, unknown>>;
  /** Its variables, where they were asked for. */
  readonly variables?: readonly VariableReport[];
}

/** One line an environment: the problems themselves are diagnostics and stand elsewhere. */
export function validationText(all: readonly Validated[], { paint }: TextOptions = plainText): string {
  const lines = table(all.map((one) => [isValid(one) ? "ok" : "error", one.name, sentence(one)]));
  return lines
    .map((line, place) => {
      const one = all[place]!;
      return `${isValid(one) ? paint.added(line) : paint.danger(line)}\n${variablesText(one)}${documentText(one)}`;
    })
    .join("");
}

/** Each variable with its type, its value and where that came from. */
function variablesText({ variables }: Validated): string {
  if (!variables) return "";
  const rows = variables.map(({ name, type, value, from, description }) => ["", name, type ?? "", inline(value), from, description ?? ""]);
  return `${table(rows)
    .map((line) => line.trimEnd())
    .join("\n")}${rows.length > 0 ? "\n" : ""}`;
}

/** As YAML. A repeated resource stands there as name[key], which only this view has. */
function documentText({ document }: Validated): string {
  return document ? dump(document, { lineWidth: -1, noRefs: true, schema: withWrittenNumbers }) : "";
}

/** Numbers that are shown as they were written. */
const withWrittenNumbers = DUMP_SCHEMA.withTags([intCoreTag, floatCoreTag].map(asWritten));

function asWritten(tag: typeof floatCoreTag): typeof floatCoreTag {
  return {
    ...tag,
    identify: (value) =>
      value instanceof WrittenNumber ? tag.resolve(value.text, false, tag.tagName) !== NOT_RESOLVED : tag.identify(value),
    represent: (value, ...rest) => (value instanceof WrittenNumber ? value.text : tag.represent(value, ...rest)),
  };
}

function inline(value: unknown): string {
  const text = value === undefined ? "" : textOfOutput(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
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
      ...(one.variables && { variables: one.variables }),
      ...(one.document && { document: one.document }),
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
