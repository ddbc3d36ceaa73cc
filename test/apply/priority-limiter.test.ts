import { expect, it } from "vitest";
import { PriorityLimiter } from "../../src/apply/priority-limiter.ts";

/** Enters, and tells in which order the waiting get their turn. */
function queue(width: number) {
  const limiter = new PriorityLimiter(width);
  const order: string[] = [];
  const leaves = new Map<string, () => void>();
  const enter = async (name: string, line: string, priority: number) => {
    leaves.set(name, await limiter.enter(line, priority));
    order.push(name);
  };
  return { order, leaves, enter };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it("lets the most urgent go next, and of equals the first that came", async () => {
  const { order, leaves, enter } = queue(1);
  const all = [enter("first", "a", 1), enter("early", "a", 5), enter("late", "a", 5), enter("urgent", "a", 9)];
  for (const name of ["first", "urgent", "early", "late"]) {
    await settled();
    leaves.get(name)!();
  }
  await Promise.all(all);
  expect(order).toEqual(["first", "urgent", "early", "late"]);
});

it("keeps lanes apart", async () => {
  const { order, enter } = queue(1);
  void enter("a1", "a", 1);
  void enter("a2", "a", 1);
  await enter("b1", "b", 1);
  expect(order).toEqual(["a1", "b1"]);
});

it("gives a place away once, however often it is left", async () => {
  const { order, leaves, enter } = queue(1);
  await enter("one", "a", 1);
  void enter("two", "a", 1);
  void enter("three", "a", 1);
  leaves.get("one")!();
  leaves.get("one")!();
  await settled();
  expect(order).toEqual(["one", "two"]);
});
