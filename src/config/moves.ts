import { didYouMean } from "../diag/did-you-mean.ts";
import { error, type Report } from "./problem.ts";
import type { Declared } from "./declared.ts";
import type { Environment } from "./environment.ts";
import { partsOfName } from "./repetition.ts";
import { positionOf } from "./source.ts";
import { valueOf, type MapTree, type Tree } from "./tree.ts";

/** `moved:`, each checked: the new address is declared, the old one is not any more, and both are of one kind. */
export function movesOf(tree: MapTree, declared: Declared, report: Report): Environment["moved"] {
  const list = valueOf(tree, "moved");
  if (list?.type !== "list") return [];
  const seen = new Set<string>();
  return list.items.flatMap((item) => {
    const [from, to] = [textAt(item, "from"), textAt(item, "to")];
    if (from === undefined || to === undefined) return [];
    const at = (field: string) => positionOf(valueOf(item, field)!.spot);
    checkKindOf(from, declared, (summary, hint) => report(error("bad-address", at("from"), summary, hint)));
    checkKindOf(to, declared, (summary, hint) => report(error("bad-address", at("to"), summary, hint)));
    const bad = (field: string, summary: string, hint?: string) => report(error("bad-moved", at(field), summary, hint));
    if (kindOf(from) !== kindOf(to)) bad("to", `${from} cannot become ${to}: an object's kind does not change.`);
    else if (!declared.has(to) && declared.repetition(withoutKey(to))?.how !== "broken")
      bad("to", `${to} is not declared.`, nearest(to, declared));
    if (declared.has(from)) bad("from", `${from} is still declared.`, "take the old one away, or this line");
    if (seen.has(from)) bad("from", `${from} is moved twice.`);
    seen.add(from);
    return [{ from, to, at: positionOf(item.spot) }];
  });
}

/** `allowDestroy:`, each address of a kind that exists. The resource may be gone from the YAML: that is what it is for. */
export function allowDestroyOf(tree: MapTree, declared: Declared, report: Report): Environment["allowDestroy"] {
  const map = valueOf(tree, "allowDestroy");
  if (map?.type !== "map") return {};
  const entries = [...map.entries].map(([address, { key, value }]): [string, string] => {
    checkKindOf(address, declared, (summary, hint) => report(error("bad-address", positionOf(key), summary, hint)));
    return [address, value.type === "scalar" ? String(value.value) : ""];
  });
  return Object.fromEntries(entries);
}

function checkKindOf(address: string, declared: Declared, bad: (summary: string, hint?: string) => void): void {
  const kind = kindOf(address);
  if (declared.kind(kind)) return;
  const near = didYouMean(kind, declared.kindNames());
  bad(
    `"${address}" is no address: there is no kind "${kind}".`,
    near ? `did you mean "${near}${address.slice(kind.length)}"?` : "an address is kind/name, as `infra status` shows it",
  );
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
