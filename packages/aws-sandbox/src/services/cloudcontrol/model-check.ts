/** Checks a model against the schema of its type, as Cloud Control does before it begins a request. */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";
import { AwsFault } from "../../model.ts";

export function checkModel(schema: RegistrySchema, model: unknown): void {
  check(schema, { ...schema, type: "object", additionalProperties: false }, model, "#");
}

type Values = Readonly<Record<string, unknown>>;

function check(root: RegistrySchema, written: SchemaNode, value: unknown, at: string): void {
  const node = deref(root, written);
  const types = [node.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value))) throw invalid(at, `expected type: ${types.join(" or ")}`);
  if (node.enum && !node.enum.some((one) => JSON.stringify(one) === JSON.stringify(value)))
    throw invalid(at, `${JSON.stringify(value)} is not a valid enum value`);
  if (typeof value === "string") checkText(node, value, at);
  if (typeof value === "number") checkNumber(node, value, at);
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Infinity } = node;
    if (value.length < minItems || value.length > maxItems) throw invalid(at, `the list has ${value.length} items`);
    for (const [i, item] of value.entries()) check(root, node.items ?? {}, item, `${at}/${i}`);
  } else if (typeof value === "object" && value !== null) checkObject(root, node, value as Values, at);
  for (const part of node.allOf ?? []) check(root, part, value, at);
  for (const union of [node.anyOf, node.oneOf])
    if (union && !union.some((branch) => fits(root, branch, value, at))) throw invalid(at, "no subschema matched");
}

function checkText({ minLength = 0, maxLength = Infinity, pattern }: SchemaNode, value: string, at: string): void {
  if (value.length < minLength) throw invalid(at, `expected minLength: ${minLength}, actual: ${value.length}`);
  if (value.length > maxLength) throw invalid(at, `expected maxLength: ${maxLength}, actual: ${value.length}`);
  if (pattern !== undefined && !patternOf(pattern).test(value)) throw invalid(at, `string [${value}] does not match pattern ${pattern}`);
}

/** The regular expression of a pattern. Named character classes need the flag, but with it some other patterns are not valid. */
function patternOf(pattern: string): RegExp {
  return new RegExp(pattern, /\\[pP]\{/.test(pattern) ? "u" : "");
}

function checkNumber({ minimum = -Infinity, maximum = Infinity }: SchemaNode, value: number, at: string): void {
  if (value < minimum) throw invalid(at, `${value} is not greater or equal to ${minimum}`);
  if (value > maximum) throw invalid(at, `${value} is not less or equal to ${maximum}`);
}

function checkObject(root: RegistrySchema, node: SchemaNode, value: Values, at: string): void {
  for (const key of node.required ?? []) if (!(key in value)) throw invalid(at, `required key [${key}] not found`);
  for (const [key, inner] of Object.entries(value)) {
    const named = node.properties && Object.hasOwn(node.properties, key) ? node.properties[key] : undefined;
    const patterned = Object.entries(node.patternProperties ?? {}).find(([pattern]) => patternOf(pattern).test(key))?.[1];
    const rest = typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
    const schema = named ?? patterned ?? rest;
    if (!schema && node.additionalProperties === false) throw invalid(at, `extraneous key [${key}] is not permitted`);
    if (schema) check(root, schema, inner, `${at}/${key}`);
  }
}

function fits(root: RegistrySchema, node: SchemaNode, value: unknown, at: string): boolean {
  try {
    check(root, node, value, at);
    return true;
  } catch (error) {
    if (error instanceof AwsFault) return false;
    throw error;
  }
}

function deref(root: RegistrySchema, node: SchemaNode): SchemaNode {
  let here = node;
  while (here.$ref !== undefined) here = root.definitions?.[here.$ref.replace("#/definitions/", "")] ?? {};
  return here;
}

function isOf(type: string, value: unknown): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return type === "null" ? value === null : typeof value === type;
}

function invalid(at: string, what: string): AwsFault {
  return new AwsFault("ValidationException", `Model validation failed (${at}: ${what})`);
}
