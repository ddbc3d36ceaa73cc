/** What an apply is asked, and how it ends. */
import type { ApplyEvent, Outcome } from "../apply/events.ts";
import type { AcquireOptions, Frozen, LeaseView, Me } from "../apply/lease.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, Live } from "../kinds/kind.ts";
import type { Approval, ApprovalCheck } from "../plan/approval.ts";
import type { PlanOptions, PlanRun } from "./plan-run.ts";

export interface ApplyRequest extends PlanOptions {
  /** Until the first step it gives up what is being read; from then on nothing new is started, and what is under way is finished. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: ApplyEvent) => void;
  /** Shown the plan before anything is written; false ends the apply. What is run is then no more than what was shown. Absent: whatever agreement takes. */
  readonly confirm?: (run: PlanRun, lease: LeaseView | undefined) => Promise<boolean>;
  /** Told a plan that changes nothing, before what AWS has not finished is waited for: no lock is taken for that, and nobody is asked. */
  readonly onlyWaits?: (run: PlanRun) => void;
  /** Problems that forbid running a plan though it could be run; asked of the plan that was shown and of the one that is run. */
  readonly guards?: (run: PlanRun) => readonly Diagnostic[];
  /** Only what was approved may run. */
  readonly approval?: Approval | undefined;
  readonly commit?: string | undefined;
  readonly concurrency?: number | undefined;
  /** Seconds for which all of a kind is waited for, by the kind's name. */
  readonly timeouts?: ReadonlyMap<string, number> | undefined;
  /** "none" must be typed by the user: the run then waits a minute, in place of what a lease would have told. */
  readonly lease:
    | "none"
    | {
        readonly me: Me;
        readonly isDead?: AcquireOptions["isDead"];
        readonly waiting?: AcquireOptions["waiting"];
        readonly fencing?: AcquireOptions["fencing"];
        readonly recovering?: AcquireOptions["recovering"];
        readonly holding?: AcquireOptions["holding"];
        readonly follow?: AcquireOptions["follow"];
      };
  /** Seconds until AWS's tag index shows what a dead run may have made; 60 when absent. */
  readonly consistencyDelay?: number | undefined;
}

export type ApplyResult =
  | { readonly ended: "nothing-to-do" | "declined"; readonly run: PlanRun }
  | { readonly ended: "frozen"; readonly frozen: Frozen }
  | { readonly ended: "refused"; readonly run: PlanRun; readonly problems: readonly Diagnostic[] }
  /** What would be done is not, or no longer, what was approved or confirmed. */
  | { readonly ended: "changed"; readonly run: PlanRun; readonly check: ApprovalCheck }
  | {
      readonly ended: "ran";
      readonly run: PlanRun;
      readonly outcome: Outcome;
      /** What the run made, as AWS lists it at the end. */
      readonly made: ReadonlyMap<Address, Live>;
      /** The objects that `outputs:` name, as AWS shows them after the run. */
      readonly sources: ReadonlyMap<Address, Live>;
      readonly alreadyDone: readonly string[];
      /** Approved, and neither done nor in the plan. */
      readonly notAskedFor: readonly string[];
      /** What could not be read or written beside the steps, and what follows from it. */
      readonly notes: readonly string[];
    };
