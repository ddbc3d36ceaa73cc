import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, infra } from "../cli/infra.ts";

const ours = new URL("../../.github/", import.meta.url);

test("init --github writes the workflows that are tested here, and a first environment", async () => {
  const cwd = folder();
  const ran = await infra(cwd, "init --github --project lab");
  expect(ran.code, ran.stderr).toBe(0);
  for (const path of [
    "workflows/plan.yml",
    "workflows/apply.yml",
    "workflows/drift.yml",
    "actions/infra/action.yml",
    "actions/infra/main.mjs",
    "actions/infra/approval.mjs",
  ])
    expect(readFileSync(join(cwd, ".github", path), "utf8")).toBe(readFileSync(new URL(path, ours), "utf8"));
  expect((await infra(cwd, "validate dev")).code).toBe(0);
});

test("where environments are, it adds the workflows alone; again it changes nothing; edited ones are overwritten only when told to", async () => {
  const cwd = folder({ "environments/prod.yaml": "format: 1\nproject: lab\nregion: eu-west-1\n" });
  expect((await infra(cwd, "init --github")).stdout).not.toContain("environments/");
  expect((await infra(cwd, "init --github")).code).toBe(0);
  const plan = join(cwd, ".github/workflows/plan.yml");
  writeFileSync(plan, "name: mine\n");
  const refused = await infra(cwd, "init --github");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(".github/workflows/plan.yml is there already");
  expect(readFileSync(plan, "utf8")).toBe("name: mine\n");
  expect((await infra(cwd, "init --github --force")).code).toBe(0);
  expect(readFileSync(plan, "utf8")).toContain("name: infra plan");
});
