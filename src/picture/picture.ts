/** Draws the picture of an environment's network: from its resources to SVG. */
import { counted } from "../diag/words.ts";
import type { Tier } from "../kinds/kind.ts";
import { blockOf, type Block } from "./place.ts";
import { faces } from "./faces.ts";
import { isLarge, overviewSvg } from "./overview.ts";
import { sceneOf, type Scene } from "./scene.ts";
import type { PictureInput } from "./input.ts";
import { stripOf, type Strip } from "./strip.ts";
import { blockSvg, escape, itemSvg, legendSvg, lineSvg, marksSvg, n, svgOf, type Part } from "./svg.ts";
import { cut, widthOf } from "./text-width.ts";
import { inNaturalOrder } from "../resource/natural-order.ts";

/** With more objects than this, unchanged objects in the picture of a plan are drawn faintly. */
const mostAlike = 30;
const edge = 24;
/** Networks stand side by side up to this width in pixels. */
const widestShelf = 1600;

/** Returns the picture as SVG. `hasStyle`: false for a picture inside a page that already has the style. */
export function pictureOf(input: PictureInput, hasStyle = true): string {
  return pictureOfScene(sceneOf(input), countsOf(input), hasStyle);
}

function pictureOfScene(scene: Scene, counts: string, hasStyle: boolean): string {
  const isQuiet = scene.isPlan && scene.count > mostAlike;
  const blocks = scene.frames.map((frame) => blockOf(frame, scene.flows));
  const shelves = shelvesOf(blocks);
  // The strip is as wide as the networks, or as four cards if there are none.
  const networks = Math.max(0, ...shelves.map((shelf) => shelf.width));
  const strip = stripOf(scene.beside, networks > 0 ? Math.max(networks, 420) : 956, networks > 0);
  const titleWidth = widthOf(scene.title, faces.title);
  const tiers = tiersOf(scene);
  const legendWidth = legendSvg(tiers, 0, 0).width;
  const marks = marksSvg(scene.marks, edge, 92);
  const width = Math.max(networks, strip.width, legendWidth, marks.width, 392) + 2 * edge;
  const isBeside = titleWidth + legendWidth + 3 * edge < width;
  const parts: Part[] = [
    {
      x: 0,
      y: 0,
      svg: `<text class="h1" x="${edge}" y="42">${escape(cut(scene.title, width - 2 * edge, faces.title))}</text><text class="dim" x="${edge}" y="62">${escape(scene.region)} · ${counted(scene.count, "resource")}${arrowsText(scene, strip, networks > 0)}</text>\n${
        isBeside ? legendSvg(tiers, width - edge - legendWidth, 41).svg : legendSvg(tiers, edge, 86).svg
      }${isBeside ? marks.svg : marksSvg(scene.marks, edge, 112).svg}`,
    },
  ];
  let y = (isBeside || tiers.length === 0 ? 84 : 106) + (scene.marks.length > 0 ? 34 : 0);
  if (isLarge(scene)) {
    const { svg, height } = overviewSvg(scene.frames, edge, y + 6, width - 2 * edge);
    parts.push({ x: 0, y: 0, svg });
    y += height + 40;
  }
  for (const shelf of shelves) {
    for (const { block, x } of shelf.blocks)
      parts.push({ x: edge + x, y: y + shelf.height - block.height, svg: blockSvg(block, isQuiet, scene.isPart) });
    y += shelf.height + 28;
  }
  for (const text of scene.frames.length > 0 ? scene.notWeighed : []) {
    const words = cut(`Not considered: ${text}`, width - 2 * edge, faces.dim);
    parts.push({ x: 0, y: 0, svg: `<text class="dim" x="${edge}" y="${n(y)}">${escape(words)}</text>` });
    y += 20;
  }
  if (scene.beside.length > 0) {
    const { part, height } = stripPart(strip, scene.frames.length > 0, y, isQuiet);
    parts.push(part);
    y += height + 24;
  }
  if (scene.frames.length + scene.beside.length === 0) {
    parts.push({ x: 0, y: 0, svg: `<text class="dim" x="${edge}" y="${n(y + 16)}">Nothing to draw.</text>` });
    y += 40;
  }
  return svgOf(scene, { width, height: y, parts }, counts, hasStyle);
}

/** Returns the counts by kind: "15 resources in eu-west-1: 1 × vpc, 4 × subnet, 2 × AWS::SQS::Queue." */
export function countsOf({ shown, region }: PictureInput): string {
  const counts = new Map<string, number>();
  for (const { kind } of shown) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const words = (kind: string) => (kind.includes("::") ? kind : kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
  const parts = [...counts].sort(([a], [b]) => inNaturalOrder(a, b)).map(([kind, count]) => `${count} × ${words(kind)}`);
  return `${counted(shown.length, "resource")} in ${region}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}.`;
}

interface Shelf {
  readonly blocks: { readonly block: Block; readonly x: number }[];
  width: number;
  height: number;
}

/** Puts each network below the other, or side by side when there are more than three. */
function shelvesOf(blocks: readonly Block[]): readonly Shelf[] {
  const shelves: Shelf[] = [];
  const isWide = blocks.length > 3;
  for (const block of blocks) {
    const last = shelves.at(-1);
    if (isWide && last && last.width + 28 + block.width <= widestShelf) {
      last.blocks.push({ block, x: last.width + 28 });
      last.width += 28 + block.width;
      last.height = Math.max(last.height, block.height);
    } else shelves.push({ blocks: [{ block, x: 0 }], width: block.width, height: block.height });
  }
  return shelves;
}

/** Says what arrows mean when that is not obvious. */
function arrowsText({ by }: Scene, { lines }: Strip, hasNetworks: boolean): string {
  if (by === "rules" && hasNetworks) return " · arrows: security groups only";
  return lines.length > 0 && !hasNetworks ? " · arrows: references" : "";
}

/** Returns all tiers, so that two pictures of one project have the same legend. Returns none when there is no subnet. */
function tiersOf({ frames }: Scene): readonly Tier[] {
  return frames.some(({ cells }) => cells.length > 0) ? ["public", "private", "isolated"] : [];
}

function stripPart(
  { items, lines, left, height }: Strip,
  hasHeading: boolean,
  y: number,
  isQuiet: boolean,
): { part: Part; height: number } {
  const top = hasHeading ? 22 : 0;
  const words = left > 0 ? `${left} lines between these are too many to draw` : hasHeading && lines.length > 0 ? "arrows: references" : "";
  const more = words === "" ? "" : `<text class="dim" x="${hasHeading ? 134 : 0}" y="${hasHeading ? 8 : -8}">${words}</text>`;
  const heading = hasHeading ? `<text class="h3" x="0" y="8">Beside the network</text>` : "";
  const cards = items.map((placed) => itemSvg(placed, isQuiet));
  const inner = `<g class="strip" transform="translate(0,${n(top)})">\n${[...lines.map(lineSvg), ...cards].join("\n")}\n</g>`;
  return { part: { x: edge, y, svg: `${heading}${more}${inner}` }, height: top + height };
}
