/**
 * The content of a terminal, including scrolled-off lines, after a program has written to it. Rows break at the width, and break again when
 * it becomes narrower.
 */
export class Screen {
  readonly #rows: string[] = [""];
  #columns: number;
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  get text(): string {
    return this.#rows.map((row) => row.trimEnd()).join("\n");
  }

  write(text: string): void {
    // oxlint-disable-next-line no-control-regex -- escape sequences begin with a control character
    for (const [token] of text.matchAll(/\u001b\[[0-9;?]*[A-Za-z]|\u00ff\d{4}|[^]/gu)) this.#take(token);
  }

  #take(token: string): void {
    if (token.startsWith("\u00ff")) this.#narrow(Number(token.slice(1)));
    else if (token === "\n") this.#down();
    else if (token === "\r") this.#column = 0;
    else if (token.startsWith("\u001b[")) this.#control(token.slice(2, -1), token.at(-1)!);
    else this.#put(token);
  }

  #control(number: string, letter: string): void {
    if (letter === "A") this.#row = Math.max(0, this.#row - Number(number || 1));
    if (letter === "J") this.#rows.splice(this.#row + 1);
    if (letter === "J" || letter === "K") this.#rows[this.#row] = this.#rows[this.#row]!.slice(0, this.#column);
  }

  #put(character: string): void {
    if (this.#column === this.#columns) {
      this.#down();
      this.#column = 0;
    }
    const row = this.#rows[this.#row]!.padEnd(this.#column);
    this.#rows[this.#row] = row.slice(0, this.#column) + character + row.slice(this.#column + 1);
    this.#column++;
  }

  #down(): void {
    this.#row++;
    if (this.#row === this.#rows.length) this.#rows.push("");
  }

  #narrow(columns: number): void {
    this.#columns = columns;
    const broken = this.#rows.map((row) => (row === "" ? [""] : (row.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""])));
    this.#row = broken.slice(0, this.#row).reduce((sum, rows) => sum + rows.length, 0);
    this.#rows.splice(0, this.#rows.length, ...broken.flat());
  }
}
