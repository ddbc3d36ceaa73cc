/** The data that the driver keeps from reading a group, for later changes of it. */
import type { Instance } from "@aws-sdk/client-auto-scaling";
import type { Live } from "../kind.ts";
import type { AutoScalingGroup } from "./schema.ts";

export interface Handle {
  readonly machines: readonly Instance[];
  readonly desired: number;
  /** The suspended processes, whether or not the YAML names them. */
  readonly suspended: readonly string[];
}

export type LiveGroup = Live<AutoScalingGroup, Handle>;
