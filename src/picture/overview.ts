/** An overview of many networks: one tile for each, above the networks themselves. */
import { counted } from "../diag/words.ts";
import type { Tier } from "../kinds/kind.ts";
import { faces } from "./faces.ts";
import type { Frame, Scene } from "./scene.ts";
import type { Mark } from "./input.ts";
import { badge, escape, n, rect } from "./svg.ts";
import { cut } from "./text-width.ts";

/** With more networks, or more objects in several networks, tiles come first. */
const most = { frames: 6, objects: 300 } as const;

const tile = { width: 250, height: 112, gap: 14 } as const;

export function isLarge({ frames, count }: Scene): boolean {
  return frames.length > most.frames || (frames.length > 1 && count > most.objects);
}

/** Returns the tiles, in rows as wide as the page. */
export function overviewSvg(frames: readonly Frame[], x: number, y: number, width: number): { svg: string; height: number } {
  const columns = Math.max(1, Math.floor((width + tile.gap) / (tile.width + tile.gap)));
  const svg = frames.map((frame, i) =>
    tileSvg(frame, x + (i % columns) * (tile.width + tile.gap), y + Math.floor(i / columns) * (tile.height + tile.gap)),
  );
  return { svg: svg.join("\n"), height: Math.ceil(frames.length / columns) * (tile.height + tile.gap) - tile.gap };
}

function tileSvg(frame: Frame, x: number, y: number): string {
  const items = [...frame.bars.map(({ item }) => item), ...frame.cells.flatMap(({ cards }) => cards)];
  const changed = [...items, ...frame.cells, frame].flatMap(({ mark }) => (mark === undefined || mark === "keep" ? [] : mark));
  const counts = `${counted(frame.cells.length, "subnet")} · ${counted(items.length, "object")}${changed.length > 0 ? ` · ${changed.length} change` : ""}`;
  const room = tile.width - 28;
  return `<g class="frame${frame.isForeign ? " foreign" : ""}"><title>${escape(`${frame.address} ${frame.sub}`)}</title>${rect({ x, y, width: tile.width, height: tile.height }, 10)}<text class="h3" x="${n(x + 14)}" y="${n(y + 22)}">${escape(cut(frame.name, room, faces.row))}</text><text class="mono dim" x="${n(x + 14)}" y="${n(y + 38)}">${escape(cut(frame.sub, room, faces.mono))}</text><text class="dim" x="${n(x + 14)}" y="${n(y + 54)}">${counts}</text>${stripes(frame, x + 14, y + 64, room)}${badge(worstOf(changed), x + tile.width - 6, y + 4)}</g>`;
}

/** Draws one stripe per tier, all of the same width, side by side. */
function stripes({ cells }: Frame, x: number, y: number, width: number): string {
  const tiers = (["public", "private", "isolated"] as const).map((tier): readonly [Tier, number] => [
    tier,
    cells.filter((cell) => cell.tier === tier).length,
  ]);
  const shown = tiers.filter(([, count]) => count > 0);
  const part = width / Math.max(1, shown.length);
  return shown
    .map(([tier, count], i) => {
      const left = x + i * part;
      return `<g class="cell t-${tier}">${rect({ x: left, y, width: part - 6, height: 34 }, 6)}<text class="name" x="${n(left + 8)}" y="${n(y + 14)}">${count}</text><text class="dim" x="${n(left + 8)}" y="${n(y + 28)}">${tier}</text></g>`;
    })
    .join("");
}

function worstOf(marks: readonly Mark[]): Mark | undefined {
  return (["delete", "replace", "restart", "create", "update", "retag"] as const).find((mark) => marks.includes(mark));
}
