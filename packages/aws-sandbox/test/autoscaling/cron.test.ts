import { describe, expect, it } from "vitest";
import { nextRun } from "../../src/services/autoscaling/cron.ts";

const after = Date.UTC(2026, 0, 1, 12, 0); // a Thursday

describe("the next run", () => {
  it.each([
    ["0 20 * * *", "UTC", "2026-01-01T20:00:00.000Z"],
    ["0 12 * * *", "UTC", "2026-01-02T12:00:00.000Z"],
    ["*/15 * * * *", "UTC", "2026-01-01T12:15:00.000Z"],
    ["0 9 * * MON-FRI", "UTC", "2026-01-02T09:00:00.000Z"],
    ["0 9 * * 0", "UTC", "2026-01-04T09:00:00.000Z"],
    ["0 9 * * 7", "UTC", "2026-01-04T09:00:00.000Z"],
    ["30 6 1 3,JUN *", "UTC", "2026-03-01T06:30:00.000Z"],
    ["0 0 13 * FRI", "UTC", "2026-01-02T00:00:00.000Z"],
    ["0 7 * * *", "Asia/Seoul", "2026-01-01T22:00:00.000Z"],
    ["0 7 1 7 *", "Europe/Berlin", "2026-07-01T05:00:00.000Z"],
    ["0 0 29 2 *", "UTC", "2028-02-29T00:00:00.000Z"],
  ])("of %s in %s is %s", (expression, zone, expected) => {
    expect(new Date(nextRun(expression, zone, after)!).toISOString()).toBe(expected);
  });

  it.each(["", "* * * *", "60 * * * *", "0 24 * * *", "x * * * *", "5-1 * * * *", "0 0 31 2 *"])("of %j is none", (expression) => {
    expect(nextRun(expression, "UTC", after)).toBeUndefined();
  });
});
