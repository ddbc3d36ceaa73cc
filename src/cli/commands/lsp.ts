import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { repositoryOf } from "../../config/boundary.ts";
import { readDocument } from "../../config/documents.ts";
import { Files, isYaml, limits, yamlFilesIn } from "../../config/files.ts";
import { listEnvironments, loadEnvironment, type Listed } from "../../config/load.ts";
import { PartFiles } from "../../config/parts.ts";
import { kinds } from "../../kinds/index.ts";
import { types } from "../../kinds/types/types.ts";
import type { NamedFiles, TextFile } from "../../lsp/names.ts";
import { Decoder, encode } from "../../lsp/rpc.ts";
import { LanguageServer, type EditorFiles, type Family } from "../../lsp/server.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { version } from "../version.ts";

/** `infra lsp`: runs a language server on stdin and stdout until the editor ends it. */
export async function lsp(context: Context): Promise<ExitCode> {
  const server = new LanguageServer(editorFilesOf(context.home));
  const decoder = new Decoder();
  for await (const chunk of process.stdin)
    for (const message of decoder.push(chunk as Buffer)) {
      for (const answer of server.receive(message)) process.stdout.write(encode(answer));
      if (server.isDone) return exit.ok;
    }
  return exit.ok;
}

export function editorFilesOf(cwd: string): EditorFiles {
  const fileless = new Fileless(cwd);
  const partOf = (path: string, root: string, unsaved: Unsaved) =>
    !fileless.has(path) ? environmentsOf(path, root, unsaved) : unsaved.has(path) ? [path] : [];
  const load = (nameOrPath: string, root: string, unsaved: Unsaved) => loadEnvironment({ nameOrPath, cwd: root, kinds, types, unsaved });
  return {
    kinds,
    types,
    version,
    pathOf: (uri) => filePathOf(uri) ?? fileless.pathOf(uri),
    uriOf: (path) => pathToFileURL(path).href,
    shown: (path) => relative(rootOf(path, cwd), path),
    filesBeside: (path, unsaved) => [...new Set(filesOf(path).flatMap((one) => withBases(one, unsaved)))].flatMap(readerOf(unsaved)),
    familyOf: (path, unsaved) => familyOf(path, rootOf(path, cwd), unsaved),
    namedFiles: (path, unsaved) => namedFiles(path, cwd, unsaved),
    environments(path, unsaved) {
      const root = rootOf(path, cwd);
      const all = listEnvironments(root).map(({ name }) => name);
      const own = partOf(path, root, unsaved);
      const alone = own.length > 0 ? own : familyOf(path, root, unsaved).environments;
      return [...new Set([...all, ...alone])].map((name) => ({ name, ...load(name, root, unsaved) }));
    },
    problemsOf(path, unsaved) {
      const root = rootOf(path, cwd);
      return partOf(path, root, unsaved).flatMap((nameOrPath) =>
        load(nameOrPath, root, unsaved).diagnostics.map((diagnostic) => ({
          path: diagnostic.at ? resolve(root, diagnostic.at.file) : path,
          diagnostic,
        })),
      );
    },
  };
}

type Unsaved = ReadonlyMap<string, string>;

/** Texts that the editor holds for no file (`untitled:Untitled-1`). Each has the path of a file of the working directory that does not exist. */
class Fileless {
  readonly #cwd: string;
  readonly #uris = new Map<string, string>();

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  pathOf(uri: string): string {
    for (const [path, known] of this.#uris) if (known === uri) return path;
    for (let number = 1; ; number++) {
      const path = join(this.#cwd, `untitled-${number}.yaml`);
      if (this.#uris.has(path) || existsSync(path)) continue;
      this.#uris.set(path, uri);
      return path;
    }
  }

  has(path: string): boolean {
    return this.#uris.has(path);
  }
}

/** Returns undefined for what is no file of this machine. */
function filePathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

/** A file or folder with all that it extends. */
function withBases(path: string, unsaved: Unsaved): readonly string[] {
  const files = new Files(dirname(path), () => {}, unsaved);
  files.keepWithin([repositoryOf(path, dirname(path))]);
  readDocument(path, files, () => {});
  return [...files.read];
}

function familyOf(path: string, root: string, unsaved: Unsaved): Family {
  const all = listEnvironments(root).map((one) => ({ name: one.name, files: withBases(one.path, unsaved) }));
  const own = all.filter(({ files }) => files.includes(path));
  const files = new Set([...own.flatMap((one) => one.files), ...filesOf(path).flatMap((one) => withBases(one, unsaved))]);
  const others = new Set(all.flatMap((one) => one.files).filter((one) => !files.has(one)));
  return {
    files: [...files].flatMap(readerOf(unsaved)),
    environments: own.length > 0 ? own.map(({ name }) => name) : [path],
    elsewhere: [...others].flatMap(readerOf(unsaved)),
  };
}

function namedFiles(path: string, cwd: string, unsaved: Unsaved): NamedFiles {
  const files = new Files(cwd, () => {}, unsaved);
  files.keepWithin([repositoryOf(path, cwd)]);
  const parts = new PartFiles(
    files,
    () => {},
    kinds.map(({ section }) => section),
  );
  return {
    part: (named) => parts.read(named)?.tree,
    read(named) {
      const text = files.source(named, limits.named, undefined)?.text;
      return text === undefined ? undefined : { path: named, text };
    },
  };
}

/** Returns the folder that contains `environments/`, or the working directory for other files. */
function rootOf(path: string, cwd: string): string {
  const above = dirname(path);
  if (basename(above) === "environments") return dirname(above);
  return basename(dirname(above)) === "environments" ? dirname(dirname(above)) : cwd;
}

/** Returns the environments that a file is part of. A base (`_network.yaml`) belongs to all of them. */
function environmentsOf(path: string, root: string, unsaved: Unsaved): string[] {
  const all = listEnvironments(root);
  const own = all.filter((one) => isPartOf(path, one));
  if (own.length > 0) return own.map(({ name }) => name);
  if (isNew(path, join(root, "environments"), unsaved)) return [path];
  return path.startsWith(join(root, "environments")) ? all.map(({ name }) => name) : [];
}

/** Whether a file is an environment that is open in the editor and not saved yet. */
function isNew(path: string, environments: string, unsaved: Unsaved): boolean {
  const [first = "", , ...deeper] = relative(environments, path).split(sep);
  return unsaved.has(path) && isYaml(path) && !existsSync(path) && !/^[_.]/.test(first) && deeper.length === 0;
}

function isPartOf(path: string, { path: environment, kind }: Listed): boolean {
  return kind === "file" ? path === environment : dirname(path) === environment;
}

/** Returns a file of a folder below `environments/` together with the other files of that folder. Any other file is returned alone. */
function filesOf(path: string): string[] {
  const folder = dirname(path);
  return basename(dirname(folder)) === "environments" ? yamlFilesIn(folder) : [path];
}

function readerOf(unsaved: Unsaved): (path: string) => TextFile[] {
  return (path) => {
    const held = unsaved.get(path);
    if (held !== undefined) return [{ path, text: held }];
    try {
      return [{ path, text: readFileSync(path, "utf8") }];
    } catch {
      return []; // not saved yet; the editor's own text is used where it has one
    }
  };
}
