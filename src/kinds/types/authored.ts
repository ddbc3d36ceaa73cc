/** Turns the properties that Cloud Control reads of an object into the text that an author would write. */
import type { Authored, Remark, Spec } from "../kind.ts";
import { covers, type TypeFacts, type Way } from "./facts.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

/**
 * Returns the spec that an author would write. Leaves out the properties that AWS makes and the text that names the owner of an object
 * without tags (`mark`). A property that AWS never returns cannot be written, so an object that requires one is left out, with the reason.
 */
export function authoredType(facts: TypeFacts, required: readonly string[], read: Spec, mark?: Way): Authored<Spec> {
  const made = mark ? [...facts.readOnly, mark] : facts.readOnly;
  const isUntold = (property: string) => covers(facts.writeOnly, [property]) || (mark?.length === 1 && mark[0] === property);
  const told = Object.entries(read).filter(([property, value]) => value !== undefined && !isUntold(property));
  const spec = Object.fromEntries(told.map(([property, value]) => [property, withoutMade(made, value, [property])]));
  const untold = required.filter((property) => !(property in spec));
  if (untold.length > 0) return { left: `a file must write ${untold.join(" and ")} to declare it, and AWS does not return the value` };
  const hidden = [...new Set(facts.writeOnly.map(([property]) => property!))].sort();
  const remarks: Remark[] =
    hidden.length === 0
      ? []
      : [{ text: `AWS does not return these properties, and infra compares them only if they are written: ${hidden.join(", ")}` }];
  return { spec, remarks };
}

function withoutMade(made: readonly Way[], value: unknown, way: Way): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutMade(made, item, [...way, "*"]));
  if (!isPlainObject(value)) return value;
  const kept = Object.entries(value).filter(([member]) => !covers(made, [...way, member]));
  return Object.fromEntries(kept.map(([member, one]) => [member, withoutMade(made, one, [...way, member])]));
}
