/** Draws fewer boxes when there are many: equal ones are joined, and the rest of too many is only counted. */
import type { Door, Item } from "./scene.ts";
import { groupBy } from "../resource/group-by.ts";
import type { Mark } from "./input.ts";
import { stemOf } from "./stem.ts";
import { inNaturalOrder } from "../resource/natural-order.ts";

/** A cell with more cards is folded. */
const mostCards = 4;

/**
 * Returns at most four boxes. Equal ones become `web × 6`, and the rest becomes `3 more`. Changed boxes are kept first, then large stacks.
 * `always`: joins equal boxes even when all would fit.
 */
export function folded(items: readonly Item[], id: string, always: boolean): readonly Item[] {
  if (items.length <= (always ? 1 : mostCards)) return sorted(items);
  const stacks = [...groupBy(items, likenessOf).values()].map((same) => stackOf(same));
  if (stacks.length <= mostCards) return sorted(stacks);
  const byWeight = [...stacks].sort(
    (a, b) => weightOf(a.mark) - weightOf(b.mark) || b.addresses.length - a.addresses.length || order(a, b),
  );
  return [...sorted(byWeight.slice(0, mostCards - 1)), moreOf(byWeight.slice(mostCards - 1), id)];
}

/** If more doors than this lead to other networks, they are drawn as one, except for those that change. */
const mostDoors = 3;

export function foldedDoors(doors: readonly Door[]): readonly Door[] {
  const alike = doors.filter(({ leadsTo, mark }) => leadsTo === "network" && weightOf(mark) >= quiet);
  const [first, ...others] = alike;
  if (first === undefined || alike.length <= mostDoors) return doors;
  const { end: _end, ...one } = first;
  const folded = {
    ...one,
    sub: `${alike.length} × ${[...new Set(alike.map(({ sub }) => sub))].join(", ")}`,
    name: "",
    more: others.map(({ address }) => address),
  };
  return [...doors.filter((door) => !alike.includes(door)), folded];
}

/** Returns one box for objects whose names differ only by their numbers. */
function stackOf(items: readonly Item[]): Item {
  const [first] = items as [Item];
  if (items.length === 1) return first;
  return { ...first, addresses: items.flatMap(({ addresses }) => addresses), title: `${stemOf(first.title)} × ${items.length}` };
}

function moreOf(items: readonly Item[], id: string): Item {
  const addresses = items.flatMap((item) => item.addresses);
  const changed = items.filter(({ mark }) => weightOf(mark) < quiet).length;
  return {
    id: `${id}+`,
    addresses,
    title: `${addresses.length} more`,
    sub:
      changed > 0 ? `${changed} of them change` : [...new Set(items.map(({ title }) => stemOf(title.replace(/ × \d+$/, ""))))].join(", "),
    glyph: "part",
    chips: [],
    isBar: items.every(({ isBar }) => isBar),
    isElastic: false,
    isPublic: items.some(({ isPublic }) => isPublic),
    mark: items.every(({ mark }) => mark === items[0]!.mark) ? items[0]!.mark : changed > 0 ? "update" : undefined,
  };
}

function likenessOf({ title, sub, glyph, chips, isPublic, isElastic, mark, copies }: Item): string {
  const facts = [stemOf(title), sub, glyph, chips.map(({ address }) => address), isPublic, isElastic, mark, copies];
  return JSON.stringify(facts);
}

const weights: readonly (Mark | undefined)[] = ["delete", "replace", "restart", "create", "update", "retag", "keep", undefined];
const quiet = weights.indexOf("keep");

function weightOf(mark: Mark | undefined): number {
  return weights.indexOf(mark);
}

const glyphs = ["balancer", "machines", "machine", "nat", "database", "endpoint"];

function sorted(items: readonly Item[]): readonly Item[] {
  return [...items].sort(order);
}

function order(a: Item, b: Item): number {
  return glyphs.indexOf(a.glyph) - glyphs.indexOf(b.glyph) || inNaturalOrder(a.title, b.title) || inNaturalOrder(a.id, b.id);
}
