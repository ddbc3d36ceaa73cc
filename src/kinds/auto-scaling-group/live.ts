/** What a driver hands from a look at a group to what it does with it. */
import type { Instance } from "@aws-sdk/client-auto-scaling";
import type { Live } from "../kind.ts";
import type { AutoScalingGroup } from "./schema.ts";

export interface Handle {
  readonly machines: readonly Instance[];
  readonly desired: number;
  /** Processes that are suspended, whether or not the YAML speaks of them. */
  readonly suspended: readonly string[];
}

export type LiveGroup = Live<AutoScalingGroup, Handle>;
