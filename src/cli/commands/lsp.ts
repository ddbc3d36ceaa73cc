import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isYaml, yamlFilesIn } from "../../config/files.ts";
import { listEnvironments, loadEnvironment, type Listed } from "../../config/load.ts";
import { kinds } from "../../kinds/index.ts";
import { types } from "../../kinds/types/types.ts";
import type { TextFile } from "../../lsp/names.ts";
import { Decoder, encode } from "../../lsp/rpc.ts";
import { LanguageServer, type EditorFiles } from "../../lsp/server.ts";
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

function editorFilesOf(cwd: string): EditorFiles {
  return {
    kinds,
    types,
    version,
    pathOf: (uri) => (uri.startsWith("file:") ? fileURLToPath(uri) : uri),
    uriOf: (path) => pathToFileURL(path).href,
    filesBeside: (path) => filesOf(path).flatMap(readable),
    problemsOf(path, unsaved) {
      const root = rootOf(path, cwd);
      return environmentsOf(path, root, unsaved).flatMap((nameOrPath) =>
        loadEnvironment({ nameOrPath, cwd: root, kinds, types, unsaved }).diagnostics.map((diagnostic) => ({
          path: diagnostic.at ? resolve(root, diagnostic.at.file) : path,
          diagnostic,
        })),
      );
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
function environmentsOf(path: string, root: string, unsaved: ReadonlyMap<string, string>): string[] {
  const all = listEnvironments(root);
  const own = all.filter((one) => isPartOf(path, one));
  if (own.length > 0) return own.map(({ name }) => name);
  if (isNew(path, join(root, "environments"), unsaved)) return [path];
  return path.startsWith(join(root, "environments")) ? all.map(({ name }) => name) : [];
}

/** Whether a file is an environment that is open in the editor and not saved yet. */
function isNew(path: string, environments: string, unsaved: ReadonlyMap<string, string>): boolean {
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

function readable(path: string): TextFile[] {
  try {
    return [{ path, text: readFileSync(path, "utf8") }];
  } catch {
    return []; // not saved yet; the editor's own text is used if it has one
  }
}
