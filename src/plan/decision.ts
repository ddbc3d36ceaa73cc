/** The decision about one address, before it becomes a step of a plan. */
import type { Address, Desired, Kind, Spec } from "../kinds/kind.ts";
import type { Delta, Diff } from "./diff.ts";
import type { SetBefore } from "./flapping.ts";
import type { Found } from "./observed.ts";
import type { Action, Note, TagChange } from "./plan.ts";
import { noTagChange } from "./tags.ts";

/** The action that a plan takes for one address. It is immutable: a pass over the decisions returns new ones. */
export interface Decision {
  readonly address: Address;
  readonly kind: Kind;
  readonly declared?: Declared;
  readonly found?: Found;
  readonly action: Action | "none";
  readonly deltas: readonly Delta[];
  readonly tags: TagChange;
  /** Differences that stay as they are, because others set them back time and again. */
  readonly contested: readonly Contest[];
  readonly because: string;
  readonly order: "create-first" | "delete-first";
  /** The replacements that make this object change too, and whether it is replaced with them (or cannot be). */
  readonly causes: ReadonlyMap<Address, "replaced" | "changed">;
  /** For "keep": the address that needs this one. */
  readonly of?: Address;
  /** For "keep": the object would be deleted if all changes of the plan could be made. */
  readonly withheld?: true;
  /** The change was taken back, because it is refused or needs something that is refused. */
  readonly isWithdrawn?: true;
  /** Where something else was the cause, the reason for people: "instance/m is not made, because subnet/a is not replaced". */
  readonly heldBack?: string;
  /** AWS is already deleting the object, and something in the plan waits for that. */
  readonly awaited?: true;
  /** For "delete": the resources that take its place and therefore wait for it. */
  readonly until?: readonly Address[];
  readonly refused: Diff["refused"];
  /** The plan leaves the object alone as a whole. */
  readonly leftAlone?: LeftAlone;
}

/** By address. */
export type Decisions = ReadonlyMap<Address, Decision>;

/** A declared resource. `desired` has foreign references and zones resolved; `resolved` has images resolved too. */
export interface Declared {
  readonly kind: Kind;
  readonly desired: Desired;
  readonly resolved: Spec;
  /** The values that its texts take from other objects. Absent where they take none. */
  readonly held?: Held;
}

/** The values that a resource takes from other objects. */
export interface Held {
  /** The resource as the author wrote it, with a mark in place of each value. */
  readonly written: { readonly desired: Desired; readonly resolved: Spec };
  /** By "dbInstance/main.endpoint". null: known only after its object is made or changed. */
  readonly values: Readonly<Record<string, string | null>>;
}

/** Why an object is left alone, and how it differs from the file. */
export interface LeftAlone {
  readonly why: string;
  readonly deltas: readonly Delta[];
  readonly tags: TagChange;
}

/** A contested field, or a contested tag. */
export interface Contest {
  readonly delta?: Delta;
  readonly tag?: { readonly key: string; readonly want: string | null };
  readonly before: SetBefore;
}

export interface Decided {
  readonly decisions: Decisions;
  readonly notes: readonly Note[];
}

export function decision(address: Address, kind: Kind, more: Partial<Decision>): Decision {
  return {
    address,
    kind,
    action: "none",
    deltas: [],
    tags: noTagChange,
    because: "",
    order: "create-first",
    refused: [],
    contested: [],
    causes: new Map(),
    ...more,
  };
}
