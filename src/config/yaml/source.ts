import type { Position } from "../../diag/diagnostic.ts";

/** One text that was read. It returns the position of an offset. */
export class Source {
  /** The path as people see it: relative to the working directory. */
  readonly file: string;
  /** The folder, absolute, against which the paths inside are read. */
  readonly folder: string;
  readonly text: string;
  /** Lines with a secret, in the form that may be shown. The search for secrets fills it before anything is shown, and so does `hide`. */
  readonly masked = new Map<number, string>();
  /** Offsets of mappings that lack the content of an alias. That the alias leads nowhere is already reported. */
  readonly lacking: Set<number>;
  /** The place where the part is used, when the text belongs to a part. */
  readonly #via: Position["via"];
  #starts: number[] | undefined;

  constructor(file: string, folder: string, text: string, via?: Position["via"], lacking = new Set<number>()) {
    this.file = file;
    this.folder = folder;
    this.text = text;
    this.#via = via;
    this.lacking = lacking;
  }

  /** Returns the same text as one use of a part sees it. Each place names the use. */
  usedAt(via: NonNullable<Position["via"]>): Source {
    const same = new Source(this.file, this.folder, this.text, via, this.lacking);
    for (const [line, text] of this.masked) same.masked.set(line, text);
    same.#starts = this.#lineStarts() as number[];
    return same;
  }

  /** Returns the same text as seen from another source: in the same use of a part, if there is one. */
  seenFrom(other: Source): Source {
    return other.#via ? this.usedAt(other.#via) : this;
  }

  /** Returns the position of a stretch of text, cut at the end of its first line. */
  position(start: number, end: number): Position {
    const line = this.#lineAt(start);
    const column = start - this.#lineStarts()[line - 1]! + 1;
    const text = this.line(line);
    const length = Math.max(1, Math.min(end - start, text.length - column + 1));
    return { file: this.file, line, column, length, text, ...(this.#via && { via: this.#via }) };
  }

  /** Returns one line, one-based, without its line break and without secrets. */
  line(number: number): string {
    return this.masked.get(number) ?? this.rawLine(number);
  }

  /** Hides a stretch in everything that is shown from now on. */
  hide(start: number, end: number): void {
    for (let number = this.#lineAt(start); number <= this.#lineAt(Math.max(start, end - 1)); number++) {
      const begin = this.#lineStarts()[number - 1]!;
      const stretch = this.rawLine(number).slice(Math.max(0, start - begin), end - begin);
      if (stretch.trim() !== "")
        this.masked.set(
          number,
          this.line(number).replace(stretch, () => "********"),
        );
    }
  }

  rawLine(number: number): string {
    const starts = this.#lineStarts();
    return this.text.slice(starts[number - 1]!, starts[number] ?? this.text.length).replace(/\r?\n$|\r$/, "");
  }

  lineCount(): number {
    return this.#lineStarts().length;
  }

  #lineAt(offset: number): number {
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  #lineStarts(): readonly number[] {
    if (!this.#starts) {
      this.#starts = [0];
      if (/\r(?!\n)/.test(this.text))
        for (const { 0: end, index } of this.text.matchAll(/\r\n?|\n/g)) this.#starts.push(index + end.length);
      else for (let at = this.text.indexOf("\n"); at >= 0; at = this.text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
    }
    return this.#starts;
  }
}

/** A stretch of a source. It becomes a position only when somebody asks. */
export interface Spot {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

export function positionOf(spot: Spot): Position {
  return spot.source.position(spot.start, spot.end);
}
