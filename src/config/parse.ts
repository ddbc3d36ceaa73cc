import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Alias,
  type Document,
  type Pair,
  type Scalar as YamlScalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Code } from "../diag/codes.ts";
import { error } from "./problem.ts";
import { positionOf, type Source, type Spot } from "./source.ts";
import type { Entry, MapTree, Scalar, ScalarTree, Tree } from "./tree.ts";

/** Values a file may come to when all its aliases are written out; more is an attack or an accident. */
const mostValues = 2_000_000;

export interface Parsed {
  /** Absent when the text is no YAML at all, or holds nothing. */
  readonly tree?: Tree;
  readonly diagnostics: readonly Diagnostic[];
}

/** YAML 1.2 text as a tree that remembers places. Problems are returned; as much as could be read is returned with them. */
export function parseYaml(source: Source): Parsed {
  // The library compares every key with every other; the tree builder below finds duplicates in one look each.
  const document = parseDocument(source.text, { merge: true, version: "1.2", uniqueKeys: false, prettyErrors: false, stringKeys: false });
  const broken = document.errors.map(({ code, message, pos }) => syntaxProblem(source, code, message, pos));
  if (broken.length > 0) return { diagnostics: broken.slice(0, 1) };
  const builder = new Builder(source, document);
  for (const { code, message, pos } of document.warnings) reportWarning(builder, source, code, message, pos);
  const tree = document.contents ? builder.build(document.contents) : undefined;
  return tree ? { tree, diagnostics: builder.diagnostics } : { diagnostics: builder.diagnostics };
}

function syntaxProblem(source: Source, code: string, message: string, [start, end]: readonly [number, number]): Diagnostic {
  const indent = tabIndent(source, start);
  if (code === "TAB_AS_INDENT" || indent !== undefined) {
    const at = indent ?? source.text.indexOf("\t", start);
    return problem(
      "yaml-tab",
      { source, start: at, end: at + 1 },
      "a tab stands in the indentation; YAML allows spaces only.",
      "indent with spaces",
    );
  }
  if (code === "MULTIPLE_DOCS")
    return problem(
      "yaml-documents",
      { source, start, end: start + 3 },
      "a second document begins here; an environment is one document.",
      "join the two, or make the environment a folder of files",
    );
  const place = { source, start: Math.min(start, Math.max(0, source.text.length - 1)), end };
  return problem("yaml-syntax", place, `this is not valid YAML: ${lowerFirst(message)}.`);
}

/** Where a tab stands in the white space that begins the line, if one does. */
function tabIndent(source: Source, offset: number): number | undefined {
  const begin = source.text.lastIndexOf("\n", Math.max(0, offset - 1)) + 1;
  const indent = /^[ \t]*/.exec(source.text.slice(begin, begin + 200))![0];
  const tab = indent.indexOf("\t");
  return tab < 0 ? undefined : begin + tab;
}

function reportWarning(builder: Builder, source: Source, code: string, message: string, [start, end]: readonly [number, number]): void {
  if (code === "TAG_RESOLVE_FAILED")
    builder.report("yaml-tag", start, end, `${source.text.slice(start, end)} is a tag of another tool; plain YAML is read here.`);
  else builder.report("yaml-syntax", start, end, `${lowerFirst(message)}.`);
}

class Builder {
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: Source;
  readonly #document: Document.Parsed;
  readonly #anchors = new Map<string, unknown>();
  readonly #built = new Map<unknown, Tree>();
  readonly #sizes = new Map<Tree, number>();
  readonly #building = new Set<unknown>();
  #isTooMuch = false;

  constructor(source: Source, document: Document.Parsed) {
    this.#source = source;
    this.#document = document;
  }

  report(code: Code, start: number, end: number, summary: string, hint?: string): void {
    this.diagnostics.push(problem(code, { source: this.#source, start, end }, summary, hint));
  }

  build(node: unknown): Tree {
    if (isAlias(node)) return this.#alias(node);
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor === undefined) return this.#unaliased(node);
    this.#anchors.set(anchor, node);
    this.#building.add(node);
    const tree = this.#unaliased(node);
    this.#building.delete(node);
    this.#built.set(node, tree);
    return tree;
  }

  #unaliased(node: unknown): Tree {
    return isMap(node) ? this.#map(node) : isSeq(node) ? this.#list(node) : this.#scalar(node);
  }

  #alias(alias: Alias): Tree {
    const spot = this.#spot(alias);
    const node = this.#anchors.get(alias.source);
    const isInside = node !== undefined && this.#building.has(node);
    const tree = this.#built.get(node);
    if (!tree || isInside) {
      const why = isInside
        ? `*${alias.source} stands inside its own anchor &${alias.source}.`
        : `*${alias.source} has no anchor &${alias.source} before it.`;
      this.report("yaml-alias", spot.start, spot.end, why);
      return { type: "scalar", spot, value: null, raw: "", quoted: false };
    }
    if (this.#sizeOf(tree) > mostValues && !this.#isTooMuch) {
      this.#isTooMuch = true;
      this.report(
        "yaml-alias",
        spot.start,
        spot.end,
        `with its aliases written out, this comes to more than ${mostValues.toLocaleString("en")} values.`,
      );
    }
    return this.#isTooMuch ? { type: "scalar", spot, value: null, raw: "", quoted: false } : tree;
  }

  #map(node: YAMLMap): MapTree {
    const entries = new Map<string, Entry>();
    const merged: Tree[] = [];
    for (const pair of node.items) {
      if (isMergeKey(pair)) merged.push(this.build(pair.value));
      else this.#addPair(entries, pair);
    }
    for (const base of merged) this.#merge(entries, base);
    return { type: "map", spot: this.#spot(node), entries };
  }

  #addPair(entries: Map<string, Entry>, pair: Pair): void {
    const key = this.#spot(pair.key);
    const name = this.#keyName(pair.key);
    if (name === undefined) return this.report("yaml-key", key.start, key.end, "a key must be a word or a number.");
    const value: Tree = pair.value === null ? { type: "scalar", spot: key, value: null, raw: "", quoted: false } : this.build(pair.value);
    const first = entries.get(name);
    if (!first) return void entries.set(name, { key, value });
    const line = positionOf(first.key).line;
    this.report(
      "yaml-duplicate-key",
      key.start,
      key.end,
      `"${name}" stands here a second time; the first is in line ${line}.`,
      "join the two, or rename one",
    );
  }

  #keyName(key: unknown): string | undefined {
    if (isAlias(key)) {
      const target = this.#built.get(this.#anchors.get(key.source));
      return target?.type === "scalar" ? target.raw : undefined;
    }
    if (!isScalar(key)) return undefined;
    const anchor = key.anchor;
    if (anchor !== undefined) this.build(key);
    return typeof key.value === "string" ? key.value : rawOf(key);
  }

  /** `<<: *base`, `<<: [*a, *b]`: what is written here wins, then the earlier of the merged. */
  #merge(entries: Map<string, Entry>, tree: Tree): void {
    for (const base of tree.type === "list" ? tree.items : [tree]) {
      if (base.type !== "map") {
        this.report("yaml-alias", base.spot.start, base.spot.end, "only mappings can be merged with <<.");
        continue;
      }
      for (const [key, entry] of base.entries) if (!entries.has(key)) entries.set(key, entry);
    }
  }

  #list(node: YAMLSeq): Tree {
    return { type: "list", spot: this.#spot(node), items: node.items.map((item) => this.build(item)) };
  }

  #scalar(node: unknown): ScalarTree {
    const scalar = node as YamlScalar;
    const quoted = scalar.type !== undefined && scalar.type !== "PLAIN";
    return { type: "scalar", spot: this.#spot(node), value: plainScalar(scalar.value), raw: rawOf(scalar), quoted };
  }

  /** Values in a tree, each alias counted as what it stands for; every tree is walked once, however often it is named. */
  #sizeOf(tree: Tree): number {
    if (tree.type === "scalar") return 1;
    const known = this.#sizes.get(tree);
    if (known !== undefined) return known;
    let size = 1;
    if (tree.type === "map") for (const { value } of tree.entries.values()) size += this.#sizeOf(value);
    else for (const item of tree.items) size += this.#sizeOf(item);
    this.#sizes.set(tree, size);
    return size;
  }

  #spot(node: unknown): Spot {
    const range = (node as { range?: readonly [number, number, number] | null } | null)?.range;
    const [start, end] = range ?? this.#document.range;
    return { source: this.#source, start, end: range && isScalar(node) && isBlock(node) ? Math.min(end, start + 1) : end };
  }
}

const isBlock = (scalar: YamlScalar) => scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED";

function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && typeof pair.key.value === "symbol";
}

function rawOf(scalar: YamlScalar): string {
  return scalar.source ?? (scalar.value === null ? "" : String(scalar.value));
}

function plainScalar(value: unknown): Scalar {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return String(value);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, "");
}

function problem(code: Code, spot: Spot, summary: string, hint?: string): Diagnostic {
  return error(code, positionOf(spot), summary, hint);
}
