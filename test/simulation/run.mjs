/** Bundles the simulation (its thousands of modules then load in a tenth of the time) and runs it with the same arguments. */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const outdir = `${root}node_modules/.cache/simulate-${process.pid}`;

mkdirSync(outdir, { recursive: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ["test/simulation/main.ts"],
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  sourcemap: "linked",
  banner: { js: 'import{createRequire as __simulateRequire}from"node:module";const require=__simulateRequire(import.meta.url);' },
  logLevel: "warning",
});
copyFileSync(`${root}packages/aws-types/types.pack`, `${outdir}/types.pack`); // the bundle reads it from its own folder
const run = spawn(process.execPath, ["--no-warnings", `${outdir}/main.mjs`, "--root", root, ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => run.kill(signal));
run.on("exit", (code) => {
  rmSync(outdir, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
