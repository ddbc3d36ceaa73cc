/**
 * YAML as values that remember where they were written, through anchors, merge keys, `extends` and variables. Trees are never changed.
 * Merging and substitution make new ones that share the unchanged parts.
 */
import type { Spot } from "./source.ts";

export type Tree = MapTree | ListTree | ScalarTree;

export interface MapTree {
  readonly type: "map";
  readonly spot: Spot;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  /** The place of the key. */
  readonly key: Spot;
  readonly value: Tree;
}

export interface ListTree {
  readonly type: "list";
  readonly spot: Spot;
  readonly items: readonly Tree[];
}

export interface ScalarTree {
  readonly type: "scalar";
  readonly spot: Spot;
  readonly value: Scalar;
  /** The text before YAML made a number or a boolean of it. */
  readonly raw: string;
  readonly quoted: boolean;
  /** The quotes around it in the file; absent for a text without quotes and for a block. */
  readonly quotes?: "'" | '"';
  /** The value came out of a `${var.…}`. When its text fits two types, the type that the field asks for is taken. */
  readonly substituted?: true;
  /** A parameter of a part carries the reference, which means the same wherever it stands. */
  readonly absolute?: true;
  /** The value came out of an expression that named the item of a repetition (`each.key`, `count.index`). */
  readonly ofItem?: true;
}

/** The only key of a value that is a reference and nothing else, while an expression carries it. */
export const referenceKey = "@reference";

export type Scalar = string | number | boolean | null;

export function isNull(tree: Tree): boolean {
  return tree.type === "scalar" && tree.value === null;
}

/** Returns the value without its places. */
export function toPlain(tree: Tree): unknown {
  return scalarsOf(tree, ({ value }) => value);
}

/** Returns lists and mappings as they are, with the result of `of` for each scalar. */
export function scalarsOf(tree: Tree, of: (scalar: ScalarTree) => unknown): unknown {
  if (tree.type === "scalar") return of(tree);
  if (tree.type === "list") return tree.items.map((item) => scalarsOf(item, of));
  const plain: Record<string, unknown> = {};
  for (const [key, { value }] of tree.entries) define(plain, key, scalarsOf(value, of));
  return plain;
}

/** Returns a value that an expression made, as a tree at the place of the expression. */
export function treeOf(value: unknown, scalar: ScalarTree): Tree {
  const { spot } = scalar;
  if (Array.isArray(value)) return { type: "list", spot, items: value.map((item) => treeOf(item, scalar)) };
  if (typeof value === "object" && value !== null && Object.hasOwn(value, referenceKey)) {
    const address = String((value as Record<string, unknown>)[referenceKey]);
    return { type: "scalar", spot, value: address, raw: address, quoted: true, substituted: true, absolute: true };
  }
  if (typeof value === "object" && value !== null)
    return {
      type: "map",
      spot,
      entries: new Map(Object.entries(value).map(([key, inner]) => [key, { key: spot, value: treeOf(inner, scalar) }])),
    };
  const plain = value as Scalar;
  return { type: "scalar", spot, value: plain, raw: plain === null ? "" : String(plain), quoted: true, substituted: true };
}

/** Returns what a tree is, for a sentence about a wrong value: "is empty", "is a list". */
export function whatItIs(tree: Tree): string {
  if (tree.type !== "scalar") return tree.type === "map" ? "is a mapping" : "is a list";
  if (tree.value === null) return "is empty";
  return typeof tree.value === "string" ? `is the string ${JSON.stringify(tree.value)}` : `is ${tree.raw}`;
}

/** Sets a key that a user chose. `__proto__` is a key like any other. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

export function entryOf(tree: Tree | undefined, key: string): Entry | undefined {
  return tree?.type === "map" ? tree.entries.get(key) : undefined;
}

export function valueOf(tree: Tree | undefined, key: string): Tree | undefined {
  return entryOf(tree, key)?.value;
}

/**
 * The end of a path: the value there, and its key unless it is an item of a list. `whole` is false when the path goes on beyond what was
 * written.
 */
export interface Found {
  readonly key: Spot | undefined;
  readonly value: Tree;
  readonly whole: boolean;
}

/** Follows the parts of a path as far as they lead. */
export function follow(tree: Tree, parts: readonly string[]): Found {
  let found: Found = { key: undefined, value: tree, whole: true };
  for (const part of parts) {
    const next = step(found.value, part);
    if (!next) return { ...found, whole: false };
    found = { key: next.key, value: next.value, whole: true };
  }
  return found;
}

/** Follows a path as people write it ("routes[0].target"). Keys may hold dots, so at each mapping the longest key that fits is taken. */
export function followPath(tree: Tree, path: string): Found {
  let found: Found = { key: undefined, value: tree, whole: true };
  let rest = path;
  while (rest !== "") {
    const head = headOf(found.value, rest);
    const next = head && step(found.value, head.part);
    if (!next) return { ...found, whole: false };
    found = { key: next.key, value: next.value, whole: true };
    rest = rest.slice(head.length).replace(/^\./, "");
  }
  return found;
}

function step(tree: Tree, part: string): { key: Spot | undefined; value: Tree } | undefined {
  if (tree.type === "map") return tree.entries.get(part);
  const item = tree.type === "list" ? tree.items[Number(part)] : undefined;
  return item && { key: undefined, value: item };
}

function headOf(tree: Tree, rest: string): { part: string; length: number } | undefined {
  if (tree.type === "list") {
    const index = /^\[(\d+)\]/.exec(rest);
    return index ? { part: index[1]!, length: index[0].length } : undefined;
  }
  if (tree.type !== "map") return undefined;
  for (let end = rest.length; end > 0; end--) {
    const isBorder = end === rest.length || rest[end] === "." || rest[end] === "[";
    if (isBorder && tree.entries.has(rest.slice(0, end))) return { part: rest.slice(0, end), length: end };
  }
  return undefined;
}
