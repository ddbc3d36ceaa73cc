/** Writes a placed scene as SVG: no font, no image, no script, so that every page may show it. */
import type { Tier } from "../kinds/kind.ts";
import { faces } from "./faces.ts";
import { glyphs } from "./glyphs.ts";
import type { Label, Line, Point } from "./lines.ts";
import type { Block, PlacedRow } from "./place.ts";
import type { Box, PlacedItem } from "./boxes.ts";
import type { Chip, Scene } from "./scene.ts";
import type { Mark } from "./input.ts";
import { styleText } from "./style.ts";
import { cut, widthOf } from "./text-width.ts";

/** One thing on the page, with its place. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly svg: string;
}

export interface Page {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly Part[];
}

/** Returns the picture as SVG. `hasStyle`: false for a picture inside a page that already has the style. */
export function svgOf(scene: Scene, page: Page, counts: string, hasStyle = true): string {
  const [width, height] = [Math.ceil(page.width), Math.ceil(page.height)];
  const what = scene.isPlan ? "What a plan changes in" : "Network of";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="picture-title picture-text"><title id="picture-title">${what} ${escape(scene.title)}</title><desc id="picture-text">${escape(counts)}</desc>${hasStyle ? `<style>\n${styleText()}</style>` : ""}<defs>${["in", "mid", "data", "copy", "ref", "closes"].map(marker).join("")}</defs><rect class="bg" width="100%" height="100%"/>
${page.parts.map(({ x, y, svg }) => (x === 0 && y === 0 ? svg : `<g transform="translate(${n(x)},${n(y)})">\n${svg}\n</g>`)).join("\n")}
</svg>
`;
}

/** Returns a network as SVG. `isPart`: the picture may leave out objects that exist. */
export function blockSvg(block: Block, isQuiet: boolean, isPart = false): string {
  const { frame, box } = block;
  return [
    `<g class="frame${frame.isForeign ? " foreign" : ""}${markClass(frame.mark)}"${dataOf([frame.address])}><title>${escape(`${frame.address} ${frame.sub}`)}</title>${rect(box, 14)}<text class="h2 name" x="18" y="${n(box.y + 28)}">${escape(cut(frame.name, block.nameWidth, faces.frame))}</text>${subLines(frame.sub, box.y + 46, block.nameWidth)}${badge(frame.mark, box.x + box.width - 14, box.y)}</g>`,
    ...block.zones.map(
      ({ x, y, text, anchor }) =>
        `<text class="zone" x="${n(x)}" y="${n(y)}"${anchor === "middle" ? ' text-anchor="middle"' : ""}>${escape(text)}</text>`,
    ),
    ...block.rows.map((row) => rowSvg(row, isPart ? "nothing changes" : "empty")),
    ...block.lines.map(lineSvg),
    ...(block.internet ? [internetLine(block), pill(block.internet, "globe", "Internet")] : []),
    ...block.items.map((item) => itemSvg(item, isQuiet)),
    ...block.doors.map(({ door, box: at }) => {
      const { sub, name, end = "" } = door;
      const room = at.width - widthOf(sub, faces.dim) - 36;
      const shown = cut(name, end === "" ? room : Math.max(room / 2, room - widthOf(end, faces.dim) - 5), faces.strong);
      const rest = end === "" ? "" : cut(end, room - widthOf(shown, faces.strong) - 5, faces.dim);
      const tail = rest === "" ? "" : `<tspan class="dim" dx="5">${escape(rest)}</tspan>`;
      const own = shown === "" ? "" : `<tspan class="t name" dx="5">${escape(shown)}</tspan>`;
      const text = `<tspan class="dim">${escape(sub)}</tspan>${own}${tail}`;
      const addresses = [door.address, ...(door.more ?? [])];
      return `<g class="pill${markClass(door.mark)}"${dataOf(addresses)}><title>${escape(addresses.join(", "))}</title>${rect(at, at.height / 2)}<text x="${n(at.x + at.width / 2)}" y="${n(at.y + 20.5)}" text-anchor="middle">${text}</text>${badge(door.mark, at.x + at.width - 8, at.y)}</g>`;
    }),
    ...block.labels.map(labelSvg),
    ...block.notes.map(({ x, y, text }) => `<text class="dim" x="${n(x)}" y="${n(y)}">${escape(text)}</text>`),
  ].join("\n");
}

/** Returns the ranges, one below the other, two lines at most. */
function subLines(sub: string, y: number, room: number): string {
  const parts = sub.split(" · ");
  const lines = parts.length > 2 ? [parts[0]!, `and ${parts.length - 1} more ranges`] : parts;
  return lines
    .map((text, i) => `<text class="mono dim" x="18" y="${n(y + i * 15)}">${escape(cut(text, room, faces.mono))}</text>`)
    .join("");
}

function rowSvg({ lines, row, cells }: PlacedRow, nothing: string): string {
  const label = lines
    .map(({ className, text, x, y }) => `<text class="${className}" x="${n(x)}" y="${n(y)}">${escape(text)}</text>`)
    .join("");
  const table =
    row.tableMark === undefined || row.tableMark === "keep"
      ? ""
      : badge(row.tableMark, lines.at(-1)!.x + widthOf(lines.at(-1)!.text, faces.mono) + 14, lines.at(-1)!.y - 4);
  const boxes = cells.map(({ cell, box, inner }) => {
    const room = inner.width;
    const range = widthOf(cell.sub, faces.mono);
    const name = cut(cell.name, Math.max(60, room - range - 12), faces.name);
    const facts = cut(cell.facts.join(" · "), Math.max(0, room - range - widthOf(name, faces.name) - 24), faces.dim);
    const empty =
      cell.cards.length === 0 && !row.bars.some(({ first, last }) => row.cells.indexOf(cell) >= first && row.cells.indexOf(cell) <= last);
    return `<g class="cell t-${cell.tier}${markClass(cell.mark)}"${dataOf([cell.address])}><title>${escape([cell.address, cell.sub, ...cell.facts].join(" "))}</title>${rect(box, 10)}<text class="name" x="${n(inner.x)}" y="${n(box.y + 20)}">${escape(name)}</text>${facts.length > 1 ? `<text class="dim" x="${n(inner.x + 8 + widthOf(name, faces.name))}" y="${n(box.y + 20)}">${escape(facts)}</text>` : ""}<text class="mono dim" x="${n(inner.x + inner.width)}" y="${n(box.y + 20)}" text-anchor="end">${escape(cell.sub)}</text>${empty ? `<text class="dim" x="${n(box.x + box.width / 2)}" y="${n(box.y + box.height / 2 + 12)}" text-anchor="middle">${nothing}</text>` : ""}${badge(cell.mark, box.x + box.width - 2, box.y + 2)}</g>`;
  });
  return [`<g class="row">${label}${table}</g>`, ...boxes].join("\n");
}

/** Returns a card or a bar as SVG. */
export function itemSvg({ item, box }: PlacedItem, isQuiet: boolean): string {
  const { x, y, width } = box;
  const { chips, room } = chipsSvg(item.chips, x + width - 10, y + 9, width - 44 - 80);
  const title = cut(item.title, width - 44 - 10 - room, faces.strong);
  const sub = cut(item.sub, width - 44 - 12, faces.dim);
  const isStack = item.addresses.length > 1;
  const classes = `card g-${item.glyph}${item.isElastic ? " elastic" : ""}${markClass(item.mark)}${isQuiet && isUnchanged(item.mark) && item.chips.every(({ mark }) => isUnchanged(mark)) ? " quiet" : ""}`;
  return `<g class="${classes}"${dataOf(item.addresses)}><title>${escape(tooltip(item))}</title>${isStack ? rect({ ...box, x: x + 4, y: y + 4 }, 8) : ""}${rect(box, 8)}<g class="glyph" transform="translate(${n(x + 13)},${n(y + 16)})">${glyphs[item.glyph]}</g><text class="t" x="${n(x + 44)}" y="${n(y + 22)}">${escape(title)}</text><text class="s" x="${n(x + 44)}" y="${n(y + 39)}">${escape(sub)}</text>${chips}${badge(item.mark, x + width, y)}</g>`;
}

function tooltip({ addresses, sub, chips }: PlacedItem["item"]): string {
  const shown = addresses.length > 12 ? [...addresses.slice(0, 12), `and ${addresses.length - 12} more`] : addresses;
  const groups = chips.length > 0 ? `; security groups: ${chips.map(({ name }) => name).join(", ")}` : "";
  return `${shown.join(", ")}${sub === "" ? "" : `: ${sub}`}${groups}`;
}

/** Returns as many chips as fit, from the right end to the left, changed ones first. */
function chipsSvg(chips: readonly Chip[], right: number, y: number, most: number): { chips: string; room: number } {
  const ordered = [...chips].sort((a, b) => Number(isUnchanged(a.mark)) - Number(isUnchanged(b.mark)));
  let used = 0;
  const drawn: string[] = [];
  for (const [i, chip] of ordered.entries()) {
    const isLast = i === ordered.length - 1;
    const text = cut(chip.name, 92, faces.chip);
    const width = widthOf(text, faces.chip) + 16;
    if (used + width + (isLast ? 0 : 30) > most && drawn.length > 0) {
      drawn.push(
        chipSvg(
          `+${ordered.length - i}`,
          undefined,
          right - used,
          y,
          ordered
            .slice(i)
            .map(({ name }) => name)
            .join(", "),
          [],
        ),
      );
      used += widthOf("+9", faces.chip) + 22;
      break;
    }
    drawn.push(chipSvg(text, chip.mark, right - used, y, chip.address, [chip.address]));
    used += width + 6;
  }
  return { chips: drawn.join(""), room: used };
}

function chipSvg(text: string, mark: Mark | undefined, right: number, y: number, title: string, addresses: readonly string[]): string {
  const width = widthOf(text, faces.chip) + 16;
  return `<g class="chip${mark === undefined ? "" : ` c-${mark}`}"${dataOf(addresses)}><title>${escape(title)}</title>${rect({ x: right - width, y, width, height: 16 }, 8)}<text x="${n(right - width / 2)}" y="${n(y + 11.5)}" text-anchor="middle">${escape(text)}</text></g>`;
}

function internetLine({ internet, doors }: Block): string {
  const { box } = doors.find(({ door }) => door.leadsTo === "internet")!;
  const x = n(internet!.x + internet!.width / 2);
  return `<path class="flow f-in" d="M${x},${n(internet!.y + internet!.height)}L${x},${n(box.y)}"/>`;
}

function pill(box: Box, glyph: keyof typeof glyphs, text: string): string {
  return `<g class="pill">${rect(box, box.height / 2)}<g class="glyph" transform="translate(${n(box.x + 16)},${n(box.y + 7)})">${glyphs[glyph]}</g><text class="t" x="${n(box.x + box.width / 2 + 12)}" y="${n(box.y + 22)}" text-anchor="middle">${escape(text)}</text></g>`;
}

export function lineSvg({ tone, change, points, bundle, ends, only }: Line): string {
  const kind = change === "closes" ? "closes" : tone;
  return `<path class="flow f-${kind}${change === "opens" ? " opens" : ""}"${stateData(change, only)} data-flow="${bundle}"${dataOf(ends)} d="${pathData(points)}" marker-end="url(#a-${kind})"/>`;
}

/** Returns a polyline with rounded corners. The last point is drawn back a little for the arrow head. */
function pathData(points: readonly Point[]): string {
  const parts = [`M${at(points[0]!)}`];
  for (let i = 1; i < points.length - 1; i++) {
    const [a, b, c] = [points[i - 1]!, points[i]!, points[i + 1]!];
    const radius = Math.min(7, distance(a, b) / 2, distance(b, c) / 2);
    parts.push(`L${at(towards(b, a, radius))}Q${at(b)} ${at(towards(b, c, radius))}`);
  }
  const last = points.at(-1)!;
  parts.push(`L${at(towards(last, points.at(-2)!, 1))}`);
  return parts.join("");
}

function labelSvg({ tone, change, text, full, box, bundle, only }: Label): string {
  const kind = change === "closes" ? "closes" : tone;
  const y = box.y + (tone === "copy" ? 11.5 : 13);
  return `<g class="label l-${kind}" data-flow="${bundle}"${stateData(change, only)}><title>${escape(full)}</title>${rect(box, box.height / 2)}<text x="${n(box.x + box.width / 2)}" y="${n(y)}" text-anchor="middle">${escape(text)}</text></g>`;
}

/** Returns the data by which a page hides a line before or after a plan. */
function stateData(change: Line["change"], only: Line["only"]): string {
  return `${change === undefined ? "" : ` data-change="${change}"`}${only === undefined ? "" : ` data-only="${only}"`}`;
}

export const signs: Readonly<Record<Mark, string>> = {
  create: "+",
  update: "~",
  restart: "!",
  replace: "±",
  delete: "–",
  retag: ">",
  keep: "=",
};

export function badge(mark: Mark | undefined, x: number, y: number): string {
  if (mark === undefined) return "";
  return `<g class="badge b-${mark}"><circle cx="${n(x)}" cy="${n(y)}" r="9"/><text x="${n(x)}" y="${n(y + 4)}" text-anchor="middle">${escape(signs[mark])}</text></g>`;
}

export function legendSvg(tiers: readonly Tier[], x: number, y: number): { svg: string; width: number } {
  let left = x;
  const svg = tiers.map((tier) => {
    const text = `${tier} subnet`;
    const part = `<g class="cell t-${tier}">${rect({ x: left, y: y - 11, width: 16, height: 14 }, 4)}<text class="dim" x="${n(left + 22)}" y="${n(y)}">${text}</text></g>`;
    left += 22 + widthOf(text, faces.dim) + 20;
    return part;
  });
  return { svg: svg.join(""), width: left - x - 20 };
}

/** Explains the signs on boxes, with the number of each. */
export function marksSvg(counts: readonly (readonly [Mark, number])[], x: number, y: number): { svg: string; width: number } {
  let left = x;
  const svg = counts.map(([mark, count]) => {
    const text = `${count} to ${mark}`;
    const part = `${badge(mark, left + 9, y - 4)}<text class="dim" x="${n(left + 24)}" y="${n(y)}">${text}</text>`;
    left += 24 + widthOf(text, faces.dim) + 20;
    return part;
  });
  return { svg: svg.join(""), width: Math.max(0, left - x - 20) };
}

function isUnchanged(mark: Mark | undefined): boolean {
  return mark === undefined || mark === "keep";
}

function markClass(mark: Mark | undefined): string {
  return mark === undefined ? "" : ` m-${mark}`;
}

/** Returns the data by which a page finds the drawing of an object. Addresses contain no spaces. */
function dataOf(addresses: readonly string[]): string {
  return addresses.length === 0 ? "" : ` data-a="${escape(addresses.filter((one) => !one.includes(" ")).join(" "))}"`;
}

export function rect({ x, y, width, height }: Box, radius: number): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${n(radius)}"/>`;
}

function marker(kind: string): string {
  return `<marker id="a-${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="10" markerHeight="10" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path class="x-${kind}" d="M0 .6 7.4 4 0 7.4Z"/></marker>`;
}

function at([x, y]: Point): string {
  return `${n(x)},${n(y)}`;
}

function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.abs(ax - bx) + Math.abs(ay - by);
}

function towards([x, y]: Point, [ox, oy]: Point, length: number): Point {
  return [x + Math.sign(ox - x) * length, y + Math.sign(oy - y) * length];
}

/** Rounds to half a pixel, so that a small change of the input is a small change of the text. */
export function n(value: number): string {
  return String(Math.round(value * 2) / 2);
}

/** Escapes text for XML, without the characters that XML forbids or nobody can see. */
export function escape(text: string): string {
  if (/^[\w ./:;,·–×()[\]+-]*$/.test(text)) return text; // true for nearly all texts, and many times faster
  return text.replace(/[^\P{Cc}\t\n\r]|\p{Cs}|\p{Cf}|[\ufffe\uffff]/gu, "").replace(/[&<>"]/g, (sign) => entities[sign]!);
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
