import { realClock } from "@plumbline/clock";
import type { Clock } from "@plumbline/clock";

/** The wall clock with another start time and another speed. */
export function fastClock(speed: number, start: number): Clock {
  const began = realClock.now();
  return {
    now: () => start + (realClock.now() - began) * speed,
    sleep: (ms, signal) => realClock.sleep(ms / speed, signal),
    work: (promise) => promise,
  };
}
