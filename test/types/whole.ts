/** An object with every property of a schema, down to the last member. Its values have no meaning, but they fit. */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";
import { patternOf } from "../../src/kinds/types/facts.ts";
import { textOf, texts } from "./smallest.ts";

export function whole(root: RegistrySchema, properties: readonly string[]): Readonly<Record<string, unknown>> {
  return membersOf(root, Object.fromEntries(properties.map((name) => [name, root.properties![name]!])), []);
}

/** `within`: the enclosing definitions, because some contain themselves. Returns undefined where no fitting value is known. */
function valueOf(root: RegistrySchema, node: SchemaNode, within: readonly string[]): unknown {
  if (node.$ref !== undefined) {
    const name = node.$ref.replace("#/definitions/", "");
    return within.includes(name) ? undefined : valueOf(root, root.definitions?.[name] ?? {}, [...within, name]);
  }
  if (node.const !== undefined) return node.const;
  if (node.enum) return node.enum[0];
  const types = [node.type ?? []].flat();
  const inner = [...(node.oneOf ?? []), ...(node.anyOf ?? [])];
  if (types.length > 1 && types.includes("object")) return { Version: "2012-10-17", Text: "abc" };
  if (types[0] === undefined && !node.properties)
    return (
      inner.map((one) => valueOf(root, one, within)).find((value) => value !== undefined && typeof value !== "object") ?? nested(inner)
    );
  switch (types[0] ?? "object") {
    case "boolean":
      return true;
    case "integer":
    case "number":
      return Math.max(node.minimum ?? 1, Math.min(1, node.maximum ?? 1));
    case "array":
      return listOf(root, node, within);
    case "object":
      return objectOf(root, node, within);
    default:
      return textOf(node);
  }

  function nested(branches: readonly SchemaNode[]): unknown {
    return branches.map((one) => valueOf(root, one, within)).find((value) => value !== undefined);
  }
}

/** Returns two items where two different ones are known, so that their order can be changed. */
function listOf(root: RegistrySchema, node: SchemaNode, within: readonly string[]): unknown {
  const item = valueOf(root, node.items ?? { type: "string" }, within);
  if (item === undefined) return undefined;
  return typeof item === "string" && (node.maxItems ?? 2) > 1 ? [item, ...another(root, node.items ?? {}, item)] : [item];
}

function another(root: RegistrySchema, written: SchemaNode, text: string): string[] {
  const node = written.$ref === undefined ? written : (root.definitions?.[written.$ref.replace("#/definitions/", "")] ?? {});
  if (node.enum) return (node.enum as string[]).filter((one) => one !== text).slice(0, 1);
  if ([node.type ?? []].flat()[0] !== "string") return [];
  const fits = (one: string) => one !== text && (node.pattern === undefined || patternOf(node.pattern).test(one));
  return [`${text}2`, ...texts].filter((one) => one.length <= (node.maxLength ?? 256) && fits(one)).slice(0, 1);
}

function objectOf(root: RegistrySchema, node: SchemaNode, within: readonly string[]): unknown {
  const branches = [...(node.oneOf ?? []), ...(node.anyOf ?? []), ...(node.allOf ?? [])];
  const members = { ...Object.assign({}, ...branches.map((one) => one.properties ?? {})), ...node.properties } as Record<
    string,
    SchemaNode
  >;
  if (Object.keys(members).length > 0) return membersOf(root, members, within);
  const free = Object.entries(node.patternProperties ?? {})[0];
  const value = free ? valueOf(root, free[1], within) : "abc";
  const key = free ? texts.find((text) => patternOf(free[0]).test(text)) : "key";
  return key === undefined || value === undefined ? {} : { [key]: value };
}

function membersOf(root: RegistrySchema, members: Readonly<Record<string, SchemaNode>>, within: readonly string[]) {
  const all = Object.entries(members).map(([name, node]) => [name, valueOf(root, node, within)] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}
