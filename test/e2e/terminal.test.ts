/** Commands in a real pseudo-terminal, which Python's standard library opens. Without python3 these tests are skipped and say so. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { Screen } from "./support/screen.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;
if (!hasPython) console.warn("skipped: no python3, so there is no pseudo-terminal to test in");

describe.skipIf(!hasPython)("in a terminal", () => {
  test.each([40, 80, 200])("of %i columns a plan shows what it opens, in lines that fit", (columns) => {
    const { text, code } = run(columns, [], "plan", "basic-vpc");
    expect(code, text).toBe(0);
    expect(text.replaceAll(/\s+/g, " ")).toContain("in tcp 80 from 0.0.0.0/0");
    expect(text).toContain("! open to the internet");
    expect(text).toContain("To create (11)");
    const laid = text.split("\n").filter((line) => !/^\s*\S+$|arn:/.test(line));
    expect(laid.filter((line) => line.length > columns)).toEqual([]);
  });

  test("that becomes narrower during an apply, which is then stopped, no stale line stays and the message can be read", () => {
    const deeds = ["--resize", "creating", "60", "--interrupt", "✓ created"];
    const { text, code } = run(100, deeds, "--sandbox-time", "real", "apply", "basic-vpc", "--yes");
    // A terminal that became narrower breaks the text on it in the middle of words.
    const joined = text.replaceAll(/\s+/g, "");
    expect(code, text).toBe(130);
    expect(joined).toContain("Stoppingaftertherunningsteps.PressCtrl-Cagaintostopimmediately");
    expect(joined).toMatch(/Stopped:\d+of11resourcesdone/);
    expect(text).not.toMatch(/so far/);
  });
});

/** The screen at the end, and the exit code. */
function run(
  columns: number,
  deeds: readonly string[],
  ...command: readonly string[]
): { readonly text: string; readonly code: number | null } {
  const cwd = mkdtempSync(join(tmpdir(), "infra-terminal-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  cpSync(join(root, "environments"), join(cwd, "environments"), { recursive: true });
  const { CI: _ci, GITHUB_ACTIONS: _actions, ...env } = process.env;
  const script = join(root, "test/e2e/support/terminal.py");
  const infra = [process.execPath, join(root, "bin/infra.mjs"), "--sandbox", ...command];
  const done = spawnSync("python3", [script, String(columns), "40", ...deeds, "--", ...infra], {
    cwd,
    env: { ...env, NO_COLOR: "1", TERM: "xterm" },
  });
  const screen = new Screen(columns);
  // The mark of a resize is a byte that never occurs in UTF-8.
  screen.write(done.stdout.toString("latin1").replaceAll(/[^\u00ff]+/g, (part) => Buffer.from(part, "latin1").toString("utf8")));
  return { text: screen.text, code: done.status };
}
