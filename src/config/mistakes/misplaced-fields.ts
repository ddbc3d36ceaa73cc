import { withArticle } from "../../diag/words.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import { partsOf } from "../schema/pointer.ts";
import type { Spot } from "../yaml/source.ts";
import { entryOf, valueOf, type MapTree } from "../yaml/tree.ts";
import type { SchemaError } from "../schema/validator.ts";

/** A field that stands beside the name of its resource instead of under it, or a resource beside its section. */
export interface Misplaced {
  readonly field: string;
  readonly name: string;
  /** "a field of vpc/main" */
  readonly what: string;
  readonly key: Spot;
}

interface Context {
  readonly tree: MapTree;
  readonly kinds: readonly Kind[];
  readonly schema: JsonSchema;
}

/**
 * Finds fields at the place of resources, each with the name above it. The name has nothing under it, and a key that can only be a field
 * follows. `paths` are places whose other complaints say nothing new.
 */
export function misplacedFields(
  errors: readonly SchemaError[],
  { tree, kinds, schema }: Context,
): { readonly found: readonly Misplaced[]; readonly paths: ReadonlySet<string>; readonly keys: ReadonlySet<string> } {
  const { found, paths, keys } = misplacedResources(errors, { tree, kinds, schema });
  for (const { keyword, instancePath } of errors) {
    const [section = "", field = "", more] = partsOf(instancePath);
    const kind = kinds.find((one) => one.section === section);
    if (keyword !== "type" || !kind || more !== undefined || field === "") continue;
    const properties = (schema["definitions"] as Record<string, JsonSchema>)[kind.name]?.properties ?? {};
    const name = Object.hasOwn(properties, field) ? emptyBefore(valueOf(tree, section), field) : undefined;
    const key = entryOf(valueOf(tree, section), field)?.key;
    if (name === undefined || !key) continue;
    found.push({ field, name, what: `a field of ${kind.name}/${name}`, key });
    paths.add(instancePath).add(`/${section}/${name}`);
  }
  return { found, paths, keys };
}

/**
 * Finds a section with nothing under it that is followed by unknown keys with the fields of its resources. Only the first of these keys is
 * reported. `keys` holds all of them.
 */
function misplacedResources(errors: readonly SchemaError[], { tree, kinds, schema }: Context) {
  const unknown = new Set(
    errors.flatMap(({ keyword, instancePath, params }) =>
      keyword === "additionalProperties" && instancePath === "" ? [String(params["additionalProperty"])] : [],
    ),
  );
  const found: Misplaced[] = [];
  const [paths, keys] = [new Set<string>(), new Set<string>()];
  let above: { readonly name: string; readonly kind: Kind } | undefined;
  for (const [name, { key, value }] of unknown.size > 0 ? tree.entries : []) {
    const kind = kinds.find(({ section }) => section === name);
    if (kind) above = value.type === "scalar" && value.value === null ? { name, kind } : undefined;
    else if (above && unknown.has(name) && value.type === "map") {
      const properties = (schema["definitions"] as Record<string, JsonSchema>)[above.kind.name]?.properties ?? {};
      if (![...value.entries.keys()].some((field) => Object.hasOwn(properties, field))) continue;
      if (!paths.has(`/${above.name}`)) found.push({ field: name, name: above.name, what: withArticle(above.kind.name), key });
      paths.add(`/${above.name}`);
      keys.add(name);
    }
  }
  return { found, paths, keys };
}

/** Returns the last name with nothing under it before a field. */
function emptyBefore(section: ReturnType<typeof valueOf>, field: string): string | undefined {
  if (section?.type !== "map") return undefined;
  let last: string | undefined;
  for (const [name, { value }] of section.entries) {
    if (name === field) return last;
    if (value.type === "scalar" && value.value === null) last = name;
    else if (value.type === "map") last = undefined;
  }
  return undefined;
}
