/** The form in which specs of a kind are compared, and the rules of its fields. */
import type { FieldRule, Kind, Spec } from "../kinds/kind.ts";
import { withSetsInOrder } from "../resource/in-order.ts";

/** Returns a spec in the canonical form of its kind, if the kind has one. Lists in which order means nothing get one fixed order. */
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
