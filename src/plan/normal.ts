/** A kind's specs in the form in which they are compared, and the rules by which. */
import type { FieldRule, Kind, Spec } from "../kinds/kind.ts";

/** The canonical form of the kind, where it has one. */
export function normalised(kind: Kind, spec: Spec): Spec {
  return (kind.normalise?.(spec) ?? spec) as Spec;
}

/** The fields of a kind with their rules. */
export function rulesOf(kind: Kind): readonly (readonly [string, FieldRule])[] {
  let known = rules.get(kind);
  if (!known) rules.set(kind, (known = Object.entries(kind.fields)));
  return known;
}

const rules = new WeakMap<Kind, readonly (readonly [string, FieldRule])[]>();
