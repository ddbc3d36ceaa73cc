/** What is decided for one address, before it is a step of a plan. */
import type { Address, Desired, Kind, Spec } from "../kinds/kind.ts";
import type { Delta, Diff } from "./diff.ts";
import type { SetBefore } from "./flapping.ts";
import type { Found } from "./observed.ts";
import type { Action, Note, TagChange } from "./plan.ts";
import { noTagChange } from "./tags.ts";

/** What is to become of one address. Never changed: a pass over the decisions answers with others. */
export interface Decision {
  readonly address: Address;
  readonly kind: Kind;
  readonly declared?: Declared;
  readonly found?: Found;
  readonly action: Action | "none";
  readonly deltas: readonly Delta[];
  readonly tags: TagChange;
  /** What differs and is left as it is, because others set it back time and again. */
  readonly contested: readonly Contest[];
  readonly because: string;
  readonly order: "create-first" | "delete-first";
  /** The replacements after which it must change too, and whether it is replaced with them (or cannot be). */
  readonly causes: ReadonlyMap<Address, "replaced" | "changed">;
  /** For "keep": what needs it. */
  readonly of?: Address;
  /** For "keep": it would be deleted, if all changes of the plan could be made. */
  readonly withheld?: true;
  /** A change that was taken back, because it or what it needs is refused. */
  readonly isWithdrawn?: true;
  /** The same for people, where it was taken back because of something else: "instance/m is not made, because subnet/a is not replaced". */
  readonly heldBack?: string;
  /** AWS is deleting it already, and something of the plan waits for that. */
  readonly awaited?: true;
  /** For "delete": what takes its place, and therefore waits for it. */
  readonly until?: readonly Address[];
  readonly refused: Diff["refused"];
  /** Nothing is done to it, as a whole: why, and how it differs. */
  readonly leftAlone?: LeftAlone;
}

/** By address. */
export type Decisions = ReadonlyMap<Address, Decision>;

/** A declared resource, with its foreign references and zones in `desired`; `resolved` has its images resolved too. */
export interface Declared {
  readonly kind: Kind;
  readonly desired: Desired;
  readonly resolved: Spec;
  /** What its texts take from other objects; absent where they take nothing. */
  readonly held?: Held;
}

/** What a resource takes from other objects. */
export interface Held {
  /** As the author wrote it, with a mark for each value. */
  readonly written: { readonly desired: Desired; readonly resolved: Spec };
  /** By "dbInstance/main.endpoint"; null where it is known only after its object was made or changed. */
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
