/** Every value inside an object of a type that an update may change, with another value for it from the schema of the type. */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";
import { covers, deref, itemOf, memberOf, patternOf, reachesInto, type TypeFacts, type Way } from "../../src/kinds/types/facts.ts";
import { texts } from "./smallest.ts";

export interface Leaf {
  /** Keys and indexes. */
  readonly path: readonly string[];
  readonly to: unknown;
}

/** Texts for which the service accepts only a few words, though its schema accepts any, and names that other values repeat. */
const notAny: Readonly<Record<string, readonly string[]>> = {
  "AWS::DynamoDB::Table": ["BillingMode", "AttributeDefinitions.0.AttributeName", "AttributeDefinitions.0.AttributeType"],
};

/** Returns the leaves that the service accepts alone. */
export function leavesAlone(facts: TypeFacts, object: Readonly<Record<string, unknown>>, keys: readonly string[]): readonly Leaf[] {
  return leavesOf(facts, object, keys).filter(({ path }) => !notAny[facts.name]?.includes(path.join(".")));
}

/** `keys`: the properties that identify a part, which no update changes. */
export function leavesOf(facts: TypeFacts, object: Readonly<Record<string, unknown>>, keys: readonly string[]): readonly Leaf[] {
  const fixed: Way[] = [...facts.createOnly, ...facts.readOnly, ...facts.conditional, ...keys.map((key) => key.split("/"))];
  const leaves: Leaf[] = [];
  const walk = (node: SchemaNode, value: unknown, path: readonly string[], way: Way, beside: readonly unknown[] = [value]): void => {
    if (covers(fixed, way)) return;
    if (Array.isArray(value)) {
      const [first] = value as readonly unknown[];
      // One item stands for all, and becomes equal to no other item.
      if (first !== undefined) walk(itemOf(facts.schema, node), first, [...path, "0"], [...way, "*"], value);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(memberOf(facts.schema, node, key) ?? {}, inner, [...path, key], [...way, key]);
    } else if (!reachesInto(fixed, way)) {
      const to = anotherThan(facts.schema, node, value, beside);
      if (to !== undefined) leaves.push({ path, to });
    }
  };
  for (const [property, value] of Object.entries(object)) walk(facts.schema.properties?.[property] ?? {}, value, [property], [property]);
  return leaves;
}

export function withLeaf(object: Readonly<Record<string, unknown>>, { path, to }: Leaf): Record<string, unknown> {
  const copy = structuredClone(object) as Record<string, unknown>;
  const holder = path.slice(0, -1).reduce((here, part) => here[part] as Record<string, unknown>, copy);
  holder[path.at(-1)!] = to;
  return copy;
}

/** Returns another value, or undefined where none is known: a reference, a constant, a text of a form that this code cannot make. */
function anotherThan(root: RegistrySchema, written: SchemaNode, value: unknown, beside: readonly unknown[]): unknown {
  const node = deref(root, written);
  const alternatives = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].map((one) => deref(root, one));
  const choices = node.enum ?? alternatives.flatMap((one) => one.enum ?? []);
  if (choices.length > 0) return choices.find((one) => !beside.includes(one));
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1 <= (node.maximum ?? Infinity) ? value + 1 : value - 1;
  if (typeof value !== "string" || /\$\{|[\uE000-\uE004]/.test(value)) return undefined;
  const { pattern, maxLength = 256 } = node;
  const fits = (text: string) =>
    !beside.includes(text) && text.length <= maxLength && (pattern === undefined || patternOf(pattern).test(text));
  return [`${value}x`, `${value}2`, ...texts].find(fits);
}
