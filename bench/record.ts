/** Writes docs/recording.svg: what a terminal shows of a plan, an apply and a drift of one example, in the sandbox. Run it with `npm run record`. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terminalSvg } from "./terminal-svg.ts";

const root = process.cwd();
const commands = ["plan single-public-subnet", "apply single-public-subnet --yes", "drift single-public-subnet"];

const cwd = mkdtempSync(join(tmpdir(), "infra-recording-"));
try {
  cpSync(join(root, "environments"), join(cwd, "environments"), { recursive: true });
  const lines = commands.flatMap((command) => [`$ infra --sandbox ${command}`, ...linesOf(command), ""]);
  writeFileSync(join(root, "docs/recording.svg"), terminalSvg(lines.slice(0, -1), "infra: a plan, an apply and a look for drift"));
} finally {
  rmSync(cwd, { recursive: true, force: true });
}

/** What the command prints: an apply's plan has been shown, and of its steps the last few are enough. */
function linesOf(command: string): string[] {
  const words = command.split(" ");
  const { CI: _ci, NO_COLOR: _none, ...env } = process.env;
  const ran = spawnSync(`"${process.execPath}" "${join(root, "bin/infra.mjs")}" --sandbox ${command} 2>&1`, {
    cwd,
    shell: true,
    env: { ...env, FORCE_COLOR: "1", COLUMNS: "100" },
    encoding: "utf8",
  });
  if (ran.status !== 0) throw new Error(`${command} ended with ${ran.status}:\n${ran.stdout}`);
  const lines = ran.stdout.trimEnd().split("\n");
  if (words[0] !== "apply") return lines;
  return ["…", ...lines.slice(lines.findLastIndex((line) => line.includes("] created")) - 2)];
}
