import { fileURLToPath } from "node:url";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { versionsOf } from "./environments.ts";
import { runProcess } from "./process.ts";

const start = Date.UTC(2026, 0, 1);
const { first } = versionsOf(fileURLToPath(new URL("../..", import.meta.url)), "single-public-subnet", kinds);

let timers: MockInstance<typeof setTimeout>;
beforeEach(() => void (timers = vi.spyOn(globalThis, "setTimeout")));
afterEach(() => timers.mockRestore());

it.each<readonly [string, FaultPlan, string]>([
  ["that dies before a call is sent", { stop: [{ call: 12, when: "before" }] }, "died"],
  ["whose calls take seconds", { latency: { default: { median: 3_000, sigma: 0 } } }, "done"],
])("a process %s lives in virtual time alone: it leaves no timer that could bring it back", async (_which, faults, how) => {
  const ended = await runProcess(kinds, new SandboxState(), start, { environment: first, goal: "agree" }, { faults });
  expect(ended.how).toBe(how);
  expect(timers.mock.calls).toEqual([]);
});
