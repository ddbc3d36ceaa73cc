/** The JSON Schemas of the format, made from the kinds: one for validation, one for authors' editors. */
import { withArticle } from "../../diag/words.ts";
import type { MadeWith, Kind, PlaceField } from "../../kinds/kind.ts";
import { commonFields } from "./common-fields.ts";
import { mapValues, tagsSchema, text, type JsonSchema } from "./json-schema.ts";
import { describeField, describeKind } from "./schema-docs.ts";

/** The form of resource names. They become tags, where `.0` marks a counted resource, and parts of AWS names. */
export const namePattern = "^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$";
/** The form of names after repetition: `public[a]`. */
export const expandedPattern = `${namePattern.slice(0, -1)}(\\[[A-Za-z0-9_-]{1,63}\\])?$`;
const projectPattern = "^[a-z][a-z0-9-]{0,39}$";

/** The form of a project's or environment's name, in words. */
export const projectForm = "lower-case letters, digits and -, at most 40, beginning with a letter";

/** The forms of the names that say who owns an object, and where it is. */
export const placePatterns = {
  project: projectPattern,
  environment: projectPattern,
  region: "^([a-z]{2}|eusc)(-[a-z]+)+-[0-9]$",
  account: "^[0-9]{12}$",
  assumeRole: "^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
} as const;
const addressPattern = "^[A-Za-z0-9:]+/[A-Za-z0-9][A-Za-z0-9_-]*(\\[[A-Za-z0-9_-]+\\])?$";
const draft = "http://json-schema.org/draft-07/schema#";

/** Returns the schema of an environment after merging and substitution. Every environment is validated against it once it is whole. */
export function resolvedSchema(kinds: readonly Kind[]): JsonSchema {
  return {
    $schema: draft,
    title: "Plumbline environment, resolved",
    description: "An environment after `extends`, merging and variables.",
    type: "object",
    properties: { ...topFields, ...Object.fromEntries(kinds.map((kind) => [kind.section, section(kind)])) },
    required: ["project", "region"],
    additionalProperties: false,
    definitions: Object.fromEntries(kinds.map((kind) => [kind.name, resourceSchema(kind, kinds)])),
  };
}

/**
 * Returns the schema of a resource of one kind: its own fields and those that all resources share. `kinds` are the kinds to which it may
 * refer.
 */
export function resourceSchema(kind: Kind, kinds: readonly Kind[]): JsonSchema {
  const own = written(JSON.parse(JSON.stringify(kind.schema)) as JsonSchema, kinds);
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

/** Returns the same for a kind made from an AWS type, whose schema says what authors may write. */
export function typedResource(kind: Kind): JsonSchema {
  const own = kind.written as JsonSchema & { readonly properties: Readonly<Record<string, JsonSchema>> };
  const unproven = own["x-unproven"];
  return {
    ...own,
    description: kind.doc,
    properties: { ...own.properties, ...commonFields(kind), unproven: unproven === undefined ? provenField : unprovenField },
    required: [...(own.required ?? []), ...(unproven !== undefined ? ["unproven"] : [])],
  };
}

/** A file may have needed the line before the type was curated. */
const provenField: JsonSchema = { type: "boolean", const: true, description: "This type needs no such line." };

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
    description: "The version of the format; it also sets the version of the defaults. Default: 1.",
    examples: [1],
  },
  project: text("The name of the project. Together with the environment's name it identifies the owner in the ownership tags.", {
    pattern: projectPattern,
    examples: ["lab"],
  }),
  environment: text("The name of the environment, part of ownership tags and AWS names. Default: the name of the file or folder.", {
    pattern: projectPattern,
    examples: ["web-lab"],
  }),
  region: text("The AWS region of all resources in this environment.", { pattern: placePatterns.region, examples: ["eu-west-1"] }),
  account: text("The account of this environment, in quotes. With credentials for another account, infra reads and changes nothing.", {
    pattern: placePatterns.account,
    examples: ["123456789012"],
  }),
  assumeRole: text("The IAM role to assume for every call. It is ignored, with a note, when CI has already provided a role.", {
    pattern: placePatterns.assumeRole,
    examples: ["arn:aws:iam::123456789012:role/infra"],
  }),
  maxDisruption: text("The most disruptive kind of change that an apply may make to existing objects. Default: replace.", {
    enum: ["none", "restart", "replace"],
    default: "replace",
  }),
  tags: { ...tagsSchema, description: `${tagsSchema.description} They are set on every taggable resource of this environment.` },
  moved: {
    description: "Renames: an object that was made under the address `from` gets the address `to` and is not replaced.",
    type: "array",
    items: {
      type: "object",
      properties: {
        from: text("The old address.", { "x-address": true, pattern: addressPattern, examples: ["subnet/web"] }),
        to: text("The new address.", { "x-address": true, pattern: addressPattern, examples: ["subnet/web-a"] }),
      },
      required: ["from", "to"],
      additionalProperties: false,
    },
  },
  assert: {
    description:
      "Rules, by name, about which resources must or must not reach which others. `infra validate` checks them against the file, `infra plan` against the state after the apply.",
    type: "object",
    patternProperties: { "^[a-z][a-zA-Z0-9-]*$": assertion() },
    additionalProperties: false,
    examples: [{ "no-ssh-from-outside": { deny: { from: "internet", port: 22 } } }],
  },
  allowDestroy: {
    description: "Live objects that hold data and may be deleted, by address, each with exactly the id that the plan prints.",
    type: "object",
    "x-addresses": true,
    patternProperties: { [addressPattern]: text("The id of the live object.") },
    additionalProperties: false,
    examples: [{ "dbInstance/main": "db-ABCDEFGHIJKL" }],
  },
};

/** The schema of what stands under a key at the top; undefined for the sections of kinds. */
export function topField(key: string): JsonSchema | undefined {
  return Object.hasOwn(topFields, key) ? topFields[key] : undefined;
}

/** The keys at the top of a whole environment besides the sections of its resources. */
export const topKeys: readonly string[] = Object.keys(topFields);

function assertion(): JsonSchema {
  const end = (description: string) => ({
    description: `${description} \`internet\`, a network, KIND/NAME, or KIND/*; one or several.`,
    type: ["string", "array"],
    "x-address": true,
    items: { type: "string", minLength: 1, "x-address": true },
    minLength: 1,
    minItems: 1,
    examples: ["internet"],
  });
  const flow = (description: string) => ({
    description,
    type: "object",
    properties: {
      from: end("The sources of connections; all if omitted."),
      to: end("The destinations of connections; all if omitted."),
      port: { description: "A port or a range of ports; all if omitted.", type: ["integer", "string"], examples: [22, "8000-8100"] },
      protocol: text("The protocol of the connections.", { enum: ["tcp", "udp", "icmp", "any"], default: "tcp" }),
    },
    additionalProperties: false,
    examples: [{ from: "internet", port: 22 }],
  });
  return {
    description: "One of `deny`, `allow` and `only`.",
    type: "object",
    properties: {
      deny: flow(
        "Connections that must be impossible: no source may reach any destination. A path that infra cannot determine does not count as closed.",
      ),
      allow: flow("Connections that must be possible: every source reaches every destination, whatever addresses AWS assigns."),
      only: flow("The only connections that may be possible to these destinations: no other source may reach any of them."),
      severity: text("Whether a violation is an error or a warning.", { enum: ["error", "warning"], default: "error" }),
      always: {
        description:
          "Whether the rule must hold at every step of an apply and not only at its end. Default: `true` for `deny` and `only`, `false` for `allow`.",
        type: "boolean",
        examples: [true],
      },
    },
    additionalProperties: false,
    examples: [{ deny: { from: "internet", port: 22 } }],
  };
}

/** Returns a kind's schema in the forms that authors may write: references by name, by id and by tags; maps with no other keys. */
function written(schema: JsonSchema, all: readonly Kind[]): JsonSchema {
  if (schema["x-ref"] && schema["pattern"] === undefined) return reference(schema, all);
  const inside = (part: JsonSchema) => written(part, all);
  const result: Record<string, unknown> = { ...schema };
  if (schema.properties) result["properties"] = mapValues(schema.properties, inside);
  if (schema.patternProperties) {
    result["patternProperties"] = mapValues(schema.patternProperties, inside);
    if (schema["additionalProperties"] === undefined) result["additionalProperties"] = false;
  }
  if (typeof schema["additionalProperties"] === "object")
    result["additionalProperties"] = inside(schema["additionalProperties"] as JsonSchema);
  if (schema.items) result["items"] = inside(schema.items);
  for (const union of ["anyOf", "oneOf", "allOf"]) if (schema[union]) result[union] = (schema[union] as JsonSchema[]).map(inside);
  return result;
}

/**
 * Returns the schema of a reference as one flat schema without `anyOf`: it compiles to a tenth of the code and gives one clear complaint.
 * That `id` and `tags` exclude each other is checked when references are resolved.
 */
function reference(schema: JsonSchema, all: readonly Kind[]): JsonSchema {
  const kinds = schema["x-ref"] as readonly string[];
  const how =
    kinds.length === 1
      ? `the name of ${withArticle(kinds[0]!)} of this environment`
      : `kind/name, where the kind is one of ${kinds.join(", ")}`;
  const literal = schema["x-literal"] === undefined ? "" : ", or a literal";
  const isNamed = schema["x-named"] === true;
  const madeByAws = isNamed ? [] : all.filter(({ name, madeWith }) => madeWith !== undefined && kinds.includes(name));
  const placedBy = Object.assign(
    {},
    ...(isNamed ? [] : all.filter(({ name }) => kinds.includes(name)).map((kind) => kind.placedBy ?? {})),
  ) as Places;
  const placed = Object.keys(placedBy);
  const foreign = isNamed
    ? `\`{ ${kinds.length > 1 ? "kind, " : ""}name }\` or \`{ arn }\``
    : `\`{ id }\`${madeByAws.length > 0 ? ", `{ default }`" : ""}${placed.length > 0 ? `, \`{ ${placed.join(", ")} }\`` : ""} or \`{ tags }\``;
  return {
    "x-ref": kinds,
    ...(schema["x-also"] !== undefined && { "x-also": schema["x-also"] }),
    ...(isNamed && { "x-named": true }),
    ...(schema["x-far"] === true && { "x-far": true }),
    description: `${schema.description ?? ""} Written as ${how}${literal}; ${foreign} for an object outside this environment.`.trim(),
    type: ["string", "object"],
    minLength: 1,
    properties: {
      ...(isNamed
        ? byName(kinds)
        : { ...byIdOrTags(kinds), ...byPlace(placedBy), ...(madeByAws.length > 0 && { default: byDefault(madeByAws) }) }),
      ...byEnvironment,
    },
    additionalProperties: false,
    examples: [kinds.length === 1 ? "web" : `${kinds[0]}/web`],
  };
}

const byEnvironment = {
  environment: text("The name of another environment that owns the object, together with `address`.", {
    minLength: 1,
    examples: ["network"],
  }),
  address: text("The address of the object in that environment.", { pattern: "^[A-Za-z]+/[^/]+$", examples: ["vpc/main"] }),
  project: text("The project of that environment, if it is a different one.", { minLength: 1 }),
  region: text("The region of that environment, if it is a different one.", {
    pattern: "^([a-z]{2}|eusc)(-[a-z]+)+-[0-9]$",
    examples: ["eu-west-1"],
  }),
};

const byName = (kinds: readonly string[]): Record<string, JsonSchema> => ({
  name: text("The AWS name of an object outside this environment.", { minLength: 1, examples: ["others"] }),
  arn: text("The ARN of an object outside this environment.", {
    pattern: "^arn:aws[a-z-]*:",
    examples: ["arn:aws:iam::123456789012:role/others"],
  }),
  ...(kinds.length > 1 && { kind: text("The kind of the object, together with `name`.", { enum: kinds }) }),
});

type Places = Readonly<Record<string, PlaceField>>;

/** Fields that name an object outside the environment by its place. */
function byPlace(places: Places): Record<string, JsonSchema> {
  return mapValues(places, ({ doc, pattern, example }) =>
    text(`The place of an object outside this environment, instead of its tags: ${doc}.`, { pattern, examples: [example] }),
  );
}

/** The field that names an object that AWS made by itself. */
function byDefault(madeByAws: readonly Kind[]): JsonSchema {
  const how = madeByAws.map(({ name, madeWith }) => `${name}: ${defaultForm(madeWith!).means}`);
  const examples = madeByAws.map(({ madeWith }) => defaultForm(madeWith!).example);
  return { type: ["boolean", "string"], minLength: 1, description: `The object that AWS made by itself; ${how.join("; ")}.`, examples };
}

/** Returns how `{ default: … }` is written, by the thing with which AWS makes the object. */
function defaultForm(madeWith: MadeWith): { readonly means: string; readonly example: unknown } {
  if (madeWith === "region") return { means: "`true` for the default one of the region", example: true };
  if (madeWith === "zone") return { means: "the zone of the default one", example: "a" };
  const { parent } = madeWith;
  return {
    means: `\`${parent}/NAME\` for the default one of that ${parent}; \`true\` for that of the default ${parent}`,
    example: `${parent}/main`,
  };
}

function byIdOrTags(kinds: readonly string[]): Record<string, JsonSchema> {
  return {
    id: text("The AWS id of an object outside this environment.", { minLength: 1 }),
    tags: {
      type: "object",
      minProperties: 1,
      additionalProperties: { type: "string" },
      description: "The tags of an object outside this environment; exactly one live object must have all of them.",
    },
    ownerId: text(
      "The account that owns the object; with `tags`, this account if omitted. For objects that another account shares, infra sees only the tags that this account set.",
      {
        pattern: "^[0-9]{12}$",
        examples: ["123456789012"],
      },
    ),
    ...(kinds.length > 1 && { kind: text("The kind of the object, together with `tags`.", { enum: kinds }) }),
  };
}
