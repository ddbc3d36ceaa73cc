/** The names that expressions may use, as the environment or the part around an expression provides them. */
import type { Evaluator } from "../../expressions/evaluate.ts";
import type { Plain } from "../../expressions/values.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { Item, Repetition } from "../values/repetition.ts";
import type { Tree } from "../yaml/tree.ts";

/** The names of one environment or part, and their values. */
export interface NameScope {
  /** The scope is the inside of a part: its parameters and its own resources. */
  readonly isPart?: true;
  readonly evaluator: Evaluator;
  readonly kinds: ReadonlyMap<string, Kind>;
  variableNames(): readonly string[];
  /** Throws Consequence when its value is wrong. */
  variable(name: string): Tree | undefined;
  guessVariable(name: string): string;
  /** `project`, `environment`, `region`, `account`, `partition`. */
  top(name: string): Plain | undefined;
  /** The zones that the caller's account may use; undefined when AWS has not been asked. */
  zones(): readonly string[] | undefined;
  resourceNames(kind: string): readonly string[];
  repetition(kind: string, name: string): Repetition | undefined;
  object(kind: string, name: string, key: string | undefined): Named;
  /** Returns the object behind the reference that a parameter holds; undefined for an object outside the environment. */
  referred(address: string): Named | undefined;
  parameterNames(): readonly string[];
  /** Whether a parameter is a reference, or a list of references, and no value. */
  isReference(parameter: string): boolean;
  /** Throws Consequence when its value is wrong. */
  parameter(name: string): Tree | undefined;
  /** The uses of parts, by name. */
  useNames(): readonly string[];
  useOf(name: string): UseView | undefined;
}

/** The place where an expression stands. */
export interface Here {
  /** The item of the repeated resource around it, and how it is repeated. */
  readonly item?: Item | undefined;
  readonly how?: "count" | "forEach" | undefined;
  /** Whether the value used `each` or `count`. A value that used neither is the same for all items. */
  readonly used: { item: boolean; index: boolean };
  /** The part around it; absent in the environment itself. */
  readonly scope?: NameScope | undefined;
  /** Whether expressions may name resources. In the default of a variable they may not. */
  readonly seesResources: boolean;
}

/** One object as expressions see it. */
export interface Named {
  readonly kind: Kind;
  readonly address: string;
  /** Returns an evaluated field as the YAML writes it; undefined when the YAML does not write it. Throws Consequence when it is wrong. */
  field(name: string): Tree | undefined;
  fieldNames(): readonly string[];
}

/** A use of a part as expressions see it: its outputs, by key when the use is repeated. */
export type UseView =
  | { readonly how: "one"; readonly outputs: UseOutputs }
  | { readonly how: "several"; readonly byKey: ReadonlyMap<string, UseOutputs> }
  /** The use does not exist in this run (`absent`), or a mistake hides whether it does (`broken`). */
  | { readonly how: "absent" }
  | { readonly how: "broken" };

export interface UseOutputs {
  readonly names: readonly string[];
  /** Throws Consequence when its value is wrong. */
  get(name: string): Tree | undefined;
}

export const topNames = ["project", "environment", "region", "account", "partition"] as const;
