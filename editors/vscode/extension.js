/** Starts `infra lsp` for the environments of the workspace. Everything else is in the server. */
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  const server = { command: commandIn(folder), args: ["lsp"], options: { cwd: folder, shell: process.platform === "win32" } };
  client = new LanguageClient("infra", "infra", server, {
    documentSelector: [{ scheme: "file", pattern: "**/environments/**/*.{yaml,yml}" }],
  });
  await client.start();
};

exports.deactivate = () => client?.stop();

/** What the settings name, then what the workspace has installed, then what the PATH has. */
function commandIn(folder) {
  const named = workspace.getConfiguration("infra").get("command");
  if (named) return named;
  const installed = folder && join(folder, "node_modules", ".bin", process.platform === "win32" ? "infra.cmd" : "infra");
  return installed && existsSync(installed) ? installed : "infra";
}
