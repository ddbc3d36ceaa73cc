/** The only access of the configuration to the disk. Every failure becomes a diagnostic at the place that named the file. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { Position } from "../../diag/diagnostic.ts";
import type { Code } from "../../diag/codes.ts";
import { leadsInto } from "./boundary.ts";
import { error, type Report } from "../yaml/problem.ts";
import { isBinary } from "../../resource/binary.ts";
import { readText, type Reading } from "./read-text.ts";
import { findSecrets } from "./secrets.ts";
import { Source } from "../yaml/source.ts";

/**
 * The longest texts that are read. A YAML file of this length holds 50,000 resources; a named file may be 64 times AWS's limit for user
 * data.
 */
export const limits = { yaml: 8 * 1024 * 1024, named: 1024 * 1024 } as const;

/** A hint for a file without keys. */
export const beginning = "an environment begins with `project:` and `region:`; `infra init` writes an example";

export class Files {
  readonly cwd: string;
  /** The absolute paths of all files that were read, in the order of reading. */
  readonly read = new Set<string>();
  /** Secret values in the texts, which every message must hide. */
  readonly secrets: string[] = [];
  readonly #sources = new Map<string, Source>();
  readonly #report: Report;
  #boundaries: readonly string[] = [];

  /** Texts that an editor holds and has not saved, by absolute path. */
  readonly #unsaved: ReadonlyMap<string, string>;

  constructor(cwd: string, report: Report, unsaved: ReadonlyMap<string, string> = new Map()) {
    this.cwd = resolve(cwd);
    this.#report = report;
    this.#unsaved = unsaved;
  }

  /** Limits reading to files of these folders from now on, except for files that the command line names. */
  keepWithin(folders: readonly string[]): void {
    this.#boundaries = folders;
  }

  /** Allows one more folder: that of an installed package, which may be a link to another place. */
  alsoWithin(folder: string): void {
    if (this.#boundaries.length > 0) this.#boundaries = [...this.#boundaries, folder];
  }

  /** Whether the YAML may name this path. Reports a path that it may not name. */
  isAllowed(path: string, at: Position | undefined): boolean {
    if (this.#boundaries.length === 0 || this.#boundaries.some((folder) => leadsInto(folder, path))) return true;
    const summary = `${this.shown(path)} is outside the repository ${this.#boundaries[0]} and is not read.`;
    const hint = "copy it into the repository; only files that the command line names may be outside";
    this.#report(error("file-outside", at ?? this.#start(path), summary, hint));
    return false;
  }

  /**
   * Returns the text at an absolute path, or undefined after a report. `at` is the place that named the file. `isTyped` says that the
   * command line named it.
   */
  source(path: string, limit: number, at: Position | undefined, isTyped = false): Source | undefined {
    return this.#sourceOf(path, at, { limit, mayBePipe: isTyped });
  }

  /** Returns the content of a file that may be binary, in the form that a spec holds (resource/binary.ts). */
  content(path: string, limit: number, at: Position | undefined): string | undefined {
    return this.#sourceOf(path, at, { limit, mayBePipe: false, mayBeBinary: true })?.text;
  }

  #sourceOf(path: string, at: Position | undefined, reading: Reading): Source | undefined {
    const known = this.#sources.get(path);
    if (known) return known;
    if (!reading.mayBePipe && !this.isAllowed(path, at)) return undefined;
    const unsaved = this.#unsaved.get(path);
    const answer = unsaved === undefined ? readText(path, reading) : { text: unsaved };
    this.read.add(path);
    if ("code" in answer) {
      const place = answer.bad ? this.#placeIn(path, answer.bad) : at;
      const hint = answer.hint ?? this.#hint(answer.code, path);
      this.#report(error(answer.code, place ?? this.#start(path), `${this.shown(path)} ${answer.why}.`, hint));
      return undefined;
    }
    const source = new Source(this.shown(path), dirname(path), answer.text);
    // Not remembered, because a binary file is an error where a text is needed. It is not searched for secrets, because no person wrote it.
    if (isBinary(answer.text)) return source;
    this.#sources.set(path, source);
    this.secrets.push(...findSecrets(source, this.#report));
    return source;
  }

  /**
   * Returns the source of a text that comes from no file, such as an argument of the command line. It is searched for secrets as files are.
   */
  inline(name: string, text: string): Source {
    const source = new Source(name, this.cwd, text);
    this.secrets.push(...findSecrets(source, this.#report));
    return source;
  }

  /** The `*.yaml` files of a folder, absolute, in alphabetical order, with those that an editor has not saved yet. */
  yamlIn(folder: string): string[] {
    const unsaved = [...this.#unsaved.keys()].filter((path) => dirname(path) === folder && isYaml(path));
    return [...new Set([...yamlFilesIn(folder), ...unsaved])].sort();
  }

  /** Whether a path is that of a folder, which may be one of files that an editor has not saved yet. */
  isFolder(path: string): boolean {
    const kind = kindOfPath(path);
    return kind === "folder" || (kind === undefined && this.yamlIn(path).length > 0);
  }

  /** Returns a path for people: relative to the working directory, or absolute when it would begin with `../../..`. */
  shown(path: string): string {
    const near = relative(this.cwd, path);
    return near === "" ? "." : near.startsWith(join("..", "..", "..")) || isAbsolute(near) ? path : near;
  }

  /** Returns the position of a byte. Its line is shown without secrets, whatever the file is. */
  #placeIn(path: string, { text, at }: { readonly text: string; readonly at: number }): Position {
    const source = new Source(this.shown(path), dirname(path), text);
    this.secrets.push(...findSecrets(source, () => {}));
    return source.position(at, at + 1);
  }

  #start(path: string): Position {
    return { file: this.shown(path), line: 1, column: 1 };
  }

  #hint(code: Code, path: string): string | undefined {
    if (code === "file-empty" && isYaml(path)) return beginning;
    if (code !== "file-not-found") return undefined;
    const folder = dirname(path);
    return existsSync(folder) ? `${this.shown(folder)} has no file of that name` : `there is no folder ${this.shown(folder)} either`;
  }
}

/**
 * Returns whether a path leads to a file or a folder; undefined when nothing is there. A path that cannot be examined counts as a file, and
 * reading it reports why.
 */
export function kindOfPath(path: string): "file" | "folder" | undefined {
  if (path.includes("\0")) return undefined;
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? undefined : stat.isDirectory() ? "folder" : "file";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return "file";
  }
}

/** The `*.yaml` files of a folder, absolute, in alphabetical order. */
export function yamlFilesIn(folder: string): string[] {
  if (kindOfPath(folder) !== "folder") return [];
  return readdirSync(folder)
    .filter((name) => isYaml(name) && kindOfPath(join(folder, name)) === "file")
    .sort()
    .map((name) => join(folder, name));
}

export function subfoldersOf(folder: string): string[] {
  if (kindOfPath(folder) !== "folder") return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith(".") && kindOfPath(join(folder, name)) === "folder")
    .sort()
    .map((name) => join(folder, name));
}

export function isYaml(name: string): boolean {
  return /\.ya?ml$/.test(name) && !basename(name).startsWith(".");
}
