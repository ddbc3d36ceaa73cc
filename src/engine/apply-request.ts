/** The request for an apply, and the ways in which it ends. */
import type { ApplyEvent, Outcome } from "../apply/events.ts";
import type { AcquireOptions, Frozen, LeaseView, Me } from "../apply/lease.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, Live } from "../kinds/kind.ts";
import type { Approval, ApprovalCheck } from "../plan/approval.ts";
import type { PlanOptions, PlanRun } from "./plan-run.ts";

export interface ApplyRequest extends PlanOptions {
  /** Before the first step it ends the reads; after that no new step starts, and the running steps are finished. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: ApplyEvent) => void;
  /** Gets the plan before the first write; false ends the apply. The run then does no more than this plan. Absent: the apply does everything that the YAML asks for. */
  readonly confirm?: (run: PlanRun, lease: LeaseView | undefined) => Promise<boolean>;
  /** Gets a plan without changes before the apply waits for objects that AWS has not finished. Nobody is asked, and no lock is taken. */
  readonly onlyWaits?: (run: PlanRun) => void;
  /** Problems that forbid a plan which could be run; asked of the shown plan and of the plan that is run. */
  readonly guards?: (run: PlanRun) => readonly Diagnostic[];
  /** Only the approved steps may run. */
  readonly approval?: Approval | undefined;
  readonly commit?: string | undefined;
  readonly concurrency?: number | undefined;
  /** Seconds to wait for the objects of a kind, by the kind's name. */
  readonly timeouts?: ReadonlyMap<string, number> | undefined;
  /** "none" only if the user typed `--no-lock`. The run then waits a minute, because no lease tells it about other runs. */
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
        readonly kept?: AcquireOptions["kept"];
      };
  /** Hears which new objects of a kind AWS does not list yet, while the run waits for that after its last step. */
  readonly listing?: ((missing: readonly Address[]) => void) | undefined;
  /** Called before the wait of a run with `--no-lock`, with its seconds. */
  readonly waitingWithoutLease?: (seconds: number) => void;
  /** Seconds until AWS's tag index shows the objects of a dead run; 60 when absent. */
  readonly consistencyDelay?: number | undefined;
}

export type ApplyResult =
  | { readonly ended: "nothing-to-do" | "declined"; readonly run: PlanRun }
  | { readonly ended: "frozen"; readonly frozen: Frozen }
  | { readonly ended: "refused"; readonly run: PlanRun; readonly problems: readonly Diagnostic[] }
  /** The plan is not, or no longer, the one that was approved or confirmed. */
  | { readonly ended: "changed"; readonly run: PlanRun; readonly check: ApprovalCheck }
  | {
      readonly ended: "ran";
      readonly run: PlanRun;
      readonly outcome: Outcome;
      /** The new objects of the run, as AWS lists them at the end. */
      readonly made: ReadonlyMap<Address, Live>;
      /** The objects that `outputs:` name, as AWS shows them after the run. */
      readonly sources: ReadonlyMap<Address, Live>;
      /** Approved or shown, and done by another run or by an earlier one. */
      readonly alreadyDone: readonly string[];
      /** Approved or shown, and neither done nor in the plan that ran. */
      readonly notAskedFor: readonly string[];
      /** Sentences about reads and writes beside the steps that failed, and their consequences. */
      readonly notes: readonly string[];
    };
