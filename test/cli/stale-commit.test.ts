import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, infra, network } from "./infra.ts";

test("an ancestor of the commit that was applied last needs --allow-older", async () => {
  const cwd = folder({ "environments/dev.yaml": network(0) });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd, encoding: "utf8", stdio: "pipe" }).trim();
  const commit = (message: string) => (git("add", "environments"), git("commit", "-q", "-m", message), git("rev-parse", "HEAD"));
  git("init", "-q");
  const first = commit("first");
  writeFileSync(join(cwd, "environments/dev.yaml"), network(1));
  const second = commit("second");

  expect(await infra(cwd, "--sandbox apply dev --yes", { env: { GITHUB_SHA: second } })).toMatchObject({ code: 0 });
  writeFileSync(join(cwd, "environments/dev.yaml"), network(2));
  const back = await infra(cwd, "--sandbox apply dev --yes", { env: { GITHUB_SHA: first } });
  expect(back.code).toBe(1);
  expect(back.stderr).toContain("older-commit");
  expect((await infra(cwd, "--sandbox apply dev --yes", { env: { GITHUB_SHA: "0".repeat(40) } })).stderr).toContain(
    "cannot check whether this commit is older",
  );
  writeFileSync(join(cwd, "environments/dev.yaml"), network(3));
  expect(await infra(cwd, "--sandbox apply dev --yes --allow-older", { env: { GITHUB_SHA: first } })).toMatchObject({ code: 0 });
});
