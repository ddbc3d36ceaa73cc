/** Resolves the pointers of a schema in an object (`/properties/Code/ZipFile`; `*` is any item of a list). */
export type Way = readonly string[];

export function waysOf(pointers: readonly string[] = []): Way[] {
  return pointers.map((pointer) =>
    pointer
      .split("/")
      .slice(1)
      .filter((part) => part !== "properties" && part !== "items"),
  );
}

/** The values at a pointer, with the place of each; empty when there are none. */
export function valuesAt(value: unknown, way: Way, place = ""): { readonly place: string; readonly value: unknown }[] {
  const [part, ...rest] = way;
  if (part === undefined) return value === undefined ? [] : [{ place, value }];
  if (part === "*") return Array.isArray(value) ? value.flatMap((item, i) => valuesAt(item, rest, `${place}/${i}`)) : [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return valuesAt((value as Record<string, unknown>)[part], rest, `${place}/${part}`);
}

/** Splits a copy into the rest and the values at these pointers. Objects that become empty are removed. */
export function split(
  value: Record<string, unknown>,
  ways: readonly Way[],
): [rest: Record<string, unknown>, taken: Record<string, unknown>] {
  const rest = structuredClone(value);
  const taken: Record<string, unknown> = {};
  for (const way of ways) if (!way.includes("*")) move(rest, taken, way);
  return [rest, taken];
}

function move(from: Record<string, unknown>, to: Record<string, unknown>, [part = "", ...deeper]: Way): void {
  if (!(part in from)) return;
  if (deeper.length === 0) {
    to[part] = from[part];
    delete from[part];
    return;
  }
  const inner = from[part];
  if (typeof inner !== "object" || inner === null) return;
  const taken = (to[part] ?? {}) as Record<string, unknown>;
  move(inner as Record<string, unknown>, taken, deeper);
  if (Object.keys(taken).length > 0) to[part] = taken;
  if (Object.keys(inner).length === 0) delete from[part];
}
