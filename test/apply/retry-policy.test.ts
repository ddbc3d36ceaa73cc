/** How long each class of refusal is retried. A number that changes here changes how long users wait. */
import { VirtualClock } from "@plumbline/clock";
import { expect, test } from "vitest";
import { retryWhileRefused, StoppedError } from "../../src/apply/retry-policy.ts";
import { AwsError, type ErrorClass } from "../../src/aws/errors.ts";

/** Returns the seconds after which it gave up, and the seconds of the tries. */
async function retriesOf(cls: ErrorClass, { limit = 900, mayAppear = true } = {}): Promise<{ gaveUp: number; tries: number[] }> {
  const clock = new VirtualClock();
  const began = clock.now();
  const tries: number[] = [];
  const seconds = () => (clock.now() - began) / 1000;
  const refused = refusal(cls);
  const trying = retryWhileRefused(
    { clock, limit, mayAppear: () => mayAppear, signal: new AbortController().signal, waits: () => undefined },
    async () => {
      tries.push(seconds());
      throw refused;
    },
  );
  await expect(trying).rejects.toBe(refused);
  return { gaveUp: seconds(), tries };
}

function refusal(cls: ErrorClass): AwsError {
  return Object.assign(Object.create(AwsError.prototype) as AwsError, { class: cls, message: cls });
}

test.each<[ErrorClass, object, number]>([
  ["dependency", {}, 900],
  ["dependency", { limit: 60 }, 60],
  ["wrong-state", {}, 300],
  ["wrong-state", { limit: 60 }, 60],
  ["concurrency", {}, 300],
  ["not-found", {}, 300],
])("a refusal of the class %s is tried again, with %j, for %i seconds", async (cls, options, seconds) => {
  const { gaveUp } = await retriesOf(cls, options);
  expect(gaveUp).toBeGreaterThanOrEqual(seconds);
  expect(gaveUp).toBeLessThan(seconds + 15);
});

test.each<[ErrorClass, object]>([
  ["not-found", { mayAppear: false }],
  ["validation", {}],
  ["auth", {}],
  ["quota", {}],
])("a refusal of the class %s is not tried again, with %j", async (cls, options) => {
  expect(await retriesOf(cls, options)).toEqual({ gaveUp: 0, tries: [0] });
});

test("each wait is twice as long as the one before, up to fifteen seconds", async () => {
  expect((await retriesOf("wrong-state", { limit: 60 })).tries).toEqual([0, 1, 3, 7, 15, 30, 45, 60]);
});

test("a run that is stopped ends the wait", async () => {
  const stop = new AbortController();
  stop.abort();
  const trying = retryWhileRefused(
    { clock: new VirtualClock(), limit: 60, mayAppear: () => true, signal: stop.signal, waits: () => undefined },
    () => Promise.reject(refusal("dependency")),
  );
  await expect(trying).rejects.toBeInstanceOf(StoppedError);
});
