/** The only door of the configuration to the disk. Whatever goes wrong becomes a diagnostic at the place that named the file. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { Position } from "../diag/diagnostic.ts";
import type { Code } from "../diag/codes.ts";
import { error, type Report } from "./problem.ts";
import { findSecrets } from "./secrets.ts";
import { Source } from "./source.ts";

/** Longest texts that are read: 50,000 resources fit into the one, a thousand times AWS's limit for user data into the other. */
export const limits = { yaml: 8 * 1024 * 1024, named: 1024 * 1024 } as const;

export class Files {
  readonly cwd: string;
  /** Absolute paths of all that was read, in the order of reading. */
  readonly read = new Set<string>();
  /** Secret values that stand in the texts, to be hidden wherever something is said. */
  readonly secrets: string[] = [];
  readonly #sources = new Map<string, Source>();
  readonly #report: Report;

  constructor(cwd: string, report: Report) {
    this.cwd = resolve(cwd);
    this.#report = report;
  }

  /** The text at an absolute path, or undefined after a report. `at` is the place that named the file. */
  source(path: string, limit: number, at: Position | undefined): Source | undefined {
    const known = this.#sources.get(path);
    if (known) return known;
    const answer = readText(path, limit);
    this.read.add(path);
    if ("code" in answer) {
      this.#report(error(answer.code, at ?? this.#start(path), `${this.shown(path)} ${answer.why}.`, this.#hint(answer.code, path)));
      return undefined;
    }
    const source = new Source(this.shown(path), dirname(path), answer.text);
    this.#sources.set(path, source);
    this.secrets.push(...findSecrets(source, this.#report));
    return source;
  }

  /** A text that comes from no file, such as an argument of the command line, looked through for secrets as files are. */
  inline(name: string, text: string): Source {
    const source = new Source(name, this.cwd, text);
    this.secrets.push(...findSecrets(source, this.#report));
    return source;
  }

  /** A path as people see it: relative where that is shorter to read. */
  shown(path: string): string {
    const near = relative(this.cwd, path);
    return near === "" ? "." : near.startsWith(join("..", "..", "..")) || isAbsolute(near) ? path : near;
  }

  #start(path: string): Position {
    return { file: this.shown(path), line: 1, column: 1 };
  }

  #hint(code: Code, path: string): string | undefined {
    if (code !== "file-not-found") return undefined;
    const folder = dirname(path);
    return existsSync(folder) ? `${this.shown(folder)} has no file of that name` : `there is no folder ${this.shown(folder)} either`;
  }
}

export function kindOfPath(path: string): "file" | "folder" | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : stat.isDirectory() ? "folder" : "file";
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

type Answer = { readonly text: string } | { readonly code: Code; readonly why: string };

function readText(path: string, limit: number): Answer {
  try {
    const file = openSync(path, "r");
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) return { code: "file-unreadable", why: stat.isDirectory() ? "is a folder, not a file" : "is not a regular file" };
      if (stat.size > limit) return { code: "file-too-large", why: `has ${megabytes(stat.size)}; at most ${megabytes(limit)} are read` };
      return decode(readFileSync(file));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return { code: "file-not-found", why: "does not exist" };
    return { code: "file-unreadable", why: `cannot be read: ${code === "EACCES" ? "permission denied" : (error as Error).message}` };
  }
}

function decode(bytes: Buffer): Answer {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return { code: "file-not-text", why: "is UTF-16; save it as UTF-8" };
  if (bytes.includes(0)) return { code: "file-not-text", why: "is binary, not text" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.trim() === "" ? { code: "file-empty", why: "is empty" } : { text };
  } catch {
    return { code: "file-not-text", why: "is not UTF-8" };
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes % (1024 * 1024) === 0 ? 0 : 1)} MiB`;
}
