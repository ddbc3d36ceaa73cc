/** The VS Code extension without VS Code: its manifest, and that it starts a language server that answers. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const source = join(root, "editors/vscode");
const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as Record<string, unknown>;
let place: string;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "infra-vscode-"));
  cpSync(source, join(place, "extension"), { recursive: true });
  for (const [name, text] of Object.entries({ "vscode/index.js": vscode, "vscode-languageclient/node.js": languageClient })) {
    mkdirSync(join(place, "extension/node_modules", name, ".."), { recursive: true });
    writeFileSync(join(place, "extension/node_modules", name), text);
  }
  mkdirSync(join(place, "work/environments"), { recursive: true });
  writeFileSync(join(place, "work/environments/dev.yaml"), "project: lab\nregion: eu-west-1\nvpcs:\n  main: { cidrBlok: 10.0.0.0/16 }\n");
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

test("its manifest has what vsce and VS Code ask for, of this version", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  expect(manifest).toMatchObject({ version, publisher: expect.stringMatching(/^[a-z][\w-]*$/) as string, license: "Apache-2.0" });
  expect(manifest["engines"]).toEqual({ vscode: expect.stringMatching(/^\^\d+\.\d+\.\d+$/) as string });
  expect(existsSync(join(source, String(manifest["main"])))).toBe(true);
  expect(Object.keys(manifest["dependencies"] as object)).toEqual(["vscode-languageclient"]);
  const page = readFileSync(join(source, "README.md"), "utf8");
  expect(page).toContain(`${String(manifest["name"])}-${version}.vsix`);
  // vsce refuses relative links without a repository, and warns about a missing repository and licence.
  expect(page).not.toMatch(/\]\((?!https:)/);
  expect(page).toContain("vsce package --allow-missing-repository --skip-license\n");
  execFileSync(process.execPath, ["--check", join(source, "extension.js")]);
});

test.each(["the workspace has installed", "the settings name", "the PATH has"])(
  "it starts the infra that %s, which tells the problems of a file",
  (which) => {
    const command = join(place, "bin/infra");
    mkdirSync(join(place, "bin"), { recursive: true });
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${join(root, "bin/infra.mjs")}" "$@"\n`, { mode: 0o755 });
    const bin = join(place, "work/node_modules/.bin");
    rmSync(bin, { recursive: true, force: true });
    if (which === "the workspace has installed") {
      mkdirSync(bin, { recursive: true });
      symlinkSync(command, join(bin, "infra"));
    }
    const script = `const { activate, deactivate } = require("./extension.js"); activate().then(deactivate);`;
    const said = execFileSync(process.execPath, ["-e", script], {
      cwd: join(place, "extension"),
      encoding: "utf8",
      env: {
        PATH: which === "the PATH has" ? `${join(place, "bin")}:${process.env["PATH"]}` : (process.env["PATH"] ?? ""),
        WORK: join(place, "work"),
        COMMAND: which === "the settings name" ? command : "",
      },
    });
    const { started, selector, problems } = JSON.parse(said) as Record<string, unknown>;
    expect(started).toBe(which === "the PATH has" ? "infra" : which === "the settings name" ? command : join(bin, "infra"));
    expect(selector).toEqual([{ scheme: "file", pattern: "**/environments/**/*.{yaml,yml}" }]);
    expect(JSON.stringify(problems)).toContain("cidrBlok");
  },
);

/** The part of VS Code that the extension uses. */
const vscode = `exports.workspace = {
  workspaceFolders: [{ uri: { fsPath: process.env.WORK } }],
  getConfiguration: (section) => ({ get: (key) => (section === "infra" && key === "command" ? process.env.COMMAND : undefined) }),
};`;

/** A replacement for the language client. It opens one file and prints the server's messages about it. */
const languageClient = `const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { pathToFileURL } = require("node:url");
exports.LanguageClient = class {
  constructor(id, name, server, client) { Object.assign(this, { id, name, server, client }); }
  async start() {
    const { command, args, options } = this.server;
    this.process = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    const messages = [];
    let look = () => {};
    this.process.stdout.on("data", (chunk) => {
      text += chunk;
      for (let head; (head = /^Content-Length: (\\d+)\\r\\n\\r\\n/.exec(text)) && Buffer.byteLength(text) >= head[0].length + Number(head[1]); ) {
        const body = Buffer.from(text).subarray(head[0].length, head[0].length + Number(head[1])).toString();
        text = text.slice(head[0].length + body.length);
        messages.push(JSON.parse(body));
        look();
      }
    });
    this.send = (message) => {
      const body = JSON.stringify({ jsonrpc: "2.0", ...message });
      this.process.stdin.write("Content-Length: " + Buffer.byteLength(body) + "\\r\\n\\r\\n" + body);
    };
    this.next = async (fits) => {
      for (;;) {
        const found = messages.find(fits);
        if (found) return found;
        await new Promise((resolve) => (look = resolve));
      }
    };
    const folder = pathToFileURL(options.cwd).href;
    this.send({ id: 1, method: "initialize", params: { processId: process.pid, rootUri: folder, capabilities: {} } });
    await this.next(({ id }) => id === 1);
    this.send({ method: "initialized", params: {} });
    const uri = folder + "/environments/dev.yaml";
    this.send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "yaml", version: 1, text: readFileSync(new URL(uri), "utf8") } } });
    const problems = await this.next(({ method, params }) => method === "textDocument/publishDiagnostics" && params.uri === uri);
    process.stdout.write(JSON.stringify({ started: command, selector: this.client.documentSelector, problems }));
  }
  async stop() {
    this.send({ id: 2, method: "shutdown" });
    await this.next(({ id }) => id === 2);
    this.send({ method: "exit" });
  }
};`;
