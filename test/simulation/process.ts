/** One `infra apply` like a separate process, with its own connection, clock and death. */
import type { ApplyEvent, Outcome } from "../../src/apply/events.ts";
import { LeaseLostError, type Me } from "../../src/apply/lease.ts";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import type { Environment } from "../../src/config/environment.ts";
import { applyUnderLease, planEnvironment, type ApplyResult } from "../../src/engine.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { approvalOf, type Approval } from "../../src/plan/approval.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { createSandbox, type Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import type { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { account, pastTheWire } from "../support/past-the-wire.ts";

export interface Job {
  readonly environment: Environment;
  readonly goal: "agree" | "destroy";
}

export interface Circumstances {
  readonly faults?: FaultPlan;
  /** Sends the calls through the whole SDK and its transport, instead of past both. */
  readonly overTheWire?: boolean;
  /** The clock of several processes that run at the same time. */
  readonly clock?: VirtualClock;
  /** "own": plans, approves exactly that plan, and runs it. Otherwise runs what an earlier process approved. */
  readonly approval?: "own" | Approval | undefined;
  /** Also repairs contested fields. */
  readonly repairContested?: boolean;
  readonly signal?: AbortSignal;
  /** Whether the previous run is known to have died. Its lease is then taken over at once. */
  readonly afterDeath?: boolean;
  readonly lease?: "none" | { readonly me: Me };
}

/** The result of one process. */
export interface Ended {
  readonly how: "done" | "died" | "failed" | "stopped" | "threw";
  readonly result?: ApplyResult;
  readonly outcome?: Outcome;
  readonly error?: unknown;
  readonly calls: number;
  /** The number of writes, without those for the lease. */
  readonly writes: number;
  /** The time of each write. */
  readonly writesAt: readonly number[];
  readonly steps: number;
  readonly operations: Readonly<Record<string, number>>;
  /** The names of the operations, in the order of the calls. */
  readonly log: readonly string[];
  /** Writes that AWS refused: "ec2:DeleteSubnet DependencyViolation: has dependencies". */
  readonly refusals: readonly string[];
  readonly events: readonly ApplyEvent[];
  /** The approval, when there was one. */
  readonly approval?: Approval | undefined;
  readonly end: number;
}

/** Runs one process on a state, from a given time. */
export async function runProcess(
  kinds: readonly Kind[],
  state: SandboxState,
  start: number,
  job: Job,
  how: Circumstances = {},
): Promise<Ended> {
  const clock = how.clock ?? new VirtualClock(start);
  const events: ApplyEvent[] = [];
  let die: () => void = () => undefined;
  const death = new Promise<"died">((resolve) => (die = () => resolve("died")));
  const sandbox = createSandbox({ clock, state, faults: how.faults ?? {}, onStop: () => die() });
  const { region } = job.environment;
  let approval = how.approval === "own" ? undefined : how.approval;
  const live = async (): Promise<ApplyResult> => {
    const connection = await connect({
      region,
      clock,
      ...(how.overTheWire ? wireOf(sandbox) : pastTheWire(sandbox, region)),
      ...credentials,
    });
    if (how.approval === "own") approval = approvalOf((await planEnvironment(kinds, connection, job.environment, { goal: job.goal })).plan);
    return applyUnderLease(kinds, connection, job.environment, {
      goal: job.goal,
      signal: how.signal ?? new AbortController().signal,
      onEvent: (event) => events.push(event),
      approval,
      repairContested: how.repairContested,
      lease: how.lease ?? { me: { who: "simulation", run: `run-${start}`, process: "simulated 1" }, isDead: () => how.afterDeath === true },
    });
  };
  const ended = await Promise.race([
    live().then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    ),
    death,
  ]);
  if (ended === "died" && how.faults?.latency) await clock.sleep(10_000); // calls on the way still reach AWS, in seconds and not in hours
  const counts = sandbox.counts();
  const log = sandbox.calls.map(({ service, operation }) => `${service}:${operation}`);
  const refused = sandbox.calls.filter(({ mutating, code }) => mutating && code !== undefined);
  const writesAt = sandbox.calls.filter(({ mutating, service }) => mutating && service !== "ssm").map(({ at }) => at);
  return {
    ...verdict(ended),
    calls: counts.total,
    writes: writesAt.length,
    writesAt,
    operations: counts.operations,
    log,
    refusals: refused.map(({ service, operation, code, message }) => `${service}:${operation} ${code}: ${message}`),
    events,
    approval,
    end: clock.now(),
  };
}

function verdict(
  ended: "died" | { readonly error: unknown } | { readonly result: ApplyResult },
): Pick<Ended, "how" | "result" | "outcome" | "error" | "steps"> {
  if (ended === "died") return { how: "died", steps: 0 };
  if ("error" in ended) return { how: "threw", error: ended.error, steps: 0 };
  const { result } = ended;
  if (result.ended !== "ran" && result.ended !== "nothing-to-do")
    return {
      how: "threw",
      error: new Error(`the apply ended ${result.ended}${whyEnded(result)}`),
      result,
      steps: 0,
    };
  const problem = result.run.diagnostics.find(({ severity }) => severity === "error");
  if (problem) return { how: "threw", error: new Error(problem.summary), result, steps: 0 };
  const steps = result.run.plan.steps.filter((step) => step.action !== "keep").length;
  if (result.ended !== "ran") return { how: "done", result, steps };
  const { outcome } = result;
  const lost = outcome.failed.some(({ failure }) => failure.code === "lease-lost");
  const how = lost || outcome.failed.length > 0 ? "failed" : outcome.status === "stopped" ? "stopped" : "done";
  return { how, result, outcome, steps };
}

function whyEnded(result: ApplyResult): string {
  if (result.ended === "changed") return `: ${JSON.stringify(result.check)}`;
  return result.ended === "refused" ? `: ${result.problems.map((problem) => formatDiagnostic(problem)).join("; ")}` : "";
}

/** Whether a process that met a fault ended with a report and not with a crash. */
export function endedWell({ how, error, result, writes }: Ended): boolean {
  return how !== "threw" || error instanceof LeaseLostError || (error as Error).name === "AwsError" || isUnsure(result, writes);
}

/** Whether the run ended before its first write because AWS denied a read that an assertion needs. */
function isUnsure(result: ApplyResult | undefined, writes: number): boolean {
  return (
    writes === 0 &&
    result?.ended === "refused" &&
    result.problems.every(({ code, summary }) => code === "assert-unknown" && / was (denied|not read)\b/.test(summary))
  );
}

/** Describes the result in a line. */
export function tell(ended: Ended): string {
  if (ended.how === "threw") return `threw ${String(ended.error)}`;
  const failed =
    ended.outcome?.failed.map(({ step, failure }) => `${step.address} ${step.stage}: ${failure.code}: ${failure.message}`) ?? [];
  return `${ended.how} (${ended.steps} steps)${failed.length > 0 ? `: ${failed.join("; ")}` : ""}`;
}

const credentials = { credentials: { accessKeyId: `AKIA${account}`, secretAccessKey: "sandbox" } };

function wireOf(sandbox: Sandbox): { readonly requestHandler: object } {
  return { requestHandler: sandbox.requestHandler };
}
