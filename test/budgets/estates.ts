/** Estates in the sandbox, made as `infra apply` makes them, with every call counted. */
import { estates, type Workload } from "../../bench/workloads.ts";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import type { Environment } from "../../src/config/environment.ts";
import { applyUnderLease, planEnvironment, type ApplyResult, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { CallCounts } from "@plumbline/aws-sandbox/call-log.ts";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { createSandbox, type Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { loadText } from "../support/testbed.ts";

export interface Run<T> {
  readonly result: T;
  readonly calls: CallCounts;
  /** Simulated seconds. */
  readonly seconds: number;
}

export interface Account {
  readonly sandbox: Sandbox;
  apply(environment: Environment): Promise<Run<ApplyResult>>;
  plan(environment: Environment): Promise<Run<PlanRun>>;
}

export interface Estate {
  readonly workload: Workload;
  readonly environment: Environment;
  readonly changed: Environment;
}

export function estateOf(count: number): Estate {
  const workload = estates(count);
  return { workload, environment: loadText(workload.yaml), changed: loadText(workload.changedYaml) };
}

/** An empty account without quotas. Its calls are counted anew for each run. */
export function emptyAccount(faults: FaultPlan = {}): Account {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock, faults: { ...faults, events: { "quotas:lifted": "always" } } });
  const run = async <T>(work: (connection: Awaited<ReturnType<typeof connect>>) => Promise<T>, region: string): Promise<Run<T>> => {
    sandbox.forgetCalls();
    const began = clock.now();
    const connection = await connect({
      region,
      clock,
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    });
    const result = await work(connection);
    return { result, calls: sandbox.counts(), seconds: (clock.now() - began) / 1000 };
  };
  const lease = { me: { who: "budgets", run: "1" } };
  const request = { goal: "agree", signal: new AbortController().signal, onEvent: () => undefined, lease } as const;
  return {
    sandbox,
    apply: (environment) => run((connection) => applyUnderLease(kinds, connection, environment, request), environment.region),
    plan: (environment) => run((connection) => planEnvironment(kinds, connection, environment, { goal: "agree" }), environment.region),
  };
}

/** The number of calls to one service. */
export function callsOf(calls: CallCounts, service: string): number {
  return Object.entries(calls.operations).reduce((sum, [operation, count]) => (operation.startsWith(`${service}:`) ? sum + count : sum), 0);
}
