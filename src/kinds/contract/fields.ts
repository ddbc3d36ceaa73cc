/** How each field of a spec is compared, what a change of it costs, and how a plan shows it. */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { Live } from "./live.ts";
import type { Json } from "./values.ts";

export type Fields<S extends object> = { readonly [F in keyof S]-?: FieldRule<NonNullable<S[F]>, S> };

/**
 * The cost of a change: only a remark ("note"), a change in place, a restart, or a new object. `refuse` says why the change cannot be done.
 */
export type Impact = "note" | "update" | "restart" | "replace" | { readonly refuse: string };

/** Why a change has its cost, for each impact that `change` returns. An impact may have no text. */
export type Reasons = { readonly [I in "note" | "update" | "restart" | "replace"]?: string };

/** exposure: open to more than the file says. safety: protection, encryption, who may enter. traffic: where packets go. */
export type FieldUrgency = "exposure" | "safety" | "traffic";

/** How one field is compared. */
export interface FieldRule<V = unknown, S = any> {
  /**
   * The cost of a change. "never": the field is not compared, because it says how to act and not what the object is (`userDataChange`).
   * `was` lacks the entries that we made and that the plan removes: for example, after its schedule is gone, a size counts as set by
   * nobody. `live`: everything that was read of the object. It is absent where the change only follows from the change of another object.
   */
  readonly change:
    | Impact
    | "never"
    | ((was: V | undefined, now: V | undefined, spec: { readonly was: Partial<S>; readonly now: S; readonly live?: Live<S> }) => Impact);
  /**
   * The reason for people, after "because": "availabilityZone of a subnet cannot be changed". Reasons by impact are for a `change` that
   * returns several impacts, where one text does not fit all.
   */
  readonly because?: string | Reasons;
  /** Replaces `because` where AWS has no value yet and `because` talks about the value that is replaced. */
  readonly becauseUnset?: string;
  /**
   * The value when the YAML omits the field. enforced: compared even when omitted. create-only: sent at creation, not compared when
   * omitted. floor: when omitted, only a value that is less safe than the default is a difference (`lessSafe` decides). Without a default,
   * an omitted field is AWS's to choose and never compared.
   */
  readonly default?: {
    readonly value: V;
    readonly class: DefaultClass;
    /** Specs that take the value from elsewhere: a replica has its source's password. The default is then not sent, compared or shown. */
    readonly unless?: (spec: Partial<S>) => boolean;
  };
  readonly lessSafe?: (have: V, dflt: V) => boolean;
  /**
   * Whether only an interrupted run of ours leaves such a value behind. The value is then set to the default, even on an adopted object
   * whose file does not write the field.
   */
  readonly unfinished?: (have: V | undefined) => boolean;
  /** How two values are compared. Absent: scalars by equality, and objects by the keys that the YAML writes. */
  readonly as?: Shape;
  /** For an object: the rules of its members, so that a change of one member may cost more or less than a change of the rest. */
  readonly of?: { readonly [member: string]: FieldRule<any> };
  /**
   * Replaces the comparison where two values are not enough to decide (hashes kept in tags, version prefixes). `spec`: the desired spec of
   * the object without the fields that `ignoreChanges` names.
   */
  readonly same?: (request: V, have: V | undefined, live: Live<S>, resolved: unknown, spec?: Partial<S>) => boolean;
  /**
   * Returns the meaning of a value, where several values mean the same (a script, and the same script after gzip). The meanings are then
   * compared.
   */
  readonly means?: (value: V) => unknown;
  /**
   * The tag that keeps a hash of the value. The hash is compared because AWS does not return the value (user data) or returns the result of
   * a look-up (an image). The engine writes the tag at creation and after a change. Without the tag (an adopted object) the values are
   * compared.
   */
  readonly hashTag?: string;
  /**
   * Says what a change in place of this list opens to everybody or cuts off ("lets in tcp 22 0.0.0.0/0"). Undefined: nothing. Where nobody
   * is asked, such a change counts like a delete.
   */
  readonly exposes?: (items: NonNullable<Change<V>["items"]>) => string | undefined;
  /**
   * How urgent it is that AWS has something else than the file. A function: by the two values of the field, and of a list with keys
   * or a map by those of each entry that differs. A member without an urgency of its own has that of its field. Absent, or undefined: "setting".
   */
  readonly urgency?: FieldUrgency | ((expected: any, actual: any) => FieldUrgency | undefined);
  /** Whether the value is secret: it appears in no plan, event, log or trace. */
  readonly secret?: true;
  /**
   * Its texts may hold late values, which AWS gives only when another object exists: `${loadBalancer.web.dnsName}`. Never a field that
   * identifies or places an object.
   */
  readonly late?: true;
  /** Plans, drift and events show a hash instead of the value. Scripts are long, and sometimes hold passwords although they should not. */
  readonly hashed?: true;
  /**
   * For a field with references: what AWS does when a referenced object is deleted while this object stays. "free": AWS removes the
   * reference, too (a route, a target). A function: AWS refuses the delete, but this object can do without the reference for a while.
   * `left` is the rest of the value; the function returns why this is not possible, or undefined. Absent: AWS refuses the delete, and the
   * object cannot do without the reference.
   */
  readonly whileGone?: "free" | ((left: V, spec: Partial<S>) => string | undefined);
  /**
   * For a field with references: the object outlives the objects that it refers to. It is deleted after them. If it is kept, they are not
   * kept because of it: a volume, or an address, and the instance that has it.
   */
  readonly outlives?: true;
  /**
   * For a field with references: a change in place of the referenced object also changes this field (an Auto Scaling group follows its
   * launch template).
   */
  readonly follows?: true;
  /**
   * How the driver changes a list or a map from old to new. It decides which values AWS has in between. "grown": one call adds all new
   * entries, then another removes the old ones. "grown-each": entry by entry, the new ones first. "moves": element by element; a new
   * element leaves the object of the kind that had it. Absent: entry by entry in any order where entries have keys, else in one call.
   */
  readonly passes?: "grown" | "grown-each" | "moves";
  /** How a plan shows the value, or each entry of the list or map: on a line of its own, which is never folded. */
  readonly tell?: (value: any, key?: string) => Told;
  /** The same where the whole value is a document: a policy, statement by statement. Undefined: the value is shown as it is written. */
  readonly lines?: (value: Json, field: string) => readonly Told[] | undefined;
  /** A plan for a new object shows the field even where it has its default. */
  readonly show?: "always";
  /**
   * For a field that others write to as well: the entries that we made are removed when the file no longer has them, and the entries of
   * others stay.
   */
  readonly made?: Made<V>;
}

/**
 * How the engine knows who made an entry of a list or a map (docs/decisions/0018-made-marks.md):
 *  - "entries": by a mark of the entry in the tags of the object that holds it (made-marks.ts).
 *  - `only`: the same, but only the entries (in AWS's ids) for which it returns true have marks: nothing else tells them from those of
 *    others.
 *  - `bears`: by tags of the entry itself. Undefined for an entry that can have no tags; it then has a mark.
 *  - `off`: the setting as a whole has a mark, and this is its value after it is removed.
 */
export type Made<V = any> =
  | "entries"
  | { readonly only: (entry: any) => boolean }
  | { readonly bears: (key: string, live: Live) => boolean | undefined }
  | { readonly off: V };

/** One line of a plan. `warning` is shown after it and stands out: "open to the internet". */
export interface Told {
  readonly text: string;
  readonly warning?: string;
}

export type DefaultClass = "enforced" | "create-only" | "floor";

export type Shape =
  | "set" //                                                 order and repetition do not matter
  | "cidr"
  | "json" //                                                a JSON document in a string
  | "map" //                                                 by key; each value by the keys that the YAML writes; unlisted keys are removed
  | MapShape
  | ListShape;

/** A map whose unlisted keys are not always removed. */
export interface MapShape {
  readonly map: true;
  /** Whether keys that only AWS has are removed or kept. The author's `unlisted:` overrides it. */
  readonly unlisted: "remove" | "keep" | ((value: any, key: string) => "remove" | "keep");
  /** Whether two values of an entry mean the same. Absent: by the keys that the YAML writes. */
  readonly same?: (request: any, have: any) => boolean;
  /** Entries that are never ours, whatever `unlisted` says. */
  readonly foreign?: (value: any, key: string, resolved?: ReadonlyMap<string, unknown>) => boolean;
}

/** A list whose items have an identity. Order does not matter, and an item with the same key is changed in place. */
export interface ListShape {
  readonly key: (item: any) => string;
  /** Whether items that only AWS has are removed or kept. The author's `unlisted:` overrides it. */
  readonly unlisted: "remove" | "keep" | ((item: any) => "remove" | "keep");
  /** Items that are never ours, whatever `unlisted` says: known writers, propagated routes. `resolved`: all items of the YAML, by key. */
  readonly foreign?: (item: any, key: string, resolved?: ReadonlyMap<string, unknown>) => boolean;
}

export interface Change<V = unknown> {
  readonly before: V | undefined;
  readonly after: V | undefined;
  /** For maps and lists with a key: the items that differ. */
  readonly items?: {
    readonly added: readonly { readonly key: string; readonly value: unknown }[];
    /** `made`: we made it, and the file no longer has it. */
    readonly removed: readonly { readonly key: string; readonly value: unknown; readonly made?: true }[];
    readonly changed: readonly { readonly key: string; readonly before: unknown; readonly after: unknown }[];
  };
}

export type Changes<S> = { readonly [F in keyof S]?: Change<S[F]> };
