/** The names that the files of an environment declare and refer to. */
import { basename, dirname, join, resolve } from "node:path";
import { parseYaml, type Parsed } from "../config/yaml/parse.ts";
import { positionOf, Source, type Spot } from "../config/yaml/source.ts";
import { entryOf, valueOf, type Entry, type MapTree, type ScalarTree, type Tree } from "../config/yaml/tree.ts";
import { writtenNames, type Doubt, type WrittenName } from "../config/edit/written-names.ts";
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

/** The name of a resource where it is declared. */
export interface Declaration extends Name {
  /** It has `forEach` or `count`: each of its objects has an address of its own. */
  readonly isRepeated: boolean;
}

/**
 * Returns the resources that files declare. Where a file can be parsed, they come from its tree, which also has names in braces.
 * Otherwise they come from its lines, so that a mistake elsewhere hides no name.
 */
export function declaredIn(files: readonly TextFile[], kinds: readonly Kind[]): Declaration[] {
  return files.flatMap((file) => {
    const tree = treeOf(file);
    return tree ? declaredInTree(file, tree, kinds) : declaredInLines(file, kinds);
  });
}

const parsed = new WeakMap<TextFile, Parsed>();

/** Parses a text. One request asks for the same text many times. */
function parsedOf(file: TextFile): Parsed {
  const known = parsed.get(file) ?? parseYaml(new Source(file.path, dirname(file.path), file.text));
  parsed.set(file, known);
  return known;
}

function treeOf(file: TextFile): MapTree | undefined {
  const { tree } = parsedOf(file);
  return tree?.type === "map" ? tree : undefined;
}

function declaredInTree(file: TextFile, tree: MapTree, kinds: readonly Kind[]): Declaration[] {
  const isPart = tree.entries.has("part");
  return kinds.flatMap(({ name: kind, section }) => {
    const resources = valueOf(tree, section);
    if (resources?.type !== "map") return [];
    return [...resources.entries].flatMap(([name, { key, value }]): Declaration[] => {
      // A part's own parameters share their key with a kind, whose resources have a value.
      if (isPart && section === "parameters" && !entryOf(value, "value")) return [];
      return [{ kind, name, file, ...inner(file, key, name), isRepeated: isRepeated(value) }];
    });
  });
}

function isRepeated(tree: Tree): boolean {
  return entryOf(tree, "forEach") !== undefined || entryOf(tree, "count") !== undefined;
}

/** Returns the names under each section: the lines with the least indentation there. */
function declaredInLines(file: TextFile, kinds: readonly Kind[]): Declaration[] {
  const names: Declaration[] = [];
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
      names.push({ kind, name: key, file, start, end: start + key.length, isRepeated: false });
    }
  }
  return names;
}

/** Where a file names a resource. */
export interface Reference extends Name, Pick<WrittenName, "quotes" | "of"> {
  /** In an expression, the offset of the dot before the name. */
  readonly dot?: number;
}

/** A place of which it is not certain what it names. */
export interface Uncertain extends Omit<Doubt, "spot"> {
  readonly file: TextFile;
  readonly line: number;
}

export interface References {
  readonly references: readonly Reference[];
  readonly uncertain: readonly Uncertain[];
}

/** How the files are read that a file names: parts, and templates by their absolute path. */
export interface NamedFiles {
  part(named: ScalarTree): MapTree | undefined;
  read(path: string): TextFile | undefined;
}

/** All places of files that name resources, those of their templates and parts among them: hover, definitions and renames use this one list. */
export function referencesIn(files: readonly TextFile[], kinds: readonly Kind[], named: NamedFiles): References {
  const references: Reference[] = [];
  const uncertain: Uncertain[] = [];
  const byPath = new Map(files.map((file) => [file.path, file]));
  const fileOf = ({ file, folder, text }: Source): TextFile => {
    const path = join(folder, basename(file));
    if (!byPath.has(path)) byPath.set(path, { path, text });
    return byPath.get(path)!;
  };
  const template = (path: string, from: Source) => {
    const absolute = resolve(from.folder, path);
    const file = byPath.get(absolute) ?? named.read(absolute);
    return file && new Source(file.path, dirname(file.path), file.text);
  };
  for (const file of files) {
    const tree = treeOf(file);
    if (!tree) continue;
    const { names, doubts } = writtenNames(tree, kinds, { part: (part) => named.part(part), template });
    for (const { spot, fromDot, ...name } of names) {
      const { source, start, end } = spot;
      references.push({ ...name, file: fileOf(source), start, end, ...(fromDot && { dot: fromDot.start }) });
    }
    for (const { spot, ...doubt } of doubts) uncertain.push({ ...doubt, file: fileOf(spot.source), line: positionOf(spot).line });
  }
  return { references, uncertain };
}

/** Why a file cannot be searched for names; undefined where it can. */
export function whyUnread(file: TextFile): { readonly line: number; readonly why: string } | undefined {
  const { tree, diagnostics } = parsedOf(file);
  const wrong = diagnostics.find(({ severity }) => severity === "error");
  if (wrong) return { line: wrong.at?.line ?? 1, why: wrong.summary };
  return tree?.type === "map" || file.text.trim() === "" ? undefined : { line: 1, why: "it holds no keys." };
}

/** The lines of `moved:` of a file. */
export function movedIn(file: TextFile): readonly { readonly from: ScalarTree; readonly to: ScalarTree }[] {
  const moved = valueOf(treeOf(file), "moved");
  return (moved?.type === "list" ? moved.items : []).flatMap((item) => {
    const [from, to] = [valueOf(item, "from"), valueOf(item, "to")];
    return from?.type === "scalar" && to?.type === "scalar" ? [{ from, to }] : [];
  });
}

/** A key at the top of a file. */
export function topEntry(file: TextFile, key: string): Entry | undefined {
  return entryOf(treeOf(file), key);
}

/** Returns the offsets of the name itself in the written text: after `kind/`, inside quotes. */
function inner({ text }: TextFile, { start, end }: Spot, name: string): { readonly start: number; readonly end: number } {
  const at = start + text.slice(start, end).lastIndexOf(name);
  return { start: at, end: at + name.length };
}
