/** What the contract suite needs to know about a kind: the resources around it, its shortest and its longest forms, and a change of each field. */
import type { Aws } from "../../src/aws/aws.ts";
import type { Action } from "../../src/plan/plan.ts";

export type Resource = Readonly<Record<string, unknown>>;
export type ResourceIndex = Readonly<Record<string, Readonly<Record<string, Resource>>>>;

export interface Case {
  readonly kind: string;
  /** The resources around it, by section. */
  readonly index: ResourceIndex;
  /** With every optional field out. */
  readonly bare: Resource;
  /** Between them every field is set, and changed: more than one where fields exclude each other. */
  readonly forms: readonly Form[];
}

export interface Form {
  /** With all fields set that go together. */
  readonly full: Resource;
  readonly changes: readonly Change[];
  /** More resources around it, by section. */
  readonly index?: ResourceIndex;
  /** What somebody else made before. */
  readonly before?: (aws: Aws) => Promise<void>;
  /** Hours that pass before each change: AWS takes only so many of a disk in a day. */
  readonly rest?: number;
}

/** What the full form has at a path (`listeners.80.forward`) instead; undefined takes it out. */
export type Change = readonly [path: string, to: unknown, does?: Does, more?: More];

/**
 * What the plan says of it; "update" when left out. "note": a remark and no step; "nothing": the field says how to
 * behave, not what to be; "refused": an error.
 */
export type Does = Exclude<Action, "create" | "delete"> | "note" | "nothing" | "refused";

export interface More {
  /** What else must change with it, by path. */
  readonly also?: Resource;
  /** What the plan says of the way back, where that is no change of the same kind; the next change begins with a new object. */
  readonly back?: Does;
}
