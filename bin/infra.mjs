#!/usr/bin/env node
import { existsSync } from "node:fs";

const program = new URL("../dist/main.mjs", import.meta.url);
// The package brings dist/; a clone of the repository makes it at the first run.
const build = new URL("../build.mjs", import.meta.url);
const isReady = existsSync(program) || (existsSync(build) && (await isBuilt(build)));
if (isReady) {
  await import(program.href);
} else {
  process.stderr.write(
    "infra has not been built: dist/main.mjs is missing.\nhint: run `npm ci` and `npm run build` in the project's folder.\n",
  );
  process.exitCode = 1;
}

/** @param {URL} build */
async function isBuilt(build) {
  const [{ spawnSync }, { fileURLToPath }] = await Promise.all([import("node:child_process"), import("node:url")]);
  return spawnSync(process.execPath, [fileURLToPath(build)], { stdio: "inherit" }).status === 0;
}
