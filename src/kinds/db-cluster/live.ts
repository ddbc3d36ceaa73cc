/** A cluster and its instances, as RDS shows them. */
import type { Live, Tags } from "../kind.ts";
import type { DbCluster, MemberSpec } from "./schema.ts";

/** Data that the driver needs about a cluster beyond its spec. */
export interface Handle {
  readonly arn: string;
  /** `cluster-…`: it never changes and is never used again. */
  readonly resourceId: string;
  readonly status: string;
  /** The spec as it is now, without pending values. */
  readonly current: Partial<DbCluster>;
  /** Values that wait for the maintenance window, or that AWS is applying now. */
  readonly pending: Partial<DbCluster>;
  /** AWS's names of all pending values, including those for which the YAML has no field. */
  readonly waiting: readonly string[];
  /** Whether it ever came up, so that it may hold data. */
  readonly hasLived: boolean;
  /** The instances of an Aurora cluster. AWS owns those of a Multi-AZ cluster. */
  readonly members: readonly Member[];
}

export type LiveCluster = Live<DbCluster, Handle>;

/** An instance as it was found. */
export interface Member {
  readonly id: string;
  /** Its key in `instances`. */
  readonly key: string;
  readonly arn: string;
  readonly status: string;
  readonly isWriter: boolean;
  readonly tags: Tags;
  /** As it is now. */
  readonly current: MemberSpec;
  /** Values that wait for its maintenance window. */
  readonly pending: Partial<MemberSpec>;
}
