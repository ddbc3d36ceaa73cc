/** Many steps wait and one poller reads for all of them: which polls share a call, and when the call is made. */
import { VirtualClock } from "@plumbline/clock";
import { expect, test } from "vitest";
import { Poller } from "../../src/apply/poller.ts";
import type { Aws } from "../../src/aws/aws.ts";
import type { Driver, Kind, Live, Scope } from "../../src/kinds/kind.ts";

const scope = { project: "lab", environment: "test" } as Scope;

function pollerOf({
  poll,
  fails = false,
  takes = 0,
  stops = false,
}: { poll?: number | undefined; fails?: boolean; takes?: number; stops?: boolean } = {}) {
  const stop = new AbortController();
  const clock = new VirtualClock();
  const began = clock.now();
  const looks: string[] = [];
  const driver = {
    get: async ({ signal }: { signal?: AbortSignal }, ids: readonly string[], of: Scope) => {
      looks.push(`${(clock.now() - began) / 1000} s: ${ids.join(" ")} of ${of.project}/${of.environment}`);
      if (takes > 0) await clock.sleep(takes * 1000, signal);
      if (stops) stop.abort(new Error("SIGINT"));
      if (fails) throw new Error("no answer");
      return new Map(ids.filter((id) => id !== "gone").map((id) => [id, { id } as Live]));
    },
  } as unknown as Driver;
  const kind = {
    name: "thing",
    waits: { poll },
  } as unknown as Kind;
  const aws = { clock, within: (more: object) => ({ ...aws, ...more }) } as unknown as Aws;
  const poller = new Poller(aws, kind, driver, scope, stop.signal);
  const seconds = () => (clock.now() - began) / 1000;
  return { poller, looks, clock, seconds, stop: () => stop.abort(new Error("SIGINT")) };
}

test("the first poll is made at once for all that asked for it, and each gets its own object", async () => {
  const { poller, looks } = pollerOf();
  const seen = await Promise.all([poller.look("a"), poller.look("gone"), poller.look("b"), poller.look("a")]);
  expect(looks).toEqual(["0 s: a gone b of lab/test"]);
  expect(seen.map((live) => live?.id)).toEqual(["a", undefined, "b", "a"]);
});

test.each<[number | undefined, number]>([
  [undefined, 5],
  [15, 15],
])("with a poll of %s seconds the next poll is made %i seconds later, whoever asks in between", async (poll, every) => {
  const { poller, looks, clock } = pollerOf({ poll });
  await poller.look("a");
  await clock.sleep(1000);
  await Promise.all([poller.look("a"), clock.sleep(1000).then(() => poller.look("b"))]);
  await clock.sleep(100_000);
  await poller.look("c");
  expect(looks.map((line) => line.replace(" of lab/test", ""))).toEqual(["0 s: a", `${every} s: a b`, `${every + 100} s: c`]);
});

test("a step that asks for a sooner poll gets one, and does not wait for the others", async () => {
  const { poller, looks } = pollerOf({ poll: 15 });
  await poller.look("a");
  const later = poller.look("a");
  await poller.look("b", 1);
  await later;
  // The poll at one second counts, because the other one was due fifteen seconds after the first.
  expect(looks.map((line) => line.replace(" of lab/test", ""))).toEqual(["0 s: a", "1 s: b", "15 s: a"]);
});

test("an error reaches every caller, and the next poll is a new one", async () => {
  const { poller, looks } = pollerOf({ fails: true });
  const ends = await Promise.allSettled([poller.look("a"), poller.look("b")]);
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(poller.look("a")).rejects.toThrow("no answer");
  expect(looks).toHaveLength(2);
});

const stopped = { status: "rejected", reason: { name: "StoppedError" } };

test("a stop ends the wait for the next look at once, for everybody; no look is made", async () => {
  const { poller, looks, clock, seconds, stop } = pollerOf({ poll: 15 });
  await poller.look("a");
  const waiting = Promise.allSettled([poller.look("a"), poller.look("b"), poller.look("c", 20)]);
  await clock.sleep(2000);
  stop();
  expect(await waiting).toMatchObject([stopped, stopped, stopped]);
  expect([seconds(), looks.length]).toEqual([2, 1]);
  await clock.sleep(60_000);
  expect(looks).toHaveLength(1);
});

test("a stop ends a look that AWS has not answered", async () => {
  const { poller, clock, seconds, stop } = pollerOf({ takes: 100 });
  const waiting = Promise.allSettled([poller.look("a"), poller.look("b")]);
  await clock.sleep(2000);
  stop();
  expect(await waiting).toMatchObject([stopped, stopped]);
  expect(seconds()).toBe(2);
});

test("who asks after the stop is answered at once, by one look", async () => {
  const { poller, looks, clock, stop } = pollerOf({ poll: 15 });
  await poller.look("a");
  await clock.sleep(2000);
  stop();
  const seen = await Promise.all([poller.look("a"), poller.look("b")]);
  expect(seen.map((live) => live?.id)).toEqual(["a", "b"]);
  expect(looks.map((line) => line.replace(" of lab/test", ""))).toEqual(["0 s: a", "2 s: a b"]);
});

test("an error of AWS is no stop, whether the run is stopped meanwhile or was stopped before", async () => {
  const { poller } = pollerOf({ fails: true, stops: true });
  await expect(poller.look("a")).rejects.toThrow("no answer");
  await expect(poller.look("a")).rejects.toThrow("no answer");
});
