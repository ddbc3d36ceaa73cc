/**
 * Checks the simulation itself: removes one safeguard after the other from a copy of the sources, runs the simulation on the copy, and
 * prints which points and seeds found it. Exits with 1 when one was not found.
 *
 * npm run simulate:check -- [NAME]… [-- arguments of the simulation]
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** By name: the file, its text, and its text without the safeguard. */
const mutations = JSON.parse(readFileSync(new URL("mutations.json", import.meta.url), "utf8"));

const split = process.argv.indexOf("--");
const names = process.argv.slice(2, split < 0 ? undefined : split);
const args = split < 0 ? ["--env", "nat-bastion", "--every", "6", "--runs", "60"] : process.argv.slice(split + 1);
let missed = 0;
for (const [name, { file, what, without }] of Object.entries(mutations)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const copy = mkdtempSync(join(tmpdir(), "simulate-without-"));
  try {
    for (const part of ["src", "packages", "test", "environments", "package.json", "tsconfig.json"])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const text = readFileSync(join(copy, file), "utf8");
    if (!text.includes(what)) throw new Error(`${file} no longer holds what "${name}" takes out: ${what}`);
    writeFileSync(join(copy, file), text.replace(what, without));
    const { status, stdout } = spawnSync(process.execPath, ["test/simulation/run.mjs", ...args], {
      cwd: copy,
      encoding: "utf8",
      maxBuffer: 64 * 2 ** 20,
    });
    const found = stdout.split("\n").filter((line) => line.startsWith("✗"));
    if (status === 0) missed++;
    console.log(`without the ${name}: ${status === 0 ? "NOT FOUND" : stdout.trim().split("\n").at(-1)}`);
    for (const line of found.slice(0, 5)) console.log(`  ${line.slice(2, 200)}`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
process.exitCode = missed > 0 ? 1 : 0;
