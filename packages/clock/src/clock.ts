/**
 * Time as the engine sees it. Nothing outside this folder calls Date.now or setTimeout, so the sandbox and the tests run
 * minutes of waiting for AWS in milliseconds.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never go back and stand still while the computer sleeps; `now` is used when absent. */
  monotonic?(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Real work (a socket, a file, an import) during which virtual time stands still. */
  work<T>(promise: Promise<T>): Promise<T>;
}

/** The wall clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
    }),
  work: (promise) => promise,
};

interface Sleeper {
  readonly due: number;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * A clock that jumps. When nothing has happened for a few turns of the event loop and no real work is running, it moves to
 * the time of the earliest sleeper and wakes that sleeper alone. Sleepers with the same time wake in the order in which they
 * went to sleep, so every run is the same.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #working = 0;
  #restless = 0;
  #watching = false;
  readonly #sleepers: Sleeper[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.#restless++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        const place = this.#sleepers.indexOf(sleeper);
        if (place >= 0) this.#sleepers.splice(place, 1);
        this.#restless++;
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        due: this.#now + Math.max(0, ms),
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        },
      };
      signal?.addEventListener("abort", stop, { once: true });
      push(this.#sleepers, sleeper);
      this.#watch();
    });
  }

  async work<T>(promise: Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await promise;
    } finally {
      this.#working--;
      this.#restless++;
      this.#watch();
    }
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    let seen = this.#restless;
    let quiet = 0;
    const turn = () => {
      if (this.#working > 0 || this.#sleepers.length === 0) {
        this.#watching = false; // work() and sleep() start the watch again
        return;
      }
      quiet = seen === this.#restless ? quiet + 1 : 0;
      seen = this.#restless;
      if (quiet >= 3) {
        const next = this.#sleepers.shift()!;
        this.#now = Math.max(this.#now, next.due);
        this.#restless++;
        next.wake();
      }
      setImmediate(turn);
    };
    setImmediate(turn);
  }
}

function push(sleepers: Sleeper[], sleeper: Sleeper): void {
  let place = sleepers.length;
  while (place > 0 && isLater(sleepers[place - 1]!, sleeper)) place--;
  sleepers.splice(place, 0, sleeper);
}

function isLater(a: Sleeper, b: Sleeper): boolean {
  return a.due > b.due || (a.due === b.due && a.order > b.order);
}
