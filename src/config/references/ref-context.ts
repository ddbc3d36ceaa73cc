/** The context in which a reference is read, and the result. */
import type { Code } from "../../diag/codes.ts";
import type { Address } from "../../kinds/kind.ts";
import type { Declared } from "./declared.ts";

export interface RefContext {
  readonly declared: Declared;
  /** The resource with the reference: "subnet/web-a". */
  readonly owner: Address;
  readonly allowed: readonly string[];
  /** The form of a literal that may stand in place of the reference. */
  readonly literal: string | undefined;
  /** An object outside the environment is named by `{ name }` or `{ arn }`. */
  readonly isNamed?: boolean;
  /** Objects that AWS itself provides, by names of this form. */
  readonly provided?: { readonly names: string; readonly arn: string };
  /** The named object may be in another region. */
  readonly mayBeFar?: boolean;
  /** The reference is an item of a list. There, name[*] and the name of a resource with a `count` stand for all its objects. */
  readonly inList: boolean;
  /** The region of the environment, because a default subnet is named by the letter of its zone. */
  readonly region: string;
  /** The resource belongs to a part, and a name means one of the part's own resources, which begin with this prefix. */
  readonly prefix?: string;
  /** The environment's project. A reference to another environment that names no project means the same project. */
  readonly project?: string;
}

/** The meaning of a reference: an address, an AWS id, a literal, or a look-up; several addresses in a list; or why it means nothing. */
export type Resolution = { readonly value: unknown } | { readonly several: readonly Address[] } | { readonly problem: RefProblem };

export interface RefProblem {
  readonly code: Code;
  readonly summary: string;
  readonly hint?: string | undefined;
}
