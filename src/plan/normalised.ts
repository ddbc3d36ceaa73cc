/** A kind's specs in the form in which they are compared, and the rules by which. */
import type { FieldRule, Kind, Spec } from "../kinds/kind.ts";
import { withSetsInOrder } from "../resource/in-order.ts";

/** The canonical form of the kind, where it has one, with lists in one order in which order means nothing. */
export function normalised(kind: Kind, spec: Spec): Spec {
  const ordered = withSetsInOrder(kind.schema, spec);
  return (kind.normalise?.(ordered) ?? ordered) as Spec;
}

/** The fields of a kind with their rules. */
export function rulesOf(kind: Kind): readonly (readonly [string, FieldRule])[] {
  let known = rules.get(kind);
  if (!known) rules.set(kind, (known = Object.entries(kind.fields)));
  return known;
}

const rules = new WeakMap<Kind, readonly (readonly [string, FieldRule])[]>();
