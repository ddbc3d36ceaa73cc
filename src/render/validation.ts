import { DUMP_SCHEMA, dump, floatCoreTag, intCoreTag, NOT_RESOLVED } from "js-yaml";
import { textOfOutput } from "../config/expand/outputs.ts";
import type { VariableReport } from "../config/expand/variables.ts";
import { WrittenNumber } from "../config/yaml/written-number.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { tally } from "../diag/format.ts";
import { counted } from "../diag/words.ts";
import { table } from "./layout.ts";
import { formatVersion } from "./plan-json.ts";
import { plainText, type TextOptions } from "./text-options.ts";

/** The result of checking one environment. */
export interface Validated {
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
  /** The number of resources that it declares; undefined when it has errors. */
  readonly resources: number | undefined;
  /** The environment with all expressions, parts and variables put in, if that was asked for. */
  readonly document?: Readonly<Record<string, unknown>>;
  /** Its variables, if they were asked for. */
  readonly variables?: readonly VariableReport[];
}

/** Returns one line per environment. The problems themselves are diagnostics, which are printed elsewhere. */
export function validationText(all: readonly Validated[], { paint }: TextOptions = plainText): string {
  const lines = table(all.map((one) => [isValid(one) ? "ok" : "error", one.name, sentence(one)]));
  return lines
    .map((line, place) => {
      const one = all[place]!;
      return `${isValid(one) ? paint.added(line) : paint.danger(line)}\n${variablesText(one)}${documentText(one)}`;
    })
    .join("");
}

/** Lists each variable with its type, its value and the source of that value. */
function variablesText({ variables }: Validated): string {
  if (!variables) return "";
  const rows = variables.map(({ name, type, value, from, description }) => ["", name, type ?? "", inline(value), from, description ?? ""]);
  return `${table(rows)
    .map((line) => line.trimEnd())
    .join("\n")}${rows.length > 0 ? "\n" : ""}`;
}

/** Returns the document as YAML. A repeated resource has the name name[key], which exists only in this view. */
function documentText({ document }: Validated): string {
  return document ? dump(document, { lineWidth: -1, noRefs: true, schema: withWrittenNumbers }) : "";
}

/** A YAML schema that shows numbers as they were written. */
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

/** Returns the same in the format of schemas/validate.schema.json. */
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
