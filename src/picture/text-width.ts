/**
 * Computes the width of a text in the fonts of the pictures without a font. It uses the widths of Helvetica, which Arial and Liberation
 * Sans share (in thousandths of the size).
 */

export interface Face {
  readonly size: number;
  readonly isBold?: boolean;
  readonly isMono?: boolean;
}

const classes: readonly (readonly [width: number, letters: string])[] = [
  [191, "'"],
  [222, "ijl"],
  [260, "|"],
  [278, " !,./:;I[\\]ft"],
  [333, "()-`r"],
  [334, "{}"],
  [355, '"'],
  [365, "·"],
  [389, "*"],
  [469, "^"],
  [500, "Jckvxsyz"],
  [556, "#$0123456789?L_abdeghnopqu–"],
  [584, "+<=>~±"],
  [611, "FTZ"],
  [667, "&ABEKPSVXY"],
  [722, "CDHNRUw"],
  [778, "GOQ"],
  [833, "Mm"],
  [889, "%"],
  [944, "W"],
  [1000, "…→"],
  [1015, "@"],
];

const widths = new Map(classes.flatMap(([width, letters]) => [...letters].map((letter) => [letter, width] as const)));

/** An upper bound of the ratio between the widths of bold and normal letters. */
const boldFactor = 1.08;
const monoWidth = 602;

/** The width of a text in pixels. */
export function widthOf(text: string, { size, isBold = false, isMono = false }: Face): number {
  let sum = 0;
  for (const letter of text) sum += isMono && letter < "\u0300" ? monoWidth : (widths.get(letter) ?? letterWidth(letter));
  return (sum * size * (isBold && !isMono ? boldFactor : 1)) / 1000;
}

/** Returns the text, or its beginning with "…" when it is wider than `max`. Letters that belong together stay together. */
export function cut(text: string, max: number, face: Face): string {
  if (widthOf(text, face) <= max) return text;
  const room = max - widthOf("…", face);
  let [kept, used] = ["", 0];
  for (const { segment } of segmenter.segment(text)) {
    used += widthOf(segment, face);
    if (used > room) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

const segmenter = new Intl.Segmenter("en");

function letterWidth(letter: string): number {
  if (/\p{Mark}|\u200d|\ufe0f/u.test(letter)) return 0;
  if (/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(letter)) return 1300;
  if (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]|[\u{20000}-\u{3fffd}]/u.test(letter)) return 1000;
  return 700;
}
