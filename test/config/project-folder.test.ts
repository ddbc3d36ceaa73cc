import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { projectFolder } from "../../src/config/files/project-folder.ts";

/** Makes folders below a new one. */
function tree(...paths: readonly string[]): string {
  const top = mkdtempSync(join(tmpdir(), "project-"));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  for (const path of paths) mkdirSync(join(top, path), { recursive: true });
  return top;
}

test.each([
  ["here", ["repo/.git", "repo/environments"], "repo", "repo"],
  ["in environments/ itself", ["repo/.git", "repo/environments"], "repo/environments", "repo"],
  ["in an environment that is a folder", ["repo/.git", "repo/environments/prod"], "repo/environments/prod", "repo"],
  ["in a sub-folder", ["repo/.git", "repo/environments", "repo/a/b"], "repo/a/b", "repo"],
  ["the nearest of two", ["repo/.git", "repo/environments", "repo/a/environments", "repo/a/b"], "repo/a/b", "repo/a"],
  ["not above the repository", ["environments", "repo/.git", "repo/a"], "repo/a", "repo/a"],
  ["in a repository inside a repository", [".git", "environments", "inner/.git", "inner/a"], "inner/a", "inner/a"],
  ["without Git, below the home folder", ["home/shop/environments", "home/shop/a"], "home/shop/a", "home/shop"],
  ["never in the home folder itself", ["home/environments", "home/a"], "home/a", "home/a"],
  ["but there, when one is there", ["home/environments"], "home", "home"],
  ["without Git, elsewhere: not above", ["environments", "tmp/a"], "tmp/a", "tmp/a"],
  ["nothing is there", ["repo/.git", "repo/a"], "repo/a", "repo/a"],
])("environments/ is searched upwards: %s", (_case, paths, from, found) => {
  const top = tree(...paths);
  expect(projectFolder(join(top, from), join(top, "home"))).toBe(join(top, found));
});

test("a file of that name is no folder of environments", () => {
  const top = tree("repo/.git", "repo/environments", "repo/a");
  rmSync(join(top, "repo/environments"), { recursive: true });
  writeFileSync(join(top, "repo/environments"), "");
  expect(projectFolder(join(top, "repo/a"), undefined)).toBe(join(top, "repo/a"));
});
