/** What a reference is read with, and what comes of it. */
import type { Code } from "../diag/codes.ts";
import type { Address } from "../kinds/kind.ts";
import type { Declared } from "./declared.ts";

export interface RefContext {
  readonly declared: Declared;
  /** The resource that refers: "subnet/web-a". */
  readonly owner: Address;
  readonly allowed: readonly string[];
  /** What a literal in its place looks like. */
  readonly literal: string | undefined;
  /** Somebody else's is named `{ name }` or `{ arn }`. */
  readonly isNamed?: boolean;
  /** What AWS itself provides, by names of this form. */
  readonly provided?: { readonly names: string; readonly arn: string };
  /** What is named may lie in another region. */
  readonly mayBeFar?: boolean;
  /** The reference is an item of a list, where name[*], and the name of a resource with a `count`, stand for all of it. */
  readonly inList: boolean;
  /** Of the environment: a default subnet is named by the letter of its zone. */
  readonly region: string;
  /** The resource belongs to a part: a name means one of the part's own, which begins with this. */
  readonly prefix?: string;
  /** The environment's project, which another environment has, too, when it is not written. */
  readonly project?: string;
}

/** What a reference means: an address, an AWS id, a literal, a look-up by tags; several of it in a list; or why it means nothing. */
export type Resolution = { readonly value: unknown } | { readonly several: readonly Address[] } | { readonly problem: RefProblem };

export interface RefProblem {
  readonly code: Code;
  readonly summary: string;
  readonly hint?: string | undefined;
}
