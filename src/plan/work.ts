/** The work of a plan: nodes for the executor, and what stands in the way of an order. */
import type { Address } from "../kinds/kind.ts";

export interface Work {
  readonly id: string;
  readonly op: "create" | "update" | "tag" | "detach" | "shrink" | "delete" | "letGo" | "adopt" | "wait" | "barrier";
  readonly address: Address;
  /** The stage, for create, update, detach, shrink and letGo. */
  readonly stage: string;
  readonly needs: ReadonlySet<string>;
  /** For letGo: what it does without, by field. */
  readonly without?: ReadonlyMap<string, ReadonlySet<Address>>;
}

/** The stage of the barrier that all but adoptions wait for. */
export const whenAdopted = "adopted";

export interface Ordered {
  readonly work: readonly Work[];
  readonly stuck: readonly Stuck[];
}

/** Something that cannot be deleted as early as it must be. */
export interface Stuck {
  /** What would have to be deleted early, or what a circle of steps begins with. */
  readonly address: Address;
  /** What does not let go of it, and why not. */
  readonly user: Address;
  readonly path?: string;
  readonly why: string;
  /** Nothing has to do without anything: the steps of the two wait for each other. */
  readonly isCircle?: true;
  /** The deletes that something waits for, and that wait for this one. */
  readonly roots: readonly Address[];
}

/** Who of ours has something standing in what would be deleted, by its address: an interface in a subnet, a public address. */
export type Standing = ReadonlyMap<Address, readonly StandsIn[]>;

export interface StandsIn {
  readonly by: Address;
  readonly what: string;
  /** It is a part that stays though the object lets go: a machine of a group. */
  readonly isPart?: true;
}
