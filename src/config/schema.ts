/** The JSON Schemas of the format, made from the kinds: one for what is validated, one for authors' editors. */
import type { Kind } from "../kinds/kind.ts";
import { commonFields } from "./common-fields.ts";
import { mapValues, tagsSchema, text, type JsonSchema } from "./json-schema.ts";
import { describeField, describeKind } from "./schema-docs.ts";

/** Resource names: they become tags, where `.0` is the mark of a counted one, and parts of AWS names. */
export const namePattern = "^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$";
/** Names after repetition: `public[a]`. */
export const expandedPattern = `${namePattern.slice(0, -1)}(\\[[A-Za-z0-9_-]{1,63}\\])?$`;
const projectPattern = "^[a-z][a-z0-9-]{0,39}$";

/** What says whose an object is, and where. */
export const placePatterns = { project: projectPattern, environment: projectPattern, region: "^[a-z]{2}(-[a-z]+)+-[0-9]$" } as const;
const addressPattern = "^[A-Za-z0-9:]+/[A-Za-z0-9][A-Za-z0-9_-]*(\\[[A-Za-z0-9_-]+\\])?$";
const draft = "http://json-schema.org/draft-07/schema#";

/** The schema of an environment after merging and substitution; every file is validated against it once it is whole. */
export function resolvedSchema(kinds: readonly Kind[]): JsonSchema {
  return {
    $schema: draft,
    title: "Plumbline environment, resolved",
    description: "An environment after `extends`, merging and variables.",
    type: "object",
    properties: { ...topFields, ...Object.fromEntries(kinds.map((kind) => [kind.section, section(kind)])) },
    required: ["project", "region"],
    additionalProperties: false,
    definitions: Object.fromEntries(kinds.map((kind) => [kind.name, resourceSchema(kind)])),
  };
}

/** What one resource of a kind may hold: its own fields and those that all resources share. */
export function resourceSchema(kind: Kind): JsonSchema {
  const own = written(JSON.parse(JSON.stringify(kind.schema)) as JsonSchema);
  const properties = Object.fromEntries(
    Object.entries(own.properties ?? {}).map(([name, schema]) => [name, describeField(schema, kind.fields[name], name)]),
  );
  return {
    ...own,
    description: describeKind(kind),
    properties: { ...properties, ...missing(commonFields(kind), properties) },
    additionalProperties: false,
  };
}

/** The same for a kind of which a type of AWS says what authors may write. */
export function typedResource(kind: Kind): JsonSchema {
  const own = kind.written as JsonSchema & { readonly properties: Readonly<Record<string, JsonSchema>> };
  const unproven = own["x-unproven"];
  return {
    ...own,
    description: kind.doc,
    properties: { ...own.properties, ...commonFields(kind), ...(unproven !== undefined && { unproven: unprovenField }) },
    required: [...(own.required ?? []), ...(unproven !== undefined ? ["unproven"] : [])],
  };
}

const unprovenField: JsonSchema = {
  type: "boolean",
  const: true,
  description: "Nobody has tried this type with infra, and its rules come from AWS's schema alone: write `unproven: true` to go on.",
  examples: [true],
};

function missing(common: Readonly<Record<string, JsonSchema>>, own: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(common).filter(([name]) => !(name in own)));
}

function section(kind: Kind): JsonSchema {
  return {
    description: kind.doc,
    type: "object",
    patternProperties: { [expandedPattern]: { $ref: `#/definitions/${kind.name}` } },
    additionalProperties: false,
  };
}

const topFields: Readonly<Record<string, JsonSchema>> = {
  format: {
    type: "integer",
    const: 1,
    description: "The version of the format, which also pins the set of defaults. Default: 1.",
    examples: [1],
  },
  project: text("With the environment's name, the identity that goes into the ownership tags.", {
    pattern: projectPattern,
    examples: ["lab"],
  }),
  environment: text("The environment's name, part of ownership tags and AWS names. Default: the name of the file or folder.", {
    pattern: projectPattern,
    examples: ["web-lab"],
  }),
  region: text("The AWS region of everything in this environment.", { pattern: placePatterns.region, examples: ["eu-west-1"] }),
  account: text("A guard: any other account is refused before the first call that writes. Quote it.", {
    pattern: "^[0-9]{12}$",
    examples: ["123456789012"],
  }),
  assumeRole: text("A role to take on for every call; ignored, with a note, when CI has already given one.", {
    pattern: "^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
    examples: ["arn:aws:iam::123456789012:role/infra"],
  }),
  maxDisruption: text("The worst that an apply may do to what exists. Default: replace.", {
    enum: ["none", "restart", "replace"],
    default: "replace",
  }),
  tags: { ...tagsSchema, description: `${tagsSchema.description} On every taggable resource of this environment.` },
  moved: {
    description: "Renames: what was made under `from` is now called `to`, and nothing is replaced.",
    type: "array",
    items: {
      type: "object",
      properties: {
        from: text("The address it had.", { pattern: addressPattern, examples: ["subnet/web"] }),
        to: text("The address it has now.", { pattern: addressPattern, examples: ["subnet/web-a"] }),
      },
      required: ["from", "to"],
      additionalProperties: false,
    },
  },
  allowDestroy: {
    description: "Live objects that hold data and may be deleted, by address: exactly the id that the plan prints.",
    type: "object",
    patternProperties: { [addressPattern]: text("The live object's id.") },
    additionalProperties: false,
    examples: [{ "dbInstance/main": "db-ABCDEFGHIJKL" }],
  },
};

/** A kind's schema in the forms that authors may write: references by name, by id and by tags; maps with no other keys. */
function written(schema: JsonSchema): JsonSchema {
  if (schema["x-ref"]) return reference(schema);
  const result: Record<string, unknown> = { ...schema };
  if (schema.properties) result["properties"] = mapValues(schema.properties, written);
  if (schema.patternProperties) {
    result["patternProperties"] = mapValues(schema.patternProperties, written);
    if (schema["additionalProperties"] === undefined) result["additionalProperties"] = false;
  }
  if (typeof schema["additionalProperties"] === "object")
    result["additionalProperties"] = written(schema["additionalProperties"] as JsonSchema);
  if (schema.items) result["items"] = written(schema.items);
  for (const union of ["anyOf", "oneOf", "allOf"]) if (schema[union]) result[union] = (schema[union] as JsonSchema[]).map(written);
  return result;
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;
}

/**
 * One flat schema and no `anyOf`: a tenth of the compiled code, and one clear complaint. That `id` and `tags` exclude each
 * other is checked when references are resolved.
 */
function reference(schema: JsonSchema): JsonSchema {
  const kinds = schema["x-ref"] as readonly string[];
  const how =
    kinds.length === 1
      ? `the name of ${withArticle(kinds[0]!)} of this environment`
      : `kind/name, where the kind is one of ${kinds.join(", ")}`;
  const literal = schema["x-literal"] === undefined ? "" : ", or a literal";
  const isNamed = schema["x-named"] === true;
  return {
    "x-ref": kinds,
    ...(isNamed && { "x-named": true }),
    description:
      `${schema.description ?? ""} Written as ${how}${literal}; ${isNamed ? "`{ name }` or `{ arn }`" : "`{ id }` or `{ tags }`"} for what is not ours.`.trim(),
    type: ["string", "object"],
    minLength: 1,
    properties: { ...(isNamed ? byName : byIdOrTags(kinds)), ...byEnvironment },
    additionalProperties: false,
    examples: [kinds.length === 1 ? "web" : `${kinds[0]}/web`],
  };
}

const byEnvironment = {
  environment: text("What another environment owns: its name, beside `address`.", { minLength: 1, examples: ["network"] }),
  address: text("The address there.", { pattern: "^[A-Za-z]+/[^/]+$", examples: ["vpc/main"] }),
  project: text("The project of that environment, where it is another one.", { minLength: 1 }),
};

const byName = {
  name: text("Something that is not ours, by its name in AWS.", { minLength: 1, examples: ["others"] }),
  arn: text("Something that is not ours, by its ARN.", {
    pattern: "^arn:aws[a-z-]*:",
    examples: ["arn:aws:iam::123456789012:role/others"],
  }),
};

function byIdOrTags(kinds: readonly string[]): Record<string, JsonSchema> {
  return {
    id: text("Something that is not ours, by its AWS id.", { minLength: 1 }),
    tags: {
      type: "object",
      minProperties: 1,
      additionalProperties: { type: "string" },
      description: "Something that is not ours, by its tags; exactly one live object must bear them all.",
    },
    ownerId: text(
      "With `tags`: the account that owns it; this account when absent. Of what another account shares, only the tags that this account set are seen.",
      {
        pattern: "^[0-9]{12}$",
        examples: ["123456789012"],
      },
    ),
    ...(kinds.length > 1 && { kind: text("With `tags`: what it is.", { enum: kinds }) }),
  };
}
