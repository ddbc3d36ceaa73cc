import { realClock } from "@plumbline/clock";
import type { Clock } from "@plumbline/clock";

/** The wall clock, begun at another hour and so many times as fast. */
export function fastClock(speed: number, start: number): Clock {
  const began = realClock.now();
  return {
    now: () => start + (realClock.now() - began) * speed,
    sleep: (ms, signal) => realClock.sleep(ms / speed, signal),
    work: (promise) => promise,
  };
}
