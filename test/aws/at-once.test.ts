import { VirtualClock } from "@plumbline/clock";
import { expect, test } from "vitest";
import { atOnce } from "../../src/aws/at-once.ts";

/** Returns the second at which each item began, and the most items under way. Each item takes as many seconds as its value says. */
async function begun(most: number, items: readonly number[]) {
  const clock = new VirtualClock(0);
  const log: string[] = [];
  let underway = 0;
  let peak = 0;
  await atOnce(most, items, async (seconds) => {
    log.push(`${seconds} at ${clock.now() / 1000}`);
    peak = Math.max(peak, ++underway);
    await clock.sleep(seconds * 1000);
    underway--;
  });
  return { log, peak, underway };
}

test("the next begins when one has ended, in order, and all have ended at the end", async () => {
  expect(await begun(2, [3, 1, 4, 2])).toEqual({ log: ["3 at 0", "1 at 0", "4 at 1", "2 at 3"], peak: 2, underway: 0 });
});

test("fewer items than may be under way all begin at once", async () => {
  expect(await begun(10, [1, 2])).toEqual({ log: ["1 at 0", "2 at 0"], peak: 2, underway: 0 });
  expect(await begun(10, [])).toEqual({ log: [], peak: 0, underway: 0 });
});

test("the failure of one is the failure of all", async () => {
  await expect(atOnce(2, [1, 2], async (item) => (item === 2 ? Promise.reject(new Error("two")) : undefined))).rejects.toThrow("two");
});
