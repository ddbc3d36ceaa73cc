/** Decides how often a resource, or a use of a part, exists: once, not at all, or once for each key. */
import { itemPlace, type Used } from "./interpolate.ts";
import { countOf, itemsOf } from "./repeat.ts";
import type { Item, Repetition } from "../values/repetition.ts";
import type { Entry, MapTree } from "../yaml/tree.ts";
import { deciding, nobody, type Trees } from "./trees.ts";
import type { NameScope } from "./name-scope.ts";

/** Returns how often a resource, or a use of a part, exists. */
export function repetitionOf(what: string, tree: MapTree, scope: NameScope | undefined, trees: Trees): Repetition {
  const misspelt = [...tree.entries].find(([field]) => /^for[_-]?each$/i.test(field) && field !== "forEach");
  if (misspelt) {
    trees.fail("unknown-field", misspelt[1].key, `${what} has no field "${misspelt[0]}".`, 'did you mean "forEach"?');
    return { how: "broken" };
  }
  const [when, forEach, count] = ["when", "forEach", "count"].map((field) => tree.entries.get(field));
  if (!when && !forEach && !count) return { how: "one" };
  if (forEach && count) {
    trees.fail("conflict", count.key, `${what} has both forEach and count.`, "keep one of the two");
    return { how: "broken" };
  }
  const here = deciding({ ...nobody(), scope }, forEach || count ? "how many objects there are" : "whether it is declared");
  const items = forEach ? itemsIn(forEach, here, trees) : count ? counted(count, here, trees) : undefined;
  if (here.used.broken || items === "broken") return { how: "broken" };
  if (items === "one" || items === undefined)
    return when && !trees.isTrue(when.value, here)
      ? { how: "absent", at: when.key }
      : here.used.broken
        ? { how: "broken" }
        : { how: "one" };
  const how = forEach ? ("forEach" as const) : ("count" as const);
  const absent = new Set(
    when
      ? items
          .filter((item) => !trees.isTrue(when.value, deciding({ ...itemPlace(item, how), scope }, "whether it is declared")))
          .map((item) => item.key)
      : [],
  );
  return { how, items: items.filter((item) => !absent.has(item.key)), absent };
}

function itemsIn(forEach: Entry, here: Used, trees: Trees): readonly Item[] | "broken" {
  const value = trees.evaluate(forEach.value, here, undefined);
  if (here.used.broken || !value) return "broken";
  const found = itemsOf(value);
  if ("items" in found) return found.items;
  trees.fail("bad-for-each", found.spot ?? forEach.value.spot, found.summary, found.hint);
  return "broken";
}

/** Returns the items of a `count`. A count that is no whole number is left to the schema, which reports it. */
function counted(count: Entry, here: Used, trees: Trees): readonly Item[] | "one" {
  const value = trees.evaluate(count.value, here, undefined);
  return (value && countOf(value)) ?? "one";
}
