/** FileKeys at the top of a file that it does not have, each of which is told: nothing is told of what follows from one. */
import { didYouMean } from "../diag/did-you-mean.ts";
import type { MapTree } from "./tree.ts";

export interface FileKeys {
  /** FileKeys of the file itself, such as `variables`: under one that is misspelt stands what was meant. */
  readonly own: ReadonlySet<string>;
  /** The others, sections of resources among them: of which kind those under a wrong name are meant to be, nobody knows. */
  readonly others: ReadonlySet<string>;
}

/** The file with what stands under a misspelt key of its own also where it was meant to stand. */
export function withMeant(tree: MapTree, keys: FileKeys): MapTree {
  const entries = new Map(tree.entries);
  for (const [key, entry] of tree.entries) {
    const meant = meantBy(key, keys);
    if (meant !== undefined && !entries.has(meant)) entries.set(meant, entry);
  }
  return entries.size === tree.entries.size ? tree : { ...tree, entries };
}

/** The names under keys that the file does not have, and that are no misspelt ones of its own; and these keys, which may be such names. */
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
