import { widthOfText, wrap } from "./layout.ts";
import type { Paint } from "./painter.ts";
import type { TextOptions } from "./text-options.ts";

/** Beside a position, text needs this much room. With less, a line would hold one word. */
const leastText = 20;

/**
 * Returns text with its position in the YAML at the right edge of the first line, or below the text where there is no room. Text that does
 * not fit continues on more lines.
 */
export function placed(text: string, place: string, { width, paint }: TextOptions, paintText: Paint, hanging?: string): string[] {
  const room = width - (place === "" ? 0 : widthOfText(place) + 2);
  if (widthOfText(text) <= room) return [beside(text, place, width, paintText, paint.faint)];
  const shallow = `${/^ */.exec(text)![0]}    `;
  const below = hanging === undefined || hanging.length + leastText > width ? shallow : hanging;
  if (room < leastText) return [...wrapped(text, width, below).map(paintText), ...(place === "" ? [] : [below + paint.faint(place)])];
  const [first = "", ...rest] = wrapped(text, room, hanging ?? shallow);
  return [beside(first, place, width, paintText, paint.faint), ...rest.map(paintText)];
}

function beside(text: string, place: string, width: number, paintText: Paint, paintPlace: Paint): string {
  const gap = place === "" ? "" : " ".repeat(Math.max(2, width - widthOfText(text) - widthOfText(place)));
  return `${paintText(text)}${gap}${paintPlace(place)}`;
}

function wrapped(text: string, width: number, hanging: string): string[] {
  const indent = /^ */.exec(text)![0];
  return wrap(text.slice(indent.length), width, indent, hanging);
}
