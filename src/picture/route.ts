/**
 * Chooses the way of every line, before anything has a pixel. Lines run only through reserved room, so that none crosses a card:
 *
 * - *rails*: in every column, left and right of the cards. A line leaves or reaches a card or a bar through the rails at its ends;
 * - *channels*: above, between and below the rows. A bundle has one *lane* in each channel that it uses;
 * - the *trunk*, left of all columns, where a bundle goes from one channel to another.
 *
 * Premise: the cards of a cell are below its bars, and of two bars that overlap, the one that begins further right is above (grid.ts). So
 * the rails of a card are free downwards, and the left rail of a bar is free upwards: everything can be reached.
 */
import type { Bundle } from "./bundles.ts";
import type { Grid, Row } from "./grid.ts";

export type Side = "left" | "right";

/**
 * The way by which a line leaves or reaches a box: through the rail of a column, up into the channel above its row or down into the one
 * below.
 */
export interface Access {
  readonly id: string;
  readonly row: number;
  readonly column: number;
  readonly side: Side;
  readonly channel: number;
}

export interface Way {
  readonly bundle: Bundle;
  /** Empty: the internet, whose lines come into channel 0. */
  readonly from: readonly Access[];
  readonly to: readonly Access[];
  /** The lane in each channel that it uses. */
  readonly lanes: ReadonlyMap<number, number>;
  /** Its place in the trunk, when it uses several channels. */
  readonly trunk?: number;
  /** Drawn straight from one card to its neighbour in the next column. */
  readonly isDirect: boolean;
}

export interface Routes {
  readonly ways: readonly Way[];
  /** The number of lanes in each channel. Channel 0 is above the first row. */
  readonly lanes: readonly number[];
  readonly trunks: number;
  /** The track of each bundle in a rail, by `railKey`. Track 0 is beside the cards. */
  readonly rails: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** The place of a box in the grid. */
interface Place {
  readonly id: string;
  readonly row: number;
  readonly first: number;
  readonly last: number;
  /** The slot of a bar; absent for a card. */
  readonly slot?: number;
  /** The number of a card in its cell; absent for a bar. */
  readonly card?: number;
}

export function routesOf(grid: Grid, bundles: readonly Bundle[]): Routes {
  const places = placesOf(grid);
  const lanes = Array.from({ length: grid.rows.length + 1 }, () => 0);
  const users = new Map<string, RailUser[]>();
  let [trunks, count] = [0, 0];
  const ways = bundles.flatMap((bundle): Way[] => {
    const [from, to] = [bundle.from, bundle.to].map((ids) => ids.flatMap((id) => places.get(id) ?? [])) as [Place[], Place[]];
    if (to.length === 0 || (bundle.from.length > 0 && from.length === 0)) return [];
    if (isNeighbour(bundle, from[0], to[0]))
      return [{ bundle, from: [sideways(from[0]!, to[0]!)], to: [sideways(to[0]!, from[0]!)], lanes: new Map(), isDirect: true }];
    const index = count++;
    const [targetRows, sourceRows] = [to.map(({ row }) => row), from.length > 0 ? from.map(({ row }) => row) : [-1]];
    const ins = to.map((place) => reach(grid.rows[place.row]!, place, sourceRows));
    // If a target in the same row is reached from above, a source beside it goes up as well.
    const fromAbove = new Set(ins.filter(({ channel, row }) => channel === row).map(({ row }) => row));
    const goals = targetRows.map((row) => (fromAbove.has(row) ? row - 1 : row));
    const outs = from.map((place) => leave(grid.rows[place.row]!, place, goals));
    const used = [
      ...new Set([...(from.length === 0 ? [0] : []), ...outs.map(({ channel }) => channel), ...ins.map(({ channel }) => channel)]),
    ].sort((a, b) => a - b);
    const own = new Map(used.map((channel) => [channel, lanes[channel]!++]));
    for (const one of [...outs, ...ins]) use(users, one, index);
    return [{ bundle, from: outs, to: ins, lanes: own, ...(used.length > 1 ? { trunk: trunks++ } : {}), isDirect: false }];
  });
  return { ways, lanes, trunks, rails: railsOf(users) };
}

function railsOf(users: ReadonlyMap<string, readonly RailUser[]>): Routes["rails"] {
  return new Map([...users].flatMap(([key, rail]) => tracksOf(rail).map(([row, tracks]) => [`${row} ${key}`, tracks] as const)));
}

interface RailUser {
  readonly way: number;
  readonly row: number;
  readonly channel: number;
}

function use(users: Map<string, RailUser[]>, { row, column, side, channel }: Access, way: number): void {
  const key = `${column} ${side}`;
  const rail = users.get(key) ?? [];
  if (!rail.some((user) => user.way === way && user.row === row)) users.set(key, [...rail, { way, row, channel }]);
}

/**
 * Returns the tracks of the rails of one column, counted from the cards outwards. In one row, a bundle from a nearer lane stays inside, so
 * that lines do not cross. Two rows do not share a track into the channel between them.
 */
function tracksOf(users: readonly RailUser[]): readonly (readonly [row: number, tracks: ReadonlyMap<number, number>])[] {
  const taken = new Map<number, Map<number, number>>();
  return [...new Set(users.map(({ row }) => row))]
    .sort((a, b) => a - b)
    .map((row) => {
      const own = users.filter((user) => user.row === row);
      const ordered = [...own.filter(({ channel }) => channel > row), ...own.filter(({ channel }) => channel === row).reverse()];
      const tracks = new Map<number, number>();
      let next = 0;
      for (const { way, channel } of ordered) {
        const inChannel = taken.get(channel) ?? new Map<number, number>();
        taken.set(channel, inChannel);
        while (inChannel.has(next) && inChannel.get(next) !== way) next++;
        inChannel.set(next, way);
        tracks.set(way, next++);
      }
      return [row, tracks];
    });
}

export function railKey({ row, column, side }: Pick<Access, "row" | "column" | "side">): string {
  return `${row} ${column} ${side}`;
}

function placesOf({ rows }: Grid): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const add = (place: Place) => {
    if (!places.has(place.id)) places.set(place.id, place);
  };
  for (const [row, { cells, bars }] of rows.entries()) {
    for (const { item, first, last, slot } of bars) add({ id: item.id, row, first, last, slot });
    for (const [column, cell] of cells.entries())
      for (const [card, { id }] of (cell?.cards ?? []).entries()) add({ id, row, first: column, last: column, card });
  }
  return places;
}

/** Whether a copy lies beside its source, in the next column and the same line. */
function isNeighbour({ tone, from, to }: Bundle, source: Place | undefined, target: Place | undefined): boolean {
  if (tone !== "copy" || from.length !== 1 || to.length !== 1 || !source || !target) return false;
  return (
    source.row === target.row && source.card !== undefined && source.card === target.card && Math.abs(source.first - target.first) === 1
  );
}

function sideways(place: Place, other: Place): Access {
  return { id: place.id, row: place.row, column: place.first, side: place.first < other.first ? "right" : "left", channel: -1 };
}

/** Leaves a box at its right end, on the side of the targets if that is free. */
function leave(row: Row, place: Place, towards: readonly number[]): Access {
  const side = isFree(row, place, "right", "down") || isFree(row, place, "right", "up") ? "right" : "left";
  return access(row, place, side, towards);
}

/** Reaches a box at its left end. */
function reach(row: Row, place: Place, from: readonly number[]): Access {
  return access(row, place, "left", from);
}

function access(row: Row, place: Place, side: Side, others: readonly number[]): Access {
  const wanted = others.every((other) => other <= place.row) && others.some((other) => other < place.row) ? "up" : "down";
  const other = wanted === "up" ? "down" : "up";
  const way = isFree(row, place, side, wanted) ? wanted : other;
  return {
    id: place.id,
    row: place.row,
    column: side === "left" ? place.first : place.last,
    side,
    channel: way === "up" ? place.row : place.row + 1,
  };
}

/** Whether no bar lies across the rail at this end of a box. */
function isFree({ bars }: Row, place: Place, side: Side, way: "up" | "down"): boolean {
  return bars.every((bar) => {
    if (bar.item.id === place.id && bar.first === place.first) return true;
    const isOnTheWay = place.slot === undefined ? way === "up" : way === "up" ? bar.slot < place.slot : bar.slot > place.slot;
    return !isOnTheWay || !covers(bar, side === "left" ? place.first : place.last, side);
  });
}

/**
 * Whether a bar covers a rail. It covers all rails of its columns except the left rail of its first column and the right rail of its last.
 */
function covers(bar: { readonly first: number; readonly last: number }, column: number, side: Side): boolean {
  if (column < bar.first || column > bar.last) return false;
  return side === "left" ? column !== bar.first : column !== bar.last;
}
