/** A plan with what it was made from, and what is asked of it. */
import type { PreflightFinding } from "../apply/preflight.ts";
import type { Environment } from "../config/environment.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address } from "../kinds/kind.ts";
import type { Drivers } from "../observe/drivers.ts";
import type { PlanInput, Planned } from "../plan/planned.ts";
import type { Observed } from "../plan/observed.ts";
import type { Plan } from "../plan/plan.ts";

/** A plan with everything that an apply needs to run it. */
export interface PlanRun {
  readonly plan: Plan;
  /** Errors among them stop their own addresses only. */
  readonly diagnostics: readonly Diagnostic[];
  /** Known refusals of AWS; empty if nobody asked for a preflight. */
  readonly found: readonly PreflightFinding[];
  readonly planned: Planned;
  /** The input of `planned`. */
  readonly input: PlanInput;
  readonly environment: Environment;
  readonly observed: Observed;
  readonly drivers: Drivers;
}

export interface PlanOptions {
  readonly goal: Plan["goal"];
  readonly targets?: readonly Address[] | undefined;
  /** The targets come from an approved plan: one that does not exist any more was deleted, or has left the file. */
  readonly targetsMayBeGone?: boolean | undefined;
  /** Only the adoption of these objects, as far as they are not adopted yet. */
  readonly adopting?: readonly Address[] | undefined;
  /** Also look for unmanaged objects inside our networks, with one call for each kind; for drift. */
  readonly unmanaged?: boolean | undefined;
  /** Ids of CloudFormation stacks to ignore: an import proves a file that adopts their objects after the stacks are deleted. */
  readonly gone?: ReadonlySet<string> | undefined;
  /** Names of the environments that have YAML: another live environment of the project may be this one under its old name. */
  readonly known?: readonly string[] | undefined;
  /** Also warn of new objects that AWS would refuse, as far as a few reads tell. */
  readonly preflight?: boolean | undefined;
  /** Findings that do not stop an apply, as CODE@ADDRESS. */
  readonly ignorePreflight?: readonly string[] | undefined;
  /** Also set contested fields. */
  readonly repairContested?: boolean | undefined;
  /** The number of steps for computing who reaches whom; the bound of one network when absent. */
  readonly reachSteps?: number | undefined;
  /** Ends the reads at once. */
  readonly signal?: AbortSignal | undefined;
}
