/** Places in a schema that take a password, a key or a token: a file is no place for them, and a hash of one in a tag would confirm a guess. */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";
import { isSecretName } from "../../aws/secrets.ts";
import { deref, itemOf, memberOf } from "./facts.ts";
import { notSecret, secretsMade } from "./overlay/refused.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

/** The members with what `refused` says in place of each secret, at any depth that needs no reference. `of`: the definition they are of. */
export function withoutSecrets<R>(
  members: Readonly<Record<string, SchemaNode>>,
  of: string,
  refused: R,
): Readonly<Record<string, SchemaNode | R>> {
  return Object.fromEntries(
    Object.entries(members).map(([name, node]) => [name, isSecret(name, node, of) ? refused : inside(node, of, refused)]),
  );
}

/** A node with its own members, items and alternatives so treated. */
export function inside<R>(node: SchemaNode, of: string, refused: R): SchemaNode {
  const { properties, items, oneOf, anyOf, allOf } = node;
  if (!properties && !items && !oneOf && !anyOf && !allOf) return node;
  const each = (nodes: readonly SchemaNode[]) => nodes.map((one) => inside(one, of, refused));
  return {
    ...node,
    ...(properties && { properties: withoutSecrets(properties, of, refused) as Readonly<Record<string, SchemaNode>> }),
    ...(items && { items: inside(items, of, refused) }),
    ...(oneOf && { oneOf: each(oneOf) }),
    ...(anyOf && { anyOf: each(anyOf) }),
    ...(allOf && { allOf: each(allOf) }),
  };
}

/** Whether a property of a type holds a secret, be it one that AWS makes. */
export function isSecretProperty(type: string, name: string, node: SchemaNode): boolean {
  return secretsMade.has(`${type}.${name}`) || isSecret(name, node, "");
}

/**
 * What AWS tells of an object, without the secrets in it, however deep they stand: a secret that AWS made, or that others wrote. Nothing
 * compares or writes them, so that no plan, output or file that an import writes has them. Keys of the author's own, such as the names of
 * variables, are no names of properties. `hear` is told each text that is left out: an error may repeat it.
 */
export function withoutToldSecrets(
  type: string,
  schema: RegistrySchema,
  told: Readonly<Record<string, unknown>>,
  hear: (secret: string) => void = () => undefined,
): Readonly<Record<string, unknown>> {
  const kept = Object.entries(told).flatMap(([name, value]): [string, unknown][] => {
    const node = schema.properties?.[name] ?? {};
    if (!isSecretProperty(type, name, deref(schema, node))) return [[name, withoutSecretsIn(schema, node, value, hear)]];
    for (const text of textsIn(value)) hear(text);
    return [];
  });
  return Object.fromEntries(kept);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function withoutSecretsIn(schema: RegistrySchema, written: SchemaNode, value: unknown, hear: (secret: string) => void): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecretsIn(schema, itemOf(schema, written), item, hear));
  if (!isPlainObject(value)) return value;
  const of = written.$ref?.replace("#/definitions/", "") ?? "";
  const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const node = memberOf(schema, written, key) ?? {};
    const isHidden = isNamed(schema, written, key) && isSecret(key, deref(schema, node), of);
    if (!isHidden) return [[key, withoutSecretsIn(schema, node, inner, hear)]];
    for (const text of textsIn(inner)) hear(text);
    return [];
  });
  return Object.fromEntries(kept);
}

/** Whether the schema itself names a member, in whichever alternative. */
function isNamed(schema: RegistrySchema, written: SchemaNode, key: string): boolean {
  const { properties, anyOf = [], oneOf = [], allOf = [] } = deref(schema, written);
  return (properties && Object.hasOwn(properties, key)) || [...anyOf, ...oneOf, ...allOf].some((branch) => isNamed(schema, branch, key));
}

/** Texts, and lists of texts: an object of that name holds other things, and a choice is no secret. */
function isSecret(name: string, { type, enum: choices }: SchemaNode, of: string): boolean {
  const types = [type ?? []].flat();
  return isSecretName(name) && !notSecret.has(`${of}.${name}`) && !choices && types.some((one) => one === "string" || one === "array");
}
