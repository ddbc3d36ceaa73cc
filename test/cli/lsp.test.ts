/** `infra lsp` as an editor runs it: a process, and messages on its stdin and stdout. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Decoder, encode, type Message } from "../../src/lsp/rpc.ts";

const bin = join(import.meta.dirname, "../../bin/infra.mjs");
const folder = mkdtempSync(join(tmpdir(), "infra-lsp-"));
const uri = pathToFileURL(join(folder, "environments/dev.yaml")).href;
const written =
  "project: lab\nregion: eu-west-1\nvpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\nsubnets:\n  a: { vpc: mian, cidrBlock: 10.0.1.0/24, availabilityZone: a }\n";

let editor: Editor;

beforeAll(() => {
  mkdirSync(join(folder, "environments/split"), { recursive: true });
  writeFileSync(join(folder, "environments/dev.yaml"), written);
  editor = new Editor(spawn(process.execPath, [bin, "lsp"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] }));
});
afterAll(() => {
  editor.process.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** The editor's side of the protocol. */
class Editor {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #decoder = new Decoder();
  readonly #come: Message[] = [];
  #look: () => void = () => {};
  #id = 0;

  constructor(process: ChildProcessByStdio<Writable, Readable, null>) {
    this.process = process;
    process.stdout.on("data", (chunk: Buffer) => {
      this.#come.push(...this.#decoder.push(chunk));
      this.#look();
    });
  }

  tell(method: string, params: unknown): void {
    this.process.stdin.write(encode({ method, params }));
  }

  async ask(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#id;
    this.process.stdin.write(encode({ id, method, params }));
    return (await this.next((message) => message.id === id)).result;
  }

  /** Returns the first message that fits, among those that have come and will come. */
  async next(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const at = this.#come.findIndex(fits);
      if (at >= 0) return this.#come.splice(at, 1)[0]!;
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }

  async problems(): Promise<unknown> {
    const { params } = await this.next(({ method }) => method === "textDocument/publishDiagnostics");
    return (params as { diagnostics: unknown }).diagnostics;
  }
}

const position = (line: number, character: number) => ({ textDocument: { uri }, position: { line, character } });

test("an editor's session: problems, names, hover, definition, rename, end", async () => {
  expect(await editor.ask("initialize", { capabilities: {} })).toMatchObject({
    capabilities: { renameProvider: {} },
    serverInfo: { name: "infra" },
  });
  editor.tell("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text: written } });
  expect(await editor.problems()).toMatchObject([
    {
      code: "unknown-ref",
      range: { start: { line: 5, character: 12 }, end: { line: 5, character: 16 } },
      message: expect.stringContaining('did you mean "main"'),
    },
  ]);

  const typing = written.replace("mian", "");
  editor.tell("textDocument/didChange", { textDocument: { uri, version: 2 }, contentChanges: [{ text: typing }] });
  await editor.problems();
  expect(await editor.ask("textDocument/completion", position(5, 12))).toMatchObject([{ label: "main", insertText: "main" }]);

  const right = written.replace("mian", "main");
  editor.tell("textDocument/didChange", { textDocument: { uri, version: 3 }, contentChanges: [{ text: right }] });
  expect(await editor.problems()).toEqual([]);
  expect(await editor.ask("textDocument/hover", position(3, 12))).toMatchObject({
    contents: { value: expect.stringContaining("**vpc.cidrBlock**") },
  });
  expect(await editor.ask("textDocument/definition", position(5, 13))).toEqual({
    uri,
    range: { start: { line: 3, character: 2 }, end: { line: 3, character: 6 } },
  });
  const renamed = (await editor.ask("textDocument/rename", { ...position(5, 13), newName: "core" })) as {
    changes: Record<string, { newText: string }[]>;
  };
  expect(renamed.changes[uri]!.map(({ newText }) => newText)).toEqual(["core", "core", "\nmoved:\n  - { from: vpc/main, to: vpc/core }\n"]);

  for (const file of ["environments/new.yaml", "environments/team/network.yaml"]) {
    const [unsaved, version] = [pathToFileURL(join(folder, file)).href, 1];
    editor.tell("textDocument/didOpen", { textDocument: { uri: unsaved, languageId: "yaml", version, text: written } });
    expect(await editor.problems(), file).toMatchObject([{ code: "unknown-ref" }]);
    editor.tell("textDocument/didClose", { textDocument: { uri: unsaved } });
    expect(await editor.problems(), file).toEqual([]);
  }
  // Texts without a file, a host that this machine does not know, and a path that Node would write in another way.
  for (const open of [
    "untitled:Untitled-1",
    "untitled:/x/Untitled-2",
    "file://elsewhere/dev.yaml",
    uri.replace("dev.yaml", "%6eew.yaml"),
  ]) {
    const published = async () => (await editor.next(({ method }) => method === "textDocument/publishDiagnostics")).params;
    const at = { uri: open, languageId: "yaml", version: 1 };
    editor.tell("textDocument/didOpen", { textDocument: { ...at, text: "vpcs: {" } });
    expect(await published()).toMatchObject({ uri: open, diagnostics: [{ code: "yaml-syntax" }] });
    editor.tell("textDocument/didChange", { textDocument: at, contentChanges: [{ text: written }] });
    expect(await published()).toMatchObject({ uri: open, diagnostics: [{ code: "unknown-ref" }] });
    const answer = await editor.ask("textDocument/definition", { textDocument: at, position: { line: 3, character: 4 } });
    expect(answer).toMatchObject({ uri: open });
    editor.tell("textDocument/didClose", { textDocument: at });
    expect(await published()).toEqual({ uri: open, diagnostics: [] });
  }
  writeFileSync(join(folder, "environments/split/a.yaml"), "project: lab\nregion: eu-west-1\n");
  const second = { uri: pathToFileURL(join(folder, "environments/split/b.yaml")).href, languageId: "yaml", version: 1 };
  editor.tell("textDocument/didOpen", {
    textDocument: { ...second, text: "subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }\n" },
  });
  expect(await editor.problems()).toMatchObject([{ code: "unknown-ref" }]);

  await editor.ask("shutdown", null);
  const ended = new Promise((resolve) => editor.process.once("exit", resolve));
  editor.tell("exit", undefined);
  expect(await ended).toBe(0);
});
