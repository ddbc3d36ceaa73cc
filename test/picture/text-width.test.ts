import { expect, test } from "vitest";
import { faces } from "../../src/picture/faces.ts";
import { colours } from "../../src/picture/style.ts";
import { cut, widthOf } from "../../src/picture/text-width.ts";

// Helvetica at 10 px, as Adobe's metrics give it (https://www.adobe.com/devnet/font.html, Core14 AFM).
test.each([
  ["Hamburgefons", 65.58],
  ["10.0.1.0/24", 50.04],
  ["", 0],
])("%j is %d px wide", (text, width) => expect(widthOf(text, { size: 10 })).toBeCloseTo(width, 1));

test.each([
  ["데이터", 30],
  ["👩‍👩‍👧", 39],
  ["e\u0301", 5.56],
])("%j, which Helvetica has not, is taken as %d px", (text, width) => expect(widthOf(text, { size: 10 })).toBeCloseTo(width, 1));

test.each([
  ["short", 100, "short"],
  ["a-name-of-many-letters", 60, "a-name-of-…"],
  ["👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 70, "👩‍👩‍👧‍👦…"],
])("%j in %d px is %j", (text, room, expected) => {
  expect(cut(text, room, { size: 10 })).toBe(expected);
  expect(widthOf(cut(text, room, { size: 10 }), { size: 10 })).toBeLessThanOrEqual(room);
});

// Where no font with the metrics of Helvetica is installed, as on many servers, the pictures name DejaVu Sans Condensed. DejaVu Sans itself
// is up to a quarter wider, so its text left the pills. Widths of the bold face at 10 px, from its tables (DejaVu fonts 2.37).
test.each([
  ["tcp 22 from 203.0.113.10/32", 144.29],
  ["tcp 8080", 44.24],
  ["egress-only internet gateway", 149.63],
])("%j has room in the font that comes last", (text, width) => expect(width / widthOf(text, { size: 10, isBold: true })).toBeLessThan(1.1));

/** Each text with every colour that may be behind it. Markup tests of accessibility cannot judge text in SVG. */
const pairs: readonly (readonly [text: string, grounds: readonly string[]])[] = [
  ["text", [".bg", ".frame>rect", ".t-public>rect", ".t-private>rect", ".t-isolated>rect", ".card>rect,.pill>rect"]],
  [".dim,.zone,.card .s", [".bg", ".frame>rect", ".t-public>rect", ".t-private>rect", ".t-isolated>rect", ".card>rect,.pill>rect"]],
  [".chip text", [".chip rect", ".c-update rect,.c-restart rect,.c-retag rect", ".c-create rect", ".c-replace rect", ".c-delete rect"]],
  [".l-in>text", [".label>rect"]],
  [".l-mid>text", [".label>rect"]],
  [".l-data>text", [".label>rect"]],
  [".l-copy>text", [".label>rect"]],
  [".l-closes>text", [".label>rect"]],
  [
    ".badge text",
    [".b-create circle", ".b-update circle,.b-restart circle,.b-retag circle", ".b-replace circle", ".b-delete circle", ".b-keep circle"],
  ],
];

const cases = pairs.flatMap(([text, grounds]) =>
  grounds.flatMap((ground) => (["light", "dark"] as const).map((scheme) => [text, ground, scheme] as const)),
);

test.each(cases)("%s on %s is read in the %s (4.5:1, WCAG 2.2, 1.4.3)", (text, ground, scheme) => {
  expect(contrast(colourOf(text, scheme), colourOf(ground, scheme))).toBeGreaterThanOrEqual(4.5);
});

test("no text has a colour that is not in the table", () => {
  const texts = colours.map(([selector]) => selector).filter((selector) => /text|dim/.test(selector));
  expect(texts.sort()).toEqual(pairs.map(([text]) => text).sort());
});

test("every face is at least 10 px", () => expect(Math.min(...Object.values(faces).map(({ size }) => size))).toBeGreaterThanOrEqual(10));

function colourOf(selector: string, scheme: "light" | "dark"): string {
  const [, , light, dark] = colours.find(([one, property]) => one === selector && property === "fill")!;
  return scheme === "light" ? light : dark;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
