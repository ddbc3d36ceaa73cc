/** Builds the command once for all tests that run it, and copies it, so that a build during a run does not change the tested code. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** bin/infra.mjs beside its dist/. */
    readonly binary: string;
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url));

export default function setup(project: TestProject): () => void {
  if (isStale()) {
    const build = spawnSync(process.execPath, ["build.mjs"], { cwd: root, encoding: "utf8" });
    if (build.status !== 0) throw new Error(`node build.mjs failed:\n${build.stderr.slice(-2000)}`);
  }
  const folder = mkdtempSync(join(tmpdir(), "infra-built-"));
  for (const part of ["bin", "dist", "package.json"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  project.provide("binary", join(folder, "bin/infra.mjs"));
  return () => rmSync(folder, { recursive: true, force: true });
}

function isStale(): boolean {
  const built = ["dist/main.mjs", "dist/validator.cjs", "dist/types.cjs"].map((file) => join(root, file));
  if (!built.every((file) => existsSync(file))) return true;
  const sources = [
    join(root, "build.mjs"),
    ...readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).map((file) => join(root, "src", file)),
  ];
  const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs));
  return built.some((file) => statSync(file).mtimeMs < newest);
}
