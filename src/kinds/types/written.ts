/** The JSON Schema for a resource of a type in the file, with definitions. It is interpreted, not compiled. */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";
import { deref, type TypeFacts, type Way } from "./facts.ts";
import { inside, withoutSecrets } from "./secrets.ts";

/** A place that the file may not write, with the text that says why. */
interface Refused {
  readonly "x-refused": { readonly why: string; readonly hint: string; readonly isSecret?: true };
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

export interface Writing {
  /** Whether somebody checked the type; any other type needs `unproven: true`. */
  readonly isCurated: boolean;
  /** Properties that are derived when they are not written. */
  readonly derived: readonly (string | undefined)[];
  /** Properties that must be written although AWS does not require them. */
  readonly needed: readonly string[];
  /** The only values that a property may have. */
  readonly only: Readonly<Record<string, readonly string[]>>;
  /** Properties that nobody may write. */
  readonly refuses: Readonly<Record<string, Refused["x-refused"]>>;
  /** The path of the text that names the owner of an object. */
  readonly mark: Way | undefined;
}

export function writtenSchema(facts: TypeFacts, { isCurated, derived, needed, mark, only, refuses }: Writing): WrittenSchema {
  const { schema, name, tags } = facts;
  const secret: Refused = { "x-refused": { why: "a file must not contain a secret", hint: secretHint, isSecret: true } };
  const properties: Record<string, Written> = { ...withoutSecrets(schema.properties ?? {}, "", secret) };
  for (const way of facts.readOnly)
    if (way.length === 1) properties[way[0]!] = refused("AWS assigns its value", "remove it; other resources may refer to it");
  if (tags) properties[tags.property] = refused("the tags of all resources are written in the same way", "write `tags: { KEY: VALUE }`");
  for (const [property, values] of Object.entries(only))
    properties[property] = { ...deref(schema, schema.properties![property]!), enum: values };
  for (const [property, { why, hint }] of Object.entries(refuses)) properties[property] = refused(why, hint);
  if (mark) properties[mark[0]!] = withoutMark(schema, properties[mark[0]!] as SchemaNode, mark.slice(1));
  const always = [...new Set([...(schema.required ?? []), ...needed])];
  const required = always.filter((field) => !derived.includes(field) && field !== tags?.property);
  return {
    type: "object",
    properties,
    required,
    ...(schema.oneOf && { oneOf: schema.oneOf }),
    ...(schema.anyOf && { anyOf: schema.anyOf }),
    ...(schema.allOf && { allOf: schema.allOf }),
    additionalProperties: false,
    definitions: Object.fromEntries(Object.entries(schema.definitions ?? {}).map(([of, node]) => [of, inside(node, of, secret)])),
    ...(isCurated ? {} : { "x-unproven": name }),
  };
}

/** Returns the schema of a property in which one text belongs to infra. */
function withoutMark(root: RegistrySchema, written: SchemaNode, [member, ...deeper]: Way): Written {
  if (member === undefined) return refused("infra writes the owner of the object there, because the object has no tags", "remove it");
  const node = deref(root, written);
  const inner = withoutMark(root, node.properties?.[member] ?? {}, deeper) as SchemaNode;
  const required = node.required?.filter((one) => one !== member);
  return { ...node, properties: { ...node.properties, [member]: inner }, ...(required && { required }) };
}

const secretHint = "let the service generate it, or refer to a secret of Secrets Manager where the type allows one";

function refused(why: string, hint: string): Refused {
  return { "x-refused": { why, hint } };
}
