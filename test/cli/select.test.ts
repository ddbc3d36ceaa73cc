/** Which environment a command takes when none is named, and from which folder. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folder, infra, network } from "./infra.ts";

const one = { ".git/HEAD": "", "environments/dev.yaml": network(0), "docs/page.md": "" };
const two = { ...one, "environments/prod.yaml": network(0) };

describe("with one environment", () => {
  test.each(["plan --sandbox", "status --sandbox", "output --sandbox", "iam-policy", "apply --sandbox --preflight"])(
    "`infra %s` takes it",
    async (args) => expect(await infra(folder(one), args)).toMatchObject({ code: 0 }),
  );

  test("`infra apply` takes it where somebody answers", async () => {
    const ran = await infra(folder(one), "apply --sandbox", { answers: ["n"] });
    expect(ran.stderr).toContain("Nothing was changed.");
    expect(ran.stderr).toContain("vpc/main");
  });

  test.each([
    ["apply --sandbox", undefined],
    ["apply --sandbox --yes", undefined],
    ["apply --sandbox --yes", ["y"]],
    ["destroy --sandbox", ["y"]],
    ["unlock --sandbox", ["y"]],
    ["freeze --sandbox", ["y"]],
  ])("`infra %s` does not, with answers %j", async (args, answers) => {
    const ran = await infra(folder(one), args, { ...(answers && { answers }) });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain("needs the name of an environment");
    expect(ran.stderr).toContain("environments/ has: dev");
  });
});

test.each(["plan", "apply", "apply --preflight", "status", "output", "iam-policy", "destroy", "unlock", "freeze"])(
  "with two, `infra %s` lists them",
  async (args) => {
    const ran = await infra(folder(two), args, { answers: [] });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain("environments/ has: dev, prod");
  },
);

test.each(["plan", "status", "output", "iam-policy", "validate", "drift"])("with none, `infra %s` names `infra init`", async (args) => {
  const ran = await infra(folder(), args);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("`infra init` writes a first one");
});

test("from a sub-folder the environments, their sandbox and relative paths are found", async () => {
  const cwd = folder(one);
  expect(await infra(cwd, "-C docs validate")).toMatchObject({ code: 0 });
  expect(await infra(cwd, "-C environments validate dev.yaml")).toMatchObject({ code: 0 });
  expect(await infra(cwd, "-C environments apply dev --sandbox --yes --format json --output ../docs/done.json")).toMatchObject({ code: 0 });
  expect(existsSync(join(cwd, "docs/done.json"))).toBe(true);
  expect((await infra(cwd, "plan --sandbox --detailed-exitcode")).code).toBe(0);
  expect(JSON.parse((await infra(cwd, "-C docs sandbox status --format json")).stdout)).toMatchObject({
    folder: join(cwd, ".infra/sandbox"),
    regions: [{ region: "eu-west-1" }],
  });
});

test("the folder of all environments is no environment: one clear line", async () => {
  const ran = await infra(folder(two), "validate environments");
  expect(ran.code).toBe(1);
  expect(ran.stderr.match(/env-not-found/g)).toHaveLength(1);
  expect(ran.stderr).toContain("environments is a folder of environments, not an environment.");
  expect(ran.stderr).toContain("dev, prod");
});
