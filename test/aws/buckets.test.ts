import { expect, it } from "vitest";
import { Buckets } from "../../src/aws/buckets.ts";
import { VirtualClock } from "../../src/aws/clock.ts";

/** So many RunInstances (5 at once, 2 a second as AWS publishes), all asked for at once; seconds at which each was let through. */
async function letThrough(count: number, after: (buckets: Buckets, n: number) => void): Promise<number[]> {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      await buckets.take("ec2", "RunInstances");
      times.push(clock.now() / 1000);
      after(buckets, n);
    }),
  );
  return times;
}

it("never sends more than AWS lets through, though the rate grows while others wait", async () => {
  const times = await letThrough(100, (buckets) => buckets.succeeded("ec2", "RunInstances"));
  for (const [first, from] of times.entries())
    for (const [more, to] of times.slice(first).entries()) expect(more + 1).toBeLessThanOrEqual(5 + 2 * (to - from) + 0.01);
});

it("reaches the published rate", async () => {
  const times = await letThrough(200, (buckets) => buckets.succeeded("ec2", "RunInstances"));
  expect(times.at(-1)).toBeLessThan(1.06 * (195 / 2) + 3);
});

it("takes throttles that come together for one", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  await Promise.all([1, 2].map(() => buckets.take("ec2", "RunInstances")));
  for (let call = 1; call <= 2; call++) buckets.throttled("ec2", "RunInstances");
  await buckets.take("ec2", "RunInstances");
  expect(clock.now() / 1000).toBeCloseTo(1 / 0.5); // a token at half of the half with which it began, and no less
});
