/** The JSON Patch (RFC 6902) that changes an object of a type to the spec in the file. Pure. */
import { covers, hasMembers, memberOf, reachesInto, type TypeFacts, type Way } from "./facts.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

export type Operation =
  | { readonly op: "add"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

type Values = Readonly<Record<string, unknown>>;

/**
 * Returns operations for the properties that changed. A list is written as a whole, because AWS may keep another order than the one we know
 * and an index would then name another item. An object is written member by member, so that its members that only a create may write are
 * not sent.
 */
export function patchOf(
  facts: TypeFacts,
  properties: readonly string[],
  wanted: Values,
  have: Values,
  choices: readonly Way[] = [],
): Operation[] {
  const node = { properties: facts.schema.properties ?? {} };
  return properties.flatMap((property) =>
    operations({ facts, choices }, memberOf(facts.schema, node, property) ?? {}, wanted[property], have[property], [property]),
  );
}

/**
 * Returns operations for values that AWS never returns. An update reads the object, applies the patch and writes the result, so a value
 * that is not sent again is lost (Cloud Control API User Guide, "Considerations when updating resources"). A value that only a create may
 * write must not be sent.
 */
export function writeOnlyPatch(facts: TypeFacts, wanted: Values, have: Values, already: readonly Operation[]): Operation[] {
  const paths = new Set<string>();
  return facts.writeOnly.flatMap((way): Operation[] => {
    if (covers(facts.createOnly, way)) return [];
    const value = at(wanted, way);
    if (value === undefined) return [];
    // A parent that AWS does not return does not exist for the patch either, so it is written as a whole.
    const known = way.slice(0, -1).findIndex((_part, i) => at(have, way.slice(0, i + 1)) === undefined);
    const place = known < 0 ? way : way.slice(0, known + 1);
    const path = pointer(place);
    if (paths.has(path) || already.some((one) => path === one.path || path.startsWith(`${one.path}/`))) return [];
    paths.add(path);
    return [{ op: "add", path, value: at(wanted, place) }];
  });
}

interface Patching {
  readonly facts: TypeFacts;
  /** Objects whose members are alternatives. They are written as a whole. */
  readonly choices: readonly Way[];
}

function operations(patching: Patching, node: object, wanted: unknown, have: unknown, way: Way): Operation[] {
  const { facts, choices } = patching;
  if (JSON.stringify(wanted) === JSON.stringify(have)) return [];
  if (wanted === undefined || wanted === null) return have === undefined ? [] : [{ op: "remove", path: pointer(way) }];
  const isSplit =
    isPlainObject(wanted) &&
    isPlainObject(have) &&
    hasMembers(facts.schema, node) &&
    !covers(choices, way) &&
    Object.keys(wanted).length > 0; // an empty object is written as a whole, because it means "none"
  if (!isSplit) return [{ op: "add", path: pointer(way), value: wanted }];
  return Object.entries(wanted).flatMap(([key, value]) => {
    const inner = [...way, key];
    if (covers(facts.createOnly, inner) && !reachesInto(facts.createOnly, inner) && have[key] !== undefined) return [];
    return operations(patching, memberOf(facts.schema, node, key) ?? {}, value, have[key], inner);
  });
}

function at(values: unknown, way: Way): unknown {
  return way.reduce<unknown>((here, part) => (isPlainObject(here) ? here[part] : undefined), values);
}

function pointer(way: Way): string {
  return way.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
