/** Says which field of a snippet such as `cidrBlock: 10.0.0.0/16` no schema has, or which value its schema refuses. */
import { Ajv } from "ajv";
import { parse } from "yaml";
import { authorSchema } from "../../src/config/schema/author-schema.ts";
import type { JsonSchema } from "../../src/config/schema/json-schema.ts";
import { partSchema } from "../../src/config/schema/part-schema.ts";
import { resolvedSchema, typedResource } from "../../src/config/schema/schema.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { isFree, type Snippet } from "./snippets.ts";

/** A schema in its document, whose definitions it may name. */
interface Place {
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
}
type Fields = ReadonlyMap<string, readonly Place[]>;

const ajv = new Ajv({ strict: false });
const resolved = resolvedSchema(kinds);
const kindSchemas = resolved["definitions"] as Readonly<Record<string, JsonSchema>>;
const byKind = new Map(Object.entries(kindSchemas).map(([kind, schema]) => [kind, fieldsIn(schema, resolved)]));
const inAnyKind = merged([...byKind.values()]);
// Every type that is not curated needs the field `unproven`.
const awsTypes = types.names().flatMap((name) => {
  const answer = types.of(name);
  return answer && "kind" in answer ? [typedResource(answer.kind)] : [];
});
const awsProperties = merged(awsTypes.map((schema) => fieldsIn(schema, schema)));
const unproven: Fields = new Map([["unproven", awsProperties.get("unproven")!]]);
const sections: Fields = new Map(Object.entries(resolved.properties!).map(([key, schema]) => [key, [{ schema, root: resolved }]]));
const environment = merged([
  sections,
  unproven,
  ...[authorSchema([]), resolvedSchema([]), partSchema([])].map((schema) => fieldsIn(schema, schema)),
]);

const formatWords = new Set([
  ...[...environment, ...inAnyKind].flatMap(([name, places]) => [name, ...places.flatMap(valuesOf)]),
  ...kinds.flatMap(({ name, outputs = {} }) => [name, ...Object.keys(outputs)]),
]);

/** Returns what is wrong with a snippet: undefined when it names no field, or one that a file may have with this value. */
export function wrongField({ at, text, message }: Snippet): string | undefined {
  if (!/^[A-Za-z]\w*:( |$)|^\{ \w+/.test(text)) return wrongWord(text);
  // Alternatives and optional fields are written as in AWS's usage lines: `{ instance | ip, port? }`.
  const value = readYaml(text.startsWith("{") ? text.replaceAll(" | ", ", ").replaceAll("?", "") : text);
  if (typeof value !== "object" || value === null) return undefined;
  const fields = [environment, ...fieldsFor(at, message)];
  return Object.entries(value)
    .map(([name, inner]) => {
      if (isFree(name)) return undefined;
      const places = fields.flatMap((some) => some.get(name) ?? []);
      return places.length > 0 ? wrongValue(name, inner, places) : `there is no field ${name}`;
    })
    .find(Boolean);
}

/** Words in camel case are names of the format: fields, kinds, sections, outputs, or values that a schema lists. */
function wrongWord(text: string): string | undefined {
  return /^[a-z]+[0-9]*[A-Z]\w*$/.test(text) && !formatWords.has(text) ? `the format has no word ${text}` : undefined;
}

/**
 * Returns the fields that a message may name. A message of a kind may name fields of this kind and of its neighbours, and of a kind that it
 * names in words.
 */
function fieldsFor(at: string, message: string): Fields[] {
  const folder = /^kinds\/([a-z0-9-]+)\//.exec(at)?.[1];
  if (folder === "types") return [awsProperties, inAnyKind];
  const own = kinds.find(({ name }) => kebab(name) === folder)?.name;
  if (own === undefined) return [inAnyKind, awsProperties];
  const near = Object.keys(kindSchemas).filter(
    (kind) => kind === own || refers(own, kind) || refers(kind, own) || message.toLowerCase().includes(kebab(kind).replaceAll("-", " ")),
  );
  return near.map((kind) => byKind.get(kind)!);
}

function refers(from: string, to: string): boolean {
  const schema = kinds.find(({ name }) => name === from)!.schema;
  return JSON.stringify(schema).includes(`"${to}"`);
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function wrongValue(name: string, value: unknown, places: readonly Place[]): string | undefined {
  if (value === null) return undefined;
  const forms = places.flatMap((place) => formsOf(place));
  if (Array.isArray(value)) {
    const items = forms.flatMap(({ schema, root }) => (schema.items ? [{ schema: schema.items, root }] : []));
    return items.length === 0 ? `${name} is no list` : value.map((item) => wrongValue(name, item, items)).find(Boolean);
  }
  if (typeof value === "object")
    return Object.entries(value)
      .map(([key, inner]) => {
        const inside = forms.flatMap(({ schema, root }) => membersOf(schema, key).map((member) => ({ schema: member, root })));
        if (isFree(key)) return undefined;
        return inside.length === 0 ? `${name} has no field ${key}` : wrongValue(key, inner, inside);
      })
      .find(Boolean);
  if (typeof value === "string" && (isFree(value) || value.split("/").some(isFree) || value.includes("${"))) return undefined;
  return forms.some(({ schema: { $id: _, ...schema } }) => ajv.validate(schema, value)) ? undefined : `${name} takes no ${String(value)}`;
}

/** Returns a schema and all of its unions' branches, without references. */
function formsOf({ schema, root }: Place, seen: readonly unknown[] = []): Place[] {
  if (seen.includes(schema)) return [];
  const ref = schema["$ref"];
  if (typeof ref === "string") {
    const definitions = root["definitions"] as Readonly<Record<string, JsonSchema>>;
    return formsOf({ schema: definitions[ref.replace("#/definitions/", "")]!, root }, [...seen, schema]);
  }
  const { anyOf, oneOf, allOf, ...rest } = schema as Record<string, readonly JsonSchema[]>;
  const branches = [anyOf, oneOf, allOf].flatMap((union) => union ?? []);
  const alone = branches.length === 0 || rest["properties"] ? [{ schema: rest as JsonSchema, root }] : [];
  return [...alone, ...branches.flatMap((branch) => formsOf({ schema: branch, root }, [...seen, schema]))];
}

function valuesOf(place: Place): string[] {
  return formsOf(place).flatMap(({ schema }) => [...(schema.enum ?? []), schema["const"]].filter((value) => typeof value === "string"));
}

function membersOf(schema: JsonSchema, key: string): JsonSchema[] {
  const named = schema.properties?.[key];
  if (named) return [named];
  const rest = schema["additionalProperties"];
  const patterns = Object.entries(schema.patternProperties ?? {}).flatMap(([pattern, member]) =>
    new RegExp(pattern).test(key) ? [member] : [],
  );
  if (patterns.length > 0) return patterns;
  if (typeof rest === "object") return [rest as JsonSchema];
  return rest === false || (schema.properties && rest !== true) ? [] : [{}];
}

/** Returns all fields of a schema, with those inside of others. References are not followed, except to definitions of its own. */
function fieldsIn(schema: JsonSchema, root: JsonSchema): Fields {
  const fields = new Map<string, Place[]>();
  const visit = (node: JsonSchema): void => {
    for (const [name, member] of Object.entries(node.properties ?? {})) {
      fields.set(name, [...(fields.get(name) ?? []), { schema: member, root }]);
      visit(member);
    }
    for (const union of ["anyOf", "oneOf", "allOf"]) for (const branch of (node[union] ?? []) as JsonSchema[]) visit(branch);
    for (const member of Object.values(node.patternProperties ?? {})) visit(member);
    for (const member of [node.items, node["additionalProperties"]]) if (typeof member === "object") visit(member as JsonSchema);
    if (node === schema && root === schema)
      for (const definition of Object.values((schema["definitions"] ?? {}) as object)) visit(definition);
  };
  visit(schema);
  return fields;
}

function merged(all: readonly Fields[]): Fields {
  const names = new Set(all.flatMap((fields) => [...fields.keys()]));
  return new Map([...names].map((name) => [name, all.flatMap((fields) => fields.get(name) ?? [])]));
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
