/**
 * Draws the objects without a place in a network: cards in a grid, beside the cards that they name (seats.ts), and lines between them. The
 * lines run like those of a network (route.ts), so that none crosses a card.
 */
import type { Bundle } from "./bundles.ts";
import type { Grid, Row } from "./grid.ts";
import { faces } from "./faces.ts";
import { linesOf, type Line, type Point } from "./lines.ts";
import { cardHeight, railXOf, widestRail } from "./place.ts";
import type { Measures, PlacedItem } from "./boxes.ts";
import { railKey, routesOf, type Routes } from "./route.ts";
import type { Item } from "./scene.ts";
import { groupBy } from "../resource/group-by.ts";
import { seatsOf, type Pair, type Seats } from "./seats.ts";
import { widthOf } from "./text-width.ts";
import { inNaturalOrder } from "../resource/natural-order.ts";

export interface Strip {
  readonly width: number;
  readonly height: number;
  readonly items: readonly PlacedItem[];
  readonly lines: readonly Line[];
  /** The number of lines that are not drawn because there are too many. */
  readonly left: number;
}

/** With more cards than this, all that are alike become one. */
const mostCards = 24;
/** Nobody can follow more lines than this around other cards, nor more joined lines than `mostBundles`. */
const mostLines = 12;
const mostBundles = 8;
const gap = 12;
const lane = 9;
const narrowest = 190;
const widest = 268;
const track = 7;

/** Returns the cards of a strip that is at most `width` wide, or exactly as wide if `isFilled`. */
export function stripOf(all: readonly Item[], width: number, isFilled: boolean): Strip {
  const items = ordered(all.length > mostCards ? counted(all) : all);
  if (items.length === 0) return { width: 0, height: 0, items: [], lines: [], left: 0 };
  const most = Math.max(1, Math.floor((width + gap) / (narrowest + gap)));
  const widestGrid = items.length > most ? Math.min(4, most) : items.length;
  const pairs = pairsOf(items);
  const rows = Math.ceil(items.length / widestGrid);
  const counts = pairs.length === 0 ? [Math.ceil(items.length / rows)] : descending(widestGrid, Math.min(2, widestGrid));
  const drafts = counts.flatMap((columns) => draftOf(items, pairs, { columns, width, isFilled }) ?? []);
  const best = drafts.reduce<Draft | undefined>((one, other) => (one && one.cost <= other.cost ? one : other), undefined);
  return draw(best ?? draftOf(items, pairs, { columns: 1, width, isFilled })!, width);
}

/** A strip with a certain number of columns, before anything has a place on the page. */
interface Draft {
  readonly grid: Grid;
  readonly routes: Routes;
  readonly direct: readonly Edge[];
  readonly columns: Measures["columns"];
  readonly left: number;
  readonly cost: number;
}

function draftOf(
  items: readonly Item[],
  pairs: readonly Pair[],
  { columns, width, isFilled }: { readonly columns: number; readonly width: number; readonly isFilled: boolean },
): Draft | undefined {
  const seats = seatsOf(items, pairs, columns);
  const { direct, others } = edgesOf(items, pairs, seats, columns);
  const bundles = bundlesOf(others);
  const isTooMuch = bundles.length > mostBundles || others.length > mostLines;
  const grid = gridOf(seats, columns);
  const routes = routesOf(grid, isTooMuch ? [] : bundles);
  const straight = isTooMuch ? [] : direct;
  const placed = columnsOf(routes, straight, columns, width, isFilled);
  const { cardWidth } = placed[0]!;
  if (columns > 1 && cardWidth < narrowest) return undefined;
  const isCut = ({ title, sub }: Item) => widthOf(title, faces.strong) > cardWidth - 54 || widthOf(sub, faces.dim) > cardWidth - 56;
  const cost = (isTooMuch ? 100 : others.length) + 0.5 * items.filter(isCut).length + 0.25 * grid.rows.length;
  return { grid, routes, direct: straight, columns: placed, left: isTooMuch ? pairs.length : 0, cost };
}

/** A straight line from one card to the next. */
interface Edge {
  readonly from: Item;
  readonly to: Item;
  readonly row: number;
  readonly column: number;
  readonly way: "right" | "down" | "left" | "up";
  /** There is also a line back. */
  readonly isMutual: boolean;
}

function pairsOf(items: readonly Item[]): readonly Pair[] {
  const owners = ownersOf(items);
  const places = new Map(items.map((item, at) => [item, at]));
  return items.flatMap((item, from) =>
    namedItems(item, owners).flatMap((named): Pair[] => (named === item ? [] : [[from, places.get(named)!]])),
  );
}

function edgesOf(
  items: readonly Item[],
  pairs: readonly Pair[],
  seats: Seats,
  columns: number,
): { readonly direct: readonly Edge[]; readonly others: readonly Pick<Edge, "from" | "to">[] } {
  const places = new Map(seats.flatMap((item, at) => (item ? [[item, at] as const] : [])));
  const known = new Set(pairs.map(([from, to]) => `${from} ${to}`));
  const edges = pairs.map(([a, b]) => {
    const [from, to] = [items[a]!, items[b]!];
    const [at, other] = [places.get(from)!, places.get(to)!];
    const [row, column] = [Math.floor(at / columns), at % columns];
    const [down, right] = [Math.floor(other / columns) - row, (other % columns) - column];
    const isNext = Math.abs(down) + Math.abs(right) === 1;
    const way = !isNext ? undefined : right === 1 ? "right" : right === -1 ? "left" : down === 1 ? "down" : "up";
    return { from, to, row, column, way, isMutual: known.has(`${b} ${a}`) } as const;
  });
  return {
    direct: edges.flatMap((edge) => (edge.way === undefined ? [] : { ...edge, way: edge.way })),
    others: edges.filter(({ way }) => way === undefined),
  };
}

function descending(from: number, to: number): readonly number[] {
  return Array.from({ length: from - to + 1 }, (_, i) => from - i);
}

/** Sorts cards so that each comes before the cards that it names, as far as possible, and then by name. */
function ordered(items: readonly Item[]): readonly Item[] {
  const owners = ownersOf(items);
  const depths = new Map<string, number>();
  const depthOf = (item: Item, above: ReadonlySet<string>): number => {
    const known = depths.get(item.id);
    if (known !== undefined) return known;
    const below = namedItems(item, owners).filter(({ id }) => !above.has(id) && id !== item.id);
    const depth = Math.max(0, ...below.map((one) => 1 + depthOf(one, new Set([...above, item.id]))));
    depths.set(item.id, depth);
    return depth;
  };
  const sorted = [...items].sort((a, b) => inNaturalOrder(a.title, b.title) || inNaturalOrder(a.id, b.id));
  for (const item of sorted) depthOf(item, new Set());
  return sorted.sort((a, b) => depths.get(b.id)! - depths.get(a.id)!);
}

function ownersOf(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.flatMap((item) => item.addresses.map((address) => [address, item] as const)));
}

function namedItems({ names = [] }: Item, owners: ReadonlyMap<string, Item>): readonly Item[] {
  return [...new Set(names.flatMap((name) => owners.get(name) ?? []))];
}

/** Joins lines: cards that name the same card, and cards that the same cards name, share one line. */
function bundlesOf(edges: readonly Pick<Edge, "from" | "to">[]): readonly Bundle[] {
  const namers = [...groupBy(edges, ({ to }) => to.id)].map(([to, of]) => ({ to, from: of.map(({ from }) => from.id).sort() }));
  return [...groupBy(namers, ({ from }) => JSON.stringify(from)).values()].map((same) => ({
    tone: "ref",
    label: "",
    from: same[0]!.from,
    to: same.map(({ to }) => to).sort(),
  }));
}

function gridOf(seats: Seats, columns: number): Grid {
  const rows = Array.from({ length: Math.ceil(seats.length / columns) }, (_, row): Row => {
    const cells = Array.from({ length: columns }, (_column, column) => {
      const item = seats[row * columns + column];
      return item && { address: item.id, name: "", sub: "", zone: "", tier: "isolated" as const, way: "", facts: [], cards: [item] };
    });
    return { label: "", way: "", tables: [], tier: "isolated", cells, bars: [], slots: 0 };
  });
  const frame = { address: "", name: "", sub: "", isForeign: false, facts: [], doors: [], cells: [], bars: [] };
  return { frame, zones: Array.from({ length: columns }, () => ""), rows };
}

function columnsOf(routes: Routes, direct: readonly Edge[], count: number, width: number, isFilled: boolean): Measures["columns"] {
  const sides = Array.from({ length: count }, (_, column) => {
    const [left, right] = [widestRail(routes, column, "left"), widestRail(routes, column, "right")];
    const isArrow = direct.some(
      (edge) => (edge.way === "right" && edge.column === column) || (edge.way === "left" && edge.column === column + 1),
    );
    return {
      left: left === 0 ? 0 : 12 + track * left,
      right: right === 0 ? 0 : track * right,
      gap: column + 1 === count ? 0 : isArrow ? 30 : gap,
    };
  });
  const start = routes.trunks * track;
  const taken = start + sides.reduce((sum, { left, right, gap }) => sum + left + right + gap, 0);
  const room = Math.floor((width - taken) / count);
  const cardWidth = Math.min(room, isFilled ? widest : 230);
  let x = start;
  return sides.map(({ left, right, gap }) => {
    const placed = { x, width: left + cardWidth + right, cardX: x + left, cardWidth };
    x += placed.width + gap;
    return placed;
  });
}

function draw({ grid, routes, direct, columns, left }: Draft, width: number): Strip {
  const channels = routes.lanes.map((count, i) => {
    if (i === 0 || i === grid.rows.length) return count === 0 ? 0 : count * lane + 6;
    return Math.max(
      count === 0 ? 10 : count * lane + 14,
      direct.some(({ way, row }) => (way === "down" && row === i - 1) || (way === "up" && row === i)) ? 28 : 0,
    );
  });
  const tops: number[] = [];
  let y = channels[0]!;
  for (const [row] of grid.rows.entries()) {
    tops.push(y);
    y += cardHeight + channels[row + 1]!;
  }
  const measures: Measures = {
    columns,
    laneY: (channel, at) => (channel === 0 ? 0 : tops[channel - 1]! + cardHeight + 7) + lane * (at + 0.5),
    railX: (row, column, side, way) => railXOf(routes, columns, { row, column, side }, way, side === "left" ? 13 : 6),
    trunkX: (trunk) => trunk * track + 2,
    doorX: 0,
    doorY: 0,
  };
  const items = grid.rows.flatMap(({ cells }, row) =>
    cells.flatMap((cell, column): PlacedItem[] => {
      const { cardX, cardWidth } = columns[column]!;
      return (cell?.cards ?? []).map((item) => ({ item, box: { x: cardX, y: tops[row]!, width: cardWidth, height: cardHeight } }));
    }),
  );
  const last = columns.at(-1)!;
  const straight = direct.map((edge, i): Line => {
    const { from, to, row, column, way } = edge;
    const { cardX, cardWidth } = columns[column]!;
    const [x, y] = [cardX + downX(edge), tops[row]! + rightY(edge, routes)];
    const ends: Readonly<Record<Edge["way"], () => Point[]>> = {
      right: () => [
        [cardX + cardWidth, y],
        [columns[column + 1]!.cardX, y],
      ],
      left: () => [
        [cardX, y],
        [columns[column - 1]!.cardX + columns[column - 1]!.cardWidth, y],
      ],
      down: () => [
        [x, tops[row]! + cardHeight],
        [x, tops[row + 1]!],
      ],
      up: () => [
        [x, tops[row]!],
        [x, tops[row - 1]! + cardHeight],
      ],
    };
    return { tone: "ref", points: ends[way](), ends: [from.id, to.id], bundle: routes.ways.length + i };
  });
  return { width: last.x + last.width, height: y, items, lines: [...linesOf(routes, measures, items, width).lines, ...straight], left };
}

/** Returns the position of a vertical line: below the glyph, or beside the line that comes back. */
function downX({ way, isMutual }: Edge): number {
  return isMutual ? (way === "down" ? 17.5 : 31.5) : 23;
}

/**
 * Returns the height of a horizontal line: the middle of the card, or further out when rails end at the same side, so that no line lies on
 * another.
 */
function rightY({ way, row, column, isMutual }: Edge, { rails }: Routes): number {
  const isTaken = (at: number, side: "left" | "right") => (rails.get(railKey({ row, column: at, side }))?.size ?? 0) > 0;
  const isRight = way === "right";
  if (isRight ? isTaken(column, "right") || isTaken(column + 1, "left") : isTaken(column, "left") || isTaken(column - 1, "right"))
    return isRight ? 43.5 : 8.5;
  return !isMutual ? cardHeight / 2 : isRight ? 36 : 16;
}

function counted(items: readonly Item[]): readonly Item[] {
  const groups = groupBy(items, ({ glyph, sub, mark }) => `${glyph} ${sub} ${mark}`);
  return [...groups.values()].map((same) => {
    if (same.length === 1) return same[0]!;
    const titles = same.map(({ title }) => title).sort(inNaturalOrder);
    return {
      ...same[0]!,
      id: same.map(({ id }) => id).sort(inNaturalOrder)[0]!,
      title: `${same.length} × ${same[0]!.sub}`,
      sub: titles.slice(0, 3).join(", "),
      addresses: same.flatMap(({ addresses }) => addresses).sort(inNaturalOrder),
      names: [...new Set(same.flatMap(({ names = [] }) => names))],
    };
  });
}
