import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { folder, infra, network } from "./infra.ts";

describe("infra graph", () => {
  const files = { "environments/dev.yaml": network(2) };

  test("draws the declared resources, without an account", async () => {
    const ran = await infra(folder(files), "graph dev");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(XMLValidator.validate(ran.stdout)).toBe(true);
    expect(ran.stdout).toContain('data-a="vpc/main"');
  });

  test("writes each format where it is asked for, and only there", async () => {
    const cwd = folder(files);
    expect(await infra(cwd, "graph dev --output a.svg --output a.mmd")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(join(cwd, "a.svg"), "utf8")).toMatch(/^<svg /);
    expect(readFileSync(join(cwd, "a.mmd"), "utf8")).toMatch(/^flowchart LR\n {2}n0\["vpc\/main"\]/);
  });

  test("--check: 0 when up to date, 2 with the command to run when not", async () => {
    const cwd = folder(files);
    expect(await infra(cwd, "graph dev --check a.svg")).toMatchObject({
      code: 2,
      stdout: "a.svg does not exist. `infra graph dev --output a.svg` writes it.\n",
    });
    await infra(cwd, "graph dev --output a.svg");
    expect(await infra(cwd, "graph dev --check a.svg")).toEqual({ code: 0, stdout: "", stderr: "" });
    writeFileSync(join(cwd, "environments/dev.yaml"), network(3));
    expect(await infra(cwd, "graph dev --check a.svg")).toMatchObject({
      code: 2,
      stdout: "a.svg is out of date. `infra graph dev --output a.svg` writes it.\n",
    });
  });

  test("a folder that is missing is made, a file that is there is written again, and a folder is neither written nor read", async () => {
    const cwd = folder(files);
    expect(await infra(cwd, "graph dev --output new/folder/a.svg")).toMatchObject({ code: 0 });
    writeFileSync(join(cwd, "new/folder/a.svg"), "something else");
    expect(await infra(cwd, "graph dev --output new/folder/a.svg")).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, "new/folder/a.svg"), "utf8")).toMatch(/^<svg /);
    mkdirSync(join(cwd, "b.svg"));
    expect(await infra(cwd, "graph dev --output b.svg")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/b\.svg cannot be written: /) as string,
    });
    expect(await infra(cwd, "graph dev --check b.svg")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/b\.svg cannot be read: /) as string,
    });
  });

  test.each([
    ["graph dev --vpc mian", 'did you mean "main"?'],
    ["graph dev --vpc other", "there are: main"],
    ["graph dev --check a.txt", "does not have the extension of a picture"],
    ["graph dev --check a.svg --format svg", "--check cannot be used with"],
    ["graph dev --only changed --live", "cannot be used together"],
    ["graph dev --format junit", "it has: svg"],
    ["plan --all --format svg --sandbox", "a picture shows one environment"],
  ])("infra %s is refused: %s", async (args, text) => {
    const ran = await infra(folder({ ...files, "environments/prod.yaml": network(1) }), args);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(text);
  });

  test("--live draws the same as the YAML once that is applied; a plan draws what changes", async () => {
    const cwd = folder(files);
    const before = await infra(cwd, "graph dev --sandbox --live");
    expect(before.stdout).toContain("Nothing to draw.");
    const plan = await infra(cwd, "plan dev --sandbox --format svg");
    expect(plan.stdout).toMatch(/m-create" data-a="vpc\/main"/);
    await infra(cwd, "apply dev --sandbox --yes");
    expect((await infra(cwd, "graph dev --sandbox --live")).stdout).toBe((await infra(cwd, "graph dev")).stdout);
    writeFileSync(join(cwd, "environments/dev.yaml"), network(3));
    const changed = await infra(cwd, "graph dev --sandbox --only changed");
    expect(changed.stdout).toContain("1 to create");
    expect(changed.stdout.match(/m-create" data-a="subnet/g)?.length).toBe(1);
  });
});
