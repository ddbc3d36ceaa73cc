/**
 * Writes docs/recording.svg: the terminal output of a plan, an apply and a drift of one example in the sandbox. `npm run record` runs it.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recorded, screenOf } from "./recorded.ts";
import { terminalSvg } from "./terminal-svg.ts";

const root = process.cwd();

const cwd = mkdtempSync(join(tmpdir(), "infra-recording-"));
try {
  cpSync(join(root, "environments"), join(cwd, "environments"), { recursive: true });
  const lines = recorded.flatMap((command) => screenOf(command, printed(command)));
  writeFileSync(join(root, "docs/recording.svg"), terminalSvg(lines.slice(0, -1), "infra: a plan, an apply and a look for drift"));
} finally {
  rmSync(cwd, { recursive: true, force: true });
}

function printed(command: string): string {
  const { CI: _ci, NO_COLOR: _none, ...env } = process.env;
  const ran = spawnSync(`"${process.execPath}" "${join(root, "bin/infra.mjs")}" --sandbox ${command} 2>&1`, {
    cwd,
    shell: true,
    env: { ...env, FORCE_COLOR: "1", COLUMNS: "100" },
    encoding: "utf8",
  });
  if (ran.status !== 0) throw new Error(`${command} ended with ${ran.status}:\n${ran.stdout}`);
  return ran.stdout;
}
