/** Stryker with the arguments given, such as `--mutate src/plan/compare.ts`; what it needs is installed beside this file at the first run. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const run = (command, args, cwd) => {
  const { status, error } = spawnSync(command, args, { cwd, stdio: "inherit", shell: process.platform === "win32" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

if (!existsSync(`${here}node_modules/@stryker-mutator/core`)) run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], here);
run(
  process.execPath,
  [`${here}node_modules/@stryker-mutator/core/bin/stryker.js`, "run", "test/mutation/stryker.config.json", ...process.argv.slice(2)],
  root,
);
