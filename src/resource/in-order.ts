/** Sorts lists whose order means nothing, so that the order does not depend on AWS's answers. Pure. */
import type { TSchema } from "typebox";
import { inNaturalOrder } from "./natural-order.ts";
import { mapAnnotated, type AnnotatedSchema } from "./references.ts";

/** Returns the value with every list sorted that its schema calls a set. */
export function withSetsInOrder<T>(schema: TSchema, value: T): T {
  return mapAnnotated(schema, value, "x-set", (list, _path, { items = {} }) => {
    if (!Array.isArray(list)) return list;
    const inner = list.map((item: unknown) => withSetsInOrder(items as TSchema, item));
    return inOrder(inner, (item) => wordsBy(items, item));
  });
}

/** Sorts items by the words in them, in the order in which they are written. */
export function inOrder<T>(list: readonly T[], words: (item: T) => readonly string[] = wordsIn): T[] {
  const keyed = list.map((item) => ({ item, words: words(item) }));
  return keyed.sort((a, b) => compareWords(a.words, b.words)).map(({ item }) => item);
}

/**
 * Returns the words of an item in the order of its schema. So an answer of AWS and a file have the same words, whatever the order of their
 * members.
 */
function wordsBy({ properties }: AnnotatedSchema, value: unknown): string[] {
  if (!properties || typeof value !== "object" || value === null) return wordsIn(value);
  const members = value as Readonly<Record<string, unknown>>;
  return Object.keys(properties).flatMap((key) => (members[key] === undefined ? [] : [key, ...wordsIn(members[key])]));
}

function wordsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, one]) => [key, ...wordsIn(one)]);
}

/** Compares word by word. As one text, quotes and commas would put `public-2` before `public`. */
function compareWords(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((word, i) => word !== b[i]);
  if (at === -1) return a.length - b.length;
  return at < b.length ? inNaturalOrder(a[at]!, b[at]!) : 1;
}
