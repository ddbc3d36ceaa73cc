/** Runs a plan that somebody else guards. */
import { applyPlan } from "../apply/apply.ts";
import type { ApplyEvent } from "../apply/events.ts";
import type { Connection } from "../aws/connection.ts";
import type { PlanRun } from "./plan-run.ts";

/** Runs a plan as it stands, without a lease; the last event is "finished". For tests and for plans that somebody else guards. */
export function applyEnvironment(
  connection: Connection,
  run: PlanRun,
  options: { readonly signal: AbortSignal; readonly concurrency?: number | undefined },
): AsyncGenerator<ApplyEvent> {
  const { planned, environment, observed, drivers } = run;
  return applyPlan({
    planned,
    environment,
    observed,
    drivers,
    aws: connection.aws.within({ outageTimeout: applyOutageTimeout }),
    signal: options.signal,
    concurrency: options.concurrency,
  });
}

/** Milliseconds for which an apply waits out an outage: what is under way in AWS goes on meanwhile. */
export const applyOutageTimeout = 600_000;
