/** Events reach their reader in order, whether the writer or the reader is faster. The end comes after the last event. */
import { expect, test } from "vitest";
import { EventQueue } from "../../src/apply/event-queue.ts";

/** Reads the queue to its end or its error, and returns what came. */
async function readOf(queue: EventQueue<number>): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  try {
    for await (const event of queue) told.push(event);
    return [...told, "end"];
  } catch (error) {
    return [...told, (error as Error).message];
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("events from before the reader came, and the end", async () => {
  const queue = new EventQueue<number>();
  for (const event of [1, 2, 3]) queue.push(event);
  queue.end();
  expect(await readOf(queue)).toEqual([1, 2, 3, "end"]);
});

test("one at a time, until it ends", async () => {
  const queue = new EventQueue<number>();
  for (const event of [1, 2]) queue.push(event);
  expect([await queue.next(), await queue.next()]).toEqual([1, 2]);
  const late = queue.next();
  await turn();
  queue.push(3);
  expect(await late).toBe(3);
  queue.end();
  await expect(queue.next()).rejects.toThrow("the queue has ended");
});

test("events that come while the reader waits", async () => {
  const queue = new EventQueue<number>();
  const told = readOf(queue);
  for (const event of [1, 2, 3]) {
    await turn();
    queue.push(event);
  }
  await turn();
  queue.end();
  expect(await told).toEqual([1, 2, 3, "end"]);
});

test("an error comes after the events before it, to a reader who waits as to one who comes late", async () => {
  const queue = new EventQueue<number>();
  const waiting = readOf(queue);
  await turn();
  queue.push(1);
  queue.fail(new Error("a defect"));
  expect(await waiting).toEqual([1, "a defect"]);
  expect(await readOf(queue)).toEqual(["a defect"]);
});

test("an error alone wakes the reader, and also reaches one who comes late", async () => {
  const [early, late] = [new EventQueue<number>(), new EventQueue<number>()];
  const waiting = readOf(early);
  await turn();
  for (const queue of [early, late]) queue.fail(new Error("a defect"));
  expect(await waiting).toEqual(["a defect"]);
  expect(await readOf(late)).toEqual(["a defect"]);
});
