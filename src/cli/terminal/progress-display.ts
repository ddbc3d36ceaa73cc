import { stripVTControlCharacters } from "node:util";
import { trusted } from "../../diag/harmless.ts";
import type { ApplyEvent } from "../../apply/events.ts";
import type { Clock } from "@plumbline/clock";
import { endedLine, Progress } from "../../render/apply-progress.ts";
import type { TextOptions } from "../../render/text-options.ts";
import { widthOfText, wrap } from "../../render/layout.ts";
import { textOptions, type Context } from "../context.ts";
import type { Sink } from "./terminal.ts";

/** Shows an apply while it runs. */
export interface Display {
  take(event: ApplyEvent): void;
  /** Removes the live lines. */
  end(): void;
}

/** Opens live lines on a terminal, and lines of a log everywhere else. */
export function openDisplay(context: Context, clock: Clock): Display {
  const { stderr, env } = context.io;
  const options = textOptions(context, stderr);
  const isLive = stderr.isTTY && !env["CI"] && env["TERM"] !== "dumb";
  return isLive ? new LiveDisplay(stderr, options, clock) : new LogDisplay(stderr, clock);
}

/** The number of running steps that are shown. More would scroll away. */
const mostLines = 12;
const redrawEvery = 120;

class LiveDisplay implements Display {
  readonly #out: Sink;
  readonly #options: TextOptions;
  readonly #clock: Clock;
  readonly #progress = new Progress();
  readonly #timer: NodeJS.Timeout;
  /** The widths of the lines on the screen now. */
  #drawn: readonly number[] = [];

  constructor(out: Sink, options: TextOptions, clock: Clock) {
    this.#out = out;
    this.#options = options;
    this.#clock = clock;
    this.#timer = setInterval(() => this.#draw([]), redrawEvery);
    this.#timer.unref();
  }

  take(event: ApplyEvent): void {
    this.#progress.take(event);
    const line = endedLine(event, this.#options.paint);
    if (line !== undefined && this.#progress.isNews(event)) this.#draw([line]);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#out.write(this.#erased());
    this.#drawn = [];
  }

  /** Draws the live lines again, below new lines that stay. */
  #draw(above: readonly string[]): void {
    const lines = this.#progress.live(this.#clock.now(), this.#out.columns, mostLines);
    const painted = lines.map((line, place) => (place === lines.length - 1 ? this.#options.paint.strong(line) : line));
    const kept = above.flatMap((line) => fitted(line, this.#out.columns));
    this.#out.write(`${this.#erased()}${[...kept, ...painted].map((line) => `${line}\n`).join("")}`);
    this.#drawn = lines.map(widthOfText);
  }

  #erased(): string {
    if (this.#drawn.length === 0) return "";
    // If the window was made narrower since, each line takes more rows.
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / Math.max(1, this.#out.columns))), 0);
    return trusted(`\u001b[${rows}A\u001b[J`);
  }
}

/** Breaks a line that is longer than the terminal is wide between words. */
function fitted(line: string, columns: number): readonly string[] {
  return widthOfText(stripVTControlCharacters(line)) < columns ? [line] : wrap(line, columns - 1, "", "    ");
}

const remindEvery = 30_000;

class LogDisplay implements Display {
  readonly #out: Sink;
  readonly #clock: Clock;
  readonly #progress = new Progress();
  readonly #timer: NodeJS.Timeout;
  #reminded: number;

  constructor(out: Sink, clock: Clock) {
    this.#out = out;
    this.#clock = clock;
    this.#reminded = clock.now();
    this.#timer = setInterval(() => this.#remind(), 1_000);
    this.#timer.unref();
  }

  take(event: ApplyEvent): void {
    this.#progress.take(event);
    for (const line of this.#progress.log(event)) this.#out.write(`${line}\n`);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #remind(): void {
    const now = this.#clock.now();
    if (now - this.#reminded < remindEvery) return;
    this.#reminded = now;
    for (const line of [...this.#progress.standing(now), `  ${this.#progress.sum(now)}`]) this.#out.write(`${line}\n`);
  }
}
