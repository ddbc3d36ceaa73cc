/** Evaluates the values of `forEach`, `count` and `when`. */
import type { Plain } from "../../expressions/values.ts";
import { byCodePoint } from "../../expressions/values.ts";
import { isKey, mostItems, type Item } from "../values/repetition.ts";
import type { Spot } from "../yaml/source.ts";
import { toPlain, type Tree } from "../yaml/tree.ts";

export interface BadItems {
  readonly summary: string;
  readonly hint?: string;
  readonly spot?: Spot;
}

/** Returns the items of a `forEach`. A list of strings keeps its order; a map is sorted by the code points of its keys. */
export function itemsOf(tree: Tree): { readonly items: readonly Item[] } | BadItems {
  if (tree.type === "scalar")
    return { summary: "`forEach` must be a map or a list of strings.", hint: "write forEach: { a: 0, b: 1 }, or forEach: [a, b]" };
  const entries = tree.type === "map" ? ofMap(tree) : ofList(tree);
  const first = new Set<string>();
  for (const { key, spot } of entries) {
    if (key === undefined)
      return {
        summary: "an item of `forEach` is not a string.",
        hint: "write a map, whose keys name the objects: forEach: { a: …, b: … }",
        spot,
      };
    if (!isKey(key))
      return {
        summary: `"${key}" cannot be a key of \`forEach\`.`,
        hint: /^[\w-]+:./.test(key)
          ? `YAML needs a space after the colon: ${key.replace(":", ": ")}`
          : "use letters, digits, - and _, at most 63 characters: the key is part of addresses, tags and names",
        spot,
      };
    if (first.has(key)) return { summary: `"${key}" is in \`forEach\` twice.`, spot };
    first.add(key);
  }
  if (entries.length > mostItems)
    return { summary: `\`forEach\` has ${entries.length} items, but a resource can have at most ${mostItems}.` };
  return { items: entries.map(({ key, value, written }, index) => ({ key: key!, index, value, ...(written && { written }) })) };
}

interface Candidate {
  readonly key: string | undefined;
  readonly value: Plain;
  readonly written?: Tree;
  readonly spot: Spot;
}

function ofMap(tree: Tree & { type: "map" }): Candidate[] {
  const entries = [...tree.entries].sort(byCodePoint);
  return entries.map(([key, entry]) => ({ key, value: toPlain(entry.value) as Plain, written: entry.value, spot: entry.key }));
}

function ofList(tree: Tree & { type: "list" }): Candidate[] {
  return tree.items.map((item) => {
    const key = item.type === "scalar" && typeof item.value === "string" ? item.value : undefined;
    return { key, value: key ?? null, spot: item.spot };
  });
}

/** The items of a `count`; undefined unless it is a whole number from 0 to 1000. */
export function countOf(tree: Tree): readonly Item[] | undefined {
  const value =
    tree.type === "scalar" ? (tree.substituted && /^\d{1,4}$/.test(String(tree.value)) ? Number(tree.value) : tree.value) : undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > mostItems) return undefined;
  return Array.from({ length: value }, (_, index) => ({ key: String(index), index, value: index }));
}

/** The value of a `when`. A variable given from outside without a type may be text. */
export function truthOf(tree: Tree): boolean | undefined {
  if (tree.type !== "scalar") return undefined;
  if (typeof tree.value === "boolean") return tree.value;
  if (tree.substituted && (tree.value === "true" || tree.value === "false")) return tree.value === "true";
  return undefined;
}
