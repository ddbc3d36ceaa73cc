/**
 * Bundles the comparison of src/reach/ with single packets and runs it with the same arguments: `npm run reach -- --networks 300`, `npm run
 * reach -- --seed 17`.
 */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const outdir = `${root}node_modules/.cache/reach-${process.pid}`;

mkdirSync(outdir, { recursive: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ["test/reach/main.ts"],
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  sourcemap: "linked",
  banner: { js: 'import{createRequire as __reachRequire}from"node:module";const require=__reachRequire(import.meta.url);' },
  logLevel: "warning",
});
const run = spawn(process.execPath, ["--no-warnings", `${outdir}/main.mjs`, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => run.kill(signal));
run.on("exit", (code) => {
  rmSync(outdir, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
