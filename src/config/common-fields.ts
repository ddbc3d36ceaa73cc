import type { FieldRule, Kind, ListShape, Naming } from "../kinds/kind.ts";
import { tagsSchema, type JsonSchema } from "./json-schema.ts";
import { mostItems } from "./repetition.ts";
import { timePattern } from "./seconds.ts";

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
        description: `${tagsSchema.description} \`null\` takes one away that the environment sets.`,
        additionalProperties: { type: ["string", "null"], maxLength: 256 },
      },
    }),
    ...(kind.naming &&
      kind.naming.field === undefined && {
        name: {
          type: "string",
          minLength: 1,
          maxLength: kind.naming.max,
          description: `Its name in AWS. If omitted, ${derivedFrom(kind.naming)}, shortened where AWS takes fewer characters, and then never compared.`,
        },
      }),
    protect: {
      type: "boolean",
      description: "Nothing deletes or replaces it, and it says so in AWS as a tag, which outlives this file. Default: false.",
    },
    retain: { type: "boolean", description: "When it leaves this file, it stays in AWS, and every plan names it. Default: false." },
    ...(kind.dataLoss && {
      disposable: { type: "boolean", description: "It may be deleted without asking, with what is on it. Default: false." },
    }),
    adopt: {
      type: "object",
      description: "Takes over an object that exists and that nobody owns.",
      properties: { id: { type: "string", minLength: 1, description: "Its AWS id." } },
      required: ["id"],
      additionalProperties: false,
    },
    ignoreChanges: {
      type: "array",
      description: "Fields that are sent at creation and never compared again.",
      items: { type: "string", examples: [...Object.keys(kind.fields), ...(kind.untagged ? [] : ["tags"])] },
    },
    timeouts: {
      type: "object",
      description: "How long it is waited for, in place of what is usual for its kind: `90s`, `30m`, `2h`.",
      properties: {
        create: time("Until a new one is ready."),
        update: time("Until a change of it has come to its end."),
        delete: time("Until it is gone, and for what stands in the way of its delete."),
      },
      minProperties: 1,
      additionalProperties: false,
    },
    ...(lists.length > 0 && { unlisted: unlisted(lists) }),
    count: {
      type: "integer",
      minimum: 0,
      maximum: mostItems,
      description: `Makes ${kind.name}/NAME[0], ${kind.name}/NAME[1] and so on, each with its \`count.index\`.`,
    },
    forEach: {
      description: `Makes ${kind.name}/NAME[KEY] for each key of a map or string of a list, with \`each.key\`, \`each.value\` and \`each.index\`.`,
      anyOf: [{ type: "object" }, { type: "array", items: { type: "string" } }],
      examples: [{ a: 0, b: 1 }],
    },
    when: {
      type: "boolean",
      description: "False: not declared in this run, so that what exists is deleted, with the usual guards. Default: true.",
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
    description: `What happens to items that AWS has and this file has not, in ${lists.join(", ")}.`,
    anyOf: [
      choice("The same for all its lists."),
      {
        type: "object",
        properties: Object.fromEntries(lists.map((list) => [list, choice(`For ${list}.`)])),
        additionalProperties: false,
        description: "By field.",
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
