/** `npm run bench [-- --quick]`: bundles the benchmark beside the dependencies that it shares with the product, and runs it. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = "node_modules/.cache/bench";

if (!existsSync(new URL("../dist/main.mjs", import.meta.url))) spawnSync(process.execPath, ["build.mjs"], { cwd: root, stdio: "inherit" });
/** Our workspace packages are TypeScript, which Node 20 does not run, so they are bundled. */
const { devDependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const packagesOfOthers = Object.keys(devDependencies).filter((name) => !name.startsWith("@plumbline/"));

const shared = {
  absWorkingDir: root,
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "warning",
};
await esbuild.build({
  ...shared,
  entryPoints: { main: "bench/main.ts", scaling: "bench/scaling.ts", simulated: "bench/simulated.ts" },
  external: packagesOfOthers,
});
// The floor is bundled like the product, so that the two differ in their work and not in how Node finds the modules.
const banner = { js: 'import{createRequire as __benchRequire}from"node:module";const require=__benchRequire(import.meta.url);' };
await esbuild.build({
  ...shared,
  entryPoints: { floor: "bench/floor.ts", "reach-plans": "bench/reach-plans.ts" },
  splitting: true,
  mainFields: ["module", "main"],
  minifySyntax: true,
  minifyWhitespace: true,
  banner,
});

for (const part of ["validator.cjs", "validators"])
  cpSync(new URL(`../dist/${part}`, import.meta.url), new URL(`../${out}/${part}`, import.meta.url), { recursive: true }); // as in the product

const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
const { status } = spawnSync(process.execPath, [`${out}/main.mjs`, ...process.argv.slice(2)], { cwd: root, stdio: "inherit", env });
process.exitCode = status ?? 1;
