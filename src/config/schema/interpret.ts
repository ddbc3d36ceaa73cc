/**
 * Checks a value against a JSON Schema without compiling the schema. Registry schemas are read one by one, and compiling one would take
 * longer than everything else that a plan does. The check knows the subset of JSON Schema that they use, and reports errors in ajv's words,
 * so that one place explains them.
 */
import { isLate } from "../../resource/late.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { SchemaError } from "./validator.ts";

/** Returns all complaints about a value; `place` is the JSON pointer of the value in its document. */
export function interpret(schema: JsonSchema, value: unknown, place: string): readonly SchemaError[] {
  const reading = new Reading(schema);
  reading.check(schema, value, place, "#");
  return reading.errors;
}

type Values = Readonly<Record<string, unknown>>;

class Reading {
  readonly errors: SchemaError[] = [];
  readonly #root: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  check(schema: JsonSchema, value: unknown, place: string, path: string): void {
    const ref = schema["$ref"];
    if (typeof ref === "string") return this.check(this.#definition(ref), value, place, ref);
    const refused = schema["x-refused"] as { readonly why: string; readonly hint: string } | undefined;
    if (refused) return this.#say("x-refused", place, path, refused);
    if (typeof value === "string" && isLate(value)) return; // only AWS knows its value
    if (!this.#checkType(schema, value, place, path)) return;
    this.#checkChoice(schema, value, place, path);
    if (typeof value === "string") this.#checkText(schema, value, place, path);
    else if (typeof value === "number") this.#checkNumber(schema, value, place, path);
    else if (Array.isArray(value)) this.#checkList(schema, value, place, path);
    else if (isObject(value)) this.#checkObject(schema, value, place, path);
    for (const union of ["anyOf", "oneOf"] as const) this.#checkUnion(schema, union, value, place, path);
    for (const [i, part] of ((schema["allOf"] ?? []) as JsonSchema[]).entries()) this.check(part, value, place, `${path}/allOf/${i}`);
  }

  #definition(ref: string): JsonSchema {
    const definitions = this.#root["definitions"] as Readonly<Record<string, JsonSchema>> | undefined;
    return definitions?.[ref.replace("#/definitions/", "")] ?? {};
  }

  #checkType({ type }: JsonSchema, value: unknown, place: string, path: string): boolean {
    if (type === undefined || [type].flat().some((one) => isOf(one as string, value))) return true;
    this.#say("type", place, `${path}/type`, { type });
    return false;
  }

  #checkChoice(schema: JsonSchema, value: unknown, place: string, path: string): void {
    const { enum: allowedValues } = schema;
    const isKnown = (one: unknown) => JSON.stringify(one) === JSON.stringify(value);
    if (allowedValues && !allowedValues.some(isKnown)) this.#say("enum", place, `${path}/enum`, { allowedValues });
    if (schema["const"] !== undefined && !isKnown(schema["const"]))
      this.#say("const", place, `${path}/const`, { allowedValue: schema["const"] });
  }

  #checkText(schema: JsonSchema, value: string, place: string, path: string): void {
    const { minLength, maxLength, pattern } = schema as { minLength?: number; maxLength?: number; pattern?: string };
    const length = [...value].length;
    if (minLength !== undefined && length < minLength) this.#say("minLength", place, `${path}/minLength`, { limit: minLength });
    if (maxLength !== undefined && length > maxLength) this.#say("maxLength", place, `${path}/maxLength`, { limit: maxLength });
    if (pattern !== undefined && !patternOf(pattern).test(value)) this.#say("pattern", place, `${path}/pattern`, { pattern });
  }

  #checkNumber(schema: JsonSchema, value: number, place: string, path: string): void {
    const { minimum, maximum, multipleOf } = schema as { minimum?: number; maximum?: number; multipleOf?: number };
    if (minimum !== undefined && value < minimum) this.#say("minimum", place, `${path}/minimum`, { limit: minimum });
    if (maximum !== undefined && value > maximum) this.#say("maximum", place, `${path}/maximum`, { limit: maximum });
    if (multipleOf !== undefined && value % multipleOf !== 0) this.#say("multipleOf", place, `${path}/multipleOf`, { multipleOf });
  }

  #checkList(schema: JsonSchema, value: readonly unknown[], place: string, path: string): void {
    const { minItems, maxItems } = schema as { minItems?: number; maxItems?: number };
    if (minItems !== undefined && value.length < minItems) this.#say("minItems", place, `${path}/minItems`, { limit: minItems });
    if (maxItems !== undefined && value.length > maxItems) this.#say("maxItems", place, `${path}/maxItems`, { limit: maxItems });
    if (schema["uniqueItems"] === true) this.#checkUnique(value, place, path);
    const { items } = schema;
    if (items) value.forEach((item, i) => this.check(items, item, `${place}/${i}`, `${path}/items`));
  }

  #checkUnique(value: readonly unknown[], place: string, path: string): void {
    const texts = value.map((item) => JSON.stringify(item));
    const i = texts.findIndex((text, at) => texts.indexOf(text) !== at);
    if (i >= 0) this.#say("uniqueItems", place, `${path}/uniqueItems`, { i, j: texts.indexOf(texts[i]!) });
  }

  #checkObject(schema: JsonSchema, value: Values, place: string, path: string): void {
    const { minProperties, maxProperties } = schema as { minProperties?: number; maxProperties?: number };
    const size = Object.keys(value).length;
    if (minProperties !== undefined && size < minProperties)
      this.#say("minProperties", place, `${path}/minProperties`, { limit: minProperties });
    if (maxProperties !== undefined && size > maxProperties)
      this.#say("maxProperties", place, `${path}/maxProperties`, { limit: maxProperties });
    for (const missingProperty of schema.required ?? [])
      if (!Object.hasOwn(value, missingProperty)) this.#say("required", place, `${path}/required`, { missingProperty });
    for (const [key, inner] of Object.entries(value)) this.#checkMember(schema, key, inner, place, path);
  }

  #checkMember(schema: JsonSchema, key: string, value: unknown, place: string, path: string): void {
    const at = `${place}/${escaped(key)}`;
    const { properties, patternProperties } = schema;
    if (properties && Object.hasOwn(properties, key))
      return this.check(properties[key]!, value, at, `${path}/properties/${encodeURIComponent(escaped(key))}`);
    const fitting = Object.entries(patternProperties ?? {}).find(([pattern]) => patternOf(pattern).test(key));
    if (fitting) return this.check(fitting[1], value, at, `${path}/patternProperties/${encodeURIComponent(escaped(fitting[0]))}`);
    const rest = schema["additionalProperties"];
    if (rest === false) this.#say("additionalProperties", place, `${path}/additionalProperties`, { additionalProperty: key });
    else if (isObject(rest)) this.check(rest as JsonSchema, value, at, `${path}/additionalProperties`);
  }

  /**
   * Adds the complaints of every branch, then one about the union. schema-unions.ts picks the ones that fit what the author most likely
   * meant.
   */
  #checkUnion(schema: JsonSchema, union: "anyOf" | "oneOf", value: unknown, place: string, path: string): void {
    const branches = schema[union] as readonly JsonSchema[] | undefined;
    if (!branches) return;
    const told = branches.map((branch, i) => {
      const inner = new Reading(this.#root);
      inner.check(branch, value, place, `${path}/${union}/${i}`);
      return inner.errors;
    });
    if (told.some((errors) => errors.length === 0)) return;
    this.errors.push(...told.flat());
    this.#say(union, place, `${path}/${union}`, {});
  }

  #say(keyword: string, instancePath: string, schemaPath: string, params: SchemaError["params"]): void {
    this.errors.push({ keyword, instancePath, schemaPath, params });
  }
}

function isOf(type: string, value: unknown): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return type === "null" ? value === null : typeof value === type;
}

const patterns = new Map<string, RegExp>();

/**
 * Returns the compiled form of a registry pattern. The patterns are written for several languages: those that need the flag `u` get it, and
 * the others cannot take it.
 */
function patternOf(text: string): RegExp {
  const known = patterns.get(text);
  if (known) return known;
  const made = /\\[pP]\{|\\u\{/.test(text) ? new RegExp(text, "u") : new RegExp(text);
  patterns.set(text, made);
  return made;
}

function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
