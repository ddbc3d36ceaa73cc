import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { Drivers } from "../observe/drivers.ts";
import type { Planned } from "../plan/planned.ts";
import type { Observed } from "../plan/observed.ts";

/** A plan, the data that it was made from, and the connections to AWS. */
export interface ApplyInput {
  readonly planned: Planned;
  readonly environment: Environment;
  readonly observed: Observed;
  readonly aws: Aws;
  readonly drivers: Drivers;
  /** When it is aborted, no new step starts, calls in flight finish, and waits end. */
  readonly signal: AbortSignal;
  /** Whether another run ended or died moments ago. Its new objects may not be visible everywhere yet. */
  readonly isContinuing?: boolean | undefined;
  /** Seconds that a step waits for objects of a kind, by the kind's name: `--timeout`. */
  readonly timeouts?: ReadonlyMap<string, number> | undefined;
  /**
   * How many steps of one sort (such as creates of instances) may send calls at once; 24 when absent. Steps that only wait do not count.
   */
  readonly concurrency?: number | undefined;
}
