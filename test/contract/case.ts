/** The contract case of a kind: the resources around it, its shortest and longest forms, and a change of each field. */
import type { Aws } from "../../src/aws/aws.ts";
import type { Action } from "../../src/plan/plan.ts";

export type Resource = Readonly<Record<string, unknown>>;
export type ResourceIndex = Readonly<Record<string, Readonly<Record<string, Resource>>>>;

export interface Case {
  readonly kind: string;
  /** The resources around the object, by section. */
  readonly index: ResourceIndex;
  /** The resource without any optional field. */
  readonly bare: Resource;
  /** Together they set and change every field. There are several forms where fields exclude each other. */
  readonly forms: readonly Form[];
}

export interface Form {
  /** The resource with all fields that can be set together. */
  readonly full: Resource;
  readonly changes: readonly Change[];
  /** Further resources around the object, by section. */
  readonly index?: ResourceIndex;
  /** Objects that somebody else made before. */
  readonly before?: (aws: Aws) => Promise<void>;
  /** Hours that pass before each change, because AWS takes only a few changes of some objects in a day. */
  readonly rest?: number;
}

/** A field, by its path in the full form (`listeners.80.forward`), and its new value; undefined removes it. */
export type Change = readonly [path: string, to: unknown, does?: Does, more?: More];

/**
 * The action of the plan; "update" when left out. "note": a remark and no step. "nothing": no step, because the field controls infra and
 * not the object. "refused": an error.
 */
export type Does = Exclude<Action, "create" | "delete"> | "note" | "nothing" | "refused";

export interface More {
  /** Other fields that must change with it, by path. */
  readonly also?: Resource;
  /** The action of the plan for the way back, where it is another one. The next change then begins with a new object. */
  readonly back?: Does;
}
