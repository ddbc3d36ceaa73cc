/** How long AWS takes, and how many calls reading takes. */
import type { Spec } from "./values.ts";

export interface Waits {
  /** Seconds AWS typically takes and the longest it is waited for; "instant" when the answer is the end of it. */
  readonly create:
    | "instant"
    | {
        readonly typical: number;
        readonly limit: number;
        /** For objects that take longer than `limit`: a replica of a large database. */
        readonly limitOf?: (spec: Spec) => number;
      };
  readonly delete: "instant" | { readonly typical: number; readonly limit: number };
  /** Seconds for which a deleted object keeps its slots though AWS shows it as gone. */
  readonly lag?: number;
  /** Seconds between two looks at objects that are waited for; 5 when absent. */
  readonly poll?: number;
}

export interface Counts {
  /** Objects of ours that exist. */
  readonly ours: number;
  /** Objects in the account and region, where the API has no tag filter and all must be listed. */
  readonly account: number;
  /** Parts of ours that cost reads of their own (listeners and rules of load balancers), where that is known. */
  readonly parts?: number;
}
