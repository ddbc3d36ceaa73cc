/** Handles keys at the top of a file that a file does not have. Each is reported, and consequences of one are not. */
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { MapTree } from "../yaml/tree.ts";

export interface FileKeys {
  /** Keys of the file itself, such as `variables`. What stands under a misspelt one is read as it was meant. */
  readonly own: ReadonlySet<string>;
  /** The other keys, with the sections of resources. Nobody knows which kind the resources under a wrong section are meant to be. */
  readonly others: ReadonlySet<string>;
}

/** Returns the file with the value of a misspelt own key also under the key that was meant. */
export function withMeant(tree: MapTree, keys: FileKeys): MapTree {
  const entries = new Map(tree.entries);
  for (const [key, entry] of tree.entries) {
    const meant = meantBy(key, keys);
    if (meant !== undefined && !entries.has(meant)) entries.set(meant, entry);
  }
  return entries.size === tree.entries.size ? tree : { ...tree, entries };
}

/** Returns the names under unknown keys that are no misspelt own keys, and these keys themselves, which may be such names. */
export function namesUnderUnknown(tree: MapTree, keys: FileKeys): ReadonlySet<string> {
  const unknown = [...tree.entries].filter(([key]) => !isKnown(key, keys) && meantBy(key, keys) === undefined);
  return new Set(unknown.flatMap(([key, { value }]) => (value.type === "map" ? [key, ...value.entries.keys()] : [])));
}

/** Whether a file has this key. */
export function isKnown(key: string, { own, others }: FileKeys): boolean {
  return key.startsWith("x-") || own.has(key) || others.has(key);
}

function meantBy(key: string, keys: FileKeys): string | undefined {
  if (isKnown(key, keys) || didYouMean(key, keys.own) === undefined) return undefined;
  const near = didYouMean(key, [...keys.own, ...keys.others])!;
  return keys.own.has(near) ? near : undefined;
}
