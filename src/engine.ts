/** The engine as the command line and the tests use it: plan, apply, look. */
export type { PlanOptions, PlanRun } from "./engine/plan-run.ts";
export { planEnvironment } from "./engine/plan-environment.ts";
export { applyEnvironment } from "./engine/apply-environment.ts";
export type { ApplyRequest, ApplyResult } from "./engine/apply-request.ts";
export { applyUnderLease } from "./engine/apply-under-lease.ts";
