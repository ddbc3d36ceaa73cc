/** The `adopt` of a repeated resource goes by key: `adopt: { a: { id } }`. */
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { Item } from "../values/repetition.ts";
import type { Spot } from "../yaml/source.ts";
import type { MapTree, Tree } from "../yaml/tree.ts";

/** Whether `adopt` goes by key instead of naming one id. `{ id: { id } }` names the key "id". */
export function isByKey(adopt: Tree): adopt is MapTree {
  if (adopt.type !== "map") return false;
  const id = adopt.entries.get("id");
  return id === undefined || id.value.type === "map";
}

/** Returns the object that one item adopts, and a problem for each key that the resource does not have. */
export function adoptByKey(adopt: MapTree, { key }: Item, keys: readonly string[]) {
  const unknown = [...adopt.entries].filter(([named]) => !keys.includes(named));
  const problems = unknown.map(([named, entry]): { spot: Spot; summary: string; hint: string } => {
    const near = didYouMean(named, keys);
    const all = `keys are ${keys.slice(0, 10).join(", ")}${keys.length > 10 ? ", …" : ""}`;
    return { spot: entry.key, summary: ` has no [${named}] to adopt.`, hint: near === undefined ? all : `did you mean "${near}"?` };
  });
  return { found: adopt.entries.get(key)?.value, problems };
}
