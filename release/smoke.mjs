/**
 * Checks that the executable works where it was built: it makes and destroys a first environment in the sandbox. Throws when it does not.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const executable = join(root, "dist-single", process.platform === "win32" ? "infra.exe" : "infra");
const cwd = mkdtempSync(join(tmpdir(), "infra-smoke-"));
const infra = (...args) => execFileSync(executable, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
if (infra("--version") !== `${version}\n`) throw new Error(`${executable} is not of version ${version}`);
infra("init", "dev", "--project", "smoke", "--github", "--gitlab");
infra("validate");
infra("apply", "dev", "--sandbox", "--yes");
infra("plan", "--sandbox", "--detailed-exitcode"); // exits with 2, and so throws, if a change is left to make
infra("destroy", "dev", "--sandbox", "--yes");
process.stdout.write(`${executable} works.\n`);
