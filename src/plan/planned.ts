/** The input of a plan, and a plan with the data that the executor needs. */
import type { Environment } from "../config/environment.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address } from "../kinds/kind.ts";
import type { Decision, Declared } from "./decision.ts";
import type { AppliedHistory } from "./flapping.ts";
import type { Lookups, Observed } from "./observed.ts";
import type { Plan } from "./plan.ts";
import type { Users } from "./safety.ts";
import type { Standing, Work } from "./work.ts";

export interface PlanInput {
  readonly environment: Environment;
  readonly goal: Plan["goal"];
  /** The declared resources, by address. Empty for `destroy`. */
  readonly declared: ReadonlyMap<Address, Declared>;
  readonly observed: Observed;
  readonly lookups: Lookups;
  /** Resources that cannot be planned, because a lookup failed; nothing is done for them or what depends on them. */
  readonly failed: ReadonlySet<Address>;
  /** Foreign dependents of the objects that would be deleted or replaced, by id. Empty until somebody has looked. */
  readonly users?: Users;
  /** Resources that have something in an object that would be deleted or replaced, by its address. Empty until somebody has looked. */
  readonly standing?: Standing;
  /** The values that apply has set lately. Empty where nobody has looked, or where contested fields are to be repaired. */
  readonly appliedHistory?: AppliedHistory;
  /** The plan covers only these addresses and the resources that they need. */
  readonly targets?: readonly Address[] | undefined;
  /** The targets come from an approved plan. A target that is gone by now was deleted, or is no longer asked for. */
  readonly targetsMayBeGone?: boolean | undefined;
  /** The plan covers only those of these addresses that are still to be adopted. */
  readonly adopting?: readonly Address[] | undefined;
}

/** A plan with the data that the executor needs. */
export interface Planned {
  readonly plan: Plan;
  /** Errors stop their own addresses only; the rest of the plan stands. */
  readonly diagnostics: readonly Diagnostic[];
  readonly work: readonly Work[];
  readonly decisions: ReadonlyMap<Address, Decision>;
}
