import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { Decoder, encode } from "../../src/lsp/rpc.ts";
import { LanguageServer } from "../../src/lsp/server.ts";
import { noFiles } from "./no-files.ts";

test("messages are taken apart whatever the pieces in which they come", () => {
  const bytes = Buffer.concat([encode({ id: 1, method: "a", params: { text: "ä€" } }), encode({ method: "b" })]);
  const decoder = new Decoder();
  const messages = [...bytes].flatMap((byte) => decoder.push(Buffer.from([byte])));
  expect(messages).toMatchObject([{ id: 1, method: "a", params: { text: "ä€" } }, { method: "b" }]);
});

test("problems of other files are taken away when they are gone", () => {
  let elsewhere = true;
  const server = new LanguageServer({
    kinds,
    version: "1",
    pathOf: (uri) => uri,
    uriOf: (path) => path,
    ...noFiles,
    problemsOf: () =>
      elsewhere ? [{ path: "b", diagnostic: { code: "unknown-ref", severity: "error", summary: "no", hint: "write x" } }] : [],
  });
  const opened = server.receive({ method: "textDocument/didOpen", params: { textDocument: { uri: "a", text: "x" } } });
  expect(opened).toMatchObject([
    { params: { uri: "a", diagnostics: [] } },
    { params: { uri: "b", diagnostics: [{ message: "no\nwrite x", severity: 1, code: "unknown-ref" }] } },
  ]);
  elsewhere = false;
  const changed = server.receive({
    method: "textDocument/didChange",
    params: { textDocument: { uri: "a" }, contentChanges: [{ text: "y" }] },
  });
  expect(changed).toMatchObject([{ params: { uri: "a", diagnostics: [] } }, { params: { uri: "b", diagnostics: [] } }]);
});

test("an unknown request is answered with an error, and nothing ends it but exit", () => {
  const server = new LanguageServer({
    kinds,
    version: "1",
    pathOf: (uri) => uri,
    uriOf: (path) => path,
    ...noFiles,
    problemsOf: () => [],
  });
  expect(server.receive({ id: 1, method: "workspace/symbol", params: {} })).toMatchObject([{ id: 1, error: { code: -32601 } }]);
  expect(server.receive({ method: "initialized", params: {} })).toEqual([]);
  expect(server.receive({ id: 2, method: "shutdown" })).toEqual([{ id: 2, result: null }]);
  expect(server.isDone).toBe(false);
  server.receive({ method: "exit" });
  expect(server.isDone).toBe(true);
});
