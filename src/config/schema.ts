/** The JSON Schemas of the format, made from the kinds: one for what is validated, one for authors' editors. */
import { withArticle } from "../diag/article.ts";
import type { MadeWith, Kind, PlaceField } from "../kinds/kind.ts";
import { commonFields } from "./common-fields.ts";
import { mapValues, tagsSchema, text, type JsonSchema } from "./json-schema.ts";
import { describeField, describeKind } from "./schema-docs.ts";

/** Resource names: they become tags, where `.0` is the mark of a counted one, and parts of AWS names. */
export const namePattern = "^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$";
/** Names after repetition: `public[a]`. */
export const expandedPattern = `${namePattern.slice(0, -1)}(\\[[A-Za-z0-9_-]{1,63}\\])?$`;
const projectPattern = "^[a-z][a-z0-9-]{0,39}$";

/** What such a name is made of, in words. */
export const projectForm = "lower-case letters, digits and -, at most 40, beginning with a letter";

/** What says whose an object is, and where. */
export const placePatterns = { project: projectPattern, environment: projectPattern, region: "^([a-z]{2}|eusc)(-[a-z]+)+-[0-9]$" } as const;
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
    definitions: Object.fromEntries(kinds.map((kind) => [kind.name, resourceSchema(kind, kinds)])),
  };
}

/** What one resource of a kind may hold: its own fields and those that all resources share. `kinds`: those to which it may refer. */
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

/** The same for a kind of which a type of AWS says what authors may write. */
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

/** A file may have needed the line when the type was not curated yet. */
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
  account: text("A guard: with credentials for another account, nothing of the environment is read or changed. Quote it.", {
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
        from: text("The address it had.", { "x-address": true, pattern: addressPattern, examples: ["subnet/web"] }),
        to: text("The address it has now.", { "x-address": true, pattern: addressPattern, examples: ["subnet/web-a"] }),
      },
      required: ["from", "to"],
      additionalProperties: false,
    },
  },
  assert: {
    description:
      "Who must reach whom, and who must not, by a name for each: held against the file by `infra validate`, and against what there will be by `infra plan`.",
    type: "object",
    patternProperties: { "^[a-z][a-zA-Z0-9-]*$": assertion() },
    additionalProperties: false,
    examples: [{ "no-ssh-from-outside": { deny: { from: "internet", port: 22 } } }],
  },
  allowDestroy: {
    description: "Live objects that hold data and may be deleted, by address: exactly the id that the plan prints.",
    type: "object",
    "x-addresses": true,
    patternProperties: { [addressPattern]: text("The live object's id.") },
    additionalProperties: false,
    examples: [{ "dbInstance/main": "db-ABCDEFGHIJKL" }],
  },
};

/** The schema of what stands under a key at the top; undefined for the sections of kinds. */
export function topField(key: string): JsonSchema | undefined {
  return Object.hasOwn(topFields, key) ? topFields[key] : undefined;
}

/** What an environment has at its top besides its resources, when it is whole. */
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
      from: end("Who begins the connection; everybody when left out."),
      to: end("Who is reached; everybody when left out."),
      port: { description: "A port, or a range of ports; any when left out.", type: ["integer", "string"], examples: [22, "8000-8100"] },
      protocol: text("Of which protocol.", { enum: ["tcp", "udp", "icmp", "any"], default: "tcp" }),
    },
    additionalProperties: false,
    examples: [{ from: "internet", port: 22 }],
  });
  return {
    description: "One of `deny`, `allow` and `only`.",
    type: "object",
    properties: {
      deny: flow("Nobody of these reaches any of those. What is not known is not taken for closed."),
      allow: flow("Everybody of these reaches all of those, whatever addresses AWS picks."),
      only: flow("Nobody but these reaches any of those."),
      severity: text("Whether it is an error or a warning when it does not hold.", { enum: ["error", "warning"], default: "error" }),
      always: {
        description:
          "Whether it must hold at every step of an apply, too, and not only at the end: `true` for `deny` and `only`, and `false` for `allow`, unless written.",
        type: "boolean",
        examples: [true],
      },
    },
    additionalProperties: false,
    examples: [{ deny: { from: "internet", port: 22 } }],
  };
}

/** A kind's schema in the forms that authors may write: references by name, by id and by tags; maps with no other keys. */
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
 * One flat schema and no `anyOf`: a tenth of the compiled code, and one clear complaint. That `id` and `tags` exclude each
 * other is checked when references are resolved.
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
    description: `${schema.description ?? ""} Written as ${how}${literal}; ${foreign} for what is not ours.`.trim(),
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
  environment: text("What another environment owns: its name, beside `address`.", { minLength: 1, examples: ["network"] }),
  address: text("The address there.", { pattern: "^[A-Za-z]+/[^/]+$", examples: ["vpc/main"] }),
  project: text("The project of that environment, where it is another one.", { minLength: 1 }),
  region: text("The region of that environment, where it is another one.", {
    pattern: "^([a-z]{2}|eusc)(-[a-z]+)+-[0-9]$",
    examples: ["eu-west-1"],
  }),
};

const byName = (kinds: readonly string[]): Record<string, JsonSchema> => ({
  name: text("Something that is not ours, by its name in AWS.", { minLength: 1, examples: ["others"] }),
  arn: text("Something that is not ours, by its ARN.", {
    pattern: "^arn:aws[a-z-]*:",
    examples: ["arn:aws:iam::123456789012:role/others"],
  }),
  ...(kinds.length > 1 && { kind: text("With `name`: what it is.", { enum: kinds }) }),
});

type Places = Readonly<Record<string, PlaceField>>;

/** Something that is not ours, by where it is. */
function byPlace(places: Places): Record<string, JsonSchema> {
  return mapValues(places, ({ doc, pattern, example }) =>
    text(`Something that is not ours, by where it is instead of by tags: ${doc}.`, { pattern, examples: [example] }),
  );
}

/** What AWS made by itself. */
function byDefault(madeByAws: readonly Kind[]): JsonSchema {
  const how = madeByAws.map(({ name, madeWith }) => `${name}: ${defaultForm(madeWith!).means}`);
  const examples = madeByAws.map(({ madeWith }) => defaultForm(madeWith!).example);
  return { type: ["boolean", "string"], minLength: 1, description: `What AWS made by itself; ${how.join("; ")}.`, examples };
}

/** How `{ default: … }` is written, by what AWS makes the object with. */
function defaultForm(madeWith: MadeWith): { readonly means: string; readonly example: unknown } {
  if (madeWith === "region") return { means: "`true`, the one of the region", example: true };
  if (madeWith === "zone") return { means: "the zone whose default one it is", example: "a" };
  const { parent } = madeWith;
  return {
    means: `the ${parent} whose default one it is, \`${parent}/NAME\`; \`true\` for that of the default one`,
    example: `${parent}/main`,
  };
}

function byIdOrTags(kinds: readonly string[]): Record<string, JsonSchema> {
  return {
    id: text("Something that is not ours, by its AWS id.", { minLength: 1 }),
    tags: {
      type: "object",
      minProperties: 1,
      additionalProperties: { type: "string" },
      description: "Something that is not ours, by its tags; exactly one live object must have them all.",
    },
    ownerId: text(
      "The account that owns it; with `tags` this account when absent. Of what another account shares, only the tags that this account set are seen.",
      {
        pattern: "^[0-9]{12}$",
        examples: ["123456789012"],
      },
    ),
    ...(kinds.length > 1 && { kind: text("With `tags`: what it is.", { enum: kinds }) }),
  };
}
