/** What happens to a command when its stdout or stderr is a file on a full disk. Only Linux has /dev/full. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import { network } from "../cli/infra.ts";
import { removeTemporaryFolders, temporaryFolder } from "./support/folders.ts";

const note = "note: infra can no longer write to stdout: no space left on device (ENOSPC); the rest of the output is lost\n";

afterAll(removeTemporaryFolders);

describe.runIf(process.platform === "linux")("on a full disk", () => {
  test.each([[""], ["--format json"], ["--format jsonl"]])("an apply %s does all its steps, says it once and frees the lock", (format) => {
    const shell = shellIn(folder());
    const applied = shell(`infra apply dev --yes ${format} > /dev/full`);
    expect(applied.status, applied.stderr).toBe(0);
    expect(applied.stderr.split(note)).toHaveLength(2);
    expect(applied.stderr).toMatch(/created subnet\/s0[^]*calls to AWS/);
    expect(applied.stderr).not.toContain("    at ");
    expect(shell("infra unlock dev").stdout).toBe("The lock is free.\n");
    expect(shell("infra plan dev").stdout).toContain("No changes.");
  });

  test.each([["plan dev"], ["plan dev --format json"], ["validate --format json"], ["schema"], ["--version"], ["explain --help"]])(
    "infra %s does not end as if its output were whole",
    (args) => expect(shellIn(folder())(`infra ${args} > /dev/full`)).toMatchObject({ status: 1, stderr: expect.stringContaining(note) }),
  );

  test("that is full after a part of the text: the rest is missed", () => {
    const cwd = folder();
    const cut = shellIn(cwd)("ulimit -f 8; infra schema > out.json");
    expect(cut).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("infra can no longer write to stdout: file too large (EFBIG)"),
    });
    expect(readFileSync(join(cwd, "out.json")).length).toBeGreaterThan(0);
  });

  test("stderr is lost without a word, and the result is there; a reader that goes away is no error", () => {
    const shell = shellIn(folder());
    expect(shell("infra apply dev --yes 2> /dev/full")).toMatchObject({ status: 0, stdout: expect.stringContaining("2 created") });
    expect(shell("set -o pipefail; infra schema | head -c 1")).toMatchObject({ status: 0, stdout: "{", stderr: "" });
  });
});

function folder(): string {
  const cwd = temporaryFolder("infra-full-");
  mkdirSync(join(cwd, "environments"));
  writeFileSync(join(cwd, "environments/dev.yaml"), network(1));
  return cwd;
}

/** Runs lines of a shell in which `infra` is the built command, in the sandbox. */
function shellIn(cwd: string) {
  const infra = `infra() { "${process.execPath}" "${inject("binary")}" --sandbox "$@"; };`;
  return (line: string) => spawnSync("bash", ["-c", `${infra} ${line}`], { cwd, encoding: "utf8" });
}
