/** The work of a plan: nodes for the executor, and the reasons why no order is possible. */
import type { Address } from "../kinds/kind.ts";

export interface Work {
  readonly id: string;
  readonly op: "create" | "update" | "tag" | "detach" | "shrink" | "delete" | "letGo" | "adopt" | "wait" | "barrier";
  readonly address: Address;
  /** The stage, for create, update, detach, shrink and letGo. */
  readonly stage: string;
  readonly needs: ReadonlySet<string>;
  /** For letGo: the addresses that the object does without, by field. */
  readonly without?: ReadonlyMap<string, ReadonlySet<Address>>;
}

/** The stage of the barrier that all but adoptions wait for. */
export const whenAdopted = "adopted";

export interface Ordered {
  readonly work: readonly Work[];
  readonly stuck: readonly Stuck[];
}

/** An object that cannot be deleted as early as it must be. */
export interface Stuck {
  /** The object that would have to be deleted early, or the first one in a circle of steps. */
  readonly address: Address;
  /** The object that does not let go of it; `why` says the reason. */
  readonly user: Address;
  readonly path?: string;
  readonly why: string;
  /** The only reason is that the steps of the two wait for each other. */
  readonly isCircle?: true;
  /** The addresses whose early delete waits for this one. */
  readonly roots: readonly Address[];
}

/** Resources of the environment that have something in an object to be deleted, by its address: an interface in a subnet, a public IP. */
export type Standing = ReadonlyMap<Address, readonly StandsIn[]>;

export interface StandsIn {
  readonly by: Address;
  readonly what: string;
  /** It is a part that stays although the object lets go: an instance of an Auto Scaling group. */
  readonly isPart?: true;
}
