/**
 * Simulation in the manner of FoundationDB's: one process, virtual time, one fault at one call, then runs without faults
 * until the work is done; what must always hold is checked after each. A failing point is named by its environment,
 * phase, fault and call number, and replays from these alone.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Outcome } from "../../src/apply/events.ts";
import { VirtualClock } from "../../src/aws/clock.ts";
import { connect, type ClientCache } from "../../src/aws/connect.ts";
import type { Environment } from "../../src/config/environment.ts";
import { applyUnderLease } from "../../src/engine.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import type { FaultPlan } from "../../src/sandbox/faults/plan.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/sandbox.ts";
import { SandboxState } from "../../src/sandbox/state.ts";

export interface Phase {
  readonly name: string;
  readonly environment: Environment;
  readonly goal: "agree" | "destroy";
}

/** What happens at one call. */
export interface Point {
  readonly fault: string;
  readonly call: number;
}

export interface Violation {
  readonly phase: string;
  readonly point: Point | undefined;
  readonly what: string;
}

/** How one process ended. */
export interface Ended {
  readonly how: "done" | "died" | "failed" | "threw";
  readonly outcome?: Outcome;
  readonly error?: unknown;
  readonly calls: number;
  readonly writes: number;
  readonly steps: number;
  readonly log: readonly { readonly n: number; readonly service: string; readonly operation: string; readonly mutating: boolean }[];
}

/** What a fault of that name does to the call of that number. */
export const faults: Readonly<Record<string, (call: number) => FaultPlan>> = {
  "stop before": (call) => ({ stop: [{ call, when: "before" }] }),
  "stop after": (call) => ({ stop: [{ call, when: "after" }] }),
  "answer lost": (call) => ({ loseAnswer: [{ call }] }),
  throttled: (call) => ({ refuse: [{ call, code: "RequestLimitExceeded", status: 503 }] }),
  "server error": (call) => ({ refuse: [{ call, code: "InternalError", status: 500 }] }),
  unavailable: (call) => ({ refuse: [{ call, code: "Unavailable", status: 503 }] }),
  "refused for good": (call) => ({ refuse: [{ call, code: "UnauthorizedOperation", status: 403 }] }),
};

/** Every call of a phase in turn, with every fault; `pick` thins the points out. Yields as it goes. */
export async function* tryAll(kinds: readonly Kind[], phases: readonly Phase[], pick: (point: Point, calls: number) => boolean = () => true): AsyncGenerator<{ readonly phase: Phase; readonly point: Point; readonly violation: Violation | undefined }> {
  let state = new SandboxState();
  let at = Date.UTC(2026, 0, 1);
  for (const phase of phases) {
    const base = await baseline(kinds, state, at, phase);
    for (const fault of Object.keys(faults))
      for (let call = 1; call <= base.calls; call++) {
        const point = { fault, call };
        if (pick(point, base.calls)) yield { phase, point, violation: await disturb(kinds, base, phase, point) };
      }
    state = base.after;
    at = base.endedAt;
  }
}

/** Runs one `infra apply` against a state, as a process of its own. */
export async function runProcess(kinds: readonly Kind[], state: SandboxState, start: number, phase: Phase, plan: FaultPlan = {}): Promise<Ended & { readonly end: number }> {
  const clock = new VirtualClock(start);
  let die: () => void = () => undefined;
  const death = new Promise<"died">((resolve) => (die = () => resolve("died")));
  const sandbox = createSandbox({ clock, state, faults: plan, onStop: () => die() });
  let steps = 0;
  const live = async (): Promise<Outcome | undefined> => {
    const connection = await connect({ region: phase.environment.region, clock, requestHandler, clients, credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" } });
    const result = await applyUnderLease(kinds, connection, phase.environment, {
      goal: phase.goal,
      signal: new AbortController().signal,
      onEvent: () => undefined,
      lease: { me: { who: "simulation", run: `run-${start}` } },
    });
    if (result.ended !== "ran" && result.ended !== "nothing-to-do") throw new Error(`the apply ended ${result.ended}${result.ended === "changed" ? JSON.stringify(result.check) : ""}`);
    steps = result.run.plan.steps.filter((step) => step.action !== "keep").length;
    const problem = result.run.diagnostics.find(({ severity }) => severity === "error");
    if (problem) throw new Error(problem.summary);
    return result.ended === "ran" ? result.outcome : undefined;
  };
  const result = await Promise.race([process.run(sandbox, live).then((outcome) => ({ outcome }), (error: unknown) => ({ error })), death]);
  const log = sandbox.calls.map(({ n, service, operation, mutating }) => ({ n, service, operation, mutating }));
  const base = { calls: log.length, writes: log.filter(({ mutating }) => mutating).length, steps, log, end: clock.now() };
  if (result === "died") return { how: "died", ...base };
  if ("error" in result) return { how: "threw", error: result.error, ...base };
  const { outcome } = result;
  return { how: outcome && outcome.failed.length > 0 ? "failed" : "done", ...(outcome ? { outcome } : {}), ...base };
}

/** One set of SDK clients for all processes of a simulation; each call goes to the AWS of the process that made it, also when that process is dead. */
const clients: ClientCache = new Map();
const process = new AsyncLocalStorage<Sandbox>();
const requestHandler: Sandbox["requestHandler"] = {
  metadata: { handlerProtocol: "h1" },
  handle: (request, options) => process.getStore()!.requestHandler.handle(request, options),
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
  destroy: () => undefined,
};

export interface Baseline {
  readonly before: SandboxState;
  readonly startedAt: number;
  readonly calls: number;
  readonly shape: string;
  readonly after: SandboxState;
  readonly endedAt: number;
}

/** Runs a phase undisturbed from a state and remembers what came of it. Throws when even that fails. */
export async function baseline(kinds: readonly Kind[], before: SandboxState, startedAt: number, phase: Phase): Promise<Baseline> {
  const after = before.copy();
  const ended = await runProcess(kinds, after, startedAt, phase);
  if (ended.how !== "done") throw new Error(`${phase.name}, undisturbed, ${describe(ended)}`);
  const again = await runProcess(kinds, after, ended.end, phase);
  if (again.how !== "done" || again.writes > 0) throw new Error(`${phase.name}: the second run is not empty: ${describe(again)}`);
  return { before, startedAt, calls: ended.calls, shape: await shapeOf(after, again.end), after, endedAt: again.end };
}

/** One fault at one call, then runs without faults until done; returns what did not hold. */
export async function disturb(kinds: readonly Kind[], from: Baseline, phase: Phase, point: Point): Promise<Violation | undefined> {
  const state = from.before.copy();
  const violation = (what: string): Violation => ({ phase: phase.name, point, what });
  const hit = await runProcess(kinds, state, from.startedAt, phase, faults[point.fault]!(point.call));
  let at = hit.end;
  let runs = 0;
  for (; ; runs++) {
    if (runs > 2) return violation("it was not done after two further runs");
    // A process that died is not followed within the same instant; somebody starts the next one.
    const next = await runProcess(kinds, state, at + 1000, phase);
    at = next.end;
    if (next.how === "threw" || next.how === "died") return violation(describe(next));
    if (next.calls > 3 * from.calls + 50) return violation(`${next.calls} calls, undisturbed ${from.calls}`);
    if (next.how === "done" && next.steps === 0) break;
    if (runs === 2 && next.how === "failed") return violation(describe(next));
  }
  const shape = await shapeOf(state, at);
  return shape === from.shape ? undefined : violation(`what is left differs from an undisturbed run:\n${difference(from.shape, shape)}`);
}

/** All that exists when everything that lingers is gone: how many records each table holds, and which of ours are there. */
export async function shapeOf(state: SandboxState, at: number): Promise<string> {
  const copy = state.copy();
  await touch(copy, at + 6 * 3_600_000);
  const lines: string[] = [];
  for (const [key, region] of copy.regions)
    for (const [table, size] of Object.entries(region.sizes())) if (!volatileTables.test(table)) lines.push(`${key} ${table} ${size}`);
  return lines.sort().join("\n");
}

/** Tables that remember calls, not things. */
const volatileTables = /token|settings|idempot|counter|draws|modifications|activities|events|history|deleted|^ssm\.parameters$/i;

/** Lets time pass: whatever is due by `at` happens. */
async function touch(state: SandboxState, at: number): Promise<void> {
  const clock = new VirtualClock(at);
  const sandbox = createSandbox({ clock, state });
  for (const key of state.regions.keys()) {
    const region = key.split("/")[1]!;
    const { aws } = await connect({ region, clock, requestHandler: sandbox.requestHandler, credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" } });
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    await aws.ec2(new ec2.DescribeAvailabilityZonesCommand({}));
  }
}

function difference(want: string, have: string): string {
  const a = new Set(want.split("\n"));
  const b = new Set(have.split("\n"));
  return [...[...a].filter((line) => !b.has(line)).map((line) => `  - ${line}`), ...[...b].filter((line) => !a.has(line)).map((line) => `  + ${line}`)].join("\n");
}

export function describe(ended: Ended): string {
  if (ended.how === "threw") return `threw ${String(ended.error)}`;
  const failed = ended.outcome?.failed.map(({ step, failure }) => `${step.address} ${step.stage}: ${failure.code}: ${failure.message}`) ?? [];
  return `${ended.how} after ${ended.calls} calls (${ended.writes} writes, ${ended.steps} steps)${failed.length > 0 ? `: ${failed.join("; ")}` : ""}`;
}

export { SandboxState };
