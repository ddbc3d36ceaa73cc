/** `npm run record`: bundles bench/record.ts and runs it on the product as it was built. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = "node_modules/.cache/bench/record.mjs";
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ["bench/record.ts"],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
});
process.exitCode = spawnSync(process.execPath, [outfile], { cwd: root, stdio: "inherit" }).status ?? 1;
