/** Returns the difference of two texts as a unified diff, which `git apply` and `patch` accept. Pure. */

/** Lines of context around a change. */
const around = 3;

/** Returns an empty text when the texts are the same. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const [was, now] = [linesOf(before), linesOf(after)];
  const hunks = hunksOf(operations(was, now));
  return [`--- a/${path}`, `+++ b/${path}`, ...hunks.flatMap((hunk) => linesOfHunk(hunk))].map((line) => `${line}\n`).join("");
}

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
  /**
   * The line numbers in the old and the new text, counted from one. A line that is missing in one text has the number of the next line
   * there.
   */
  readonly was: number;
  readonly now: number;
}

/** Splits a text into lines. Like `diff`, marks a text that does not end with a line break. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") return lines.slice(0, -1);
  return [...lines.slice(0, -1), `${lines.at(-1)}\n\\ No newline at end of file`];
}

/**
 * Returns every line of both texts with its sign. Compares the part between the common beginning and the common end by the longest common
 * subsequence.
 */
function operations(was: readonly string[], now: readonly string[]): Line[] {
  const shortest = Math.min(was.length, now.length);
  let head = 0;
  while (head < shortest && was[head] === now[head]) head++;
  let tail = 0;
  while (tail < shortest - head && was[was.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const [a, b] = [was.slice(head, was.length - tail), now.slice(head, now.length - tail)];
  const length = lengths(a, b);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  const put = (sign: Line["sign"], text: string) => {
    lines.push({ sign, text, was: i + 1, now: j + 1 });
    if (sign !== "+") i++;
    if (sign !== "-") j++;
  };
  for (let n = 0; n < head; n++) put(" ", was[n]!);
  while (i - head < a.length || j - head < b.length) {
    const [x, y] = [i - head, j - head];
    if (x < a.length && y < b.length && a[x] === b[y]) put(" ", a[x]!);
    else if (y >= b.length || (x < a.length && length[x + 1]![y]! >= length[x]![y + 1]!)) put("-", a[x]!);
    else put("+", b[y]!);
  }
  for (let n = was.length - tail; n < was.length; n++) put(" ", was[n]!);
  return lines;
}

/** Returns the lengths of the longest common subsequences of the rest of both texts, from each pair of lines on. */
function lengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let x = a.length - 1; x >= 0; x--)
    for (let y = b.length - 1; y >= 0; y--)
      table[x]![y] = a[x] === b[y] ? table[x + 1]![y + 1]! + 1 : Math.max(table[x + 1]![y]!, table[x]![y + 1]!);
  return table;
}

function hunksOf(lines: readonly Line[]): Line[][] {
  const near = lines.map((_line, i) => lines.slice(Math.max(0, i - around), i + around + 1).some(({ sign }) => sign !== " "));
  const hunks: Line[][] = [];
  lines.forEach((line, i) => {
    if (!near[i]) return;
    if (near[i - 1]) hunks.at(-1)!.push(line);
    else hunks.push([line]);
  });
  return hunks;
}

function linesOfHunk(hunk: readonly Line[]): string[] {
  const count = (sign: "-" | "+") => hunk.filter((line) => line.sign !== (sign === "-" ? "+" : "-")).length;
  const [first] = hunk;
  const range = (from: number, size: number) => `${size === 0 ? from - 1 : from}${size === 1 ? "" : `,${size}`}`;
  const head = `@@ -${range(first!.was, count("-"))} +${range(first!.now, count("+"))} @@`;
  return [head, ...hunk.map(({ sign, text }) => `${sign}${text}`)];
}
