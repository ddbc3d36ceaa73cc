/**
 * The benchmark is run by hand, and plain Node runs its parts. Without these tests, a part that does not start would be noticed only at the
 * next measurement.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });

test("the benchmark is bundled, makes an estate and compares it", () => {
  expect(node("bench/run.mjs", "--help")).toContain("--skip-scaling");
  const folder = mkdtempSync(join(tmpdir(), "infra-bench-"));
  try {
    const part = (task: string, ...more: string[]) =>
      JSON.parse(node("node_modules/.cache/bench/scaling.mjs", task, folder, ...more)) as Readonly<Record<string, number>>;
    expect(part("seed", "1")["resources"]).toBeGreaterThan(30);
    expect(part("diff")["fields"]).toBeGreaterThan(100);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
