/** The sizes of the texts in pictures, as style.ts sets them. */
import type { Face } from "./text-width.ts";

export const faces = {
  title: { size: 19, isBold: true },
  frame: { size: 15, isBold: true },
  row: { size: 13, isBold: true },
  strong: { size: 13, isBold: true },
  name: { size: 12, isBold: true },
  zone: { size: 11.5, isBold: true },
  label: { size: 11, isBold: true },
  dim: { size: 11 },
  chip: { size: 10 },
  mono: { size: 10.5, isMono: true },
} as const satisfies Readonly<Record<string, Face>>;
