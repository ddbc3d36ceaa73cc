/** The names that the files of an environment declare and refer to. */
import { resourceSchema } from "../config/schema.ts";
import type { JsonSchema } from "../config/json-schema.ts";
import { parseYaml } from "../config/parse.ts";
import { Source, type Spot } from "../config/source.ts";
import type { Tree } from "../config/tree.ts";
import type { Kind } from "../kinds/kind.ts";

/** A file as the editor has it. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** The name of a resource in a file, where it is declared or where something refers to it. */
export interface Name {
  readonly kind: string;
  readonly name: string;
  readonly file: TextFile;
  /** Offsets of the name alone: without `kind/` and `[0]`. */
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the resources that files declare. Where a file can be parsed, they come from its tree, which also has names in braces.
 * Otherwise they come from its lines, so that a mistake elsewhere hides no name.
 */
export function declaredIn(files: readonly TextFile[], kinds: readonly Kind[]): Name[] {
  return files.flatMap((file) => {
    const tree = treeOf(file);
    return tree ? declaredInTree(file, tree, kinds) : declaredInLines(file, kinds);
  });
}

function treeOf({ path, text }: TextFile): Tree | undefined {
  const { tree } = parseYaml(new Source(path, "", text));
  return tree?.type === "map" ? tree : undefined;
}

function declaredInTree(file: TextFile, tree: Tree, kinds: readonly Kind[]): Name[] {
  return kinds.flatMap(({ name: kind, section }) => {
    const resources = tree.type === "map" ? tree.entries.get(section)?.value : undefined;
    if (resources?.type !== "map") return [];
    return [...resources.entries].map(([name, { key }]) => ({ kind, name, file, ...inner(file, key, name) }));
  });
}

/** Returns the names under each section: the lines with the least indentation there. */
function declaredInLines(file: TextFile, kinds: readonly Kind[]): Name[] {
  const names: Name[] = [];
  let kind: string | undefined;
  let indent: number | undefined;
  for (const { 0: line, index } of file.text.matchAll(/^.*$/gm)) {
    const [, spaces = "", key] = /^( *)([A-Za-z0-9](?:[\w-]|::)*):(?=\s|$)/.exec(line) ?? [];
    if (key === undefined) continue;
    if (spaces === "") {
      kind = kinds.find(({ section }) => section === key)?.name;
      indent = undefined;
    } else if (kind !== undefined && spaces.length <= (indent ??= spaces.length)) {
      const start = index + spaces.length;
      names.push({ kind, name: key, file, start, end: start + key.length });
    }
  }
  return names;
}

/** Returns the references in resources to other resources. Files that cannot be parsed are left out. */
export function referencesIn(files: readonly TextFile[], kinds: readonly Kind[]): Name[] {
  return files.flatMap((file) => {
    const tree = treeOf(file);
    if (tree?.type !== "map") return [];
    return kinds.flatMap((kind) => {
      const resources = tree.entries.get(kind.section)?.value;
      const schema = resourceSchema(kind, kinds);
      return resources?.type === "map" ? [...resources.entries.values()].flatMap(({ value }) => walk(file, value, schema)) : [];
    });
  });
}

function walk(file: TextFile, tree: Tree, schema: JsonSchema): Name[] {
  const branches = [schema, ...(schema.anyOf ?? [])];
  if (tree.type === "list") return branches.flatMap(({ items }) => (items ? tree.items.flatMap((item) => walk(file, item, items)) : []));
  if (tree.type === "map")
    return [...tree.entries].flatMap(([key, { value }]) =>
      branches.flatMap((branch) => {
        const below = Object.hasOwn(branch.properties ?? {}, key)
          ? branch.properties?.[key]
          : Object.values(branch.patternProperties ?? {})[0];
        return below ? walk(file, value, below) : [];
      }),
    );
  const kinds = schema["x-ref"] as readonly string[] | undefined;
  return kinds && typeof tree.value === "string" ? referenceOf(file, tree.value, tree.spot, kinds) : [];
}

function referenceOf(file: TextFile, written: string, spot: Spot, kinds: readonly string[]): Name[] {
  const [, kind = kinds.length === 1 ? kinds[0]! : "", name = ""] =
    /^(?:([A-Za-z]+)\/)?([A-Za-z0-9][\w-]*)(?:\[\d+\])?$/.exec(written) ?? [];
  return kinds.includes(kind) ? [{ kind, name, file, ...inner(file, spot, name) }] : [];
}

/** Returns the offsets of the name itself in the written text: after `kind/`, inside quotes. */
function inner({ text }: TextFile, { start, end }: Spot, name: string): { readonly start: number; readonly end: number } {
  const at = start + text.slice(start, end).lastIndexOf(name);
  return { start: at, end: at + name.length };
}
