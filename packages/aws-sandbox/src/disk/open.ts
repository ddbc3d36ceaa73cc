/** Opens the sandbox for commands. A folder keeps its state between them. */
import { realClock, VirtualClock } from "@plumbline/clock";
import type { Clock } from "@plumbline/clock";
import type { FaultPlan } from "../faults/plan.ts";
import { createSandbox } from "../sandbox.ts";
import type { Sandbox } from "../sandbox.ts";
import { fastClock } from "../fast-clock.ts";
import { SandboxState } from "../state.ts";
import { DiskState, savedRegions } from "./disk-state.ts";
import { readFacts } from "./facts-file.ts";

export interface OpenOptions {
  /** The folder, `.infra/sandbox` of the project. Without it the state ends with the process. */
  readonly dir?: string;
  /** "virtual": waiting takes no time. "real": the wall clock. A number: that many times faster than the wall clock. */
  readonly time: "virtual" | "real" | number;
  readonly faults?: FaultPlan;
  /** The number of calls that the log keeps. */
  readonly keepCalls?: number;
}

export interface OpenedSandbox {
  readonly sandbox: Sandbox;
  /** The sandbox's clock. The engine must use the same one. */
  readonly clock: Clock;
  /** Writes the time that was reached; everything else is already written. */
  close(): void;
}

/** Opens the sandbox in a folder. Time continues where the last command left it, or at the present if that is later. */
export function openSandbox(options: OpenOptions): OpenedSandbox {
  const { dir, faults, keepCalls } = options;
  const start = (dir === undefined ? [] : savedRegions(dir)).reduce((latest, saved) => Math.max(latest, saved.now), realClock.now());
  const clock = options.time === "virtual" ? new VirtualClock(start) : fastClock(options.time === "real" ? 1 : options.time, start);
  const state = dir === undefined ? new SandboxState() : new DiskState(dir);
  const facts = dir === undefined ? {} : readFacts(dir);
  const sandbox = createSandbox({ clock, state, facts, ...(faults && { faults }), ...(keepCalls !== undefined && { keepCalls }) });
  return { sandbox, clock, close: () => void (state instanceof DiskState && state.close(realClock.now())) };
}
