/** Turns the grid of a network into rectangles. All sizes are in pixels, measured from the top left corner of the network's block. */
import type { Box, Measures, PlacedItem } from "./boxes.ts";
import { bundlesOf } from "./bundles.ts";
import { faces } from "./faces.ts";
import type { Flow } from "./flows.ts";
import { foldedDoors } from "./fold.ts";
import { type Grid, gridOf, type Row } from "./grid.ts";
import { type Label, type Line, linesOf } from "./lines.ts";
import { railKey, type Routes, routesOf } from "./route.ts";
import type { Cell, Door, Frame } from "./scene.ts";
import { cut, widthOf } from "./text-width.ts";

export interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PlacedRow {
  readonly row: Row;
  readonly lines: readonly (Text & { readonly className: string })[];
  /** `inner`: the area of its cards between the rails. Texts are aligned with it. */
  readonly cells: readonly { readonly cell: Cell; readonly box: Box; readonly inner: Pick<Box, "x" | "width"> }[];
}

/** A network with everything in it. */
export interface Block {
  readonly frame: Frame;
  readonly width: number;
  readonly height: number;
  readonly box: Box;
  /** The width available for its name and its ranges. */
  readonly nameWidth: number;
  readonly internet: Box | undefined;
  readonly doors: readonly { readonly door: Door; readonly box: Box }[];
  readonly zones: readonly (Text & { readonly anchor: "start" | "middle" })[];
  readonly rows: readonly PlacedRow[];
  readonly items: readonly PlacedItem[];
  readonly lines: readonly Line[];
  readonly labels: readonly Label[];
  readonly notes: readonly Text[];
}

export const cardHeight = 52;

const bar = { height: 52, gap: 12 } as const;

const cardGap = 10;

const header = { cell: 34, frame: 58 } as const;

const margin = { side: 18, cell: 14, right: 26, bottom: 20 } as const;

const railTrack = 7;

const lane = 24;

const gatewayHeight = 32;

/** Places everything in one network. */
export function blockOf(whole: Frame, flows: readonly Flow[]): Block {
  const frame = { ...whole, doors: foldedDoors(whole.doors) };
  const grid = gridOf(frame);
  const { bundles, notes } = bundlesOf(grid, flows);
  const routes = routesOf(grid, bundles);
  const labelWidth = labelWidthOf(frame, grid);
  const start = margin.side + labelWidth + 14 + (routes.trunks > 0 ? routes.trunks * railTrack + 10 : 0);
  const least = Math.max(420, widthOfDoors(frame.doors, start));
  const columns = widened(columnsOf(grid, routes, start), least - margin.right);
  const last = columns.at(-1);
  const width = Math.max(last ? last.x + last.width + margin.right : 0, least);
  const isOpen = frame.doors.some(({ leadsTo }) => leadsTo === "internet");
  const top = isOpen ? 68 : frame.doors.length > 0 ? 16 : 0;
  const heights = grid.rows.map((row) => rowHeight(row));
  const channels = routes.lanes.map((count, i) => (count === 0 ? 28 : count * lane + (i === grid.rows.length ? 10 : 28)));
  const rowY: number[] = [];
  let y = top + header.frame + (channels[0] ?? 0) - 14;
  for (const [i, height] of heights.entries()) {
    rowY.push(y);
    y += height + (i + 1 < heights.length || routes.lanes[i + 1]! > 0 ? channels[i + 1]! : 0);
  }
  const noteTexts = [...frame.facts, ...notes].map((text) => cut(text, width - 2 * margin.side, faces.dim));
  const noteY = y + (noteTexts.length > 0 ? 22 : 0);
  const bottom = noteY + Math.max(0, noteTexts.length - 1) * 17 + margin.bottom - (grid.rows.length === 0 ? 14 : 0);
  const doors = doorsOf(frame.doors, columns, width, top);
  const internetDoor = doors.find(({ door }) => door.leadsTo === "internet");
  const fromInternet = routes.ways.filter(({ from }) => from.length === 0).length;
  const measures: Measures = {
    columns,
    laneY: (channel, at) => (channel === 0 ? top + header.frame - 14 : rowY[channel - 1]! + heights[channel - 1]!) + 14 + lane * (at + 0.5),
    railX: (row, column, side, way) => railXOf(routes, columns, { row, column, side }, way),
    trunkX: (trunk) => margin.side + labelWidth + 16 + trunk * railTrack,
    doorX: internetDoor ? internetDoor.box.x + internetDoor.box.width / 2 : width / 2,
    doorY: top + gatewayHeight / 2,
  };
  const rows = grid.rows.map((row, i) => placedRow(row, columns, rowY[i]!, heights[i]!, labelWidth));
  const items = grid.rows.flatMap((row, i) => itemsOf(row, columns, rowY[i]!));
  const { lines, labels } = linesOf(routes, measures, items, width);
  return {
    frame,
    width,
    height: bottom,
    box: { x: 0, y: top, width, height: bottom - top },
    nameWidth: columns.length === 0 ? widestLabel : labelWidth,
    internet: internetDoor ? { x: measures.doorX - 66, y: 0, width: 132, height: 34 } : undefined,
    doors,
    zones: zonesOf(grid, columns, top, internetDoor && { x: measures.doorX, half: 4 * Math.max(0, fromInternet - 1) }),
    rows,
    items,
    lines,
    labels,
    notes: noteTexts.map((text, i) => ({ x: margin.side, y: noteY + i * 17, text })),
  };
}

/** Returns the width for the names of the rows and of the network, left of the columns. */
function labelWidthOf(frame: Frame, { rows }: Grid): number {
  const widths = [
    widthOf(frame.name, faces.frame),
    ...frame.sub.split(" · ").map((text) => widthOf(text, faces.mono)),
    ...rows.flatMap((row) => [widthOf(row.label, faces.row), widthOf(row.way, faces.dim), widthOf(tablesText(row), faces.mono)]),
  ];
  return Math.min(widestLabel, Math.max(96, Math.ceil(Math.max(...widths))));
}

/** The width of the longest label, which fits the id of a VPC. */
const widestLabel = 190;

function tablesText({ tables }: Row): string {
  return tables.length === 0 ? "" : `rtb ${tables.join(", ")}`;
}

/** Places the columns. Cards are narrower when there are many columns, and rails are as wide as their lines need. */
function columnsOf({ zones }: Grid, routes: Routes, start: number): Measures["columns"] {
  const cardWidth = zones.length <= 2 ? 268 : zones.length === 3 ? 232 : 196;
  let x = start;
  return zones.map((_zone, column) => {
    const left = Math.max(24, 17 + railTrack * widestRail(routes, column, "left"));
    const right = Math.max(24, 10 + railTrack * widestRail(routes, column, "right"));
    const placed = { x, width: left + cardWidth + right, cardX: x + left, cardWidth };
    x += placed.width + (hasDirect(routes, column) ? 64 : 40);
    return placed;
  });
}

/**
 * Widens the columns until they end at `right`, or beyond if they do already. Their cards grow when the gateways on the border need more
 * room.
 */
function widened(columns: Measures["columns"], right: number): Measures["columns"] {
  const last = columns.at(-1);
  const more = last ? Math.floor(Math.max(0, right - last.x - last.width) / columns.length) : 0;
  return columns.map(({ x, width, cardX, cardWidth }, i) => ({
    x: x + i * more,
    width: width + more,
    cardX: cardX + i * more,
    cardWidth: cardWidth + more,
  }));
}

export function widestRail({ rails, lanes }: Routes, column: number, side: "left" | "right"): number {
  return Math.max(
    0,
    ...lanes.flatMap((_count, row) => [...(rails.get(railKey({ row, column, side }))?.values() ?? [])].map((track) => track + 1)),
  );
}

function hasDirect({ ways }: Routes, column: number): boolean {
  return ways.some(({ isDirect, from, to }) => isDirect && Math.min(from[0]!.column, to[0]!.column) === column);
}

/** `nearest`: the distance from the cards to the first track. */
export function railXOf(
  { rails }: Routes,
  columns: Measures["columns"],
  key: { row: number; column: number; side: "left" | "right" },
  way: number,
  nearest = key.side === "left" ? 15 : 10,
): number {
  const { cardX, cardWidth } = columns[key.column]!;
  const track = rails.get(railKey(key))!.get(way)!;
  return key.side === "left" ? cardX - nearest - track * railTrack : cardX + cardWidth + nearest + track * railTrack;
}

function rowHeight({ cells, slots }: Row): number {
  const most = Math.max(0, ...cells.map((cell) => cell?.cards.length ?? 0));
  const cards = most === 0 ? 0 : most * cardHeight + (most - 1) * cardGap;
  const bars = slots * (bar.height + bar.gap) - (most === 0 && slots > 0 ? bar.gap : 0);
  return Math.max(header.cell + bars + cards + margin.cell, 84);
}

function placedRow(row: Row, columns: Measures["columns"], y: number, height: number, labelWidth: number): PlacedRow {
  const texts = [
    { className: "h3", text: cut(row.label, labelWidth, faces.row), dy: 22 },
    { className: "dim", text: cut(row.way, labelWidth, faces.dim), dy: 40 },
    { className: "mono dim", text: cut(tablesText(row), labelWidth, faces.mono), dy: 58 },
  ];
  return {
    row,
    lines: texts.filter(({ text }) => text !== "").map(({ className, text, dy }) => ({ className, text, x: margin.side, y: y + dy })),
    cells: row.cells.flatMap((cell, column) => (cell ? [placedCell(cell, columns[column]!, y, height)] : [])),
  };
}

function placedCell(
  cell: Cell,
  { x, width, cardX, cardWidth }: Measures["columns"][number],
  y: number,
  height: number,
): PlacedRow["cells"][number] {
  return { cell, box: { x, y, width, height }, inner: { x: cardX, width: cardWidth } };
}

function itemsOf(row: Row, columns: Measures["columns"], y: number): PlacedItem[] {
  const bars = row.bars.map(({ item, first, last, slot }): PlacedItem => {
    const [a, b] = [columns[first]!, columns[last]!];
    return {
      item,
      box: { x: a.cardX, y: y + header.cell + slot * (bar.height + bar.gap), width: b.cardX + b.cardWidth - a.cardX, height: bar.height },
    };
  });
  const start = y + header.cell + row.slots * (bar.height + bar.gap);
  const cards = row.cells.flatMap((cell, column) =>
    (cell?.cards ?? []).map((item, i): PlacedItem => {
      const { cardX, cardWidth } = columns[column]!;
      return { item, box: { x: cardX, y: start + i * (cardHeight + cardGap), width: cardWidth, height: cardHeight } };
    }),
  );
  return [...bars, ...cards];
}

/** Places gateways on the border without overlap: the internet gateway between two columns, the others at the right end. */
function doorsOf(doors: readonly Door[], columns: Measures["columns"], width: number, top: number): Block["doors"] {
  const all = doors.reduce((sum, door) => sum + doorWidth(door, Infinity) + 14, 42);
  const most = all <= width ? Infinity : Math.max(120, (width - 60) / Math.max(1, doors.length) - 16);
  const first = doors.find(({ leadsTo }) => leadsTo === "internet");
  const others = doors.filter((door) => door !== first);
  let right = width - 28;
  const placed = (door: Door, wanted?: number) => {
    const own = doorWidth(door, most);
    const x = Math.min(wanted === undefined ? Infinity : wanted - own / 2, right - own);
    return { door, box: { x, y: top - gatewayHeight / 2, width: own, height: gatewayHeight } };
  };
  const done = others.map((door) => {
    const one = placed(door);
    right = one.box.x - 14;
    return one;
  });
  return first ? [...done, placed(first, middleOf(columns, width))] : done;
}

function doorWidth({ sub, name, end }: Door, most: number): number {
  return Math.min(most, Math.ceil(widthOf(sub, faces.dim) + widthOf(name, faces.strong) + (end ? widthOf(end, faces.dim) + 5 : 0)) + 44);
}

/**
 * Returns the smallest width of a frame. It leaves room for the line from the internet to come down right of the frame's name and of the
 * first zone's name.
 */
function widthOfDoors(doors: readonly Door[], start: number): number {
  const all = doors.reduce((sum, door) => sum + doorWidth(door, Infinity) + 14, 42);
  const gateway = doors.find(({ leadsTo }) => leadsTo === "internet");
  return gateway && doors.length > 1 ? Math.max(all, all + start + 134 - doorWidth(gateway, Infinity) / 2) : all;
}

function middleOf(columns: Measures["columns"], width: number): number {
  if (columns.length < 2) return columns[0] ? columns[0].cardX + columns[0].cardWidth - 40 : width / 2;
  const left = columns[Math.ceil(columns.length / 2) - 1]!;
  const right = columns[Math.ceil(columns.length / 2)]!;
  return (left.x + left.width + right.x) / 2;
}

/** Places the names of zones. `lines`: the place where lines from the internet come down side by side. A name moves aside for them. */
function zonesOf(
  { zones }: Grid,
  columns: Measures["columns"],
  top: number,
  lines: { readonly x: number; readonly half: number } | undefined,
): Block["zones"] {
  return zones.map((zone, i) => {
    const { x, width, cardX, cardWidth } = columns[i]!;
    const text = cut(zone === "" ? "zone not known" : zone, cardWidth, faces.zone);
    const own = widthOf(text, faces.zone);
    // With one column, the line from the internet comes down inside that column.
    const start = columns.length === 1 ? cardX : x + width / 2 - own / 2;
    const isCrossed = lines !== undefined && lines.x + lines.half > start - 6 && lines.x - lines.half < start + own + 6;
    if (isCrossed) return { x: lines.x + lines.half + 10, y: top + 38, text, anchor: "start" };
    return columns.length === 1
      ? { x: start, y: top + 38, text, anchor: "start" }
      : { x: x + width / 2, y: top + 38, text, anchor: "middle" };
  });
}
