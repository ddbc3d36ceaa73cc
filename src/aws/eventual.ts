/** Calls about objects that may be gone, or may not be visible everywhere yet. */
import type { AwsId } from "../kinds/kind.ts";
import type { Aws } from "./aws.ts";
import { isNotFound } from "./errors.ts";

/**
 * Reads many objects, `perCall` at a time. One missing object fails the whole call. A call that fails so is repeated in halves, until only
 * existing objects are left.
 */
export async function existing<T>(ids: readonly AwsId[], perCall: number, ask: (some: string[]) => Promise<readonly T[]>): Promise<T[]> {
  const answers = await Promise.all(batches(ids, perCall).map((some) => askSome(some)));
  return answers.flat();

  async function askSome(some: string[]): Promise<readonly T[]> {
    const answer = await unlessGone(ask(some));
    if (answer) return answer;
    if (some.length === 1) return [];
    const half = Math.ceil(some.length / 2);
    return [...(await askSome(some.slice(0, half))), ...(await askSome(some.slice(half)))];
  }
}

/**
 * Sends a call that names an object made a moment ago (a target group in a listener, an imported certificate). For half a minute, "not
 * found" may mean "not visible everywhere yet".
 */
export async function soon<T>(aws: Pick<Aws, "clock">, send: () => Promise<T>): Promise<T> {
  const began = aws.clock.now();
  for (;;)
    try {
      return await send();
    } catch (error) {
      if (!isNotFound(error) || aws.clock.now() - began > 30_000) throw error;
      await aws.clock.sleep(3_000);
    }
}

/** Returns the answer, or undefined when the object is gone. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export function batches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
