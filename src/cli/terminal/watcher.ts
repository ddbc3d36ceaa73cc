import type { ApplyEvent } from "../../apply/events.ts";
import type { Context } from "../context.ts";
import { openEventStream } from "./event-stream.ts";
import { openDisplay, type Display } from "./progress-display.ts";
import type { Session } from "../session/session.ts";
import { WaitLine } from "./wait-line.ts";

/** Receives the events of a run, shows each, and writes it at once for `--format jsonl`. */
export class Watcher {
  /** Whether the plan is agreed to. From then on a signal lets the run end in order. */
  isBegun = false;
  /** Whether the run has the lock. The lock stays when the process is ended. */
  isLocked = false;
  /** The progress of the steps that write. */
  steps: "not begun" | "running" | "ended" = "not begun";
  readonly #context: Context;
  readonly #session: Session;
  readonly #write: (event: ApplyEvent) => void;
  readonly #sayBefore: (text: string) => void;
  #display: Display | undefined;
  #wait: WaitLine | undefined;

  constructor(context: Context, session: Session) {
    this.#context = context;
    this.#session = session;
    this.#sayBefore = session.throttling.say;
    this.#write = openEventStream(context);
  }

  take(event: ApplyEvent): void {
    this.#endWait();
    if (event.type === "step-started" && event.step.action !== "wait") this.steps = "running";
    if (event.type === "finished" && this.steps === "running") this.steps = "ended";
    this.#display ??= this.#open();
    this.#display.take(event);
    this.#write(event);
    if (event.type === "finished") this.end();
  }

  /** Prints a line that stays on the screen, above the live lines if there are any. */
  say(text: string): void {
    if (this.#display) this.take({ type: "note", at: this.#session.clock.now(), text });
    else {
      this.#endWait();
      this.#context.io.stderr.write(`${text}\n`);
    }
  }

  /** Shows a wait before the first step, counted down. */
  waitFor(text: string, seconds: number): void {
    this.#endWait();
    this.#wait = new WaitLine(this.#context.io, this.#session.clock, text, seconds);
  }

  end(): void {
    this.#endWait();
    this.#display?.end();
    this.#display = undefined;
    this.#session.throttling.say = this.#sayBefore;
  }

  #endWait(): void {
    this.#wait?.end();
    this.#wait = undefined;
  }

  /** Opens the display. Lines from elsewhere would now break up the live lines, so they come as notes among the events. */
  #open(): Display {
    const { throttling, clock } = this.#session;
    throttling.say = (text) => this.take({ type: "note", at: clock.now(), text });
    return openDisplay(this.#context, clock);
  }
}
