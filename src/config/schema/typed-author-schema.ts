/**
 * For editors: the schemas of the AWS types that a file names. They are AWS's schemas, loosened as the rest is, because files need not be
 * whole.
 */
import type { Kind } from "../../kinds/kind.ts";
import { mapValues, type JsonSchema } from "./json-schema.ts";
import { namePattern, typedResource } from "./schema.ts";

export interface TypedParts {
  readonly sections: Readonly<Record<string, JsonSchema>>;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

/** Returns a section for each type. Its definitions carry its name, because types use the same names for different things. */
export function typedParts(types: readonly Kind[]): TypedParts {
  const parts = types.map((kind) => {
    const { definitions = {}, ...resource } = typedResource(kind) as JsonSchema & { definitions?: Record<string, JsonSchema> };
    const own = mapValues(definitions, (schema) => inside(schema, kind.name));
    const named = Object.fromEntries(Object.entries(own).map(([name, schema]) => [`${kind.name}.${name}`, schema]));
    return { kind, named, resource: titled(inside(withoutUnions(resource), kind.name), kind.name) };
  });
  return {
    sections: Object.fromEntries(parts.map(({ kind }) => [kind.section, sectionOf(kind)])),
    definitions: Object.assign({}, ...parts.map(({ kind, named, resource }) => ({ ...named, [kind.name]: resource }))) as Record<
      string,
      JsonSchema
    >,
  };
}

function sectionOf(kind: Kind): JsonSchema {
  const body = { anyOf: [{ $ref: `#/definitions/${kind.name}` }, { type: "null" }] };
  return {
    title: kind.section,
    description: kind.doc,
    type: ["object", "null"],
    patternProperties: { [namePattern]: body },
    additionalProperties: false,
  };
}

/** Returns the schema of a value, or of an expression that makes it. `null` removes it in an overlay. */
function value(schema: JsonSchema, type: string): JsonSchema {
  const { description, ...form } = inside(schema, type);
  return { ...(description !== undefined && { description }), anyOf: [form, { $ref: "#/definitions/expression" }, { type: "null" }] };
}

/** Returns a schema with references to the definitions of its type. Nothing is required, and fields that nobody may write are left out. */
function inside(schema: JsonSchema, type: string): JsonSchema {
  const ref = schema["$ref"];
  if (typeof ref === "string") return { $ref: ref.replace("#/definitions/", `#/definitions/${type}.`) };
  const { required: _required, pattern, ...rest } = schema;
  const result: Record<string, unknown> = { ...rest, ...(isPattern(pattern) && { pattern }) };
  for (const map of ["properties", "patternProperties"] as const) {
    const members = Object.entries(schema[map] ?? {}).filter(
      ([name, member]) => member["x-refused"] === undefined && (map === "properties" || isPattern(name)),
    );
    if (schema[map]) result[map] = Object.fromEntries(members.map(([name, member]) => [name, value(member, type)]));
  }
  if (schema.items) result["items"] = value(schema.items, type);
  if (typeof schema["additionalProperties"] === "object")
    result["additionalProperties"] = value(schema["additionalProperties"] as JsonSchema, type);
  for (const union of ["anyOf", "oneOf", "allOf"] as const) {
    const branches = (schema[union] ?? []) as readonly JsonSchema[];
    delete result[union];
    // Branches that only require fields say nothing of a file that need not be whole.
    const telling = branches.map((branch) => inside(branch, type)).filter((branch) => Object.keys(branch).length > 0);
    if (telling.length > 0 && telling.length === branches.length) result[union === "allOf" ? "allOf" : "anyOf"] = telling;
  }
  return result;
}

/** Leaves out the unions of a type. `infra validate` says which properties go together, because it sees the whole. */
function withoutUnions({ anyOf: _any, oneOf: _one, allOf: _all, "x-unproven": _unproven, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

function titled(schema: JsonSchema, kind: string): JsonSchema {
  return { ...schema, properties: mapValues(schema.properties ?? {}, (field, name) => ({ title: `${kind}.${name}`, ...field })) };
}

/** Whether a pattern is valid here. Some patterns of AWS use the syntax of Java. */
function isPattern(pattern: unknown): pattern is string {
  if (typeof pattern !== "string") return false;
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
