import { expect, it } from "vitest";
import { PriorityLimiter } from "../../src/apply/priority-limiter.ts";

/** Acquires places and returns the order in which the waiting callers get theirs. */
function queue(width: number) {
  const limiter = new PriorityLimiter(width);
  const order: string[] = [];
  const frees = new Map<string, () => void>();
  const acquire = async (name: string, queueName: string, priority: number) => {
    frees.set(name, await limiter.acquire(queueName, priority));
    order.push(name);
  };
  return { order, frees, acquire };
}

const afterCallbacks = () => new Promise((resolve) => setImmediate(resolve));

it("lets the most urgent go next, and of equals the first that came", async () => {
  const { order, frees, acquire } = queue(1);
  const all = [acquire("first", "a", 1), acquire("early", "a", 5), acquire("late", "a", 5), acquire("urgent", "a", 9)];
  for (const name of ["first", "urgent", "early", "late"]) {
    await afterCallbacks();
    frees.get(name)!();
  }
  await Promise.all(all);
  expect(order).toEqual(["first", "urgent", "early", "late"]);
});

it("keeps queues apart", async () => {
  const { order, acquire } = queue(1);
  void acquire("a1", "a", 1);
  void acquire("a2", "a", 1);
  await acquire("b1", "b", 1);
  expect(order).toEqual(["a1", "b1"]);
});

it("gives a place away once, however often it is freed", async () => {
  const { order, frees, acquire } = queue(1);
  await acquire("one", "a", 1);
  void acquire("two", "a", 1);
  void acquire("three", "a", 1);
  frees.get("one")!();
  frees.get("one")!();
  await afterCallbacks();
  expect(order).toEqual(["one", "two"]);
});
