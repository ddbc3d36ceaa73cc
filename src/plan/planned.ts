/** What a plan is made from, and a plan with what the executor needs beside it. */
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
  /** What is declared, by address; empty for `destroy`. */
  readonly declared: ReadonlyMap<Address, Declared>;
  readonly observed: Observed;
  readonly lookups: Lookups;
  /** Resources that cannot be planned, because a lookup failed; nothing is done for them or what depends on them. */
  readonly failed: ReadonlySet<Address>;
  /** By id: others who use what would be deleted or replaced; empty until somebody looked. */
  readonly users?: Users;
  /** By address: what of ours stands in what would be deleted or replaced; empty until somebody looked. */
  readonly standing?: Standing;
  /** What apply has set lately; empty where nobody looked, or where contested fields are to be repaired. */
  readonly appliedHistory?: AppliedHistory;
  /** Only these and what they need. */
  readonly targets?: readonly Address[] | undefined;
  /** They are those of an approved plan: what is gone by now was deleted, or is asked for no more. */
  readonly targetsMayBeGone?: boolean | undefined;
  /** Only what is still to be adopted of these. */
  readonly adopting?: readonly Address[] | undefined;
}

/** A plan with what the executor needs beside it. */
export interface Planned {
  readonly plan: Plan;
  /** Errors stop their own addresses only; the rest of the plan stands. */
  readonly diagnostics: readonly Diagnostic[];
  readonly work: readonly Work[];
  readonly decisions: ReadonlyMap<Address, Decision>;
}
