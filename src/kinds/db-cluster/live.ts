/** A cluster and its instances, as RDS shows them. */
import type { Live, Tags } from "../kind.ts";
import type { DbCluster, MemberSpec } from "./schema.ts";

/** What the driver needs of a cluster beyond its spec. */
export interface Handle {
  readonly arn: string;
  /** `cluster-…`: never changes, never comes back. */
  readonly resourceId: string;
  readonly status: string;
  /** The spec as it is now, without what waits. */
  readonly current: Partial<DbCluster>;
  /** What waits for the maintenance window, or is being made. */
  readonly pending: Partial<DbCluster>;
  /** AWS's names of everything that waits, also of what the YAML has no field for. */
  readonly waiting: readonly string[];
  /** Whether it ever came up, so that there may be data in it. */
  readonly hasLived: boolean;
  /** Of Aurora; those of a Multi-AZ cluster are AWS's. */
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
  /** What waits for its maintenance window. */
  readonly pending: Partial<MemberSpec>;
}
