import type { Kind } from "../kinds/kind.ts";
import { mapValues, type JsonSchema } from "./json-schema.ts";
import { resolvedSchema } from "./schema.ts";

/**
 * The schema for editors: what a single file may hold before it is merged. `${var.…}` fits anywhere, `null` removes in
 * an overlay, and since a part or an overlay need not be whole, nothing is required except inside lists, which are
 * never merged.
 */
export function authorSchema(kinds: readonly Kind[]): JsonSchema {
  const resolved = resolvedSchema(kinds);
  const { required: _required, ...whole } = resolved;
  return {
    ...whole,
    title: "Plumbline environment",
    description: "An environment of AWS resources, or a part or base of one, as it is written.",
    properties: mapValues({ ...writingFields, ...mapValues(resolved.properties!, loosened) }, (schema, key) => ({ title: key, ...schema })),
    patternProperties: { "^x-": { description: "Ignored: a place to park anchors." } },
    definitions: {
      variable: { type: "string", pattern: "\\$\\{var\\.", description: "Made from variables." },
      ...mapValues(resolved["definitions"] as Record<string, JsonSchema>, (schema, kind) => titled(openInside(schema, false), kind)),
    },
  };
}

const writingFields: Readonly<Record<string, JsonSchema>> = {
  extends: {
    description:
      "A file or folder, or several, that this one is laid over: mappings merge, lists and scalars replace, `null` removes. Relative to this file.",
    anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    examples: ["../base.yaml"],
  },
  variables: {
    description:
      "Plain scalars, used as `${var.NAME}`. `--var NAME=VALUE`, `--var-file` and `INFRA_VAR_NAME` override them; `null`: must be given.",
    type: "object",
    patternProperties: { "^[A-Za-z_][A-Za-z0-9_-]*$": { type: ["string", "number", "boolean", "null"] } },
    additionalProperties: false,
    examples: [{ webPort: 8001 }],
  },
};

/** What an editor shows above the documentation of a field; without one it shows the title of the whole. */
function titled(schema: JsonSchema, path: string): JsonSchema {
  const properties =
    schema.properties && mapValues(schema.properties, (field, name) => titled({ title: `${path}.${name}`, ...field }, `${path}.${name}`));
  return { ...schema, ...(properties && { properties }), ...(schema.items && { items: titled(schema.items, path) }) };
}

const variable: JsonSchema = { $ref: "#/definitions/variable" };

function loosened(schema: JsonSchema): JsonSchema {
  return open(schema, false);
}

/** `inList`: the value is replaced as a whole, so it must be complete and cannot be null. */
function open(schema: JsonSchema, inList: boolean): JsonSchema {
  if (schema["$ref"]) return inList ? schema : { anyOf: [schema, { type: "null" }] };
  if (schema.anyOf)
    return {
      ...schema,
      anyOf: [...schema.anyOf.map((branch) => openInside(branch, true)), variable, ...(inList ? [] : [{ type: "null" }])],
    };
  if (schema["x-ref"]) return inList ? named(schema) : nullable(named(schema));
  if (schema.type === "object" || schema.type === "array") return inList ? openInside(schema, true) : nullable(openInside(schema, false));
  return scalar(schema, inList);
}

/** A reference. Editors offer examples as values, and one that is not declared would be wrong: a snippet leaves the name to be typed. */
function named(schema: JsonSchema): JsonSchema {
  const { examples: _examples, ...rest } = openInside(schema, true);
  const kinds = schema["x-ref"] as readonly string[];
  const bodies = kinds.map((kind) => (kinds.length > 1 ? `${kind}/$1` : "$1"));
  return {
    ...rest,
    defaultSnippets: bodies.map((body, i) => ({ label: kinds.length > 1 ? `${kinds[i]}/…` : `the name of a ${kinds[i]}`, body })),
  };
}

function openInside(schema: JsonSchema, inList: boolean): JsonSchema {
  const result: Record<string, unknown> = { ...schema };
  if (!inList) delete result["required"];
  if (schema.properties) result["properties"] = mapValues(schema.properties, (value) => open(value, inList));
  if (schema.patternProperties) result["patternProperties"] = mapValues(schema.patternProperties, (value) => open(value, inList));
  if (typeof schema["additionalProperties"] === "object")
    result["additionalProperties"] = open(schema["additionalProperties"] as JsonSchema, inList);
  if (schema.items) result["items"] = open(schema.items, true);
  return result;
}

function nullable(schema: JsonSchema): JsonSchema {
  return { ...schema, type: [...[schema.type].flat(), "null"] as string[] };
}

function scalar(schema: JsonSchema, inList: boolean): JsonSchema {
  const { description, examples, default: dflt, ...form } = schema;
  const outside = {
    ...(description !== undefined && { description }),
    ...(examples !== undefined && { examples }),
    ...(dflt !== undefined && { default: dflt }),
  };
  const isPlainText = form.type === "string" && Object.keys(form).every((key) => key === "type" || key.startsWith("x-"));
  if (isPlainText) return { ...schema, type: inList ? "string" : ["string", "null"] };
  if (form.type === undefined && form["const"] === undefined && form.enum === undefined) return schema;
  return { ...outside, anyOf: [form, variable, ...(inList ? [] : [{ type: "null" }])] };
}
