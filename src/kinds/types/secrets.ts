/**
 * Places in a schema that take a password, a key or a token. A file must not hold these, and a hash of one in a tag would confirm a guess.
 */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";
import { isSecretName } from "../../aws/secrets.ts";
import { deref, itemOf, memberOf } from "./facts.ts";
import { notSecret, secretsMade } from "./overlay/refused.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

/**
 * Returns the members with `refused` in place of each secret, at any depth that needs no reference. `of` is the definition that the members
 * belong to.
 */
export function withoutSecrets<R>(
  members: Readonly<Record<string, SchemaNode>>,
  of: string,
  refused: R,
): Readonly<Record<string, SchemaNode | R>> {
  return Object.fromEntries(
    Object.entries(members).map(([name, node]) => [name, isSecret(name, node, of) ? refused : inside(node, of, refused)]),
  );
}

/** Returns a node whose own members, items and alternatives are treated in this way. */
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

/** Whether a property of a type holds a secret, including one that AWS makes. */
export function isSecretProperty(type: string, name: string, node: SchemaNode): boolean {
  return secretsMade.has(`${type}.${name}`) || isSecret(name, node, "");
}

/**
 * Returns the properties that AWS returned, without the secrets at any depth, whether AWS made them or others wrote them. Nothing compares
 * or writes them, so no plan, output or imported file shows them. Keys that the author chooses, such as names of variables, are not names
 * of properties. `hear` gets each text that is left out, because an error may repeat it.
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

/** Whether the schema itself names a member, in any alternative. */
function isNamed(schema: RegistrySchema, written: SchemaNode, key: string): boolean {
  const { properties, anyOf = [], oneOf = [], allOf = [] } = deref(schema, written);
  return (properties && Object.hasOwn(properties, key)) || [...anyOf, ...oneOf, ...allOf].some((branch) => isNamed(schema, branch, key));
}

/**
 * Whether a member is a secret. Only texts and lists of texts are: an object with such a name holds other things, and an enum is no secret.
 */
function isSecret(name: string, { type, enum: choices }: SchemaNode, of: string): boolean {
  const types = [type ?? []].flat();
  return isSecretName(name) && !notSecret.has(`${of}.${name}`) && !choices && types.some((one) => one === "string" || one === "array");
}
