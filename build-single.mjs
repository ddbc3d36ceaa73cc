/**
 * `npm run build:single` makes dist-single/infra, one executable that needs no Node: it is this Node with the program inside
 * (https://nodejs.org/docs/latest-v20.x/api/single-executable-applications.html). Node takes one CommonJS file, so this build is separate.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const folder = join(root, "dist-single");
const script = join(folder, "infra.cjs");
const isMac = process.platform === "darwin";
const executable = join(folder, process.platform === "win32" ? "infra.exe" : "infra");
/** Marks the place in Node's executable where postject records that it holds a program. */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

if (!existsSync(join(root, "dist", "main.mjs"))) throw new Error("dist/ is missing: `npm run build:single` makes it first");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
await bundle();
writeFileSync(join(folder, "LICENSES.txt"), licences());
prepareBlob();
inject();
process.stdout.write(`${executable}\n`);

async function bundle() {
  await esbuild.build({
    absWorkingDir: root,
    // Built from dist/, where unused code has already been removed from each chunk.
    stdin: {
      contents:
        'globalThis.PLUMBLINE_VALIDATOR = () => require("./dist/validator.cjs");\nglobalThis.PLUMBLINE_CEL = () => require("./dist/cel.cjs");\nglobalThis.PLUMBLINE_TYPES = () => require("./dist/types.cjs");\nrequire("./dist/main.mjs");\n',
      resolveDir: root,
    },
    outfile: script,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none", // LICENSES.txt holds them
    define: { "import.meta.url": "__infraUrl" },
    banner: { js: 'const __infraUrl=require("node:url").pathToFileURL(process.execPath).href;' },
    logLevel: "warning",
  });
}

/** Returns the licences of the bundled packages and of Node, because the executable contains Node. */
function licences() {
  const ours = ["LICENSE", join("dist", "LICENSES.txt")].map((path) => readFileSync(join(root, path), "utf8"));
  return [...ours, `Node.js ${process.version}: https://github.com/nodejs/node/blob/${process.version}/LICENSE\n`].join("\n");
}

function prepareBlob() {
  const config = {
    main: script,
    output: join(folder, "infra.blob"),
    disableExperimentalSEAWarning: true,
    useCodeCache: true, // compiling takes half of the start
    assets: Object.fromEntries([
      ...["types.pack", ...filesIn("github"), ...filesIn("gitlab")].map((path) => [path, join(root, "dist", path)]),
      ...[...templates(), "docs/glossary.md"].map((path) => [path, join(root, path)]),
    ]),
  };
  writeFileSync(join(folder, "sea.json"), JSON.stringify(config, null, 2));
  execFileSync(process.execPath, ["--experimental-sea-config", join(folder, "sea.json")], { stdio: ["ignore", "ignore", "inherit"] });
}

/** Returns the texts below a folder of dist/, by path: the files that `infra init` writes. */
function filesIn(path) {
  return readdirSync(join(root, "dist", path), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(`${path}/${entry.name}`) : [`${path}/${entry.name}`],
  );
}

/** Returns the files that `infra init --template` writes. */
function templates() {
  return ["environments", "environments/_parts", "environments/user-data"].flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [`${folder}/${entry.name}`] : [])),
  );
}

function inject() {
  copyFileSync(process.execPath, executable);
  chmodSync(executable, 0o755);
  if (isMac) execFileSync("codesign", ["--remove-signature", executable]);
  const postject = join(root, "node_modules", "postject", "dist", "cli.js");
  if (!existsSync(postject)) throw new Error("postject is not installed: run `npm ci`");
  const forMac = isMac ? ["--macho-segment-name", "NODE_SEA"] : [];
  const blob = join(folder, "infra.blob");
  execFileSync(process.execPath, [postject, executable, "NODE_SEA_BLOB", blob, "--sentinel-fuse", fuse, ...forMac], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (isMac) execFileSync("codesign", ["--sign", "-", executable]); // macOS runs no unsigned program; this signature names no maker
}
