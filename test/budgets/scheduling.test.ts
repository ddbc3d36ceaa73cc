import { expect, it } from "vitest";
import { lowerBound } from "../../bench/lower-bound.ts";
import { emptyAccount, estateOf } from "./estates.ts";

it("makes twenty estates in simulated time near the lower bound, under AWS's published throttling", async () => {
  const { environment } = estateOf(20);
  const { result, calls, seconds } = await emptyAccount({ throttle: "published", latency: { default: { median: 120, sigma: 0.3 } } }).apply(
    environment,
  );
  if (result.ended !== "ran") throw new Error(result.ended);
  expect(result.outcome.status).toBe("done");
  const bound = lowerBound(result.run.planned, { latency: 0.12 });
  expect(seconds / bound.seconds).toBeLessThanOrEqual(1.25);
  expect(calls.errors["RequestLimitExceeded"] ?? 0).toBeLessThanOrEqual(0.01 * calls.total);
});
