/** Properties of every picture, over random estates. */
import { XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { faces } from "../../src/picture/faces.ts";
import type { Point } from "../../src/picture/lines.ts";
import { blockOf, type Block } from "../../src/picture/place.ts";
import type { Box } from "../../src/picture/boxes.ts";
import { pictureOf } from "../../src/picture/picture.ts";
import { sceneOf } from "../../src/picture/scene.ts";
import type { PictureInput } from "../../src/picture/input.ts";
import { stripOf } from "../../src/picture/strip.ts";
import { widthOf, type Face } from "../../src/picture/text-width.ts";
import { Random } from "../fuzz/random.ts";
import { isNight } from "../support/night.ts";
import { inputOfEstate } from "./estate.ts";

const seeds = Array.from({ length: isNight ? 50 : 20 }, (_, i) => i + 1);

function blocksOf(input: PictureInput): readonly Block[] {
  const scene = sceneOf(input);
  return scene.frames.map((frame) => blockOf(frame, scene.flows));
}

const pictures = seeds.map((seed) => {
  const input = inputOfEstate(seed, seed % 2 === 0);
  return { seed, input, svg: pictureOf(input), blocks: blocksOf(input) };
});
const blocks = pictures.flatMap(({ seed, blocks }) => blocks.map((block) => ({ seed, block })));

describe("over random estates", () => {
  test("every object of a network is in its picture, alone or counted", () => {
    for (const seed of seeds) {
      const input = inputOfEstate(seed, false);
      const scene = sceneOf(input);
      const items = [...blocksOf(input).flatMap((block) => block.items.map(({ item }) => item)), ...scene.beside];
      const expected = input.shown.filter((one) => ["card", "bar", "beside"].includes(one.drawn.as)).map(({ address }) => address);
      expect([...new Set(items.flatMap(({ addresses }) => addresses))].sort(), `seed ${seed}`).toEqual([...new Set(expected)].sort());
    }
  });

  test("boxes lie in their parents, and no two overlap", () => {
    const faults = blocks.flatMap(({ seed, block }) => {
      const cells = block.rows.flatMap((row) => row.cells.map(({ box }) => box));
      const items = block.items.map(({ box }) => box);
      const pills = [...block.doors, ...block.labels].map(({ box }) => box);
      return [
        ...[...cells, ...items].filter((box) => !inside(box, block.box)).map((box) => ({ seed, outside: box })),
        ...items.filter((box) => !cells.some((cell) => isInRowOf(box, cell))).map((box) => ({ seed, inNoCell: box })),
        ...pills.filter(({ x, width }) => x < 0 || x + width > block.width).map((box) => ({ seed, tooWide: box })),
        ...[
          cells,
          items,
          block.doors.map(({ box }) => box),
          block.labels.filter(({ tone }) => tone !== "copy").map(({ box }) => box),
        ].flatMap((boxes) =>
          pairsOf(boxes)
            .filter(([a, b]) => overlaps(a, b))
            .map((pair) => ({ seed, pair })),
        ),
      ];
    });
    expect(faults).toEqual([]);
  });

  test("no line runs through a card, and every line ends at the edge of its box", () => {
    const faults = blocks.flatMap(({ seed, block }) =>
      block.lines.flatMap(({ points, ends }) => {
        const pieces = segmentsOf(points);
        const targets = block.items.filter(({ item }) => item.id === ends.at(-1));
        return [
          ...pieces.filter(([a, b]) => a[0] !== b[0] && a[1] !== b[1]).map((oblique) => ({ seed, oblique })),
          ...block.items
            .filter(({ box }) => pieces.some(([a, b]) => crosses(a, b, box)))
            .map(({ item }) => ({ seed, ends, through: item.id })),
          ...(targets.some(({ box }) => touches(points.at(-1)!, box)) ? [] : [{ seed, ends, endsNowhere: points.at(-1) }]),
          ...points.filter(([x, y]) => x < 0 || x > block.width || y < 0 || y > block.height).map((outside) => ({ seed, outside })),
        ];
      }),
    );
    expect(faults).toEqual([]);
  });

  test("no line runs through the name of a zone", () => {
    const faults = blocks.flatMap(({ seed, block }) =>
      block.zones.flatMap(({ x, y, text, anchor }) => {
        const width = widthOf(text, faces.zone);
        const box = { x: anchor === "middle" ? x - width / 2 : x, y: y - faces.zone.size, width, height: faces.zone.size };
        const isCrossed = block.lines.some(({ points }) => segmentsOf(points).some(([a, b]) => crosses(a, b, box)));
        return isCrossed || box.x + width > block.width ? [{ seed, text }] : [];
      }),
    );
    expect(blocks.flatMap(({ block }) => block.zones).length).toBeGreaterThan(2 * seeds.length);
    expect(faults).toEqual([]);
  });

  test("beside the networks no two cards overlap, no line runs through one, and each ends at the edge of its own", () => {
    const strips = pictures.flatMap(({ seed, input }) => [
      { seed, strip: stripOf(sceneOf(input).beside, 420 + 13 * seed, true) },
      { seed, strip: stripOf(sceneOf(input).beside, 956, false) },
    ]);
    expect(strips.reduce((sum, { strip }) => sum + strip.lines.length, 0)).toBeGreaterThan(2 * seeds.length);
    const faults = strips.flatMap(({ seed, strip: { items, lines, width, height } }) => {
      const bounds = { x: 0, y: 0, width, height };
      const boxes = items.map(({ box }) => box);
      return [
        ...boxes.filter((box) => !inside(box, bounds)).map((box) => ({ seed, outside: box })),
        ...pairsOf(boxes)
          .filter(([a, b]) => overlaps(a, b))
          .map((pair) => ({ seed, pair })),
        ...lines
          .map((line) => ({ ...line, line, pieces: segmentsOf(line.points) }))
          .flatMap(({ points, ends, line, pieces }) => [
            ...boxes.filter((box) => pieces.some(([a, b]) => crosses(a, b, box))).map((box) => ({ seed, ends, through: box })),
            ...[points[0]!, points.at(-1)!].flatMap((point, i) => {
              const own = items.find(({ item }) => item.id === (i === 0 ? ends[0] : ends.at(-1)))!.box;
              return isOnEdge(point, own) ? [] : [{ seed, ends, endsNowhere: point }];
            }),
            ...lines
              .filter(({ bundle }) => bundle > line.bundle)
              .flatMap((other) => segmentsOf(other.points).filter(([a, b]) => pieces.some(([c, d]) => liesOn({ a, b }, { a: c, b: d }))))
              .map((shared) => ({ seed, ends, shared })),
            ...points.filter(([x, y]) => x < 0 || x > width + 30 || y < 0 || y > height).map((outside) => ({ seed, ends, outside })),
          ]),
      ];
    });
    expect(faults).toEqual([]);
  });

  test("a label hides no corner and no other line, wherever its own line has a free piece that is long enough", () => {
    const labels = blocks.flatMap(({ seed, block }) =>
      block.labels.filter(({ tone }) => tone !== "copy").map((label) => ({ seed, block, label })),
    );
    expect(labels.length).toBeGreaterThan(2 * seeds.length);
    const faults = labels.flatMap(({ seed, block, label }) => {
      const { box, bundle } = label;
      const y = box.y + box.height / 2;
      const pieces = block.lines.flatMap((line) => segmentsOf(line.points).map(([a, b]) => ({ a, b, bundle: line.bundle })));
      const own = pieces.filter((one) => one.bundle === bundle && one.a[1] === y && one.b[1] === y).flatMap(({ a, b }) => [a[0], b[0]]);
      const upright = pieces.filter(
        ({ a, b }) => a[0] === b[0] && Math.min(a[1], b[1]) < box.y + box.height && Math.max(a[1], b[1]) > box.y,
      );
      const xs = [...new Set([...own, ...upright.map(({ a }) => a[0])])].sort((a, b) => a - b);
      const hidden = upright.filter(({ a }) => a[0] > box.x && a[0] < box.x + box.width);
      const left = Math.min(...own);
      const right = Math.max(...own);
      const isFree = xs.some((x, i) => i > 0 && xs[i - 1]! >= left && x <= right && x - xs[i - 1]! > box.width + 16);
      return hidden.length > 0 && isFree ? [{ seed, label: label.text }] : [];
    });
    expect(faults).toEqual([]);
  });

  test("no line runs through the name or the range of a network", () => {
    const faults = blocks.flatMap(({ seed, block }) => {
      const { frame, box, lines } = block;
      const widths = [widthOf(frame.name, faces.frame), ...frame.sub.split(" · ").map((text) => widthOf(text, faces.mono))];
      const words = { x: 18, y: box.y + 16, width: Math.min(150, Math.max(...widths)), height: 34 };
      return lines.filter(({ points }) => segmentsOf(points).some(([a, b]) => crosses(a, b, words))).map(({ ends }) => ({ seed, ends }));
    });
    expect(faults).toEqual([]);
  });

  test("two bundles never share a piece of line", () => {
    const faults = blocks.flatMap(({ seed, block }) => {
      const pieces = block.lines
        .filter(({ tone }) => tone !== "copy")
        .flatMap(({ points, bundle }) => segmentsOf(points).map(([a, b]) => ({ a, b, bundle })));
      return pairsOf(pieces)
        .filter(([a, b]) => a.bundle !== b.bundle && liesOn(a, b))
        .map((pair) => ({ seed, pair }));
    });
    expect(faults).toEqual([]);
  });

  test("texts fit into their cards, pills and chips", () => {
    const texts = pictures.flatMap(({ seed, svg }) => textsOf(svg).map((text) => ({ seed, ...text })));
    expect(texts.length).toBeGreaterThan(2_000);
    expect(texts.filter(({ left, right, box }) => left < box.x - 0.5 || right > box.x + box.width + 0.5)).toEqual([]);
  });

  test("the SVG is well-formed, and shows hostile names as text", () => {
    const odd = pictures.filter(
      ({ svg }) => XMLValidator.validate(svg) !== true || /<script|foreignObject|href|NaN|Infinity|undefined/.test(svg),
    );
    expect(odd.map(({ seed }) => seed)).toEqual([]);
  });

  test("the order of the input does not matter", () => {
    const changed = pictures.filter(({ seed, input, svg }) => {
      const draw = new Random(seed);
      return pictureOf({ ...input, shown: shuffle(input.shown, draw), flows: shuffle(input.flows, draw) }) !== svg;
    });
    expect(changed.map(({ seed }) => seed)).toEqual([]);
  });
});

const slack = 0.01;

function inside(inner: Box, outer: Box): boolean {
  return (
    within(inner.x, inner.x + inner.width, outer.x, outer.x + outer.width) &&
    within(inner.y, inner.y + inner.height, outer.y, outer.y + outer.height)
  );
}

function within(first: number, last: number, from: number, to: number): boolean {
  return first >= from - slack && last <= to + slack;
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width - slack && b.x < a.x + a.width - slack && a.y < b.y + b.height - slack && b.y < a.y + a.height - slack;
}

function isInRowOf(box: Box, cell: Box): boolean {
  return within(box.y, box.y + box.height, cell.y, cell.y + cell.height) && overlaps(box, cell);
}

function pairsOf<T>(list: readonly T[]): (readonly [T, T])[] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b] as const));
}

function segmentsOf(points: readonly Point[]): (readonly [Point, Point])[] {
  return points.slice(1).map((point, i) => [points[i]!, point]);
}

/** Whether a piece of a line has a point inside a box. The edge of the box does not count. */
function crosses([ax, ay]: Point, [bx, by]: Point, box: Box): boolean {
  const line = { x: Math.min(ax, bx), y: Math.min(ay, by), width: Math.abs(ax - bx), height: Math.abs(ay - by) };
  return (
    line.x < box.x + box.width - slack &&
    line.x + line.width > box.x + slack &&
    line.y < box.y + box.height - slack &&
    line.y + line.height > box.y + slack
  );
}

function touches([x, y]: Point, box: Box): boolean {
  const isOnSide = Math.abs(x - box.x) < slack || Math.abs(x - box.x - box.width) < slack;
  return isOnSide && y >= box.y && y <= box.y + box.height;
}

function isOnEdge([x, y]: Point, box: Box): boolean {
  const isBelow = Math.abs(y - box.y) < slack || Math.abs(y - box.y - box.height) < slack;
  return touches([x, y], box) || (isBelow && x >= box.x && x <= box.x + box.width);
}

/** Whether two pieces lie on one line and share more than a point. */
function liesOn(one: { a: Point; b: Point }, other: { a: Point; b: Point }): boolean {
  return [0, 1].some((axis) => {
    const along = 1 - axis;
    if (![one.a, one.b, other.a, other.b].every((point) => Math.abs(point[axis]! - one.a[axis]!) < slack)) return false;
    const from = Math.max(Math.min(one.a[along]!, one.b[along]!), Math.min(other.a[along]!, other.b[along]!));
    const to = Math.min(Math.max(one.a[along]!, one.b[along]!), Math.max(other.a[along]!, other.b[along]!));
    return to - from > slack;
  });
}

const faceOf: Readonly<Record<string, Face>> = { t: faces.strong, s: faces.dim, name: faces.name, dim: faces.dim, "mono dim": faces.mono };

/** Returns the texts of boxes, each with its extent and its box. */
function textsOf(svg: string) {
  const groups = [
    ...svg.matchAll(
      /<g class="(card|chip|label|cell) ?([^"]*)"[^>]*><title>[^<]*<\/title>(?:<rect [^>]*\/>)*?(<rect [^>]*\/>)((?:<g class="glyph".*?<\/g>)?)((?:<text [^>]*>[^<]*<\/text>)+)/g,
    ),
  ];
  return groups.flatMap(([, kind, classes, rect, , texts]) => {
    const number = (name: string, of: string) => Number(new RegExp(` ${name}="([^"]*)"`).exec(of)?.[1]);
    const box = { x: number("x", rect!), width: number("width", rect!) };
    return [...texts!.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes, text]) => {
      const className = /class="([^"]*)"/.exec(` ${attributes}`)?.[1] ?? "";
      const face = kind === "chip" || classes!.includes("l-copy") ? faces.chip : kind === "label" ? faces.label : faceOf[className]!;
      const plain = text!.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
      const [x, width] = [number("x", ` ${attributes}`), widthOf(plain, face)];
      const left = attributes!.includes('"middle"') ? x - width / 2 : attributes!.includes('"end"') ? x - width : x;
      return { text: plain, left, right: left + width, box };
    });
  });
}

function shuffle<T>(list: readonly T[], draw: Random): T[] {
  const left = [...list];
  return list.map(() => left.splice(draw.below(left.length), 1)[0]!);
}
