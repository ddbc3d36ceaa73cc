import { basename, isAbsolute, join, resolve } from "node:path";
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { Diagnostic, Position } from "../../diag/diagnostic.ts";
import { beginning, isYaml, kindOfPath, limits, subfoldersOf, yamlFilesIn, type Files } from "./files.ts";
import { realPathOf, repositoryOf } from "./boundary.ts";
import { foreignFile, foreignText } from "./foreign-files.ts";
import { joinParts, mergeOver } from "./merge.ts";
import { parseYaml } from "../yaml/parse.ts";
import { error, type Report } from "../yaml/problem.ts";
import { positionOf, type Source } from "../yaml/source.ts";
import { isNull, whatItIs, type Entry, type MapTree, type Tree } from "../yaml/tree.ts";

/** An environment under environments/, with the name that commands take. */
export interface Listed {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: "file" | "folder";
}

/**
 * Returns every environment under `environments/` of a folder, sorted by name. A name that begins with `_` is a base for others and is left
 * out.
 */
export function listEnvironments(home: string): Listed[] {
  const all = join(resolve(home), "environments");
  const files = yamlFilesIn(all).map((path) => ({ name: nameOf(path), path, kind: "file" as const }));
  const folders = subfoldersOf(all)
    .filter((path) => yamlFilesIn(path).length > 0)
    .map((path) => ({ name: basename(path), path, kind: "folder" as const }));
  return [...files, ...folders].filter(({ name }) => !name.startsWith("_")).sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Found {
  readonly path: string;
  /** The YAML may name files in these folders only. There are two when the user typed a link. */
  readonly repositories: readonly string[];
}

const emptyHint = "a shell variable that is not set gives an empty name";

/** Returns the name of an environment: `web-lab` for `environments/web-lab.yaml` and for `environments/web-lab/`. */
export function nameOf(path: string): string {
  return basename(path).replace(/\.ya?ml$/, "");
}

/**
 * Finds the environment that ENV means, first as a name under environments/, then as a path. Returns its absolute path and its
 * repositories.
 */
export function findEnvironment(nameOrPath: string, cwd: string, home: string): Found | { readonly problem: Diagnostic } {
  if (nameOrPath === "") return { problem: error("env-not-found", undefined, "the environment's name is empty.", emptyHint) };
  const listed = listEnvironments(home);
  const named = listed.filter(({ name }) => name === nameOrPath);
  if (named.length > 1)
    return {
      problem: error(
        "declared-twice",
        undefined,
        `"${nameOrPath}" is a file and a folder under environments/.`,
        "keep one, or give the path",
      ),
    };
  if (named[0]) return { path: named[0].path, repositories: [repositoryOf(named[0].path, cwd)] };
  const path = resolve(cwd, nameOrPath);
  if (path === join(resolve(home), "environments") && listed.length > 0)
    return {
      problem: error("env-not-found", undefined, `${nameOrPath} is a folder of environments, not an environment.`, allHint(listed)),
    };
  if (kindOfPath(path)) return { path, repositories: [path, realPathOf(path) ?? path].map((one) => repositoryOf(one, cwd)) };
  const isPath = isYaml(nameOrPath) || nameOrPath.includes("/");
  const summary = isPath ? `${nameOrPath} does not exist.` : `there is no environment "${nameOrPath}".`;
  return {
    problem: error(
      "env-not-found",
      undefined,
      summary,
      namesHint(
        nameOrPath,
        listed.map(({ name }) => name),
      ),
    ),
  };
}

function allHint(listed: readonly Listed[]): string {
  return `leave it out for all of them, or name one: ${listed.map(({ name }) => name).join(", ")}`;
}

function namesHint(resolved: string, names: readonly string[]): string {
  const near = didYouMean(resolved, names);
  if (near) return `did you mean "${near}"?`;
  return names.length > 0
    ? `environments/ has: ${names.join(", ")}`
    : "environments/ is empty or missing; `infra init` writes a first environment";
}

/**
 * Reads a file or folder and all that it extends, and merges them into one tree without `extends`. Returns undefined after a report when
 * nothing is left.
 */
export function readDocument(path: string, files: Files, report: Report): Document | undefined {
  const reading = new Reading(files, report);
  const tree = reading.document(path, undefined);
  return tree && { tree, isWhole: reading.isWhole, texts: reading.texts };
}

export interface Document {
  readonly tree: MapTree;
  /** Whether every file that it extends could be read. If not, a value that seems missing may stand in an unread file. */
  readonly isWhole: boolean;
  /** The files of the environment, and those that it extends. */
  readonly texts: readonly Source[];
}

class Reading {
  readonly #files: Files;
  readonly #report: Report;
  /** The chain of files that extend each other, to find cycles. */
  readonly #open: string[] = [];
  isWhole = true;
  readonly texts: Source[] = [];

  constructor(files: Files, report: Report) {
    this.#files = files;
    this.#report = report;
  }

  document(path: string, at: Position | undefined): MapTree | undefined {
    if (this.#open.includes(path)) {
      const way = [...this.#open.slice(this.#open.indexOf(path)), path].map((step) => this.#files.shown(step)).join(" → ");
      this.#report(error("extends-cycle", at, `this extends itself: ${way}.`, "move what both need to a third file"));
      return undefined;
    }
    this.#open.push(path);
    const own = this.#files.isFolder(path) ? this.#folder(path, at) : this.#file(path, at);
    const merged = own && this.#withBases(own);
    this.#open.pop();
    return merged;
  }

  #file(path: string, at: Position | undefined): MapTree | undefined {
    const source = this.#files.source(path, limits.yaml, at);
    if (!source) return undefined;
    this.texts.push(source);
    const { tree, diagnostics } = parseYaml(source);
    const foreign = tree?.type === "map" || tree?.type === "list" ? foreignFile(tree) : foreignText(source);
    if (foreign) {
      this.#report(foreign);
      return undefined;
    }
    for (const diagnostic of diagnostics) this.#report(diagnostic);
    if (tree?.type === "map") return tree;
    if (tree && !(isNull(tree) && tree.spot.start === tree.spot.end)) {
      const holds = tree.type === "list" ? "a list" : isNull(tree) ? "the value null" : "a single value";
      this.#report(error("not-a-mapping", positionOf(tree.spot), `${source.file} contains ${holds}, not keys.`, beginning));
    } else if (diagnostics.length === 0) {
      const holds = /^\s*[^#\s]/m.test(source.text) ? "no keys" : "no keys, only comments";
      this.#report(error("file-empty", { file: source.file, line: 1, column: 1 }, `${source.file} contains ${holds}.`, beginning));
    }
    return undefined;
  }

  #folder(path: string, at: Position | undefined): MapTree | undefined {
    const paths = this.#files.yamlIn(path);
    if (paths.length === 0) this.#report(error("env-not-found", at, `the folder ${this.#files.shown(path)} has no *.yaml file.`));
    const parts = paths.flatMap((part) => this.#file(part, at) ?? []);
    return parts.length > 0 ? joinParts(parts, this.#report) : undefined;
  }

  #withBases(tree: MapTree): MapTree {
    const named = tree.entries.get("extends");
    if (!named) return tree;
    const paths = this.#basePaths(named);
    const bases = paths.flatMap(({ path, at }) => this.document(path, at) ?? []);
    if (bases.length < (named.value.type === "list" ? named.value.items.length : 1)) this.isWhole = false;
    const own: MapTree = { ...tree, entries: new Map([...tree.entries].filter(([key]) => key !== "extends")) };
    return [...bases, own].reduce(mergeOver);
  }

  #basePaths({ key, value }: Entry): { path: string; at: Position }[] {
    return (value.type === "list" ? value.items : [value]).flatMap((item: Tree) => {
      const at = positionOf(item.spot);
      if (item.type === "scalar" && typeof item.value === "string" && !item.value.includes("${")) {
        const path = isAbsolute(item.value) ? item.value : resolve(item.spot.source.folder, item.value);
        return this.#files.isAllowed(path, at) ? [{ path, at }] : [];
      }
      const summary = `extends must be the path of a file or folder, or a list of paths, without variables, but ${whatItIs(item)}.`;
      const place = isNull(item) && item.spot.start === item.spot.end ? positionOf(key) : at;
      this.#report(error("wrong-type", place, summary, "write `extends: ../base.yaml`, or remove the line"));
      return [];
    });
  }
}
