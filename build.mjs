/**
 * Builds dist/: one small entry and a chunk for whatever a command loads when it is first needed. Everything is bundled,
 * so that `infra --version` opens one file and a plan opens a handful instead of a thousand modules of the SDK.
 */
import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const { version } = JSON.parse(await readFile(new URL("package.json", import.meta.url), "utf8"));

/** More entries than the command itself: each is a script of the project, built when its source is there. */
const scripts = { generate: "src/generate.ts" };

const { warnings, outputFiles } = await esbuild.build({
  absWorkingDir: root,
  entryPoints: {
    main: "src/cli/main.ts",
    ...Object.fromEntries(Object.entries(scripts).filter(([, source]) => existsSync(new URL(source, import.meta.url)))),
  },
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"], // ES modules first: what a command does not use is left out of its chunk
  minifySyntax: true,
  minifyWhitespace: true, // halves the text that Node has to read; names stay, for stack traces
  keepNames: false,
  legalComments: "linked",
  define: { "globalThis.PLUMBLINE_VERSION": JSON.stringify(version) },
  // Some dependencies are CommonJS and ask for Node's modules by require.
  banner: { js: 'import{createRequire as __infraRequire}from"node:module";const require=__infraRequire(import.meta.url);' },
  logLevel: "warning",
  write: false,
});

// Only now, so that a build that fails leaves the last one that did not.
await rm(new URL("dist", import.meta.url), { recursive: true, force: true });
for (const folder of new Set(outputFiles.map(({ path }) => dirname(path)))) await mkdir(folder, { recursive: true });
await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));

// What `infra init --github` writes: the workflows that this repository has itself.
for (const part of ["actions/infra", "workflows/plan.yml", "workflows/apply.yml", "workflows/drift.yml"])
  await cp(new URL(`.github/${part}`, import.meta.url), new URL(`dist/github/${part}`, import.meta.url), { recursive: true });

// The validator of environments is compiled here: ajv at run time would cost a command more than all else that it does.
if (existsSync(new URL("dist/generate.mjs", import.meta.url))) {
  execFileSync(process.execPath, ["dist/generate.mjs", "--validator", "dist/validator.cjs"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const file = "dist/validator.cjs";
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
  });
}

if (warnings.length > 0) process.exitCode = 1;
