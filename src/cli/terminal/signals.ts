import { setMaxListeners } from "node:events";
import { exitOfSignal } from "../exit.ts";
import type { Io, Signal } from "./terminal.ts";

/** The signals that the process receives. The first signal asks the work to end, the second ends the process. */
export interface Signals {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal;
  /** The first signal, or undefined before it. */
  readonly received: Signal | undefined;
  /** Returns the sentence that is printed when the second signal ends the process. */
  lastWords: (() => string) | undefined;
  /** Calls `listener` at the first signal. */
  onFirst(listener: (signal: Signal) => void): void;
  /** Stops listening, so that signals do what they do by default. */
  ignore(): void;
}

export function listenForSignals(io: Io): Signals {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every environment of `plan --all` listens
  const listeners: ((signal: Signal) => void)[] = [];
  let received: Signal | undefined;
  const ignore = io.onSignal((signal) => {
    if (received !== undefined) {
      io.stderr.write(`\n${signals.lastWords?.() ?? "Stopped immediately."}\n`);
      return io.exit(exitOfSignal(signal));
    }
    received = signal;
    controller.abort(new Interrupted(signal));
    for (const listener of listeners) listener(signal);
  });
  const signals: Signals = {
    stop: controller.signal,
    lastWords: undefined,
    get received() {
      return received;
    },
    onFirst: (listener) => listeners.push(listener),
    ignore,
  };
  return signals;
}

/** Thrown through the work that was running when the first signal came. */
export class Interrupted extends Error {
  readonly signal: Signal;
  constructor(signal: Signal) {
    super(`interrupted by ${signal}`);
    this.name = "Interrupted";
    this.signal = signal;
  }
}
