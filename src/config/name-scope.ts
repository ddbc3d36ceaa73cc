/** What expressions may name, told by whatever stands around them. */
import type { Evaluator } from "../expressions/evaluate.ts";
import type { Plain } from "../expressions/values.ts";
import type { Kind } from "../kinds/kind.ts";
import type { Item, Repetition } from "./repetition.ts";
import type { Tree } from "./tree.ts";

/** What the names stand for in one environment. */
export interface NameScope {
  /** It is the inside of a part: parameters, and the part's own resources. */
  readonly isPart?: true;
  readonly evaluator: Evaluator;
  readonly kinds: ReadonlyMap<string, Kind>;
  variableNames(): readonly string[];
  /** Throws Consequence when its value is wrong. */
  variable(name: string): Tree | undefined;
  guessVariable(name: string): string;
  /** `project`, `environment`, `region`, `account`, `partition`. */
  top(name: string): Plain | undefined;
  /** The zones that the caller's account may use; undefined where nobody has asked. */
  zones(): readonly string[] | undefined;
  resourceNames(kind: string): readonly string[];
  repetition(kind: string, name: string): Repetition | undefined;
  object(kind: string, name: string, key: string | undefined): Named;
  /** The object behind the reference that a parameter holds; undefined for one that is not ours. */
  referred(address: string): Named | undefined;
  parameterNames(): readonly string[];
  /** Whether a parameter is a reference, or a list of them, and no value. */
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
  /** What was used of `each` and `count`: a value that used none is the same for all items. */
  readonly used: { item: boolean; index: boolean };
  /** The part around it; absent in the environment itself. */
  readonly scope?: NameScope | undefined;
  /** Whether resources may be named: not in the default of a variable. */
  readonly seesResources: boolean;
}

/** One object as far as expressions are concerned. */
export interface Named {
  readonly kind: Kind;
  readonly address: string;
  /** A field as the YAML writes it, evaluated; undefined when it does not write it. Throws Consequence when it is wrong. */
  field(name: string): Tree | undefined;
  fieldNames(): readonly string[];
}

/** A use of a part as far as expressions are concerned: its outputs, by key where it is repeated. */
export type UseView =
  | { readonly how: "one"; readonly outputs: UseOutputs }
  | { readonly how: "several"; readonly byKey: ReadonlyMap<string, UseOutputs> }
  /** It is not used in this run, or nobody can tell. */
  | { readonly how: "absent" }
  | { readonly how: "broken" };

export interface UseOutputs {
  readonly names: readonly string[];
  /** Throws Consequence when its value is wrong. */
  get(name: string): Tree | undefined;
}

export const topNames = ["project", "environment", "region", "account", "partition"] as const;
