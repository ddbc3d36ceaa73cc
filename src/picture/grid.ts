/**
 * Puts boxes into a grid: columns are zones, rows are tiers. It decides the column and the row of each box in its network. There are no
 * pixels yet.
 */
import type { Tier } from "../kinds/kind.ts";
import { folded } from "./fold.ts";
import type { Bar, Cell, Frame, Item } from "./scene.ts";
import { groupBy } from "../resource/group-by.ts";
import type { Mark } from "./input.ts";
import { commonStart, stemOf } from "./stem.ts";
import { inNaturalOrder } from "../resource/natural-order.ts";

/** A bar, or the part of a bar that lies in one row without a gap. */
export interface PlacedBar {
  readonly item: Item;
  /** The first and the last column. */
  readonly first: number;
  readonly last: number;
  /** The largest number of bars above it. */
  readonly slot: number;
}

export interface Row {
  readonly label: string;
  readonly way: string;
  readonly tables: readonly string[];
  readonly tableMark?: Mark | undefined;
  readonly tier: Tier;
  /** One cell or none for each column. */
  readonly cells: readonly (Cell | undefined)[];
  readonly bars: readonly PlacedBar[];
  readonly slots: number;
}

export interface Grid {
  readonly frame: Frame;
  readonly zones: readonly string[];
  readonly rows: readonly Row[];
}

/** In a network with more objects than this, equal ones are always folded. */
const mostObjects = 60;

export function gridOf(frame: Frame): Grid {
  const objects = frame.bars.length + frame.cells.reduce((sum, { cards }) => sum + cards.length, 0);
  const isFull = objects > mostObjects;
  const zones = [...new Set(frame.cells.map(({ zone }) => zone))].sort(byZone);
  const rows = rowsOf(frame.cells, zones).map((row): Row => {
    const cells = row.cells.map((cell) => cell && { ...cell, cards: folded(cell.cards, cell.address, isFull) });
    return { ...row, cells, ...barsOf(frame.bars, cells, isFull) };
  });
  return { frame, zones, rows };
}

type BareRow = Omit<Row, "bars" | "slots">;

const tiers: readonly Tier[] = ["public", "private", "isolated"];

/** Makes a row of the cells with the same tier and the same name stem. A second cell of the same zone begins another row. */
function rowsOf(cells: readonly Cell[], zones: readonly string[]): readonly BareRow[] {
  const groups = [...groupBy([...cells].sort(byNameOfCell), ({ tier, name }) => `${tier} ${stemOf(name)}`).values()];
  const rows = groups.flatMap((group) => rowsOfGroup(group, zones)).sort(byPlace);
  return merged(rows);
}

function rowsOfGroup(group: readonly Cell[], zones: readonly string[]): BareRow[] {
  const rows: Cell[][] = [];
  for (const cell of group) {
    const row = rows.find((one) => !one.some(({ zone }) => zone === cell.zone));
    if (row) row.push(cell);
    else rows.push([cell]);
  }
  const stem = stemOf(group[0]!.name);
  return rows.map((row) => rowOf(row.length === 1 && rows.length > 1 ? row[0]!.name : stem, row, zones));
}

function rowOf(label: string, cells: readonly Cell[], zones: readonly string[]): BareRow {
  const changed = cells.find(({ byMark }) => byMark !== undefined && byMark !== "keep");
  return {
    label,
    way: cells[0]!.way,
    tier: cells[0]!.tier,
    tables: [...new Set(cells.flatMap(({ by }) => by ?? []))].sort(inNaturalOrder),
    tableMark: changed?.byMark,
    cells: zones.map((zone) => cells.find((cell) => cell.zone === zone)),
  };
}

/** Merges rows: `rds-master` of one zone and `rds-standby` of another become one row, `rds`, when they follow the same route table. */
function merged(rows: readonly BareRow[]): readonly BareRow[] {
  const done: BareRow[] = [];
  for (const row of rows) {
    const at = done.findIndex((other) => isMergeable(other, row));
    if (at < 0) {
      done.push(row);
      continue;
    }
    const other = done[at]!;
    done[at] = {
      ...other,
      label: commonStart(other.label, row.label),
      cells: other.cells.map((cell, column) => cell ?? row.cells[column]),
    };
  }
  return done;
}

function isMergeable(a: BareRow, b: BareRow): boolean {
  if (a.tier !== b.tier || a.tables.join() !== b.tables.join() || commonStart(a.label, b.label).length < 2) return false;
  return a.cells.every((cell, column) => !cell || !b.cells[column]);
}

function byPlace(a: BareRow, b: BareRow): number {
  const byTier = tiers.indexOf(a.tier) - tiers.indexOf(b.tier);
  const byTable = Number(a.tables.length === 0) - Number(b.tables.length === 0) || inNaturalOrder(a.tables[0] ?? "", b.tables[0] ?? "");
  return byTier || byTable || inNaturalOrder(a.label, b.label);
}

function byNameOfCell(a: Cell, b: Cell): number {
  return inNaturalOrder(a.name, b.name) || inNaturalOrder(a.address, b.address);
}

/** Compares zones. The region's own zones come before its local zones and the zones of carriers. Unknown zones come last. */
function byZone(a: string, b: string): number {
  return rankOf(a) - rankOf(b) || inNaturalOrder(a, b);
}

function rankOf(zone: string): number {
  return zone === "" ? 2 : /^[a-z]+(-[a-z]+)+-\d+[a-z]$|^[a-z]$/.test(zone) ? 0 : 1;
}

/**
 * Returns the bars of one row, one below the other. Bars that begin further right are above those that begin further left, so that a line
 * always gets to a bar's left end from above (see route.ts).
 */
function barsOf(bars: readonly Bar[], cells: readonly (Cell | undefined)[], isFull: boolean): Pick<Row, "bars" | "slots"> {
  const runs = groupBy(
    bars.flatMap(({ item, at }) => runsOf(at, cells).map(([first, last]) => ({ item, first, last }))),
    ({ first, last }) => `${first} ${last}`,
  );
  const pieces = [...runs.values()].flatMap((same) => {
    const { first, last } = same[0]!;
    const items = same.map(({ item }) => item);
    return folded(items, `${cells[first]!.address}…${cells[last]!.address}`, isFull).map((item) => ({ item, first, last }));
  });
  const placed: PlacedBar[] = [];
  for (const piece of pieces.sort((a, b) => b.first - a.first || a.last - b.last)) {
    const above = placed.filter((bar) => bar.first <= piece.last && piece.first <= bar.last);
    placed.push({ ...piece, slot: Math.max(-1, ...above.map(({ slot }) => slot)) + 1 });
  }
  return { bars: placed, slots: Math.max(-1, ...placed.map(({ slot }) => slot)) + 1 };
}

/** Returns the columns that a bar takes in a row. It continues over columns without a cell, and ends before a cell that is not its own. */
function runsOf(at: readonly string[], cells: readonly (Cell | undefined)[]): (readonly [number, number])[] {
  const own = new Set(at);
  const runs: [number, number][] = [];
  let isOpen = false;
  for (const [column, cell] of cells.entries()) {
    if (!cell) continue;
    const run = runs.at(-1);
    if (!own.has(cell.address)) isOpen = false;
    else if (run && isOpen) run[1] = column;
    else {
      runs.push([column, column]);
      isOpen = true;
    }
  }
  return runs;
}
