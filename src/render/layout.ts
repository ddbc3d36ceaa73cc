/** Returns the width of text on a terminal. Combining marks take no column, East Asian wide characters take two. */
export function widthOfText(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += /\p{M}|\p{Cf}/u.test(character) ? 0 : isWide(character.codePointAt(0)!) ? 2 : 1;
  return width;
}

const wide = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0x1f300, 0x1faff],
] as const;

function isWide(code: number): boolean {
  return wide.some(([first, last]) => code >= first && code <= last);
}

/** Fills up text with spaces to a width. Longer text stays whole. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOfText(text)));
}

/** Cuts text that is too long and says so with an ellipsis. */
export function clip(text: string, width: number): string {
  if (widthOfText(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    const more = widthOfText(character);
    if (used + more > width - 1) break;
    kept += character;
    used += more;
  }
  return `${kept.trimEnd()}…`;
}

/** Breaks prose at spaces. A word that is longer than the line gets a line of its own. Every line is indented. */
export function wrap(text: string, width: number, indent = "", hanging = indent): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = lines.length === 0 ? indent : hanging;
    let empty = true;
    for (const word of paragraph.split(" ")) {
      if (!empty && widthOfText(line) + 1 + widthOfText(word) > width) {
        lines.push(line.trimEnd());
        line = hanging;
        empty = true;
      }
      line += empty ? word : ` ${word}`;
      empty = false;
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** Returns a duration as text: "0.4 s", "12 s", "3 min 20 s", "1 h 5 min". */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Lays out rows in aligned columns. The last column is not filled up. */
export function table(rows: readonly (readonly string[])[], gap = "  "): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOfText(cell))));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column]!)))
      .join(gap)
      .trimEnd(),
  );
}

/** Names the first of many items and counts the rest. The full list is shown elsewhere. */
export function someOf(items: readonly string[]): string {
  return items.length > 4 ? `${items.slice(0, 3).join(", ")} and ${items.length - 3} more` : items.join(", ");
}
