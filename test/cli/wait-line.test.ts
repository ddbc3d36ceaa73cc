import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Io } from "../../src/cli/terminal/terminal.ts";
import { WaitLine } from "../../src/cli/terminal/wait-line.ts";
import { harmless } from "../../src/diag/harmless.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function wait(isTTY: boolean) {
  const written: string[] = [];
  let now = 0;
  const io = { stderr: { write: (text: string) => void written.push(harmless(text)), isTTY, columns: 80 }, env: {} } as unknown as Io;
  const clock = { now: () => now, sleep: () => Promise.resolve(), work: <T>(promise: Promise<T>) => promise };
  const line = new WaitLine(io, clock, "waiting 60 s for AWS's tag index", 60);
  now = 12_000;
  vi.advanceTimersByTime(1_000);
  line.end();
  return written.join("");
}

test("a wait is counted down on a terminal, and its count is taken away at the end", () =>
  expect(wait(true)).toBe("waiting 60 s for AWS's tag index.\n\r\u001b[K  0:48 left\r\u001b[K"));

test("elsewhere it is printed once", () => expect(wait(false)).toBe("waiting 60 s for AWS's tag index.\n"));
