/** Ends mutants that poll without end: virtual time costs nothing, so they would poll until the time of the test is over. */
import { beforeEach } from "vitest";
import { VirtualClock } from "@plumbline/clock";

/** The longest test sleeps 1,100 times. */
const limit = 3_000;

let sleeps = new WeakMap<VirtualClock, number>();
beforeEach(() => void (sleeps = new WeakMap()));

const { sleep } = VirtualClock.prototype;
VirtualClock.prototype.sleep = function (ms, signal) {
  const count = (sleeps.get(this) ?? 0) + 1;
  sleeps.set(this, count);
  return count > limit ? Promise.reject(new Error(`slept more than ${limit} times`)) : sleep.call(this, ms, signal);
};
