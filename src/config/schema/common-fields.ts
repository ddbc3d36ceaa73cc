import type { FieldRule, Kind, ListShape, Naming } from "../../kinds/kind.ts";
import { tagsSchema, type JsonSchema } from "./json-schema.ts";
import { mostItems } from "../values/repetition.ts";
import { timePattern } from "../values/seconds.ts";

function derivedFrom({ perAccount, perWorld }: Naming): string {
  if (perWorld) return "PROJECT-ENVIRONMENT-NAME-REGION-ACCOUNT, for which the file must write `account:`";
  return perAccount ? "PROJECT-ENVIRONMENT-NAME-REGION" : "ENVIRONMENT-NAME";
}

/** Fields that every resource may carry beside those of its kind. */
export function commonFields(kind: Kind): Record<string, JsonSchema> {
  const lists = listFields(kind);
  return {
    ...(!kind.untagged && {
      tags: {
        ...tagsSchema,
        description: `${tagsSchema.description} \`null\` removes a tag that the environment sets.`,
        additionalProperties: { type: ["string", "null"], maxLength: 256 },
      },
    }),
    ...(kind.naming &&
      kind.naming.field === undefined && {
        name: {
          type: "string",
          minLength: 1,
          maxLength: kind.naming.max,
          description: `The name in AWS. If omitted: ${derivedFrom(kind.naming)}, shortened to the length that AWS allows, and then not compared.`,
        },
      }),
    protect: {
      type: "boolean",
      description:
        "Whether infra refuses to delete or replace the resource. A tag in AWS records it, so that it also holds after the block has left the file. Default: false.",
    },
    retain: {
      type: "boolean",
      description: "Whether the object stays in AWS when its block leaves the file; every plan then lists it. Default: false.",
    },
    ...(kind.dataLoss && {
      disposable: { type: "boolean", description: "Whether infra may delete the object and its data without asking. Default: false." },
    }),
    adopt: {
      type: "object",
      description: "An existing object that nobody owns and that infra takes over.",
      properties: { id: { type: "string", minLength: 1, description: "The AWS id of the object." } },
      required: ["id"],
      additionalProperties: false,
    },
    ignoreChanges: {
      type: "array",
      description: "Fields that infra sets at creation and does not compare afterwards.",
      items: { type: "string", examples: [...Object.keys(kind.fields), ...(kind.untagged ? [] : ["tags"])] },
    },
    timeouts: {
      type: "object",
      description: "Limits on how long infra waits, instead of the limits of the kind: `90s`, `30m`, `2h`.",
      properties: {
        create: time("The limit until a new object is ready."),
        update: time("The limit until a change is complete."),
        delete: time("The limit until the object is deleted, and for objects that block its deletion."),
      },
      minProperties: 1,
      additionalProperties: false,
    },
    ...(lists.length > 0 && { unlisted: unlisted(lists) }),
    count: {
      type: "integer",
      minimum: 0,
      maximum: mostItems,
      description: `Number of resources to make: ${kind.name}/NAME[0], ${kind.name}/NAME[1] and so on, each with its \`count.index\`.`,
    },
    forEach: {
      description: `A map or a list of strings that makes ${kind.name}/NAME[KEY] for each key or string, with \`each.key\`, \`each.value\` and \`each.index\`.`,
      anyOf: [{ type: "object" }, { type: "array", items: { type: "string" } }],
      examples: [{ a: 0, b: 1 }],
    },
    when: {
      type: "boolean",
      description:
        "Whether the resource is declared in this run. If `false`, an existing object is deleted, with the usual guards. Default: true.",
    },
  };
}

/** The names of the common fields. Every other field of a resource belongs to its spec. */
export const commonNames: ReadonlySet<string> = new Set([
  "tags",
  "name",
  "protect",
  "retain",
  "disposable",
  "adopt",
  "ignoreChanges",
  "timeouts",
  "unlisted",
  "count",
  "forEach",
  "when",
  "unproven",
]);

function time(description: string): JsonSchema {
  return { type: "string", pattern: timePattern, description, examples: ["90s", "30m", "2h"] };
}

function unlisted(lists: readonly string[]): JsonSchema {
  const choice = (description: string) => ({ type: "string", enum: ["remove", "keep"], description });
  return {
    description: `Whether items that AWS has and this file does not have are removed or kept, in ${lists.join(", ")}.`,
    anyOf: [
      choice("The setting for all lists of the resource."),
      {
        type: "object",
        properties: Object.fromEntries(lists.map((list) => [list, choice(`The setting for ${list}.`)])),
        additionalProperties: false,
        description: "The setting for each list.",
      },
    ],
  };
}

function listFields(kind: Kind): string[] {
  return Object.entries<FieldRule>(kind.fields).flatMap(([field, { as }]) => (isList(as) || as === "set" || as === "map" ? [field] : []));
}

function isList(as: FieldRule["as"]): as is ListShape {
  return typeof as === "object";
}
