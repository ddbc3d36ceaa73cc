/** Makes a line to copy from the schema, when a value has the wrong form or is none of the choices. */
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { JsonSchema } from "../schema/json-schema.ts";

/** The depth of an example. The author fills in what lies below. */
const deepest = 3;

type Declared = (kind: string) => string | undefined;
const nothing: Declared = () => undefined;

/** Returns `cidrBlock: 10.0.0.0/16`, with the name of a declared resource when the field refers to one. */
export function exampleOf(field: string, schema: JsonSchema | undefined, declared: Declared): string | undefined {
  if (!schema) return undefined;
  const kinds = schema["x-ref"] as readonly string[] | undefined;
  const item = schema.items && exampleValue(schema.items, declared);
  const value = kinds || !schema.items ? exampleValue(schema, declared) : item && `[${item}]`;
  return value === undefined ? undefined : `${field}: ${value}`;
}

function exampleValue(schema: JsonSchema, declared: Declared): string | undefined {
  const kinds = schema["x-ref"] as readonly string[] | undefined;
  if (kinds && schema["x-literal"] === undefined) {
    const [kind] = kinds;
    const name = kinds.length === 1 ? declared(kind!) : undefined;
    return kinds.length === 1 ? (name ?? "NAME") : undefined;
  }
  const example = kinds ? undefined : ((schema["examples"] as unknown[] | undefined)?.[0] ?? schema.enum?.[0]);
  return typeof example === "object" || example === undefined ? undefined : String(example);
}

/** Returns a value that has the form of a schema: `{ algorithm: AES256 }`. It uses what the author wrote where that fits. */
export function formOf(schema: JsonSchema, written?: string, depth = 0): string | undefined {
  if (schema["x-ref"]) return exampleValue(schema, nothing) ?? "NAME";
  const branch = schema.anyOf?.find((one) => one.type === "object" || one.properties) ?? schema;
  if (branch.properties) return mapForm(branch, written, depth);
  const inside = insideOf(branch);
  const name = depth === 0 && /^[A-Za-z][\w-]*$/.test(written ?? "") ? written : "NAME";
  if (inside) return `{ ${name}: ${(depth < deepest ? formOf(inside, undefined, depth + 1) : undefined) ?? "…"} }`;
  if (branch.items) {
    const item = formOf(branch.items, undefined, depth + 1);
    return item && `[${item}]`;
  }
  return exampleValue(branch, nothing) ?? plainExample(branch);
}

/** Returns the schema of the values under the names of a map. */
export function insideOf(schema: JsonSchema): JsonSchema | undefined {
  const more = schema["additionalProperties"];
  return Object.values(schema.patternProperties ?? {})[0] ?? (typeof more === "object" && more !== null ? (more as JsonSchema) : undefined);
}

/** Chooses the field that takes what the author wrote, otherwise the required fields, otherwise the first. */
function mapForm({ properties = {}, required = [] }: JsonSchema, written: string | undefined, depth: number): string | undefined {
  const taking = Object.keys(properties).find((field) => choicesOf(properties[field]!).includes(written ?? ""));
  const [first] = Object.keys(properties);
  const fields = taking !== undefined ? [taking] : required.length > 0 || depth > 0 ? required : first === undefined ? [] : [first];
  if (fields.length === 0) return "{}";
  const value = (field: string) =>
    field === taking ? written : depth < deepest ? formOf(properties[field]!, undefined, depth + 1) : undefined;
  return `{ ${fields.map((field) => `${field}: ${value(field) ?? "…"}`).join(", ")} }`;
}

function choicesOf(schema: JsonSchema): readonly string[] {
  const own = [...(schema.enum ?? []), ...("const" in schema ? [schema["const"]] : [])].map(String);
  return [...own, ...(schema.anyOf ?? []).flatMap(choicesOf)];
}

function plainExample(schema: JsonSchema): string | undefined {
  const [choice] = choicesOf(schema);
  if (choice !== undefined) return choice;
  const types = [schema.type ?? []].flat();
  if (types.includes("boolean")) return "true";
  const given = Number(schema["default"] ?? schema["minimum"] ?? 0);
  return types.includes("integer") || types.includes("number") ? String(Math.max(1, given)) : undefined;
}

/** Returns the choice that the author meant: by similar letters, as its beginning or its end, or shortened (`Avg`). */
export function nearestChoice(word: string, choices: readonly string[]): string | undefined {
  const near = didYouMean(word, choices);
  if (near !== undefined || word.length < 3) return near;
  const text = word.toLowerCase();
  const by = (fits: (choice: string) => boolean) => choices.find((choice) => fits(choice.toLowerCase()));
  return by((one) => one.startsWith(text)) ?? by((one) => one.includes(text)) ?? by((one) => isShortened(text, one));
}

function isShortened(short: string, long: string): boolean {
  if (short[0] !== long[0]) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at++;
  return at === short.length;
}
