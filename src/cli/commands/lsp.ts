import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { repositoryOf } from "../../config/files/boundary.ts";
import { nameOf, readDocument } from "../../config/files/documents.ts";
import { Files, isYaml, kindOfPath, limits } from "../../config/files/files.ts";
import { listEnvironments, loadEnvironment } from "../../config/load.ts";
import { PartFiles } from "../../config/expand/parts.ts";
import { projectFolder } from "../../config/files/project-folder.ts";
import { readText } from "../../config/files/read-text.ts";
import { kinds } from "../../kinds/index.ts";
import { types } from "../../kinds/types/types.ts";
import type { NamedFiles, TextFile } from "../../lsp/names.ts";
import { Decoder, encode } from "../../lsp/rpc.ts";
import type { ProjectEnvironment } from "../../lsp/rename.ts";
import { LanguageServer, type EditorFiles } from "../../lsp/server.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { version } from "../version.ts";

/** `infra lsp`: runs a language server on stdin and stdout until the editor ends it. */
export async function lsp(context: Context): Promise<ExitCode> {
  const server = new LanguageServer(editorFilesOf(context.home, context.io.env["HOME"]));
  const decoder = new Decoder();
  for await (const chunk of process.stdin)
    for (const message of decoder.push(chunk as Buffer)) {
      for (const answer of server.receive(message)) process.stdout.write(encode(answer));
      if (server.isDone) return exit.ok;
    }
  return exit.ok;
}

export function editorFilesOf(cwd: string, userHome?: string): EditorFiles {
  const fileless = new Fileless(cwd);
  const rootOf = (path: string) => (fileless.has(path) ? cwd : folderOf(path, cwd, userHome));
  const load = (nameOrPath: string, root: string, unsaved: Unsaved) => loadEnvironment({ nameOrPath, cwd: root, kinds, types, unsaved });
  return {
    kinds,
    types,
    version,
    pathOf: (uri) => filePathOf(uri) ?? fileless.pathOf(uri),
    uriOf: (path) => pathToFileURL(path).href,
    shown: (path) => relative(rootOf(path), path),
    filesBeside: (path, unsaved) => withBases(environmentOf(path, rootOf(path)) ?? path, unsaved).flatMap(readerOf(unsaved)),
    namedFiles: (path, unsaved) => namedFiles(path, cwd, unsaved),
    environments(path, unsaved) {
      const root = rootOf(path);
      const read = readerOf(unsaved);
      const environment = (of: string): ProjectEnvironment => ({
        name: dirname(of) === join(root, "environments") ? nameOf(of) : relative(root, of),
        files: withBases(of, unsaved).flatMap(read),
        load: (texts) => load(of, root, new Map([...unsaved, ...texts])),
      });
      const all = environmentsIn(root, unsaved).map(environment);
      return all.some(({ files }) => files.some((file) => file.path === path)) ? all : [...all, environment(path)];
    },
    problemsOf(path, unsaved) {
      const root = rootOf(path);
      const own = !fileless.has(path) ? environmentsWith(path, root, unsaved) : unsaved.has(path) ? [path] : [];
      return own.flatMap((nameOrPath) =>
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
function folderOf(path: string, cwd: string, userHome: string | undefined): string {
  let folder = dirname(path);
  while (kindOfPath(folder) === undefined) folder = dirname(folder); // not saved yet
  const found = projectFolder(folder, userHome);
  return kindOfPath(join(found, "environments")) === "folder" ? found : cwd;
}

/** Returns the paths of the environments, with those that the editor has not saved yet. */
function environmentsIn(root: string, unsaved: Unsaved): string[] {
  const held = [...unsaved.keys()].flatMap((path) => environmentOf(path, root) ?? []);
  return [...new Set([...listEnvironments(root).map(({ path }) => path), ...held])];
}

/** Returns the environment of which a file is a part: itself, or its folder. Undefined for a base (`_network.yaml`) and for other files. */
function environmentOf(path: string, root: string): string | undefined {
  const environments = join(root, "environments");
  const [first = "", second, ...deeper] = relative(environments, path).split(sep);
  if (/^[_.]/.test(first) || deeper.length > 0 || !isYaml(path)) return undefined;
  return second === undefined ? path : join(environments, first);
}

/** Returns the environments of which a file is a part, by their names where they are saved. A base belongs to all of them. */
function environmentsWith(path: string, root: string, unsaved: Unsaved): readonly string[] {
  const names = new Map(listEnvironments(root).map((listed) => [listed.path, listed.name]));
  const all = environmentsIn(root, unsaved);
  const own = all.filter((one) => one === environmentOf(path, root));
  const found = own.length > 0 ? own : path.startsWith(join(root, "environments")) ? all : [];
  return found.map((one) => names.get(one) ?? one);
}

/** Reads the texts of files, each once. */
function readerOf(unsaved: Unsaved): (path: string) => TextFile[] {
  const files = new Map<string, TextFile[]>();
  const read = (path: string): TextFile[] => {
    const held = unsaved.get(path);
    const answer = held === undefined ? readText(path, { limit: limits.yaml, mayBePipe: false }) : { text: held };
    return "text" in answer ? [{ path, text: answer.text }] : [];
  };
  return (path) => {
    if (!files.has(path)) files.set(path, read(path));
    return files.get(path)!;
  };
}
