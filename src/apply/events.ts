import type { Position } from "../diag/diagnostic.ts";
import type { Address, AwsId } from "../kinds/kind.ts";
import type { Action } from "../plan/plan.ts";

/** The reason of a step that began and did not finish because the run was stopped. */
export const stoppedWaiting = "the run was stopped while it waited; the next run continues it";

/** The events of a run. Renderers listen; the executor prints nothing. Times are milliseconds of the run's clock. */
export type ApplyEvent =
  /** `resources`: how many steps each address has, for displays that count resources. */
  | { readonly type: "started"; readonly at: number; readonly steps: number; readonly resources?: Readonly<Record<Address, number>> }
  | { readonly type: "step-started"; readonly at: number; readonly step: StepRef }
  /** Sent when a step begins to wait, and when the reason for the wait changes. `typical` is in seconds. */
  | { readonly type: "step-waiting"; readonly at: number; readonly step: StepRef; readonly what: string; readonly typical?: number }
  | { readonly type: "step-said"; readonly at: number; readonly step: StepRef; readonly text: string }
  | { readonly type: "step-done"; readonly at: number; readonly step: StepRef; readonly ms: number; readonly id?: AwsId }
  | { readonly type: "step-failed"; readonly at: number; readonly step: StepRef; readonly ms: number; readonly failure: Failure }
  /** The step was not tried, because a step that it needs failed or was skipped, or because the run was stopped. */
  | { readonly type: "step-skipped"; readonly at: number; readonly step: StepRef; readonly because: string }
  | { readonly type: "note"; readonly at: number; readonly text: string }
  | { readonly type: "finished"; readonly at: number; readonly outcome: Outcome };

/** One node of the graph: an address and a stage. */
export interface StepRef {
  readonly address: Address;
  readonly kind: string;
  /** "wait": the step writes nothing; AWS is still at work on an earlier request. With the stage "delete", AWS is deleting the object. */
  readonly action: Action | "wait";
  readonly stage: string;
  readonly position?: Position;
}

export interface Failure {
  /** AWS's code, or our own ("timeout", "conflict", "blocked"). */
  readonly code: string;
  readonly message: string;
  readonly service?: string;
  readonly operation?: string;
  readonly requestId?: string;
  readonly hint?: string;
  /** The objects that blocked a delete. */
  readonly blockers?: readonly { readonly id: AwsId; readonly what: string }[];
}

export interface Outcome {
  readonly status: "done" | "partial" | "failed" | "stopped";
  readonly done: readonly StepRef[];
  readonly failed: readonly { readonly step: StepRef; readonly failure: Failure }[];
  readonly skipped: readonly { readonly step: StepRef; readonly because: string }[];
  readonly ms: number;
}

/** Whether any step other than a wait is done. */
export function hasChanged({ done }: Pick<Outcome, "done">): boolean {
  return done.some(({ action }) => action !== "wait");
}
