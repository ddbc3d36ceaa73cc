import { expect, it } from "vitest";
import { Buckets } from "../../src/aws/buckets.ts";
import { VirtualClock } from "@plumbline/clock";

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

it("spends the published burst at once, and then goes on at the published rate", async () => {
  expect(await letThrough(8, () => undefined)).toEqual([0, 0, 0, 0, 0, 0.5, 1, 1.5]);
});

it("grows past what is published while nobody is throttled: many accounts have been given more", async () => {
  const times = await letThrough(200, (buckets) => buckets.succeeded("ec2", "RunInstances"));
  expect(times.at(-1)).toBeLessThan(195 / 2 / 3);
});

it("finds the published rate where AWS holds to it, by few throttles, and stays there", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  let [tokens, since] = [5, 0];
  const throttledAt: number[] = [];
  const send = async (): Promise<void> => {
    await buckets.take("ec2", "RunInstances");
    tokens = Math.min(5, tokens + ((clock.now() - since) / 1000) * 2);
    since = clock.now();
    if (tokens >= 1) {
      tokens -= 1;
      return buckets.succeeded("ec2", "RunInstances");
    }
    throttledAt.push(clock.now() / 1000);
    buckets.throttled("ec2", "RunInstances");
    return send();
  };
  await Promise.all(Array.from({ length: 200 }, send));
  expect(throttledAt.length).toBeGreaterThan(0);
  expect(throttledAt.length).toBeLessThanOrEqual(3);
  expect(clock.now() / 1000).toBeLessThan(1.06 * (195 / 2) + 3);
});

it("keeps half of what was too much, where that is more than is published", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  const send = async (): Promise<number> => {
    await buckets.take("ec2", "RunInstances");
    buckets.succeeded("ec2", "RunInstances");
    return clock.now() / 1000;
  };
  await Promise.all(Array.from({ length: 100 }, send)); // by now eleven a second
  buckets.throttled("ec2", "RunInstances");
  const from = clock.now() / 1000;
  const times = await Promise.all(Array.from({ length: 100 }, send));
  expect(100 / (times.at(-1)! - from)).toBeCloseTo(5.5, 0);
});

it("takes throttles that come together for one", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  await Promise.all([1, 2].map(() => buckets.take("ec2", "RunInstances")));
  for (let call = 1; call <= 2; call++) buckets.throttled("ec2", "RunInstances");
  await buckets.take("ec2", "RunInstances");
  expect(clock.now() / 1000).toBeCloseTo(1 / 1); // a token at half of the published rate, and no less
});

it.each([
  ["sns", ["ListTagsForResource", "TagResource"], 10],
  ["ssm", ["PutParameter"], 3],
] as const)("never passes what AWS gives nobody more of: %s %s", async (service, operations, perSecond) => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  await Promise.all(
    Array.from({ length: 40 * perSecond }, async (_, n) => {
      const operation = operations[n % operations.length]!;
      await buckets.take(service, operation);
      if (service === "sns") buckets.succeeded(service, operation);
      else if (clock.now() > 0 && n % 10 === 0) buckets.throttled(service, operation);
    }),
  );
  expect(clock.now() / 1000).toBeGreaterThan(38);
});
