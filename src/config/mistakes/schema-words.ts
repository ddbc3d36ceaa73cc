/** The subject of a complaint of the schema, and the words for it. */
import type { Code } from "../../diag/codes.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import { placePatterns, projectForm } from "../schema/schema.ts";
import type { Spot } from "../yaml/source.ts";
import { valueOf, type MapTree, type Tree } from "../yaml/tree.ts";

export interface Explaining {
  readonly tree: MapTree;
  readonly schema: JsonSchema;
  readonly kinds: readonly Kind[];
}

export interface Subject {
  /** "subnet/web-a", or "" at the top. */
  readonly owner: string;
  /** "ingress[0].port", or "". */
  readonly path: string;
  readonly value: Tree;
  readonly key: Spot | undefined;
}

export type Words = { readonly code: Code; readonly summary: string; readonly hint?: string | undefined; readonly spot?: Spot };

export function nameOf({ owner, path }: Subject): string {
  if (owner === "") return path === "" ? "the environment" : path;
  return path === "" ? owner : `${owner}: ${path}`;
}

/** Returns the first name of a kind that the file declares. */
export function declaredIn({ tree, kinds }: Explaining, kindName: string): string | undefined {
  const section = valueOf(tree, kinds.find(({ name }) => name === kindName)?.section ?? "");
  return section?.type === "map" ? section.entries.keys().next().value : undefined;
}

export function shown(value: Tree): string {
  if (value.type !== "scalar") return value.type === "map" ? "a mapping" : "a list";
  return typeof value.value === "string" ? JSON.stringify(value.value) : value.raw;
}

export function form(schema: JsonSchema): string | undefined {
  const examples = (schema["examples"] as unknown[] | undefined)?.map((example) => JSON.stringify(example)).join(", ");
  if (schema["pattern"] === placePatterns.project) return `write ${projectForm}`;
  return examples ? `for example ${examples}` : schema.description || `it must match ${String(schema["pattern"])}`;
}
