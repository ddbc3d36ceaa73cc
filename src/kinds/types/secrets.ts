/** Places in a schema that take a password, a key or a token: a file is no place for them, and a hash of one in a tag would confirm a guess. */
import type { SchemaNode } from "@plumbline/aws-types";
import { notSecret } from "./overlay/refused.ts";

/** Names of properties of AWS that hold a secret as a text; those that name one elsewhere (`SecretArn`, `SecretId`) end otherwise. */
const isSecretName =
  /(password|passwords|secret|secretkey|authtoken|accesstoken|oauthtoken|secrettoken|privatekey|presharedkey|accesskey|apikey)$/i;

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

/** Texts, and lists of texts: an object of that name holds other things, and a choice is no secret. */
function isSecret(name: string, { type, enum: choices }: SchemaNode, of: string): boolean {
  const types = [type ?? []].flat();
  return isSecretName.test(name) && !notSecret.has(`${of}.${name}`) && !choices && types.some((one) => one === "string" || one === "array");
}
