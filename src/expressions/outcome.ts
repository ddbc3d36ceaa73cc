/** How the evaluation of an expression ends, and what it asks for names. */
import type { Node } from "./node.ts";
import type { Plain } from "./values.ts";
import type { CelInput } from "@bufbuild/cel";

export type Outcome =
  | { readonly value: Plain }
  | { readonly problem: ExpressionProblem }
  /**
   * It needs what AWS tells later: what is left of it, and a sentence about the first of these values. `shapeless`: it comes to a list
   * or a map of which nobody knows what is in it.
   */
  | { readonly late: Node; readonly why: string; readonly shapeless?: "a list" | "a map" }
  /** Something that it names is broken, which is said elsewhere. */
  | { readonly consequence: true };

/** What is wrong with an expression, and where in it. */
export interface ExpressionProblem {
  readonly summary: string;
  readonly hint?: string | undefined;
  /** Offset in the expression. */
  readonly start: number;
  readonly length: number;
  /** It may be of another language: `${HOME}` of a shell. */
  readonly isForeign?: true;
}

/** What an expression may name, and what its parts mean when they are not there. */
export interface Names {
  /** Undefined: not known here. */
  get(name: string): CelInput | undefined;
  all(): Iterable<string>;
  /** Why a path leads nowhere: one that begins with a known name, or a name alone that is known elsewhere. */
  missing(path: readonly string[]): { readonly summary: string; readonly hint?: string | undefined } | undefined;
  /** Whether what stands under a name are objects and no values, so that none can be chosen by what is known later. */
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

/** Thrown by values that cannot be had because their own line is wrong. */
export class Consequence extends Error {}
