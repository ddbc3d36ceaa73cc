/** How each field of a spec is compared, what a change of it costs, and how a plan tells it. */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { Live } from "./live.ts";
import type { Json } from "./values.ts";

export type Fields<S extends object> = { readonly [F in keyof S]-?: FieldRule<NonNullable<S[F]>, S> };

/** What a change costs: nothing but a remark ("note"), in place, a restart, a new object; or it cannot be done, and why. */
export type Impact = "note" | "update" | "restart" | "replace" | { readonly refuse: string };

/** Why a change costs what it costs, for each of the impacts that `change` gives; for one that is left out there is nothing to say. */
export type Reasons = { readonly [I in "note" | "update" | "restart" | "replace"]?: string };

/** exposure: open to more than the file says. safety: protection, encryption, who may enter. traffic: where packets go. */
export type FieldUrgency = "exposure" | "safety" | "traffic";

/** How one field is compared. */
export interface FieldRule<V = unknown, S = any> {
  /**
   * "never": not compared (how to behave, not what to be: `userDataChange`). `was` lacks the entries that we made and that go:
   * a size that their schedule set is nobody's any more. `live`: all that was read of the object; absent where the change
   * only follows that of another.
   */
  readonly change:
    | Impact
    | "never"
    | ((was: V | undefined, now: V | undefined, spec: { readonly was: Partial<S>; readonly now: S; readonly live?: Live<S> }) => Impact);
  /** For people, after "because": "availabilityZone of a subnet cannot be changed". By impact where `change` gives several and one text does not fit all. */
  readonly because?: string | Reasons;
  /** The same where AWS has no value so far, and `because` tells of the one that goes. */
  readonly becauseUnset?: string;
  /**
   * enforced even when omitted. at creation only: not compared when omitted. floor: when omitted,
   * only a value less safe than the default is a difference (`lessSafe` decides). No default and unwritten: AWS's, never compared.
   */
  readonly default?: {
    readonly value: V;
    readonly class: DefaultClass;
    /** Specs that have it from elsewhere, so that the default is neither sent, compared nor shown: a replica has its source's password. */
    readonly unless?: (spec: Partial<S>) => boolean;
  };
  readonly lessSafe?: (have: V, dflt: V) => boolean;
  /** A value that only an interrupted run of ours leaves behind. It is brought to the default even on an adopted object whose file does not write the field. */
  readonly unfinished?: (have: V | undefined) => boolean;
  /** How two values are held against each other; scalars by equality and objects by their written keys when absent. */
  readonly as?: Shape;
  /** For an object: rules of its members, so that a member may be cheaper or dearer to change than the rest. */
  readonly of?: { readonly [member: string]: FieldRule<any> };
  /** Replaces the comparison where equality needs more than the two values (hashes kept in tags, version prefixes). `spec`: all that is desired of the object, but for what `ignoreChanges` names. */
  readonly same?: (request: V, have: V | undefined, live: Live<S>, resolved: unknown, spec?: Partial<S>) => boolean;
  /** What a value means, where several say the same: a script, and what gzip makes of it. Meanings are compared then. */
  readonly means?: (value: V) => unknown;
  /**
   * Compared by a hash that is kept in this tag, because AWS does not tell the value back (user data) or tells what it
   * was resolved to (an image). The engine writes the tag at creation and after a change; without the tag (adopted) the values are compared.
   */
  readonly hashTag?: string;
  /** What a change of this list in place opens to everybody or cuts off ("lets in tcp 22 0.0.0.0/0"); undefined: nothing. Where nobody is asked it counts like a delete. */
  readonly exposes?: (items: NonNullable<Change<V>["items"]>) => string | undefined;
  /**
   * How urgent it is that AWS has something else than the file. A function: by the two values of the field, and of a list with keys
   * or a map by those of each entry that differs. A member without an urgency of its own has that of its field. Absent, or undefined: "setting".
   */
  readonly urgency?: FieldUrgency | ((expected: any, actual: any) => FieldUrgency | undefined);
  /** The value reaches no plan, event, log or trace. */
  readonly secret?: true;
  /** Its texts may hold what AWS tells only when another object exists: `${loadBalancer.web.dnsName}`. Never a field by which an object is known or placed. */
  readonly late?: true;
  /** Plans, drift and events tell a hash in its place: scripts are long, and hold passwords although they should not. */
  readonly hashed?: true;
  /**
   * For a field that refers to others: what AWS does when one of them is deleted while this object stays. "free": it deletes it
   * (a route, a target). A function: AWS refuses, and this object can do without it for a while, as `left` says, unless the function
   * says why not. Absent: AWS refuses, and the object cannot do without it.
   */
  readonly whileGone?: "free" | ((left: V, spec: Partial<S>) => string | undefined);
  /**
   * For a field that refers to others: the object outlives them. It is deleted after them, and where it is kept, they are not kept
   * for its sake: a disk, or an address, and the machine that has it.
   */
  readonly outlives?: true;
  /** For a field that refers to others: a change of what it refers to, in place, changes this field too (a group follows its template). */
  readonly follows?: true;
  /**
   * How its driver brings a list or a map from old to new, for what AWS has in between. "grown": all new entries in one call, then
   * the old ones go in another. "grown-each": entry by entry, the new ones first. "moves": element by element, and one that comes
   * leaves the object of the kind that had it. Absent: entry by entry in any order where entries have keys, else in one call.
   */
  readonly passes?: "grown" | "grown-each" | "moves";
  /** How the value, or each entry of the list or map, reads in a plan: on a line of its own, which is never folded. */
  readonly tell?: (value: any, key?: string) => Told;
  /** The same where the value as a whole is a document of its own: a policy, statement by statement. What it does not know stays as it is written. */
  readonly lines?: (value: Json, field: string) => readonly Told[] | undefined;
  /** A plan shows it of a new object even where it has its default. */
  readonly show?: "always";
  /** Others write to it too: what we made in it goes when the file no longer has it, and what others made stays. */
  readonly made?: Made<V>;
}

/**
 * How it is known who made an entry of a list or a map (docs/decisions/0018-made-marks.md):
 *  - "entries": by its mark in the tags of the object that holds it (made-marks.ts);
 *  - `only`: the same, for those entries alone (in AWS's ids) that nothing else tells from those of others;
 *  - `bears`: by tags of the entry itself; undefined for an entry that can have none, which then has a mark;
 *  - `off`: the setting as a whole has a mark, and this is its value when it is taken away.
 */
export type Made<V = any> =
  | "entries"
  | { readonly only: (entry: any) => boolean }
  | { readonly bears: (key: string, live: Live) => boolean | undefined }
  | { readonly off: V };

/** One line of a plan; `warning` stands out behind it: "open to the internet". */
export interface Told {
  readonly text: string;
  readonly warning?: string;
}

export type DefaultClass = "enforced" | "create-only" | "floor";

export type Shape =
  | "set" //                                                 order and repetition mean nothing
  | "cidr"
  | "json" //                                                a JSON document in a string
  | "map" //                                                 by key; each value by its written keys; unlisted keys are removed
  | MapShape
  | ListShape;

/** A map whose unlisted keys are not simply removed. */
export interface MapShape {
  readonly map: true;
  /** What happens to keys that AWS has and the YAML has not; the author's `unlisted:` overrides it. */
  readonly unlisted: "remove" | "keep" | ((value: any, key: string) => "remove" | "keep");
  /** Whether two values of an entry mean the same; by their written keys when absent. */
  readonly same?: (request: any, have: any) => boolean;
  /** Entries that are never ours whatever `unlisted` says. */
  readonly foreign?: (value: any, key: string, resolved?: ReadonlyMap<string, unknown>) => boolean;
}

/** A list whose items have an identity: order means nothing, an item with the same key is changed in place. */
export interface ListShape {
  readonly key: (item: any) => string;
  /** What happens to items that AWS has and the YAML has not; the author's `unlisted:` overrides it. */
  readonly unlisted: "remove" | "keep" | ((item: any) => "remove" | "keep");
  /** Items that are never ours whatever `unlisted` says: known writers, propagated routes. `resolved`: all that the YAML has, by key. */
  readonly foreign?: (item: any, key: string, resolved?: ReadonlyMap<string, unknown>) => boolean;
}

export interface Change<V = unknown> {
  readonly before: V | undefined;
  readonly after: V | undefined;
  /** For lists with a key and maps: the items that differ. */
  readonly items?: {
    readonly added: readonly { readonly key: string; readonly value: unknown }[];
    /** `made`: we made it, and the file no longer has it. */
    readonly removed: readonly { readonly key: string; readonly value: unknown; readonly made?: true }[];
    readonly changed: readonly { readonly key: string; readonly before: unknown; readonly after: unknown }[];
  };
}

export type Changes<S> = { readonly [F in keyof S]?: Change<S[F]> };
