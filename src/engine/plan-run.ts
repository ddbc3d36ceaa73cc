/** A plan with what it was made from, and what is asked of it. */
import type { PreflightFinding } from "../apply/preflight.ts";
import type { Environment } from "../config/environment.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address } from "../kinds/kind.ts";
import type { Drivers } from "../observe/drivers.ts";
import type { PlanInput, Planned } from "../plan/planned.ts";
import type { Observed } from "../plan/observed.ts";
import type { Plan } from "../plan/plan.ts";

/** A plan, with what it was made from: what `apply` needs to run it. */
export interface PlanRun {
  readonly plan: Plan;
  /** Errors among them stop their own addresses only. */
  readonly diagnostics: readonly Diagnostic[];
  /** What AWS would refuse of it, where that was looked for. */
  readonly found: readonly PreflightFinding[];
  readonly planned: Planned;
  /** What `planned` was made from. */
  readonly input: PlanInput;
  readonly environment: Environment;
  readonly observed: Observed;
  readonly drivers: Drivers;
}

export interface PlanOptions {
  readonly goal: Plan["goal"];
  readonly targets?: readonly Address[] | undefined;
  /** They are those of an approved plan: what is gone by now was deleted, or is asked for no more. */
  readonly targetsMayBeGone?: boolean | undefined;
  /** Only what is still to be adopted of these. */
  readonly adopting?: readonly Address[] | undefined;
  /** Also look for what is nobody's inside our networks: for drift, at a call a kind. */
  readonly unmanaged?: boolean | undefined;
  /** Ids of CloudFormation stacks whose objects are taken for nobody's: an import proves what is to be adopted when they are deleted. */
  readonly gone?: ReadonlySet<string> | undefined;
  /** Names of environments that have YAML: what else lives under the project may be this one's old name. */
  readonly known?: readonly string[] | undefined;
  /** Also warn of what AWS would refuse of the new objects, as far as a few reads tell. */
  readonly preflight?: boolean | undefined;
  /** What AWS would refuse and is tried all the same, as CODE@ADDRESS. */
  readonly ignorePreflight?: readonly string[] | undefined;
  /** Also set what others have set back time and again. */
  readonly repairContested?: boolean | undefined;
  /** How many steps may be taken to compute who reaches whom; a bound for all that is computed of one network when absent. */
  readonly reachSteps?: number | undefined;
  /** Gives up reading at once. */
  readonly signal?: AbortSignal | undefined;
}
