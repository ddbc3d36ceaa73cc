import type { Diagnostic } from "../../diag/diagnostic.ts";
import { error, type Report } from "../yaml/problem.ts";
import { positionOf } from "../yaml/source.ts";
import type { Entry, MapTree, Tree } from "../yaml/tree.ts";
import { isNull } from "../yaml/tree.ts";

/** Lays `over` over `base`: mappings merge deeply, lists and scalars replace, and `null` removes a value of the base. */
export function mergeOver(base: MapTree, over: MapTree): MapTree {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = base.entries.get(key);
    if (below && isNull(entry.value)) entries.delete(key);
    else entries.set(key, below ? overlaid(below, entry) : entry);
  }
  return { type: "map", spot: over.spot, entries };
}

function overlaid(below: Entry, entry: Entry): Entry {
  if (below.value.type !== "map" || entry.value.type !== "map") return entry;
  return { key: entry.key, value: mergeOver(below.value, entry.value) };
}

/**
 * Joins the files of one folder into one mapping. No file overrides another: the same resource in two files is an error that names both
 * lines.
 */
export function joinParts(parts: readonly MapTree[], report: Report): MapTree {
  const entries = new Map<string, Entry>();
  for (const part of parts)
    for (const [key, entry] of part.entries) {
      if (key.startsWith("x-")) continue;
      const first = entries.get(key);
      entries.set(key, first ? joined(key, first, entry, report) : entry);
    }
  return { type: "map", spot: parts[0]!.spot, entries };
}

function joined(key: string, first: Entry, second: Entry, report: Report): Entry {
  if (first.value.type === "map" && second.value.type === "map")
    return { key: first.key, value: joinMaps(key, first.value, second.value, report) };
  if (key === "extends" || (first.value.type === "list" && second.value.type === "list"))
    return { key: first.key, value: { type: "list", spot: first.value.spot, items: [...itemsOf(first.value), ...itemsOf(second.value)] } };
  if (!isSameScalar(first.value, second.value)) report(twice(key, first, second));
  return first;
}

function joinMaps(section: string, first: MapTree, second: MapTree, report: Report): MapTree {
  const entries = new Map(first.entries);
  for (const [name, entry] of second.entries) {
    const known = entries.get(name);
    if (known) report(twice(`${section}.${name}`, known, entry));
    else entries.set(name, entry);
  }
  return { type: "map", spot: first.spot, entries };
}

function itemsOf(tree: Tree): readonly Tree[] {
  return tree.type === "list" ? tree.items : [tree];
}

function isSameScalar(a: Tree, b: Tree): boolean {
  return a.type === "scalar" && b.type === "scalar" && a.value === b.value;
}

function twice(what: string, first: Entry, second: Entry): Diagnostic {
  const [here, there] = [positionOf(second.key), positionOf(first.key)];
  const summary = `${what} is declared here and in ${there.file}:${there.line}; files of one folder do not override each other.`;
  return error("declared-twice", here, summary, "keep one of the two; to override, use `extends`");
}
