import { widthOfText, wrap } from "./layout.ts";
import type { Paint } from "./painter.ts";
import type { TextOptions } from "./text-options.ts";

/** Returns text with its position in the YAML at the right edge of the first line. Text that does not fit continues on more lines. */
export function placed(text: string, place: string, { width, paint }: TextOptions, paintText: Paint, hanging?: string): string[] {
  const isShort = widthOfText(text) + (place === "" ? 0 : widthOfText(place) + 2) <= width;
  const lines = isShort ? [text] : wrapped(text, width - (place === "" ? 0 : widthOfText(place) + 2), hanging);
  const [first = "", ...rest] = lines;
  const gap = place === "" ? "" : " ".repeat(Math.max(2, width - widthOfText(first) - widthOfText(place)));
  return [`${paintText(first)}${gap}${paint.faint(place)}`, ...rest.map(paintText)];
}

function wrapped(text: string, width: number, hanging?: string): string[] {
  const indent = /^ */.exec(text)![0];
  return wrap(text.slice(indent.length), width, indent, hanging ?? `${indent}    `);
}
