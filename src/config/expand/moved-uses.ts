/** Writes `moved: [{ from: use/front, to: use/web }]` out as a line for each object of the use. */
import { partsOfName } from "../values/repetition.ts";
import type { Spot } from "../yaml/source.ts";
import { valueOf, type Entry, type MapTree, type ScalarTree, type Tree } from "../yaml/tree.ts";
import { isWithin, type Scope } from "./uses.ts";
import type { PastedScope } from "./using.ts";

interface Pasted {
  readonly kind: string;
  /** "front-lb", "front-public[a]". */
  readonly name: string;
  readonly scope: PastedScope;
}

/** Returns the lines of `moved:`, with those of whole uses written out. */
export function movedUses(
  moved: Tree,
  scopes: readonly Scope[],
  pasted: readonly Pasted[],
  mayLack: (name: string) => boolean,
  fail: (spot: Spot, summary: string, hint: string) => void,
): Tree {
  if (moved.type !== "list") return moved;
  return { ...moved, items: moved.items.flatMap((item) => (item.type === "map" && isOfUse(item) ? lines(item) : [item])) };

  function lines(item: MapTree): readonly Tree[] {
    const [from, to] = [useIn(item, "from"), useIn(item, "to")];
    if (!from || !to) {
      fail(
        item.spot,
        "a use can become only another use: both addresses must begin with use/.",
        "write `moved: [{ from: use/front, to: use/web }]`",
      );
      return [];
    }
    const scope = scopes.find(({ address }) => address === to.value);
    if (!scope && mayLack(partsOfName(String(to.value).slice("use/".length)).base)) return [];
    if (!scope) {
      const known = scopes.map(({ address }) => address);
      fail(
        to.spot,
        `${String(to.value)} is not declared.`,
        known.length > 0 ? `write one of: ${known.join(", ")}` : "this environment uses no parts",
      );
      return [];
    }
    const was = prefixOf(String(from.value));
    return pasted
      .filter((one) => isWithin(one.scope, scope))
      .map(({ kind, name }) => line(item, `${kind}/${was}${name.slice(scope.prefix.length)}`, `${kind}/${name}`));
  }
}

function isOfUse(item: MapTree): boolean {
  return ["from", "to"].some((field) => textAt(item, field)?.startsWith("use/"));
}

function useIn(item: MapTree, field: string): ScalarTree | undefined {
  const value = valueOf(item, field);
  return value?.type === "scalar" && textAt(item, field)?.startsWith("use/") ? value : undefined;
}

function textAt(item: MapTree, field: string): string | undefined {
  const value = valueOf(item, field);
  return value?.type === "scalar" && typeof value.value === "string" ? value.value : undefined;
}

/** Returns the prefix of a use: "batch-small" for "use/batch[small]". */
function prefixOf(address: string): string {
  return address.slice("use/".length).replace(/\[([^\]]*)\]/g, "-$1");
}

function line(item: MapTree, from: string, to: string): MapTree {
  const entry = (field: string, value: string): readonly [string, Entry] => {
    const { key, value: written } = item.entries.get(field)!;
    return [field, { key, value: { ...(written as ScalarTree), value, raw: value } }];
  };
  return { ...item, entries: new Map([entry("from", from), entry("to", to)]) };
}
