import type { Kind } from "../kinds/kind.ts";
import type { JsonSchema } from "./json-schema.ts";
import { partsOf } from "./pointer.ts";
import type { Spot } from "./source.ts";
import { entryOf, valueOf, type MapTree } from "./tree.ts";
import type { SchemaError } from "./validator.ts";

/** A field that stands beside the name of its resource instead of under it. */
export interface Misplaced {
  readonly field: string;
  readonly name: string;
  /** "vpc/main" */
  readonly address: string;
  readonly key: Spot;
}

interface Context {
  readonly tree: MapTree;
  readonly kinds: readonly Kind[];
  readonly schema: JsonSchema;
}

/**
 * Fields at the place of resources, each with the name above it: a name without anything under it, followed by what only a field
 * can be. `paths`: whose complaints say nothing more.
 */
export function misplacedFields(
  errors: readonly SchemaError[],
  { tree, kinds, schema }: Context,
): { readonly found: readonly Misplaced[]; readonly paths: ReadonlySet<string> } {
  const found: Misplaced[] = [];
  const paths = new Set<string>();
  for (const { keyword, instancePath } of errors) {
    const [section = "", field = "", more] = partsOf(instancePath);
    const kind = kinds.find((one) => one.section === section);
    if (keyword !== "type" || !kind || more !== undefined || field === "") continue;
    const properties = (schema["definitions"] as Record<string, JsonSchema>)[kind.name]?.properties ?? {};
    const name = Object.hasOwn(properties, field) ? emptyBefore(valueOf(tree, section), field) : undefined;
    const key = entryOf(valueOf(tree, section), field)?.key;
    if (name === undefined || !key) continue;
    found.push({ field, name, address: `${kind.name}/${name}`, key });
    paths.add(instancePath).add(`/${section}/${name}`);
  }
  return { found, paths };
}

/** The last name before a field that has nothing under it. */
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
