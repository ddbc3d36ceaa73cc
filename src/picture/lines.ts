/** Turns routes into points: every bundle becomes one label and lines through its rails, its lanes and its place in the trunk. */
import type { Tone } from "./bundles.ts";
import type { Box, Measures, PlacedItem } from "./boxes.ts";
import type { Access, Routes, Way } from "./route.ts";
import type { Mark } from "./input.ts";
import { cut, widthOf } from "./text-width.ts";
import { faces } from "./faces.ts";

export type Point = readonly [x: number, y: number];

export interface Line {
  readonly tone: Tone;
  readonly change?: "opens" | "closes";
  readonly points: readonly Point[];
  /** The ids of the boxes at its ends. The internet has no id. */
  readonly ends: readonly string[];
  /** The number of its bundle. All lines and labels of one bundle are highlighted together. */
  readonly bundle: number;
  /** The line exists only before or only after a plan, because one of its boxes does. */
  readonly only?: "before" | "after" | undefined;
}

export interface Label {
  readonly tone: Tone;
  readonly change?: "opens" | "closes";
  readonly text: string;
  readonly full: string;
  readonly box: Box;
  readonly bundle: number;
  readonly only?: "before" | "after" | undefined;
}

const widestLabel = 220;

export function linesOf(
  routes: Routes,
  measures: Measures,
  items: readonly PlacedItem[],
  width: number,
): { lines: Line[]; labels: Label[] } {
  const boxes = new Map<string, Box>();
  for (const { item, box } of items) if (!boxes.has(item.id)) boxes.set(item.id, box);
  const heights = new Heights(routes, boxes);
  const internet = routes.ways.filter(({ from }) => from.length === 0);
  let index = -1;
  const drawn = routes.ways.map((way, bundle) => {
    if (way.isDirect) return directOf(way, boxes, bundle);
    index++;
    return linesOfWay({
      way,
      index,
      bundle,
      measures,
      boxes,
      heights,
      width,
      doorX: measures.doorX + 8 * (internet.indexOf(way) - (internet.length - 1) / 2),
    });
  });
  const upright = drawn.flatMap(({ lines }) => lines.flatMap(({ points }) => uprightIn(points)));
  const states = new Map(items.map(({ item }) => [item.id, stateOf(item.mark)]));
  const timed = drawn.map(({ lines, label: wanted, lane }) => {
    const label = lane === undefined ? wanted : besideLines(wanted, lane, upright, width);
    const own = lines.map((line) => ({ ...line, only: line.ends.map((id) => states.get(id)).find((state) => state !== undefined) }));
    return { lines: own, label: { ...label, only: own.every(({ only }) => only === own[0]!.only) ? own[0]!.only : undefined } };
  });
  return { lines: timed.flatMap(({ lines }) => lines), labels: timed.map(({ label }) => label) };
}

/** Returns the only state of a plan in which a box exists, or undefined when it exists in both. */
function stateOf(mark: Mark | undefined): "before" | "after" | undefined {
  return mark === "create" ? "after" : mark === "delete" ? "before" : undefined;
}

interface Work {
  readonly way: Way;
  /** Its number among the ways that use rails. */
  readonly index: number;
  readonly bundle: number;
  readonly measures: Measures;
  readonly boxes: ReadonlyMap<string, Box>;
  readonly heights: Heights;
  readonly width: number;
  /** The position where it leaves the gateway when it comes from the internet. Several lines leave side by side. */
  readonly doorX: number;
}

interface Drawn {
  readonly lines: readonly Line[];
  readonly label: Label;
  /** The ends of its lane. A straight line has none. */
  readonly lane?: readonly [left: number, right: number];
}

interface Upright {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

function uprightIn(points: readonly Point[]): readonly Upright[] {
  return points.slice(1).flatMap(([x, y], i): Upright[] => {
    const [otherX, otherY] = points[i]!;
    return x === otherX ? [{ x, top: Math.min(y, otherY), bottom: Math.max(y, otherY) }] : [];
  });
}

/** Moves a label so that it hides no corner and no other line, if its lane has room for that: to the middle of the longest free piece. */
function besideLines(label: Label, [left, right]: readonly [number, number], upright: readonly Upright[], width: number): Label {
  const { box } = label;
  const isMet = ({ x, top, bottom }: Upright) => x > left && x < right && top < box.y + box.height && bottom > box.y;
  const cuts = [left, ...new Set(upright.filter(isMet).map(({ x }) => x)), right].sort((a, b) => a - b);
  let [best, longest] = [(left + right) / 2, box.width + 2 * beside];
  for (const [i, to] of cuts.slice(1).entries()) {
    const from = cuts[i]!;
    // Of two pieces of about the same length, the first is taken.
    if (to - from <= longest + (longest > box.width + 2 * beside ? 4 : 0)) continue;
    [best, longest] = [(from + to) / 2, to - from];
  }
  return { ...label, box: { ...box, x: within(best, box.width, width) } };
}

/** The least room between a label and a corner, in pixels. */
const beside = 8;

function within(middle: number, own: number, width: number): number {
  return Math.min(Math.max(8, middle - own / 2), width - own - 8);
}

function directOf({ bundle, from, to }: Way, boxes: ReadonlyMap<string, Box>, at: number): Drawn {
  const [a, b] = [boxes.get(from[0]!.id)!, boxes.get(to[0]!.id)!];
  const y = a.y + 42;
  const isRight = b.x > a.x;
  const points: Point[] = [
    [isRight ? a.x + a.width : a.x, y],
    [isRight ? b.x : b.x + b.width, y],
  ];
  return {
    lines: [{ tone: bundle.tone, points, ends: [from[0]!.id, to[0]!.id], bundle: at }],
    label: labelAt(bundle, at, (points[0]![0] + points[1]![0]) / 2, y, Infinity),
  };
}

/** Returns the lines from the first source to all targets and from all sources to the first target. Together they are one tree. */
function linesOfWay(work: Work): Drawn {
  const { way, bundle: at, measures, width } = work;
  const { bundle, from, to } = way;
  const [source, target] = [from[0], to[0]!];
  const pairs: (readonly [Access | undefined, Access])[] = [
    ...to.map((one) => [source, one] as const),
    ...from.slice(1).map((one) => [one, target] as const),
  ];
  const lines = pairs.map(([one, other]): Line => {
    const ends = [...(one ? [one.id] : []), other.id];
    return { tone: bundle.tone, ...(bundle.change && { change: bundle.change }), points: pathOf(work, one, other), ends, bundle: at };
  });
  const [channel, [left, right]] = longestLane(work);
  const label = labelAt(bundle, at, (left + right) / 2, measures.laneY(channel, way.lanes.get(channel)!), width);
  return { lines, label, lane: [left, right] };
}

function pathOf(work: Work, source: Access | undefined, target: Access): Point[] {
  const { way, measures } = work;
  const laneY = (channel: number) => measures.laneY(channel, way.lanes.get(channel)!);
  const [start, channel] = source ? [endOf(work, source), source.channel] : [internetEnd(work, laneY(0)), 0];
  const middle: Point[] = [];
  if (channel !== target.channel) {
    const x = measures.trunkX(way.trunk!);
    middle.push([x, laneY(channel)], [x, laneY(target.channel)]);
  }
  const end = endOf(work, target).reverse();
  const toLane: Point[] = [[start.at(-1)![0], laneY(channel)], ...middle, [end[0]![0], laneY(target.channel)]];
  return straightened([...start, ...toLane, ...end]);
}

/** Returns the points from the edge of a box into its rail. */
function endOf({ index, measures, boxes, heights }: Work, access: Access): Point[] {
  const box = boxes.get(access.id)!;
  const y = heights.of(access, index);
  const x = measures.railX(access.row, access.column, access.side, index);
  return [
    [access.side === "left" ? box.x : box.x + box.width, y],
    [x, y],
  ];
}

function internetEnd({ measures, doorX }: Work, laneY: number): Point[] {
  return [
    [doorX, measures.doorY],
    [doorX, laneY],
  ];
}

function longestLane(work: Work): readonly [number, readonly [number, number]] {
  const { way, measures, index, doorX } = work;
  const spans = new Map<number, [number, number]>();
  const add = (channel: number, x: number) => {
    const span = spans.get(channel);
    spans.set(channel, span ? [Math.min(span[0], x), Math.max(span[1], x)] : [x, x]);
  };
  if (way.from.length === 0) add(0, doorX);
  for (const access of [...way.from, ...way.to]) add(access.channel, measures.railX(access.row, access.column, access.side, index));
  if (way.trunk !== undefined) for (const channel of way.lanes.keys()) add(channel, measures.trunkX(way.trunk));
  return [...spans].reduce((best, one) => (one[1][1] - one[1][0] > best[1][1] - best[1][0] ? one : best));
}

function labelAt({ label, tone, change }: Way["bundle"], bundle: number, x: number, y: number, width: number): Label {
  const full = change === undefined ? label : `${change} ${label}`;
  const text = cut(full, widestLabel, tone === "copy" ? faces.chip : faces.label);
  const own = widthOf(text, tone === "copy" ? faces.chip : faces.label) + 16;
  const [height, left] = [tone === "copy" ? 16 : 18, within(x, own, width)];
  return { tone, ...(change && { change }), text, full, box: { x: left, y: y - height / 2, width: own, height }, bundle };
}

/** Removes points that lie on a line between two others. */
function straightened(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const [a, b] = [kept.at(-2), kept.at(-1)];
    if (b && b[0] === point[0] && b[1] === point[1]) continue;
    if (a && b && ((a[0] === b[0] && b[0] === point[0]) || (a[1] === b[1] && b[1] === point[1]))) kept.pop();
    kept.push(point);
  }
  return kept;
}

/**
 * Finds the height at which each line meets each end of a box. The lines are spread over the box, the first line lowest (see `tracksOf` in
 * route.ts).
 */
class Heights {
  readonly #orders = new Map<string, number[]>();
  readonly #boxes: ReadonlyMap<string, Box>;

  constructor({ ways }: Routes, boxes: ReadonlyMap<string, Box>) {
    this.#boxes = boxes;
    let index = 0;
    for (const way of ways) {
      if (way.isDirect) continue;
      for (const access of [...way.from, ...way.to]) {
        const order = this.#orders.get(keyOf(access)) ?? [];
        if (!order.includes(index)) this.#orders.set(keyOf(access), [...order, index]);
      }
      index++;
    }
  }

  of(access: Access, index: number): number {
    const order = this.#orders.get(keyOf(access))!;
    const { y, height } = this.#boxes.get(access.id)!;
    return y + (height * (order.length - order.indexOf(index))) / (order.length + 1);
  }
}

function keyOf({ id, side }: Access): string {
  return `${side} ${id}`;
}
