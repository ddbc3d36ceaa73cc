/** The JSON Patch (RFC 6902) that brings an object of a type to what the file asks for. Pure. */
import { covers, hasMembers, memberOf, reachesInto, type TypeFacts, type Way } from "./facts.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

export type Operation =
  | { readonly op: "add"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

type Values = Readonly<Record<string, unknown>>;

/**
 * Operations for the properties that changed. A list is written as a whole, because AWS may keep it in another order than we know
 * (so an index would name another item), and an object member by member, so that what stands beside a member and may only be
 * written by a create is not sent.
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
 * Values that AWS never tells back: an update reads the object, applies the patch and writes the result, so what is not sent again is
 * lost (Cloud Control API User Guide, "Considerations when updating resources"). What only a create may write must not be sent.
 */
export function writeOnlyPatch(facts: TypeFacts, wanted: Values, have: Values, already: readonly Operation[]): Operation[] {
  const paths = new Set<string>();
  return facts.writeOnly.flatMap((way): Operation[] => {
    if (covers(facts.createOnly, way)) return [];
    const value = at(wanted, way);
    if (value === undefined) return [];
    // A parent that is not read either does not exist for the patch: it is written as a whole.
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
  /** Objects of which one member is meant: they are written as a whole. */
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
    Object.keys(wanted).length > 0; // an empty one says "none" as a whole
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
