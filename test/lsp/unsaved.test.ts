/** Files that an editor holds and has not saved: every answer is made from them, as the problems are. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { editorFilesOf } from "../../src/cli/commands/lsp.ts";
import { LanguageServer } from "../../src/lsp/server.ts";

let folder: string;
let server: LanguageServer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "infra-unsaved-"));
  server = new LanguageServer(editorFilesOf(folder));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function save(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** Opens a text and returns its problems. */
function open(file: string, text: string): readonly string[] {
  const published = server.receive({ method: "textDocument/didOpen", params: { textDocument: { uri: uriOf(file), text } } });
  const { diagnostics } = published[0]!.params as { diagnostics: readonly { message: string }[] };
  return diagnostics.map(({ message }) => message);
}

function ask(method: string, file: string, text: string, at: string, more: object = {}): { result?: unknown; error?: unknown } {
  const lines = text.slice(0, text.indexOf(at) + at.length).split("\n");
  const position = { line: lines.length - 1, character: lines.at(-1)!.length };
  return server.receive({ id: 1, method: `textDocument/${method}`, params: { textDocument: { uri: uriOf(file) }, position, ...more } })[0]!;
}

function changed(answer: { result?: unknown; error?: unknown }): readonly string[] {
  expect(answer.error).toBeUndefined();
  return Object.keys((answer.result as { changes: object }).changes)
    .map((uri) => uri.slice(uriOf("").length + 1))
    .toSorted();
}

function uriOf(file: string): string {
  return editorFilesOf(folder).uriOf(join(folder, file));
}

const head = "project: shop\nregion: eu-west-1\n";
const vpcs = "vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n";
const subnets = "subnets:\n  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }\n";

test.each([
  ["a second file of a folder", "environments/dev/net.yaml", "environments/dev/main.yaml", `${head}${subnets}`],
  ["a base", "bases/net.yaml", "environments/dev.yaml", `extends: ../bases/net.yaml\n${head}${subnets}`],
])("the names of %s are known before it is saved", (_what, second, first, text) => {
  save(first, text);
  open(second, vpcs);
  expect(open(first, text)).toEqual([]);
  expect(ask("completion", first, text, "vpc: ").result).toMatchObject([{ label: "main" }]);
  expect(ask("hover", first, text, "vpc: ma").result).toMatchObject({ contents: { value: "**vpc/main**" } });
  expect(ask("definition", first, text, "vpc: ma").result).toMatchObject({ uri: uriOf(second) });
  expect(changed(ask("rename", first, text, "vpc: ma", { newName: "net" }))).toEqual([second, first].toSorted());
});

test("a folder of which no file is saved is one environment", () => {
  const text = `${head}${subnets}`;
  open("environments/dev/main.yaml", text);
  expect(open("environments/dev/net.yaml", vpcs)).toEqual([]);
  expect(changed(ask("rename", "environments/dev/main.yaml", text, "vpc: ma", { newName: "net" }))).toEqual([
    "environments/dev/main.yaml",
    "environments/dev/net.yaml",
  ]);
});

test("a rename changes what an unsaved environment says of the resource", () => {
  save("environments/net.yaml", `${head}${vpcs}`);
  open("environments/dev.yaml", `${head}${subnets.replace("main", "{ environment: net, address: vpc/main }")}`);
  expect(changed(ask("rename", "environments/net.yaml", `${head}${vpcs}`, "ma", { newName: "net" }))).toEqual([
    "environments/dev.yaml",
    "environments/net.yaml",
  ]);
});

test("a file and a folder of one name are a problem while one of them is open", () => {
  save("environments/dev.yaml", `${head}${vpcs}`);
  save("environments/dev/main.yaml", `${head}${vpcs}`);
  expect(open("environments/dev.yaml", `${head}${vpcs}`)).toMatchObject([expect.stringContaining("is a file and a folder")]);
});

test("open files that agree with each other refuse nothing, whatever the disk says", () => {
  save("bases/net.yaml", "project: shop\nvpcs: {");
  save("environments/dev.yaml", "vpcs: {");
  save("environments/other.yaml", "\uFEFF");
  const text = `extends: ../bases/net.yaml\n${head}${subnets}`;
  open("bases/net.yaml", vpcs);
  open("environments/dev.yaml", text);
  open("environments/other.yaml", head);
  expect(changed(ask("rename", "environments/dev.yaml", text, "vpc: ma", { newName: "net" }))).toEqual([
    "bases/net.yaml",
    "environments/dev.yaml",
  ]);
});
