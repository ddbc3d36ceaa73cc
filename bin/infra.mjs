#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = new URL("../dist/main.mjs", import.meta.url);
// The package brings dist/; a clone of the repository makes it at the first run.
const build = new URL("../build.mjs", import.meta.url);
const isReady =
  existsSync(program) || (existsSync(build) && spawnSync(process.execPath, [fileURLToPath(build)], { stdio: "inherit" }).status === 0);
if (isReady) {
  await import(program.href);
} else {
  process.stderr.write(
    "infra has not been built: dist/main.mjs is missing.\nhint: run `npm ci` and `npm run build` in the project's folder.\n",
  );
  process.exitCode = 1;
}
