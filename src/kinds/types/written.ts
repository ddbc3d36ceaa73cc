/** What a resource of a type may hold in the file, as a JSON Schema with definitions that is interpreted, not compiled. */
import type { SchemaNode } from "@plumbline/aws-types";
import type { TypeFacts } from "./facts.ts";

/** A place that nobody may write, and what to say of it. */
interface Refused {
  readonly "x-refused": { readonly why: string; readonly hint: string };
}

type Written = SchemaNode | Refused;

export interface WrittenSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, Written>>;
  readonly required: readonly string[];
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly additionalProperties: false;
  readonly definitions: Readonly<Record<string, SchemaNode>>;
  readonly "x-unproven"?: string;
}

/** `isCurated`: somebody looked at the type; any other needs `unproven: true`. `nameField`: is derived where it is not written. */
export function writtenSchema(facts: TypeFacts, isCurated: boolean, nameField: string | undefined): WrittenSchema {
  const { schema, name, tags } = facts;
  const properties: Record<string, Written> = { ...schema.properties };
  for (const way of facts.readOnly)
    if (way.length === 1) properties[way[0]!] = refused("it is made by AWS", "take the line out; others may refer to it");
  if (tags) properties[tags.property] = refused("tags stand in one place for all resources", "write `tags: { KEY: VALUE }`");
  for (const way of facts.writeOnly)
    if (way.length === 1 && isSecret(way[0]!)) properties[way[0]!] = refused("a secret has no place in a file", secretHint);
  const required = (schema.required ?? []).filter((field) => field !== nameField && field !== tags?.property);
  return {
    type: "object",
    properties,
    required,
    ...(schema.oneOf && { oneOf: schema.oneOf }),
    ...(schema.anyOf && { anyOf: schema.anyOf }),
    ...(schema.allOf && { allOf: schema.allOf }),
    additionalProperties: false,
    definitions: schema.definitions ?? {},
    ...(isCurated ? {} : { "x-unproven": name }),
  };
}

const secretHint = "let the service make it, or name a secret of Secrets Manager where the type takes one";

function isSecret(property: string): boolean {
  return /password|secret|authtoken|privatekey|presharedkey|accesskey/i.test(property);
}

function refused(why: string, hint: string): Refused {
  return { "x-refused": { why, hint } };
}
