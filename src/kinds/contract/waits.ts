/** How long AWS takes, and how many calls a read needs. */
import type { Spec } from "./values.ts";

export interface Waits {
  /** Seconds that AWS typically takes and the maximum wait. "instant": the object is ready when the call returns. */
  readonly create:
    | "instant"
    | {
        readonly typical: number;
        readonly limit: number;
        /** For objects that take longer than `limit`: a replica of a large database. */
        readonly limitOf?: (spec: Spec) => number;
      };
  readonly delete: "instant" | { readonly typical: number; readonly limit: number };
  /** Seconds for which a deleted object still holds its slots although AWS shows it as gone. */
  readonly lag?: number;
  /** Seconds between two polls; 5 when absent. */
  readonly poll?: number;
}

export interface Counts {
  /** Number of our objects that exist. */
  readonly ours: number;
  /** Number of objects in the account and region, where the API has no tag filter and all must be listed. */
  readonly account: number;
  /** Number of parts of our objects that cost extra reads (listeners and rules of load balancers), where it is known. */
  readonly parts?: number;
}
