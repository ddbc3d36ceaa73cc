/**
 * What has no place in a network: cards in a grid, those that name others before those that are named, and lines from the ones
 * to the others. The lines run as those of a network do (route.ts), so that none crosses a card.
 */
import type { Bundle } from "./bundles.ts";
import type { Grid, Row } from "./grid.ts";
import { linesOf, type Line, type Point } from "./lines.ts";
import { cardHeight, railXOf, widestRail, type Measures, type PlacedItem } from "./place.ts";
import { routesOf, type Routes } from "./route.ts";
import { groupBy, natural, type Item } from "./scene.ts";

export interface Strip {
  readonly width: number;
  readonly height: number;
  readonly items: readonly PlacedItem[];
  readonly lines: readonly Line[];
  /** Lines that are not drawn because there are too many. */
  readonly left: number;
}

/** More cards than these: one for all that are alike. */
const mostCards = 24;
/** More lines than these nobody follows. */
const mostLines = 12;
const gap = 12;
const lane = 9;
const narrowest = 190;
const widest = 268;
const track = 7;

/** The cards of a strip that is at most `width` wide; as wide as it where `isFilled`. */
export function stripOf(all: readonly Item[], width: number, isFilled: boolean): Strip {
  const items = ordered(all.length > mostCards ? counted(all) : all);
  if (items.length === 0) return { width: 0, height: 0, items: [], lines: [], left: 0 };
  const most = Math.max(1, Math.floor((width + gap) / (narrowest + gap)));
  for (let columns = items.length > most ? Math.min(4, most) : items.length; ; columns--) {
    const { direct, others } = edgesOf(items, columns);
    const bundles = bundlesOf(others);
    const isTooMuch = direct.length + bundles.length > mostLines;
    const grid = gridOf(items, columns);
    const routes = routesOf(grid, isTooMuch ? [] : bundles);
    const straight = isTooMuch ? [] : direct;
    const placed = columnsOf(routes, straight, columns, width, isFilled);
    if (columns > 1 && placed[0]!.cardWidth < narrowest) continue;
    return { ...draw(grid, routes, straight, placed, width), left: isTooMuch ? direct.length + others.length : 0 };
  }
}

/** From one card to another, by their places. */
interface Edge {
  readonly from: Item;
  readonly to: Item;
  readonly row: number;
  readonly column: number;
  /** Straight to the next card on the right, or below. */
  readonly way: "right" | "down" | undefined;
}

function edgesOf(items: readonly Item[], columns: number): { readonly direct: readonly Edge[]; readonly others: readonly Edge[] } {
  const owners = ownersOf(items);
  const places = new Map(items.map(({ id }, at) => [id, at]));
  const edges = items.flatMap((from, at) =>
    namedItems(from, owners)
      .filter((to) => to !== from)
      .map((to): Edge => {
        const other = places.get(to.id)!;
        const [row, column] = [Math.floor(at / columns), at % columns];
        const way = other === at + columns ? "down" : other === at + 1 && column + 1 < columns ? "right" : undefined;
        return { from, to, row, column, way };
      }),
  );
  return { direct: edges.filter(({ way }) => way !== undefined), others: edges.filter(({ way }) => way === undefined) };
}

/** Each names others before it is named, as far as that goes; then by name. */
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
  const sorted = [...items].sort((a, b) => natural(a.title, b.title) || natural(a.id, b.id));
  for (const item of sorted) depthOf(item, new Set());
  return sorted.sort((a, b) => depths.get(b.id)! - depths.get(a.id)!);
}

function ownersOf(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.flatMap((item) => item.addresses.map((address) => [address, item] as const)));
}

function namedItems({ names = [] }: Item, owners: ReadonlyMap<string, Item>): readonly Item[] {
  return [...new Set(names.flatMap((name) => owners.get(name) ?? []))];
}

/** One line for all that name the same, and for all that are named by the same. */
function bundlesOf(edges: readonly Edge[]): readonly Bundle[] {
  const namers = [...groupBy(edges, ({ to }) => to.id)].map(([to, of]) => ({ to, from: of.map(({ from }) => from.id).sort() }));
  return [...groupBy(namers, ({ from }) => JSON.stringify(from)).values()].map((same) => ({
    tone: "ref",
    label: "",
    from: same[0]!.from,
    to: same.map(({ to }) => to).sort(),
  }));
}

function gridOf(items: readonly Item[], columns: number): Grid {
  const rows = Array.from({ length: Math.ceil(items.length / columns) }, (_, row): Row => {
    const cells = Array.from({ length: columns }, (_column, column) => {
      const item = items[row * columns + column];
      return item && { address: item.id, name: "", sub: "", zone: "", tier: "isolated" as const, way: "", facts: [], cards: [item] };
    });
    return { label: "", way: "", tables: [], tier: "isolated", cells, bars: [], slots: 0 };
  });
  const frame = { address: "", name: "", sub: "", isForeign: false, doors: [], cells: [], bars: [] };
  return { frame, zones: Array.from({ length: columns }, () => ""), rows };
}

function columnsOf(routes: Routes, direct: readonly Edge[], count: number, width: number, isFilled: boolean): Measures["columns"] {
  const sides = Array.from({ length: count }, (_, column) => {
    const [left, right] = [widestRail(routes, column, "left"), widestRail(routes, column, "right")];
    const isArrow = direct.some((edge) => edge.way === "right" && edge.column === column);
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

function draw(grid: Grid, routes: Routes, direct: readonly Edge[], columns: Measures["columns"], width: number): Omit<Strip, "left"> {
  const channels = routes.lanes.map((count, i) => {
    if (i === 0 || i === grid.rows.length) return count === 0 ? 0 : count * lane + 6;
    return Math.max(count === 0 ? 10 : count * lane + 14, direct.some(({ way, row }) => way === "down" && row === i - 1) ? 28 : 0);
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
  const straight = direct.map(({ from, to, row, column, way }, i): Line => {
    const { cardX, cardWidth } = columns[column]!;
    const points: Point[] =
      way === "down"
        ? [
            [cardX + downX, tops[row]! + cardHeight],
            [cardX + downX, tops[row + 1]!],
          ]
        : [
            [cardX + cardWidth, tops[row]! + rightY],
            [columns[column + 1]!.cardX, tops[row]! + rightY],
          ];
    return { tone: "ref", points, ends: [from.id, to.id], bundle: routes.ways.length + i };
  });
  return { width: last.x + last.width, height: y, items, lines: [...linesOf(routes, measures, items, width).lines, ...straight] };
}

/** Where straight lines leave a card, so that they lie on no rail's end. */
const downX = 23;
const rightY = 43.5;

function counted(items: readonly Item[]): readonly Item[] {
  const groups = groupBy(items, ({ glyph, sub, mark }) => `${glyph} ${sub} ${mark}`);
  return [...groups.values()].map((same) => {
    if (same.length === 1) return same[0]!;
    const titles = same.map(({ title }) => title).sort(natural);
    return {
      ...same[0]!,
      id: same.map(({ id }) => id).sort(natural)[0]!,
      title: `${same.length} × ${same[0]!.sub}`,
      sub: titles.slice(0, 3).join(", "),
      addresses: same.flatMap(({ addresses }) => addresses).sort(natural),
      names: [...new Set(same.flatMap(({ names = [] }) => names))],
    };
  });
}
