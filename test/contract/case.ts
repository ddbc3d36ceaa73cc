/** What the contract suite needs to know about a kind: a world for it to live in, its shortest and its longest form, and a change of each field. */
import type { Action } from "../../src/plan/plan.ts";

export type Resource = Readonly<Record<string, unknown>>;
export type World = Readonly<Record<string, Readonly<Record<string, Resource>>>>;

export interface Case {
  readonly kind: string;
  /** The resources around it, by section. */
  readonly world: World;
  /** With every optional field out. */
  readonly bare: Resource;
  /** With all fields set that go together. */
  readonly full: Resource;
  /** One for each field that can change: what the full form gets instead, and what the plan calls it. */
  readonly changes: readonly Change[];
  /** Fields whose change is not shown here, and where it is, or why there is none. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

export interface Change {
  readonly field: string;
  /** The new value; undefined takes the field out. */
  readonly to: unknown;
  readonly action: Action;
  /** More fields that must change with it. */
  readonly also?: Resource;
}
