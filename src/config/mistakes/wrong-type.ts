/** Explains a value of the wrong type, and what to write. */
import { didYouMean } from "../../diag/did-you-mean.ts";
import { mapValues, type JsonSchema } from "../schema/json-schema.ts";
import { partsOfName } from "../values/repetition.ts";
import { valueOf, type Tree } from "../yaml/tree.ts";
import { intrinsicInstead } from "../yaml/intrinsics.ts";
import { exampleOf, formOf } from "./write-example.ts";
import { listInsteadOf, mapInsteadOf, oneInsteadOf } from "./write-instead.ts";
import { withSpace } from "../yaml/yaml-words.ts";
import { declaredIn, form, type Explaining, type Words } from "./schema-words.ts";
import { timeInstead } from "./bad-value.ts";

const typeWords: Readonly<Record<string, string>> = {
  string: "a string",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "a mapping",
  array: "a list",
  null: "null",
};

export function wrongType(
  it: string,
  resolved: readonly string[],
  value: Tree,
  schema: JsonSchema,
  isRequired: boolean,
  context: Explaining,
): Words {
  const must = `${it} must be ${resolved.map((type) => typeWords[type] ?? type).join(" or ")}`;
  const wrong = (is: string, hint?: string): Words => ({ code: "wrong-type", summary: `${must}, but ${is}.`, hint });
  const whole = wholeSchema(schema, context);
  const likeThis = formHint(resolved, whole, value);
  if (value.type === "list") {
    const alone = oneInsteadOf(value, resolved);
    return wrong("is a list", alone ?? (resolved.includes("object") ? mapInsteadOf(value, whole, likeThis) : likeThis));
  }
  if (value.type === "map")
    return wrong("is a mapping", intrinsicInstead(value) ?? (resolved.includes("array") ? listInsteadOf(value, whole) : likeThis));
  if (value.value === null) return wrong("is empty", emptyHint(it, resolved, whole, value, isRequired, context));
  const spaced = typeof value.value === "string" && resolved.includes("object") ? withSpace(value.value) : undefined;
  if (spaced) return wrong(`is the string ${JSON.stringify(value.value)}`, `${spaced.why}: write \`${spaced.line}\``);
  if (typeof value.value === "string") {
    const hint = splatHint(value.value, whole, context) ?? unquoteHint(resolved, value.value, value.quoted) ?? likeThis;
    return wrong(`is the string ${JSON.stringify(value.value)}`, hint);
  }
  if (!resolved.includes("string")) {
    const hint = resolved.includes("array") ? `write [${value.raw}]` : booleanHint(resolved, value.raw);
    return wrong(`is ${value.raw}`, hint ?? likeThis);
  }
  const is = `YAML reads ${value.raw} as ${typeof value.value === "number" ? "a number" : "a boolean"}`;
  return wrong(is, timeInstead(whole, value) ?? (fitsInQuotes(value.raw, whole) ? `write "${value.raw}"` : (textHint(whole) ?? likeThis)));
}

/** Whether a text fits a schema, as far as the schema says that. */
function fitsInQuotes(text: string, schema: JsonSchema): boolean {
  if (schema["x-cidr"] !== undefined || schema["x-zone"] !== undefined || schema["x-literal"] !== undefined) return false;
  const branches = schema.anyOf?.filter(({ type }) => type === undefined || [type].flat().includes("string"));
  if (branches) return branches.some((one) => fitsInQuotes(text, one));
  if (schema.enum && !schema.enum.includes(text)) return false;
  return schema["pattern"] === undefined || new RegExp(String(schema["pattern"])).test(text);
}

/** Returns the choices of a text field, or its form. */
function textHint(schema: JsonSchema): string | undefined {
  const choices = schema.enum ?? schema.anyOf?.flatMap((one) => one.enum ?? []) ?? [];
  if (choices.length > 0) return `write ${choices.length === 1 ? "" : "one of "}${choices.join(", ")}`;
  return schema["pattern"] === undefined ? undefined : form(schema);
}

/** Returns the boolean that was meant by a word or a number of another language. */
function booleanHint(resolved: readonly string[], text: string): string | undefined {
  if (!resolved.includes("boolean")) return undefined;
  const meant = /^(y|yes|on|1|true|enabled?)$/i.test(text)
    ? "true"
    : /^(n|no|off|0|false|disabled?|suspended)$/i.test(text)
      ? "false"
      : undefined;
  const near = meant ?? didYouMean(text, ["true", "false"]);
  return near && `write ${near}`;
}

/** Returns the wanted form, as a line to copy. */
function formHint(resolved: readonly string[], schema: JsonSchema, value: Tree): string | undefined {
  if (resolved.includes("boolean")) return "write true or false";
  const form = formOf(schema, value.type === "scalar" ? String(value.value) : undefined);
  if (resolved.includes("object")) return form && `write a mapping, as in ${form}`;
  if (resolved.includes("integer") || resolved.includes("number")) return `write the number alone, as in ${form ?? 1}`;
  return form && `write ${form.length > 40 ? "it" : "something"} as in ${form}`;
}

/** Returns the definition that a schema points to, and in a section the definitions under its names, too. */
function wholeSchema(schema: JsonSchema, { schema: root }: Explaining): JsonSchema {
  const definition = (one: JsonSchema) => {
    const name = /^#\/definitions\/(.*)$/.exec(String(one["$ref"] ?? ""))?.[1];
    return name === undefined ? one : ((root["definitions"] as Record<string, JsonSchema>)[name] ?? one);
  };
  const { patternProperties } = schema;
  return patternProperties ? { ...schema, patternProperties: mapValues(patternProperties, definition) } : definition(schema);
}

/** Returns a hint for a section without resources, a resource without fields, a list without items, or a field without a value. */
function emptyHint(
  it: string,
  resolved: readonly string[],
  schema: JsonSchema,
  value: Tree,
  isRequired: boolean,
  context: Explaining,
): string {
  const kind = context.kinds.find(({ section }) => section === it);
  if (kind) return `write the ${it} under it, each with its name, or remove the line`;
  if (resolved.includes("array")) return "write its items under it, each after a hyphen, or [] for none";
  if (schema["x-ref"] === undefined && resolved.includes("object")) {
    if (schema.required && schema.required.length > 0) return `write its fields under it: ${schema.required.join(", ")}`;
    return schema.properties ? "write {} if it has no fields" : "write its entries under it, each with its name, or remove the line";
  }
  const form = exampleOf(it.split(/[ .]/).at(-1)!, schema, (name) => declaredIn(context, name));
  const isQuoted = value.type === "scalar" && value.raw !== "";
  return `${form ? `write a value, as in \`${form}\`` : "write a value"}${isQuoted || isRequired ? "" : ", or remove the line"}`;
}

/**
 * Returns a hint when a list of references is wanted and the name of a repeated resource stands there. In a part, the prefix of the use
 * stands before that name.
 */
function splatHint(text: string, schema: JsonSchema, { tree, kinds }: Explaining): string | undefined {
  const [, prefix, name = ""] = /^(?:([^/]+)\/)?(.*)$/s.exec(text)!;
  const fits = kinds.filter(
    (kind) => ((schema.items?.["x-ref"] as readonly string[] | undefined) ?? []).includes(kind.name) && (prefix ?? kind.name) === kind.name,
  );
  const names = fits.flatMap(({ section }) => {
    const found = valueOf(tree, section);
    return found?.type === "map" ? [...found.entries.keys()] : [];
  });
  if (names.includes(name)) return undefined;
  const several = names.map(partsOfName).filter(({ base, key }) => key !== undefined && (base === name || base.endsWith(`-${name}`)));
  const of = several.filter(({ base }) => base === several[0]!.base);
  return of.length === 0 ? undefined : `write "${text}[*]" for all of them, or name some: ["${text}[${of[0]!.key}]"]`;
}

function unquoteHint(resolved: readonly string[], text: string, quoted: boolean): string | undefined {
  if (resolved.includes("array") && /^-[A-Za-z]/.test(text))
    return `a space is missing after the hyphen: write \`- ${text.slice(1).split(/\s/)[0]}\``;
  if (resolved.includes("array")) return `write [${text}]`;
  if (resolved.includes("object") && quoted && /^\{.*\}$/s.test(text)) return "remove the quotes around it";
  const isNumber = text.trim() !== "" && !Number.isNaN(Number(text));
  if (quoted && resolved.includes("boolean") && /^(true|false)$/.test(text)) return `write ${text}, without quotes`;
  const boolean = booleanHint(resolved, text);
  if (boolean) return /^(y|yes|no?|on|off)$/i.test(text) ? `YAML 1.2 has only true and false; ${boolean}` : boolean;
  if (!resolved.includes("integer") && !resolved.includes("number")) return undefined;
  if (isNumber) return quoted ? `write ${text}, without quotes` : undefined;
  const bare = /^(\d{1,3}(?:[,_ ]\d{3})+|\d+) ?(?:[KMGT]i?B|%)?$/i.exec(text)?.[1];
  return bare && `write the number alone: ${bare.replaceAll(/\D/g, "")}`;
}
