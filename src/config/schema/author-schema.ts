import { withArticle } from "../../diag/words.ts";
import type { Kind } from "../../kinds/kind.ts";
import { mapValues, type JsonSchema } from "./json-schema.ts";
import { namePattern, resolvedSchema } from "./schema.ts";
import { typedParts } from "./typed-author-schema.ts";

/**
 * Returns the schema for editors, which describes a single file before it is merged. `${…}` fits anywhere, `when` fits in every mapping
 * with fields of its own, and `null` removes a value in an overlay. Nothing is required except inside lists, which are never merged,
 * because a file or an overlay need not be whole. `types` are the AWS types whose properties the schema describes, too.
 */
export function authorSchema(kinds: readonly Kind[], types: readonly Kind[] = []): JsonSchema {
  const typed = typedParts(types);
  const schema = resolvedSchema(kinds);
  const { required: _required, ...whole } = schema;
  const definitions = schema["definitions"] as Record<string, JsonSchema>;
  return {
    ...whole,
    title: "Plumbline environment",
    description: "An environment of AWS resources, or a part or base of one, as it is written.",
    properties: {
      ...mapValues({ ...writingFields, ...mapValues(schema.properties!, loosened) }, (property, key) => ({ title: key, ...property })),
      ...typed.sections,
    },
    patternProperties: {
      "^x-": { description: "A section that infra ignores, for YAML anchors." },
      "^AWS::\\w+::\\w+$": typedSection,
    },
    definitions: {
      expression: { type: "string", pattern: "\\$\\{", description: "An expression, `${…}`, that gives the value." },
      ...mapValues(definitions, (schema, kind) => titled(openInside(schema, false), kind)),
      ...typed.definitions,
    },
  };
}

/** The properties of all AWS types are too much for one schema. `infra schema ENV` describes the types that an environment uses. */
const typedSection: JsonSchema = {
  description: "Resources of an AWS type, by name, with the properties of the CloudFormation documentation.",
  type: "object",
  additionalProperties: { type: ["object", "null"] },
};

/** The declaration of a variable, or of a parameter of a part, with a type. */
export const variableDeclaration: JsonSchema = {
  type: "object",
  properties: {
    type: { type: "string", enum: ["string", "number", "boolean", "list", "map"], description: "The type of the values." },
    default: { description: "The default value, if none is given from outside; it may use other variables." },
    description: { type: "string", description: "A description of the variable." },
    enum: { type: "array", description: "The values that are allowed." },
    pattern: { type: "string", description: "A regular expression that a string matches." },
    minimum: { type: "number" },
    maximum: { type: "number" },
    minLength: { type: "integer" },
    maxLength: { type: "integer" },
    minItems: { type: "integer" },
    maxItems: { type: "integer" },
  },
  required: ["type"],
  additionalProperties: false,
};

const writingFields: Readonly<Record<string, JsonSchema>> = {
  extends: {
    description:
      "One or more files or folders that this one extends, relative to this file: mappings are merged, lists and scalars replaced, and `null` removes a value.",
    anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    examples: ["../base.yaml"],
  },
  variables: {
    description:
      "Variables, used as `${var.NAME}`: a value, which sets type and default, or a declaration. `--var NAME=VALUE`, `--var-file` and `INFRA_VAR_NAME` override them; with `null` or without a default, a value must be given.",
    type: "object",
    patternProperties: {
      "^[A-Za-z_][A-Za-z0-9_-]*$": { anyOf: [{ type: ["string", "number", "boolean", "null"] }, { type: "array" }, variableDeclaration] },
    },
    additionalProperties: false,
    examples: [{ webPort: 8001 }, { tier: { type: "string", enum: ["dev", "prod"], default: "dev" } }],
  },
  use: {
    description:
      "Parts to use, by name; the names of their resources begin with that name: `NAME-…`. `part` is the path of the file, relative to this one, or `npm:PACKAGE/FILE`.",
    type: "object",
    patternProperties: {
      "^[A-Za-z0-9_-]{1,63}$": {
        type: "object",
        properties: {
          part: { type: "string", description: "The file of the part: in this repository, relative to this file, or `npm:PACKAGE/FILE`." },
          with: {
            description: "The values for parameters of the part. `infra schema FILE` prints the allowed ones.",
            type: ["object", "null"],
          },
          forEach: {
            description:
              "A map or a list of strings that makes a use `NAME-KEY` for each key or string, with `each.key` and `each.value` in `with`.",
          },
          count: { description: "Number of uses to make: `NAME-0` and so on, with `count.index` in `with`." },
          when: {
            anyOf: [{ type: "boolean" }, { type: "string" }],
            description: "Whether the part is used. `false` has the effect of omitting it.",
          },
        },
        required: ["part"],
        additionalProperties: false,
      },
    },
    additionalProperties: false,
    examples: [{ web: { part: "../parts/web-tier.yaml", with: { vpc: "main" } } }],
  },
  outputs: {
    description:
      "Output values for people and scripts, by name: `infra output ENV NAME`. They may use values that AWS assigns: an id, `dnsName`, `publicIp`; `infra explain KIND` lists them.",
    type: "object",
    patternProperties: { "^[A-Za-z0-9_-]{1,63}$": {} },
    additionalProperties: false,
    examples: [{ url: "https://${loadBalancer.web.dnsName}" }],
  },
};

const expression: JsonSchema = { $ref: "#/definitions/expression" };

/**
 * Gives each field its path as a title, which editors show above its documentation. Without one they show the title of the whole schema.
 */
function titled(schema: JsonSchema, path: string): JsonSchema {
  const properties =
    schema.properties && mapValues(schema.properties, (field, name) => titled({ title: `${path}.${name}`, ...field }, `${path}.${name}`));
  return { ...schema, ...(properties && { properties }), ...(schema.items && { items: titled(schema.items, path) }) };
}

function loosened(schema: JsonSchema): JsonSchema {
  const [body] = Object.values(schema.patternProperties ?? {});
  if (!body?.["$ref"]) return open(schema, false);
  // `forEach` and `count` make the names with brackets; nobody writes them.
  return nullable({ ...schema, patternProperties: { [namePattern]: open(body, false) } });
}

const condition: JsonSchema = {
  anyOf: [{ type: "boolean" }, expression],
  description: "Whether this item applies. `false` has the effect of omitting it.",
};

/** `inList`: the value is replaced as a whole, so it must be complete and cannot be null. */
function open(schema: JsonSchema, inList: boolean): JsonSchema {
  if (schema["$ref"]) return inList ? schema : { anyOf: [schema, { type: "null" }] };
  if (schema.anyOf)
    return {
      ...schema,
      anyOf: [...schema.anyOf.map((branch) => openInside(branch, true)), expression, ...(inList ? [] : [{ type: "null" }])],
    };
  if (schema["x-ref"]) return inList ? named(schema) : nullable(named(schema));
  if (schema.type === "object" || schema.type === "array") return computable(openInside(schema, inList), inList);
  return scalar(schema, inList);
}

/**
 * Returns the schema of a reference without examples. Editors offer examples as values, and a name that is not declared would be wrong. A
 * snippet lets the user type the name.
 */
function named(schema: JsonSchema): JsonSchema {
  const { examples: _examples, ...rest } = openInside(schema, true);
  const kinds = schema["x-ref"] as readonly string[];
  const bodies = kinds.map((kind) => (kinds.length > 1 ? `${kind}/$1` : "$1"));
  return {
    ...rest,
    defaultSnippets: bodies.map((body, i) => ({
      label: kinds.length > 1 ? `${kinds[i]}/…` : `the name of ${withArticle(kinds[i]!)}`,
      body,
    })),
  };
}

function openInside(schema: JsonSchema, inList: boolean): JsonSchema {
  const result: Record<string, unknown> = { ...schema };
  if (!inList) delete result["required"];
  if (schema.properties) {
    const when = isOfResource(schema) ? {} : { when: condition };
    const properties = mapValues(schema.properties, (value) => open(value, inList));
    const { adopt } = properties;
    const byKey = isOfResource(schema) &&
      adopt && { adopt: { ...adopt, anyOf: [...adopt.anyOf!, { type: "object", additionalProperties: adopt }] } };
    result["properties"] = { ...when, ...properties, ...byKey };
  }
  if (schema.patternProperties) result["patternProperties"] = mapValues(schema.patternProperties, (value) => open(value, inList));
  if (typeof schema["additionalProperties"] === "object")
    result["additionalProperties"] = open(schema["additionalProperties"] as JsonSchema, inList);
  if (schema.items) result["items"] = open(schema.items, true);
  return result;
}

/** Whether a schema is that of a whole resource, which already has its `when`. */
function isOfResource(schema: JsonSchema): boolean {
  return schema.properties !== undefined && "ignoreChanges" in schema.properties;
}

/** Allows an expression in place of a mapping or list. `public[*]` makes a list of references. */
function computable(schema: JsonSchema, inList: boolean): JsonSchema {
  const { description, examples, ...form } = schema;
  const splat = schema.items?.["x-ref"] ? [{ type: "string", pattern: "\\[\\*\\]$" }] : [];
  return {
    ...(description !== undefined && { description }),
    ...(examples !== undefined && { examples }),
    anyOf: [form, expression, ...splat, ...(inList ? [] : [{ type: "null" }])],
  };
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
  return { ...outside, anyOf: [form, expression, ...(inList ? [] : [{ type: "null" }])] };
}
