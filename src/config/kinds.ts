/** The kinds that one environment may use: those that infra brings, and those of the AWS types that its file names. */
import type { Kind } from "../kinds/kind.ts";

/** The source of the kinds for AWS types. Each kind is made when it is first needed. */
export interface TypeKinds {
  /** Returns the kind of a type, or why there is none; undefined when AWS has no such type. */
  of(name: string): { readonly kind: Kind } | { readonly refused: { readonly why: string; readonly instead: string } } | undefined;
  names(): readonly string[];
  /** Whether a section or the first half of an address is meant for a type. */
  isType(name: string): boolean;
}

export interface Kinds {
  readonly native: readonly Kind[];
  readonly types: readonly Kind[];
  readonly all: readonly Kind[];
}

export function kindsOf(native: readonly Kind[], types: readonly Kind[]): Kinds {
  return { native, types, all: types.length === 0 ? native : [...native, ...types] };
}
