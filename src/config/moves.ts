import { didYouMean } from "../diag/did-you-mean.ts";
import type { Position } from "../diag/diagnostic.ts";
import { error, type Report } from "./yaml/problem.ts";
import type { Declared } from "./references/declared.ts";
import { addressMeant } from "./references/foreign-names.ts";
import type { Environment } from "./environment.ts";
import { partsOfName } from "./values/repetition.ts";
import { positionOf } from "./yaml/source.ts";
import { valueOf, type MapTree, type Tree } from "./yaml/tree.ts";

/**
 * Returns the lines of `moved:` and checks each: the new address is declared, the old one is no longer declared, and both have the same
 * kind.
 */
export function movesOf(tree: MapTree, declared: Declared, report: Report): Environment["moved"] {
  const list = valueOf(tree, "moved");
  if (list?.type !== "list") return [];
  const seen = new Set<string>();
  return list.items.flatMap((item) => {
    const [from, to] = [textAt(item, "from"), textAt(item, "to")];
    if (from === undefined || to === undefined) return [];
    const at = (field: string) => positionOf(valueOf(item, field)!.spot);
    const areKinds = [hasKind(from, declared, at("from"), report), hasKind(to, declared, at("to"), report)].every(Boolean);
    const bad = (field: string, summary: string, hint?: string) => report(error("bad-moved", at(field), summary, hint));
    if (!areKinds) return [];
    if (kindOf(from) !== kindOf(to)) bad("to", `${from} cannot become ${to}: the kind of an object cannot change.`);
    else if (!declared.has(to) && declared.repetition(withoutKey(to))?.how !== "broken")
      bad("to", `${to} is not declared.`, nearest(to, declared));
    if (declared.has(from)) bad("from", `${from} is still declared.`, "remove the old resource, or remove this line");
    if (seen.has(from)) bad("from", `${from} is moved twice.`);
    seen.add(from);
    return [{ from, to, at: positionOf(item.spot) }];
  });
}

/**
 * Returns `allowDestroy:` and checks that the kind of each address exists. The resource may be gone from the YAML, since that is the
 * purpose of the field.
 */
export function allowDestroyOf(tree: MapTree, declared: Declared, report: Report): Environment["allowDestroy"] {
  const map = valueOf(tree, "allowDestroy");
  if (map?.type !== "map") return {};
  const entries = [...map.entries].map(([address, { key, value }]): [string, string] => {
    hasKind(address, declared, positionOf(key), report);
    return [address, value.type === "scalar" ? String(value.value) : ""];
  });
  return Object.fromEntries(entries);
}

/** Whether the kind of an address exists. Reports an address whose kind does not. */
function hasKind(address: string, declared: Declared, at: Position, report: Report): boolean {
  const kind = kindOf(address);
  if (declared.kind(kind)) return true;
  report(error("bad-address", at, `"${address}" is not an address: there is no kind "${kind}".`, addressMeant(address, declared.kinds)));
  return false;
}

function nearest(address: string, declared: Declared): string | undefined {
  const near = didYouMean(
    address,
    declared.all.map((declaration) => declaration.address),
  );
  return near ? `did you mean "${near}"?` : undefined;
}

function withoutKey(address: string): string {
  return partsOfName(address).base;
}

function kindOf(address: string): string {
  return address.slice(0, address.indexOf("/"));
}

function textAt(tree: Tree, key: string): string | undefined {
  const value = valueOf(tree, key);
  return value?.type === "scalar" && typeof value.value === "string" ? value.value : undefined;
}
