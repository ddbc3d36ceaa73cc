import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs `infra`, showing what it says, and resolves to its exit code and both of its outputs. It never sees the token. */
export function infra(directory, ...args) {
  const { GITHUB_TOKEN: _token, ...env } = process.env;
  const child = spawn("infra", ["-C", directory, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += data;
    process.stdout.write(data);
  });
  child.stderr.on("data", (data) => {
    stderr += data;
    process.stderr.write(data);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code: code ?? (signal === "SIGINT" ? 130 : 143), stdout, stderr }));
  });
}

/** A folder outside of the checkout. */
export function scratch() {
  return mkdtempSync(join(process.env.RUNNER_TEMP ?? tmpdir(), "infra-"));
}
