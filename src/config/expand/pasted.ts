/** Resources that parts make, among those of the environment. */
import type { Kind } from "../../kinds/kind.ts";
import { partsOfName } from "../values/repetition.ts";
import type { Entry } from "../yaml/tree.ts";
import type { PastedScope, Resource } from "./using.ts";

/** The declared resources by kind and name. The environment or a part that it uses declares them. */
type Resources = ReadonlyMap<string, ReadonlyMap<string, Resource>>;

/** Returns a section with the resources that parts make of its kind, after the environment's own; undefined when parts make none. */
export function withPasted(
  section: Entry | undefined,
  resources: ReadonlyMap<string, Resource>,
  objectsOf: (resource: Resource) => readonly (readonly [string, Entry])[],
): Entry | undefined {
  const pasted = [...resources.values()].filter(({ scope }) => scope !== undefined);
  const [first] = pasted;
  if (!first) return undefined;
  const own = section?.value.type === "map" ? section.value.entries : new Map<string, Entry>();
  const entries = new Map([...own, ...pasted.flatMap((resource) => objectsOf(resource))]);
  return { key: section?.key ?? first.key, value: { type: "map", spot: section?.value.spot ?? first.key, entries } };
}

/** Returns every object that a part makes, with its use. */
export function pastedObjects(
  kinds: readonly Kind[],
  entries: ReadonlyMap<string, Entry>,
  resources: Resources,
): { readonly kind: string; readonly name: string; readonly scope: PastedScope }[] {
  return kinds.flatMap((kind) => {
    const section = entries.get(kind.section)?.value;
    const names = section?.type === "map" ? [...section.entries.keys()] : [];
    return names.flatMap((name) => {
      const scope = resources.get(kind.name)!.get(partsOfName(name).base)?.scope;
      return scope ? [{ kind: kind.name, name, scope }] : [];
    });
  });
}

/** Returns the prefixes of the uses around each resource, from the outside in, by address without brackets. */
export function prefixesOf(resources: Resources): Map<string, readonly string[]> {
  const all = [...resources].flatMap(([kind, named]) =>
    [...named.values()].flatMap(({ name, scope }) =>
      scope ? [[`${kind}/${name}`, scope.chain().map(({ prefix }) => prefix)] as const] : [],
    ),
  );
  return new Map(all);
}
