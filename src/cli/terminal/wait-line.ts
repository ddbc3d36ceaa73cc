import type { Clock } from "@plumbline/clock";
import { trusted } from "../../diag/harmless.ts";
import { clip } from "../../render/layout.ts";
import type { Io } from "./terminal.ts";

/** A wait of known length. On a terminal it is a line that counts down, elsewhere it is printed once. */
export class WaitLine {
  readonly #io: Io;
  readonly #clock: Clock;
  readonly #until: number;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(io: Io, clock: Clock, text: string, seconds: number) {
    this.#io = io;
    this.#clock = clock;
    this.#until = clock.now() + seconds * 1000;
    io.stderr.write(`${text}.\n`);
    if (!io.stderr.isTTY || io.env["CI"] || io.env["TERM"] === "dumb") return;
    this.#timer = setInterval(() => this.#draw(), 1_000);
    this.#timer.unref();
  }

  /** Removes the countdown. The line that says what the run waits for stays on the screen. */
  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#io.stderr.write(trusted("\r\u001b[K"));
  }

  #draw(): void {
    const left = Math.max(0, Math.ceil((this.#until - this.#clock.now()) / 1000));
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    this.#io.stderr.write(`${trusted("\r\u001b[K")}${clip(`  ${time} left`, this.#io.stderr.columns - 1)}`);
  }
}
