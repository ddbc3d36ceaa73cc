/** Allows one change of an object at a time within this process. The lease keeps other processes out. */
import type { Aws } from "../../aws/aws.ts";

const underway = new WeakMap<Aws["clock"], Map<string, Promise<unknown>>>();

/**
 * Runs `work` when nothing else in this process changes the object. An update by Cloud Control reads the object, changes it, and writes it
 * minutes later. Tags that something else writes in between, such as the names of parts, may be lost.
 */
export async function alone<T>(aws: Aws, type: string, id: string, work: () => Promise<T>): Promise<T> {
  const all = underway.get(aws.clock) ?? new Map<string, Promise<unknown>>();
  underway.set(aws.clock, all);
  const key = `${aws.account}/${aws.region}/${type}/${id}`;
  const mine = (all.get(key) ?? Promise.resolve()).then(work);
  // The next waiter continues when this work ends, whether it succeeds or fails.
  const end = mine.then(
    () => undefined,
    () => undefined,
  );
  all.set(key, end);
  try {
    return await mine;
  } finally {
    if (all.get(key) === end) all.delete(key);
  }
}
