/**
 * Builds dist/: a small entry, and chunks that a command loads when it first needs them. Everything is bundled, so that `infra --version`
 * opens one file and a plan opens a handful instead of a thousand modules of the SDK.
 */
import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { rolldown } from "rolldown";
import { licencesOf, packagesIn } from "./licences.mjs";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL(".", import.meta.url));
const { version, devDependencies } = JSON.parse(await readFile(new URL("package.json", import.meta.url), "utf8"));

/** Entries besides the command: scripts of the project, built when their source exists. */
const scripts = { generate: "src/generate.ts" };

/**
 * The SDK keeps all schemas of a service in one module, and esbuild cannot know that a list with a computed key has no side effect. This
 * plugin tells it so. esbuild then leaves out the schemas of operations that nobody sends: five sixths of EC2's.
 */
const leanSchemas = {
  name: "lean-schemas",
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, async ({ path }) => {
      const contents = (await readFile(path, "utf8")).replace(
        /^((?:export )?var [\w$]+ = )(\[[^]*?\]);$/gm,
        "$1/* @__PURE__ */ (() => $2)();",
      );
      if (!contents.includes("@__PURE__")) return { errors: [{ text: `${path}: no schema found: build.mjs must learn the new form` }] };
      return { contents };
    });
  },
};

/**
 * TypeBox has no side effects when it is loaded, but its package.json does not say so. This plugin does, and esbuild leaves out the unused
 * parts.
 */
const leanTypes = {
  name: "lean-types",
  setup(build) {
    build.onResolve({ filter: /^(typebox$|\.)/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === leanTypes || !(path === "typebox" || /[\\/]typebox[\\/]build[\\/]/.test(importer))) return undefined;
      return { ...(await build.resolve(path, { importer, resolveDir, kind, pluginData: leanTypes })), sideEffects: false };
    });
  },
};

/**
 * The sandbox answers more operations than a command sends, so its schemas are bundled separately. A shared bundle would load them in every
 * command.
 */
const clients = Object.keys(devDependencies).filter((name) => name.startsWith("@aws-sdk/client-"));
const wireOf = (client) => `wire-${client.slice("@aws-sdk/client-".length)}`;
const schemasOf = (client) => join(dirname(require.resolve(client)), "..", "dist-es", "schemas", "schemas_0.js");
const wireApart = {
  name: "wire-apart",
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/client-/ }, ({ path, importer }) =>
      /[\\/]aws-sandbox[\\/]src[\\/]services[\\/]index\.ts$/.test(importer) ? { path: `./${wireOf(path)}.mjs`, external: true } : undefined,
    );
  },
};

const common = {
  absWorkingDir: root,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"], // ES modules first: esbuild leaves unused code out of the chunk
  alias: { yaml: join(dirname(require.resolve("yaml")), "..", "browser", "index.js") }, // ES modules: loads in half the time
  minifySyntax: true,
  minifyWhitespace: true, // halves the text that Node has to read; names stay, for stack traces
  keepNames: false,
  legalComments: "none", // LICENSES.txt holds them
  define: { "globalThis.PLUMBLINE_VERSION": JSON.stringify(version) },
  // Some dependencies are CommonJS and load Node's modules with require.
  banner: { js: 'import{createRequire as __infraRequire}from"node:module";const require=__infraRequire(import.meta.url);' },
  logLevel: "warning",
  write: false,
  metafile: true,
};
const product = await esbuild.build({
  ...common,
  entryPoints: {
    main: "src/cli/main.ts",
    ...Object.fromEntries(Object.entries(scripts).filter(([, source]) => existsSync(new URL(source, import.meta.url)))),
  },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  plugins: [leanSchemas, leanTypes, wireApart],
});

/**
 * Joins esbuild's chunks. esbuild makes a chunk of whatever two entries share, so that a command would open a hundred files, most of a few
 * lines. Here the modules that every command loads become one file, and the further modules that every read of AWS loads become another.
 */
async function joined({ outputFiles, metafile: { outputs } }) {
  const text = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const input = outputFiles.map(({ path }) => path).filter((path) => dirname(path) === join(root, "dist"));
  const chunkOf = (source) => Object.keys(outputs).find((path) => outputs[path].inputs[source]?.bytesInOutput > 0);
  const withNeeds = (path, found = new Set()) => {
    if (found.has(join(root, path))) return found;
    found.add(join(root, path));
    for (const { kind, external, path: needed } of outputs[path].imports)
      if (kind === "import-statement" && !external) withNeeds(needed, found);
    return found;
  };
  const group = (name, priority, ...sources) => {
    const chunks = new Set(sources.flatMap((source) => [...withNeeds(chunkOf(source))]).filter((path) => !input.includes(path)));
    return { name, priority, test: (path) => chunks.has(path) };
  };
  const bundle = await rolldown({
    cwd: root,
    input,
    platform: "node",
    treeshake: false, // esbuild has already removed unused code
    external: /^\.\/wire-/,
    preserveEntrySignatures: "allow-extension",
    plugins: [
      {
        name: "chunks",
        resolveId: (id, from) => [id, join(dirname(from ?? ""), id)].find((path) => text.has(path)),
        load: (path) => text.get(path),
      },
    ],
  });
  const { output } = await bundle.generate({
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "chunks/[name]-[hash].mjs",
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        group("core", 3, "src/cli/main.ts"),
        group("command", 2, "src/cli/program.ts", "src/config/load.ts"),
        group("look", 1, "src/engine/plan-environment.ts", "src/aws/connect.ts"),
      ],
    },
  });
  // One character beyond Latin-1 makes V8 store the whole file with two bytes for each character.
  const escaped = (code) => code.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return output.map(({ fileName, code }) => ({ path: join(root, "dist", fileName), contents: escaped(code) }));
}

/**
 * Returns the operations that the sandbox models, by client. The value is undefined for services whose paths name operations (REST): there
 * the sandbox needs all schemas to know which operation is meant.
 */
async function modelledOperations() {
  const cache = new URL("node_modules/.cache/plumbline-build/", import.meta.url);
  const outfile = fileURLToPath(new URL(`models-${process.pid}.mjs`, cache));
  const nameOnly = {
    name: "name-only",
    setup(build) {
      build.onResolve({ filter: /^@aws-sdk\/client-/ }, ({ path }) => ({ path, namespace: "client" }));
      build.onLoad({ filter: /.*/, namespace: "client" }, ({ path }) => ({ contents: `export const client = ${JSON.stringify(path)};` }));
    },
  };
  await esbuild.build({
    absWorkingDir: root,
    stdin: {
      contents: `import { services } from "./packages/aws-sandbox/src/services/index.ts";
        const of = async ({ schemas, model, rest }) => [(await schemas()).client, rest ? undefined : Object.keys((await model()).model.operations)];
        export const operations = new Map(await Promise.all(Object.values(services).map(of)));`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    banner: common.banner,
    logLevel: "error",
    plugins: [nameOnly],
  });
  const { operations } = await import(pathToFileURL(outfile).href);
  await rm(outfile);
  return operations;
}
const operations = await modelledOperations();

/** Bundles, for each client, the schemas of the modelled operations and of all errors. */
const modelledOnly = {
  name: "modelled-only",
  setup(build) {
    build.onResolve({ filter: /^wire:/ }, ({ path }) => ({ path: path.slice("wire:".length), namespace: "wire" }));
    build.onLoad({ filter: /.*/, namespace: "wire" }, async ({ path: client }) => {
      const file = schemasOf(client);
      const from = JSON.stringify(file);
      const wanted = operations.get(client);
      if (wanted === undefined) return { contents: `export * from ${from};`, resolveDir: root };
      const source = await readFile(file, "utf8");
      const errors = [...source.matchAll(/^export var ([\w$]+) = \[-3,/gm)].map(([, name]) => name);
      const names = [...wanted.map((name) => `${name}$`).filter((name) => source.includes(`export var ${name} =`)), ...errors];
      if (errors.length === 0 && source.includes("[-3,"))
        return { errors: [{ text: `${file}: no error found: build.mjs must learn the new form` }] };
      return { contents: `export { ${names.join(", ")} } from ${from};`, resolveDir: root };
    });
  },
};
const wire = await esbuild.build({
  ...common,
  minifyIdentifiers: true, // these tables appear in no stack trace
  entryPoints: Object.fromEntries(clients.map((client) => [wireOf(client), `wire:${client}`])),
  outdir: "dist/chunks",
  plugins: [leanSchemas, modelledOnly],
});
const outputFiles = [...(await joined(product)), ...wire.outputFiles];

// Deleted only now, so that a failed build leaves the last good one.
await rm(new URL("dist", import.meta.url), { recursive: true, force: true });
for (const folder of new Set(outputFiles.map(({ path }) => dirname(path)))) await mkdir(folder, { recursive: true });
await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));

// The files that `infra init --github` writes: the workflows of this repository.
for (const part of ["actions/infra", "workflows/plan.yml", "workflows/apply.yml", "workflows/drift.yml"])
  await cp(new URL(`.github/${part}`, import.meta.url), new URL(`dist/github/${part}`, import.meta.url), { recursive: true });
// The files that `infra init --gitlab` writes.
await cp(new URL("templates", import.meta.url), new URL("dist/gitlab", import.meta.url), { recursive: true });

// The schemas of AWS's types; a command reads those that it uses.
await cp(new URL("packages/aws-types/types.pack", import.meta.url), new URL("dist/types.pack", import.meta.url));

// The library of expressions is a separate file, because only environments with more than plain names load it.
const cel = await esbuild.build({
  absWorkingDir: root,
  metafile: true,
  stdin: { contents: 'export * from "@bufbuild/cel";', resolveDir: root },
  outfile: "dist/cel.cjs",
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  mainFields: ["module", "main"],
  legalComments: "none", // LICENSES.txt holds them
  logLevel: "warning",
});

// The knowledge about AWS's types is a separate file too, because only environments that name a type load it.
const types = await esbuild.build({
  absWorkingDir: root,
  metafile: true,
  entryPoints: ["src/kinds/types/type-kind.ts"],
  outfile: "dist/types.cjs",
  bundle: true,
  minifySyntax: true,
  minifyWhitespace: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  define: { "import.meta.url": "__infraTypesUrl" },
  banner: { js: 'const __infraTypesUrl=require("node:url").pathToFileURL(__filename).href;' },
  logLevel: "warning",
});

const metafiles = [product.metafile, wire.metafile, cel.metafile, types.metafile];

// The validator of environments is compiled here, because ajv at run time would cost a command more than everything else it does.
if (existsSync(new URL("dist/generate.mjs", import.meta.url))) {
  execFileSync(process.execPath, ["dist/generate.mjs", "--validator", "dist"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const folder = "dist/validators";
  const validators = await esbuild.build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: (await readdir(new URL(folder, import.meta.url))).map((name) => `${folder}/${name}`),
    outdir: folder,
    outExtension: { ".js": ".cjs" },
    allowOverwrite: true,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
  });
  metafiles.push(validators.metafile);
}

// Every bundled package needs its author and licence in LICENSES.txt.
await writeFile(new URL("dist/LICENSES.txt", import.meta.url), licencesOf(packagesIn(metafiles, root)));

if (product.warnings.length + wire.warnings.length > 0) process.exitCode = 1;
