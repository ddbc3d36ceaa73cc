import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { Drivers } from "../observe/drivers.ts";
import type { Planned } from "../plan/planned.ts";
import type { Observed } from "../plan/observed.ts";

/** A plan, what it was made from, and the ways to AWS. */
export interface ApplyInput {
  readonly planned: Planned;
  readonly environment: Environment;
  readonly observed: Observed;
  readonly aws: Aws;
  readonly drivers: Drivers;
  /** When aborted: nothing new is started, what is in flight is finished, what waits lets go. */
  readonly signal: AbortSignal;
  /** Whether another run ended, or died, moments ago: what it made may not be visible everywhere yet. */
  readonly isContinuing?: boolean | undefined;
  /** Seconds for which all of a kind is waited for, by the kind's name: `--timeout`. */
  readonly timeouts?: ReadonlyMap<string, number> | undefined;
  /** How many steps of one sort (creates of instances) may be sending at once; 24 when absent. Those that only wait do not count. */
  readonly concurrency?: number | undefined;
}
