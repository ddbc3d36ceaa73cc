import { expect, it } from "vitest";
import { Buckets } from "../../src/aws/buckets.ts";
import { VirtualClock } from "@plumbline/clock";

/** Asks for `count` RunInstances at once (AWS publishes 5 at once, 2 a second) and returns the second at which each was let through. */
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

it("spends the published burst at once, and then continues at the published rate", async () => {
  expect(await letThrough(8, () => undefined)).toEqual([0, 0, 0, 0, 0, 0.5, 1, 1.5]);
});

it("grows past the published rate without throttles: many accounts have been given more", async () => {
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

it("keeps half of the throttled rate, where that is more than the published one", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  const send = async (): Promise<number> => {
    await buckets.take("ec2", "RunInstances");
    buckets.succeeded("ec2", "RunInstances");
    return clock.now() / 1000;
  };
  await Promise.all(Array.from({ length: 100 }, send)); // the rate is now eleven a second
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

/** Empties a bucket of RunInstances, then says at which second each of some more is let through. */
async function afterEmpty(clock: VirtualClock, buckets: Buckets, count: number): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: 5 + count }, async () => {
      await buckets.take("ec2", "RunInstances");
      times.push(clock.now() / 1000);
    }),
  );
  return times.slice(5);
}

it("fills up again without calls, to the burst and no further", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  await Promise.all(Array.from({ length: 5 }, () => buckets.take("ec2", "RunInstances")));
  await clock.sleep(1_000); // two tokens
  const times = await Promise.all(
    Array.from({ length: 3 }, async () => {
      await buckets.take("ec2", "RunInstances");
      return clock.now() / 1000;
    }),
  );
  expect(times).toEqual([1, 1, 1.5]);
  await clock.sleep(3_600_000);
  const from = clock.now() / 1000;
  expect((await afterEmpty(clock, buckets, 1)).map((time) => time - from)).toEqual([0.5]);
});

it("has a bucket for each operation, and one for those that AWS counts together", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  const take = (operation: string, service = "ec2") => buckets.take(service, operation).then(() => clock.now());
  await afterEmpty(clock, buckets, 0);
  expect(await Promise.all([take("StartInstances"), take("RunInstances")])).toEqual([0, 500]);
  const tags = ["TagResource", "UntagResource"].flatMap((operation) => Array.from({ length: 6 }, () => take(operation, "sns")));
  expect((await Promise.all(tags)).map((time) => time - 500)).toEqual([...Array.from({ length: 10 }, () => 0), 100, 200]);
});

it("a throttle empties the bucket and halves its rate and its burst, down to a twentieth of the rate and a burst of one", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  const wait = async () => {
    const from = clock.now();
    await buckets.take("ec2", "RunInstances");
    return clock.now() - from;
  };
  const waits: number[] = [];
  for (let n = 0; n < 6; n++) {
    buckets.throttled("ec2", "RunInstances");
    waits.push(await wait());
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  await clock.sleep(3_600_000);
  expect([await wait(), await wait()]).toEqual([0, 10_000]);
});

it("throttles within a second are one, and a second apart two", async () => {
  const rateAfter = async (apart: number) => {
    const clock = new VirtualClock(0);
    const buckets = new Buckets(clock);
    buckets.throttled("ec2", "RunInstances");
    await clock.sleep(apart);
    buckets.throttled("ec2", "RunInstances");
    for (let n = 0; n < 2; n++) await buckets.take("ec2", "RunInstances"); // the tokens that have come in meanwhile
    const from = clock.now();
    await buckets.take("ec2", "RunInstances");
    return 1_000 / (clock.now() - from);
  };
  expect([await rateAfter(999), await rateAfter(1_000)]).toEqual([1, 0.5]);
});

it("after a throttle each call that passes gives a twentieth of the published rate and burst back, up to what is published", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  const succeed = (count: number) => Array.from({ length: count }, () => buckets.succeeded("ec2", "RunInstances"));
  /** The milliseconds at which each of `count` calls is let through, after an hour without calls. */
  const letThroughLater = async (count: number) => {
    await clock.sleep(3_600_000);
    const from = clock.now();
    const take = () => buckets.take("ec2", "RunInstances").then(() => clock.now() - from);
    return Promise.all(Array.from({ length: count }, take));
  };
  buckets.throttled("ec2", "RunInstances"); // two and a half at once, one a second
  succeed(4); // three and a half at once, 1.4 a second
  expect(await letThroughLater(5)).toEqual([0, 0, 0, 358, 1_072]);
  succeed(100);
  expect(await letThroughLater(7)).toEqual([0, 0, 0, 0, 0, 500, 1_000]);
});

it("a caller that stops waiting leaves its turn to the next, in the order in which they came", async () => {
  const clock = new VirtualClock(0);
  const buckets = new Buckets(clock);
  await afterEmpty(clock, buckets, 0);
  const stop = new AbortController();
  const given = buckets.take("ec2", "RunInstances", stop.signal);
  const order: string[] = [];
  const next = ["first", "second"].map((name) => buckets.take("ec2", "RunInstances").then(() => order.push(`${name} at ${clock.now()}`)));
  stop.abort(new Error("stopped"));
  await expect(given).rejects.toThrow("stopped");
  await Promise.all(next);
  expect(order).toEqual(["first at 500", "second at 1000"]);
});
