/** Sorts the lists in AWS's answer whose order has no meaning by the schema of the type. Pure. */
import type { SchemaNode } from "@plumbline/aws-types";
import { inOrder } from "../../resource/in-order.ts";
import { isPlainObject } from "../../resource/plain-object.ts";
import type { Spec } from "../kind.ts";
import { deref, isSet, itemOf, memberOf, type Way } from "./facts.ts";
import type { Comparing } from "./same.ts";

export function listsInOrder({ facts: { schema }, unordered }: Comparing, spec: Spec): Spec {
  const ordered = (written: SchemaNode, value: unknown, way: Way): unknown => {
    if (Array.isArray(value)) {
      const item = itemOf(schema, written);
      const inner = value.map((one) => ordered(item, one, [...way, "*"]));
      return isSet(deref(schema, written), unordered, way) ? inOrder(inner) : inner;
    }
    if (!isPlainObject(value)) return value;
    const members = Object.entries(value).map(
      ([key, one]) => [key, ordered(memberOf(schema, written, key) ?? {}, one, [...way, key])] as const,
    );
    return Object.fromEntries(members);
  };
  return Object.fromEntries(
    Object.entries(spec).map(([property, value]) => [property, ordered(schema.properties?.[property] ?? {}, value, [property])]),
  );
}
