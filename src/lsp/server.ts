/** The language server without its streams: takes one message, returns messages. It reads the disk only through `EditorFiles`. */
import type { TypeKinds } from "../config/kinds.ts";
import { typesNamedIn } from "../config/type-sections.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Kind } from "../kinds/kind.ts";
import { complete, definition, hover, nameAt, type Project } from "./answers.ts";
import type { NamedFiles, TextFile } from "./names.ts";
import { rename, type Edit, type ProjectEnvironment } from "./rename.ts";
import type { Message } from "./rpc.ts";
import { SchemaWalk } from "./schema-walk.ts";

/** The server's questions about the files around it. Paths are absolute. */
export interface EditorFiles {
  readonly kinds: readonly Kind[];
  /** The source of the kinds of AWS's own types. */
  readonly types?: TypeKinds;
  readonly version: string;
  pathOf(uri: string): string;
  uriOf(path: string): string;
  /** The files that belong to one environment with this one, the bases that it extends among them. */
  filesBeside(path: string, unsaved: Unsaved): readonly TextFile[];
  /** Parts and templates that a file names. */
  namedFiles(path: string, unsaved: Unsaved): NamedFiles;
  /** The environments of the project of a file, and this file by itself where it is part of none. */
  environments(path: string, unsaved: Unsaved): readonly ProjectEnvironment[];
  /** A path as people see it. */
  shown(path: string): string;
  /** The problems of the environments that a file belongs to, each with the absolute path of its file. */
  problemsOf(path: string, unsaved: Unsaved): readonly { readonly path: string; readonly diagnostic: Diagnostic }[];
}

/** Texts that the editor holds, by path. */
type Unsaved = ReadonlyMap<string, string>;

interface TextPosition {
  readonly line: number;
  readonly character: number;
}

interface Params {
  readonly textDocument?: { readonly uri: string; readonly text?: string };
  readonly position?: TextPosition;
  readonly contentChanges?: readonly { readonly text: string }[];
  readonly newName?: string;
}

const capabilities = {
  textDocumentSync: 1, // the whole text at each change
  completionProvider: { triggerCharacters: [" ", ":", "{", "[", ",", "/"] },
  hoverProvider: true,
  definitionProvider: true,
  renameProvider: { prepareProvider: true },
};

const severities = { error: 1, warning: 2, note: 3 } as const;
const completionKinds = { field: 5, value: 12, reference: 18 } as const;

export class LanguageServer {
  readonly #disk: EditorFiles;
  /** The schema for the types that files name. Only the last one is kept. */
  #schema: { readonly of: string; readonly walk: SchemaWalk };
  readonly #open = new Map<string, string>();
  /** What the editor calls the files that it has opened. Editors write the same path in different ways, and some texts have no path at all. */
  readonly #uris = new Map<string, string>();
  /** For each file that was checked: the files for which problems were shown. */
  readonly #shown = new Map<string, ReadonlySet<string>>();
  isDone = false;

  constructor(disk: EditorFiles) {
    this.#disk = disk;
    this.#schema = { of: "", walk: new SchemaWalk(disk.kinds) };
  }

  /** Answers one message. Returns the answer itself and the notifications that follow from it. */
  receive(message: Message): Message[] {
    const { id, method = "", params } = message;
    if (method === "exit") this.isDone = true;
    if (id === undefined || id === null) return this.#notified(method, (params ?? {}) as Params);
    try {
      return [{ id, ...this.#answer(method, (params ?? {}) as Params) }];
    } catch (error) {
      return [{ id, error: { code: -32603, message: error instanceof Error ? error.message : String(error) } }];
    }
  }

  #notified(method: string, { textDocument, contentChanges }: Params): Message[] {
    if (!textDocument) return [];
    const path = this.#disk.pathOf(textDocument.uri);
    if (method === "textDocument/didClose") this.#open.delete(path);
    else if (method === "textDocument/didOpen") {
      this.#open.set(path, textDocument.text ?? "");
      this.#uris.set(path, textDocument.uri);
    } else if (method === "textDocument/didChange") this.#open.set(path, contentChanges?.at(-1)?.text ?? "");
    else if (method !== "textDocument/didSave") return [];
    return this.#check(path);
  }

  #uriOf(path: string): string {
    return this.#uris.get(path) ?? this.#disk.uriOf(path);
  }

  /** Publishes the problems of a file's environments, and clears the files whose problems are gone. */
  #check(path: string): Message[] {
    const byPath = new Map<string, Diagnostic[]>([[path, []]]);
    for (const found of this.#disk.problemsOf(path, this.#open))
      byPath.set(found.path, [...(byPath.get(found.path) ?? []), found.diagnostic]);
    for (const before of this.#shown.get(path) ?? []) if (!byPath.has(before)) byPath.set(before, []);
    this.#shown.set(path, new Set(byPath.keys()));
    return [...byPath].map(([file, diagnostics]) => ({
      method: "textDocument/publishDiagnostics",
      params: { uri: this.#uriOf(file), diagnostics: diagnostics.map(published) },
    }));
  }

  #answer(method: string, params: Params): Pick<Message, "result" | "error"> {
    if (method === "initialize") return { result: { capabilities, serverInfo: { name: "infra", version: this.#disk.version } } };
    if (method === "shutdown") return { result: null };
    const { textDocument, position } = params;
    if (!textDocument || !position) return { error: { code: -32601, message: `infra does not answer ${method}` } };
    const { file, project } = this.#projectOf(this.#disk.pathOf(textDocument.uri));
    const offset = offsetAt(file.text, position);
    switch (method) {
      case "textDocument/completion":
        return {
          result: complete(file, offset, project).map(({ label, insert, kind, documentation }) => ({
            label,
            insertText: insert,
            kind: completionKinds[kind],
            ...(documentation ? { documentation } : {}),
          })),
        };
      case "textDocument/hover": {
        const found = hover(file, offset, project);
        return { result: found ? { contents: { kind: "markdown", value: found.markdown } } : null };
      }
      case "textDocument/definition": {
        const found = definition(file, offset, project);
        return { result: found ? { uri: this.#uriOf(found.file.path), range: rangeOf(found.file.text, found) } : null };
      }
      case "textDocument/prepareRename": {
        const found = nameAt(file, offset, project);
        return { result: found ? { range: rangeOf(file.text, found), placeholder: found.name } : null };
      }
      case "textDocument/rename":
        return this.#rename(file, offset, params.newName ?? "", project);
      default:
        return { error: { code: -32601, message: `infra does not answer ${method}` } };
    }
  }

  #rename(file: TextFile, offset: number, to: string, project: Project): Pick<Message, "result" | "error"> {
    const name = nameAt(file, offset, project);
    if (!name) return { result: null };
    // A name that a base declares is renamed in all that extends the base.
    const home = definition(file, offset, project)?.file.path ?? file.path;
    const environments = this.#disk.environments(home, this.#open);
    const files = environments.flatMap((one) => one.files);
    const shown = (path: string) => this.#disk.shown(path);
    const edits = rename(name, to, { ...this.#projectWith(home, files), home, environments, shown });
    if ("refused" in edits) return { error: { code: -32602, message: edits.refused } };
    const changes: Record<string, { range: unknown; newText: string }[]> = {};
    for (const edit of edits) (changes[this.#uriOf(edit.file.path)] ??= []).push(textEdit(edit));
    return { result: { changes } };
  }

  /** Returns the file as the editor has it, and the files of its environment. */
  #projectOf(path: string): { readonly file: TextFile; readonly project: Project } {
    const beside = this.#disk.filesBeside(path, this.#open);
    const file = beside.find((one) => one.path === path) ?? { path, text: this.#open.get(path) ?? "" };
    return { file, project: this.#projectWith(path, beside.includes(file) ? beside : [file, ...beside]) };
  }

  #projectWith(path: string, files: readonly TextFile[]): Project {
    const { kinds } = this.#disk;
    const types = this.#disk.types
      ? typesNamedIn(
          files.map(({ text }) => text),
          this.#disk.types,
        )
      : [];
    const named = this.#disk.namedFiles(path, this.#open);
    return { kinds: types.length === 0 ? kinds : [...kinds, ...types], schema: this.#schemaOf(types), files, named };
  }

  #schemaOf(types: readonly Kind[]): SchemaWalk {
    const of = types.map(({ name }) => name).join();
    if (this.#schema.of !== of) this.#schema = { of, walk: new SchemaWalk(this.#disk.kinds, types) };
    return this.#schema.walk;
  }
}

function published({ at, code, severity, summary, detail, hint }: Diagnostic) {
  const line = (at?.line ?? 1) - 1;
  const character = (at?.column ?? 1) - 1;
  return {
    range: { start: { line, character }, end: { line, character: character + (at?.length ?? 1) } },
    severity: severities[severity],
    code,
    source: "infra",
    message: [summary, detail, hint].filter(Boolean).join("\n"),
  };
}

function textEdit({ file, start, end, text }: Edit) {
  return { range: rangeOf(file.text, { start, end }), newText: text };
}

function rangeOf(text: string, { start, end }: { readonly start: number; readonly end: number }) {
  return { start: positionAt(text, start), end: positionAt(text, end) };
}

function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)!.length };
}

/** Returns the offset of a position. JavaScript counts characters as the protocol does: in UTF-16. */
function offsetAt(text: string, { line, character }: TextPosition): number {
  let start = 0;
  for (let i = 0; i < line; i++) {
    const next = text.indexOf("\n", start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  const end = text.indexOf("\n", start);
  return Math.min(start + character, end < 0 ? text.length : end);
}
