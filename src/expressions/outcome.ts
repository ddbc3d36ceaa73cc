/** The ways in which the evaluation of an expression ends, and the names that it asks for. */
import type { Node } from "./node.ts";
import type { Plain } from "./values.ts";
import type { CelInput } from "@bufbuild/cel";

export type Outcome =
  | { readonly value: Plain }
  | { readonly problem: ExpressionProblem }
  /**
   * The expression needs late values. `late` is its remainder, and `why` is a sentence about the first of these values. `shapeless`: the
   * result is a list or a map, and nobody knows what is in it.
   */
  | { readonly late: Node; readonly why: string; readonly shapeless?: "a list" | "a map" }
  /** Something that it names is broken, which is reported elsewhere. */
  | { readonly consequence: true };

/** A problem of an expression, and its place in the expression. */
export interface ExpressionProblem {
  readonly summary: string;
  readonly hint?: string | undefined;
  /** Offset in the expression. */
  readonly start: number;
  readonly length: number;
  /** The text may belong to another language: `${HOME}` of a shell. */
  readonly isForeign?: true;
  /** It remains for all values of these types. */
  readonly isOfTypes?: true;
}

/** The names that an expression may use, and the reasons why a path is missing. */
export interface Names {
  /** Returns the value of a name; undefined when the name is not known here. */
  get(name: string): CelInput | undefined;
  all(): Iterable<string>;
  /** Returns why a path leads nowhere. The path begins with a known name, or is a single name that is known elsewhere. */
  missing(path: readonly string[]): { readonly summary: string; readonly hint?: string | undefined } | undefined;
  /** Whether a name stands for objects and not for values. A late value cannot choose one of them. */
  holdsObjects(name: string): boolean;
}

/** Thrown by values that are not known yet. */
export class Late extends Error {
  readonly node: Node;
  constructor(node: Node, why: string) {
    super(why);
    this.node = node;
  }
}

/** Thrown by values that have no result because their own line is wrong. */
export class Consequence extends Error {}
