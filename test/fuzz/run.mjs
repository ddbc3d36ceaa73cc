/**
 * Bundles the fuzzing as the simulation is bundled, and runs it with the same arguments: `npm run fuzz -- --seconds 600`, `npm run fuzz --
 * --seed 17`.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const outdir = `${root}node_modules/.cache/fuzz-${process.pid}`;

mkdirSync(outdir, { recursive: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ["test/fuzz/main.ts"],
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  sourcemap: "linked",
  banner: { js: 'import{createRequire as __fuzzRequire}from"node:module";const require=__fuzzRequire(import.meta.url);' },
  logLevel: "warning",
});
copyFileSync(`${root}packages/aws-types/types.pack`, `${outdir}/types.pack`); // the bundle reads it from its own folder
const run = spawn(process.execPath, ["--no-warnings", `${outdir}/main.mjs`, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => run.kill(signal));
run.on("exit", (code) => {
  rmSync(outdir, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
