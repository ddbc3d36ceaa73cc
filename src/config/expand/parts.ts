/** The files of parts: where one may be, and what it may hold. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { realPathOf } from "../files/boundary.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { Position } from "../../diag/diagnostic.ts";
import type { Kind } from "../../kinds/kind.ts";
import { limits, type Files } from "../files/files.ts";
import { isKnown, withMeant } from "../mistakes/misspelt.ts";
import { parseYaml } from "../yaml/parse.ts";
import { error, type Report } from "../yaml/problem.ts";
import { positionOf, type Source, type Spot } from "../yaml/source.ts";
import type { MapTree, ScalarTree, Tree } from "../yaml/tree.ts";

/** A part as one use of it sees it. */
export interface Part {
  /** The real path, which tells one part from another. */
  readonly path: string;
  readonly tree: MapTree;
}

/** Keys of a part besides the sections of kinds. */
export const ownKeys: ReadonlySet<string> = new Set(["part", "description", "parameters", "use", "outputs"]);

/** Reads parts, each file once. */
export class PartFiles {
  readonly #files: Files;
  readonly #report: Report;
  readonly #sections: readonly string[];
  readonly #read = new Map<string, MapTree | undefined>();

  constructor(files: Files, report: Report, sections: readonly string[]) {
    this.#files = files;
    this.#report = report;
    this.#sections = sections;
  }

  /** Returns the part that a use names; undefined after a report. */
  read(named: ScalarTree): Part | undefined {
    const path = this.#pathOf(String(named.value), named.spot);
    if (path === undefined) return undefined;
    const real = realPathOf(path) ?? path;
    if (!this.#read.has(real)) this.#read.set(real, this.#parsed(path, named.spot));
    const tree = this.#read.get(real);
    return tree && { path: real, tree };
  }

  #pathOf(name: string, spot: Spot): string | undefined {
    const { folder } = spot.source;
    const bad = (summary: string, hint: string): undefined => this.#fail("bad-part", spot, summary, hint);
    if (/^[a-z][a-z+.-]*:\/\//i.test(name))
      return bad(`a part is never read from a URL (${name}).`, "copy it into the repository, or install its npm package");
    if (!name.startsWith("npm:")) return isAbsolute(name) ? name : resolve(folder, name);
    const inside = /^npm:((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*\/(?!.*(?:^|\/)\.\.(?:\/|$)).+)$/.exec(name)?.[1];
    if (inside === undefined)
      return bad(`"${name}" does not name a file of a package.`, "write npm:PACKAGE/FILE, as in npm:@scope/name/web-tier.yaml");
    return (
      this.#inPackage(inside, spot) ??
      bad(`no installed package has ${inside}.`, `install it where ${this.#files.shown(folder)} finds it: npm install ${packageOf(inside)}`)
    );
  }

  /**
   * Finds a file of a package by Node's own rules, from the folder of the YAML file. The package may be hoisted or linked; the lock file
   * pins it.
   */
  #inPackage(inside: string, { source }: Spot): string | undefined {
    try {
      const path = createRequire(join(source.folder, "part.cjs")).resolve(inside);
      this.#files.alsoWithin(rootOf(path));
      return path;
    } catch (problem) {
      const { code } = problem as NodeJS.ErrnoException;
      if (code === "MODULE_NOT_FOUND" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return undefined;
      throw problem;
    }
  }

  #parsed(path: string, spot: Spot): MapTree | undefined {
    return parsedPart(path, this.#files, this.#sections, this.#report, positionOf(spot));
  }

  #fail(code: "bad-part", spot: Spot, summary: string, hint: string): undefined {
    this.#report(error(code, positionOf(spot), summary, hint));
  }
}

/** Returns the part in a file that the command line names; undefined after a report. */
export function readPart(path: string, files: Files, kinds: readonly Kind[], report: Report): MapTree | undefined {
  const sections = kinds.map(({ section }) => section);
  return parsedPart(path, files, sections, report, undefined);
}

function parsedPart(
  path: string,
  files: Files,
  sections: readonly string[],
  report: Report,
  at: Position | undefined,
): MapTree | undefined {
  const source = files.source(path, limits.yaml, at, at === undefined);
  if (!source) return undefined;
  const { tree, diagnostics } = parseYaml(source);
  diagnostics.forEach(report);
  const format = tree?.type === "map" ? tree.entries.get("part")?.value : undefined;
  if (tree?.type !== "map" || !format) {
    const hint = "write `part: 1` in its first line; use a file that only shares lines with an environment by `extends`";
    if (diagnostics.length === 0) report(error("bad-part", at, `${source.file} is not a part.`, hint));
    return undefined;
  }
  if (format.type !== "scalar" || format.value !== 1) {
    report(error("bad-part", positionOf(format.spot), "this version of infra reads only parts of format 1.", "write part: 1"));
    return undefined;
  }
  const keys = { own: ownKeys, others: new Set(sections) };
  for (const [key, { key: spot }] of tree.entries) {
    if (isKnown(key, keys)) continue;
    const near = didYouMean(key, [...ownKeys, ...sections]);
    const hint = near ? `did you mean "${near}"?` : "pass values of the environment to a part in `with`";
    report(error("unknown-field", positionOf(spot), `a part has no "${key}".`, hint));
  }
  return withMeant(tree, keys);
}

/** Returns the same tree with places that name the use to which they belong. */
export function usedAt<T extends Tree>(tree: T, sources: (source: Source) => Source): T {
  const at = (spot: Spot): Spot => ({ ...spot, source: sources(spot.source) });
  const walk = (inner: Tree): Tree => {
    if (inner.type === "scalar") return { ...inner, spot: at(inner.spot) };
    if (inner.type === "list") return { ...inner, spot: at(inner.spot), items: inner.items.map(walk) };
    const entries = [...inner.entries].map(([key, entry]) => [key, { key: at(entry.key), value: walk(entry.value) }] as const);
    return { ...inner, spot: at(inner.spot), entries: new Map(entries) };
  };
  return walk(tree) as T;
}

function packageOf(inside: string): string {
  return inside
    .split("/")
    .slice(0, inside.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Returns the folder of the package that a file belongs to. */
function rootOf(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder))
    if (existsSync(join(folder, "package.json")) || folder === dirname(folder)) return folder;
}
