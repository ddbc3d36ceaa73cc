/** The files that `infra init` writes: every one must work in an otherwise empty repository. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ignoring, localSource, pinning } from "../../src/cli/init/project-files.ts";
import { templateFiles, templateNames, templatePurpose } from "../../src/cli/init/templates.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { regionOfShell } from "../../src/cli/session/shell-region.ts";
import { folder, infra } from "./infra.ts";

const read = (cwd: string, path: string) => readFileSync(join(cwd, path), "utf8");

describe("infra init", () => {
  test("names a schema that is there, beside the file and the same as `infra schema` prints", async () => {
    const cwd = folder();
    await infra(cwd, "init");
    const path = /^# yaml-language-server: \$schema=(\S+)\n/.exec(read(cwd, "environments/dev.yaml"))![1]!;
    const schema = readFileSync(join(cwd, dirname("environments/dev.yaml"), path), "utf8");
    expect((await infra(cwd, "schema")).stdout).toBe(schema);
    expect(JSON.parse(schema)).toEqual(JSON.parse(readFileSync(new URL("../../schemas/environment.schema.json", import.meta.url), "utf8")));
    expect((await infra(cwd, "environments --names")).stdout).toBe("dev\n");
  });

  test.each([
    [{ AWS_REGION: "us-west-2", AWS_DEFAULT_REGION: "us-east-2" }, "init", "us-west-2"],
    [{ AWS_DEFAULT_REGION: "us-east-2" }, "init", "us-east-2"],
    [{ AWS_REGION: "us-west-2" }, "init --region eu-north-1", "eu-north-1"],
    [{}, "init", "eu-west-1"],
  ])("takes the region of the shell: %j, `infra %s`: %s", async (env, args, region) => {
    const cwd = folder();
    expect(await infra(cwd, args, { env })).toMatchObject({ code: 0 });
    expect(read(cwd, "environments/dev.yaml")).toContain(`\nregion: ${region}\n`);
  });

  test("says where a region comes from that is none", async () => {
    const ran = await infra(folder(), "init", { env: { AWS_REGION: "Frankfurt" } });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('"Frankfurt", from AWS_REGION, is not a region.');
  });

  test("keeps packages and the sandbox out of commits, and the earlier lines of .gitignore and package.json", async () => {
    const cwd = folder({
      ".gitignore": "*.log\n/node_modules",
      "package.json": '{\n    "name": "shop",\n    "devDependencies": { "zx": "8.0.0" }\n}\n',
    });
    const ran = await infra(cwd, "init");
    expect(read(cwd, ".gitignore")).toBe("*.log\n/node_modules\n.infra/\n*.plan\n");
    expect(JSON.parse(read(cwd, "package.json"))).toEqual({
      name: "shop",
      devDependencies: { "plumbline-infra": "0.0.0-source", zx: "8.0.0" },
    });
    expect(ran.stdout).toContain("npm install");
  });

  test.each(["{", "[]", "null"])("writes nothing beside a package.json that is none: %s", async (text) => {
    const cwd = folder({ "package.json": text });
    const ran = await infra(cwd, "init");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("npm cannot read package.json");
    expect(existsSync(join(cwd, "environments"))).toBe(false);
  });

  test("a second environment touches nothing else", async () => {
    const cwd = folder({ "package.json": "{}" });
    await infra(cwd, "init");
    expect((await infra(cwd, "init prod")).stdout).toMatch(/^Wrote environments\/prod\.yaml\. Next:\n/);
  });

  test("writes no package.json where none is", async () => {
    const cwd = folder();
    await infra(cwd, "init");
    expect(existsSync(join(cwd, "package.json"))).toBe(false);
  });

  test("warns of a package that only this machine has", async () => {
    const cwd = folder({ "package.json": '{ "devDependencies": { "plumbline-infra": "file:../elsewhere/plumbline-infra-0.1.0.tgz" } }' });
    const ran = await infra(cwd, "init");
    expect(ran.stderr).toContain("A clone elsewhere cannot install it");
    expect(read(cwd, "package.json")).toContain("file:../elsewhere");
  });

  test("in environments/ it writes beside the others", async () => {
    const cwd = folder({ ".git/HEAD": "", "environments/prod.yaml": "" });
    await infra(cwd, "-C environments init dev");
    expect(existsSync(join(cwd, "environments/dev.yaml"))).toBe(true);
  });
});

test.each([
  ["", "node_modules/\n.infra/\n*.plan\n"],
  ["dist", "dist\nnode_modules/\n.infra/\n*.plan\n"],
  ["/node_modules/\r\n.infra\r\n*.plan", undefined],
])(".gitignore %j becomes %j", (before, after) => expect(ignoring(before)).toBe(after));

test.each([
  ["{}", '{\n  "devDependencies": {\n    "plumbline-infra": "1.2.3"\n  }\n}\n'],
  ['{ "dependencies": { "plumbline-infra": "^1.0.0" } }', '{\n  "dependencies": {\n    "plumbline-infra": "1.2.3"\n  }\n}\n'],
  ['{ "devDependencies": { "plumbline-infra": "1.0.0" } }', undefined],
  ['{ "devDependencies": { "plumbline-infra": "file:plumbline-infra-1.0.0.tgz" } }', undefined],
])("package.json %s pinned is %j", (before, after) => expect(pinning(before, "1.2.3")).toBe(after));

test("the source of a package is local or none", () => {
  expect(localSource('{ "devDependencies": { "plumbline-infra": "file:../a.tgz" } }')).toBe("../a.tgz");
  expect(localSource('{ "devDependencies": { "plumbline-infra": "1.0.0" } }')).toBeUndefined();
});

const config =
  "[default]\nregion = eu-south-1\n[profile shop]\n# region = no\noutput = json\nregion=ap-south-1\n[profile bare]\noutput = json\n";

test.each([
  [{}, undefined, { region: "eu-south-1", from: "profile default" }],
  [{ AWS_PROFILE: "shop" }, undefined, { region: "ap-south-1", from: "profile shop" }],
  [{ AWS_PROFILE: "shop", AWS_REGION: "us-east-1" }, undefined, { region: "us-east-1", from: "AWS_REGION" }],
  [{ AWS_REGION: "us-east-1" }, "shop", { region: "ap-south-1", from: "profile shop" }],
  [{ AWS_PROFILE: "bare" }, undefined, undefined],
  [{ AWS_PROFILE: "absent" }, undefined, undefined],
])("with %j and --profile %s the region is %j", (env, profile, found) => {
  const home = folder({ ".aws/config": config });
  expect(regionOfShell({ ...env, HOME: home }, profile)).toEqual(found);
  expect(regionOfShell({ ...env, AWS_CONFIG_FILE: join(home, ".aws/config") }, profile)).toEqual(found);
});

test("no configuration file, no region", () => expect(regionOfShell({ HOME: folder() })).toBeUndefined());

describe("templates", () => {
  const shipped = readdirSync(new URL("../../environments", import.meta.url)).filter((file) => file.endsWith(".yaml"));

  test("are all the environments that ship with infra", () =>
    expect([...templateNames].sort()).toEqual(shipped.map((file) => file.replace(/\.yaml$/, "")).sort()));

  test.each(templateNames)("%s is valid in a project of others, under their names", (template) => {
    const { files, own } = templateFiles(template, { name: "office", project: "lab", region: "eu-west-3" });
    const keys = own.map((path) => [path, readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")]);
    const cwd = folder(Object.fromEntries([...files.map(({ path, text }) => [path, text] as const), ...keys]));
    const { environment, diagnostics } = loadEnvironment({ nameOrPath: "office", cwd, kinds, types });
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(environment).toMatchObject({ project: "lab", name: template === "stages" ? "office-dev" : "office", region: "eu-west-3" });
    expect(templatePurpose(template)).toMatch(/^[A-Z`].{20,}[.]$/);
  });

  test("are written with the parts that they use, those that parts use too, and the schema of parts", async () => {
    const cwd = folder();
    expect(await infra(cwd, "init shop --template stages")).toMatchObject({ code: 0 });
    expect(read(cwd, "environments/_parts/web-tier.yaml")).toContain("{ part: network.yaml,");
    expect(read(cwd, "environments/_parts/network.yaml")).toMatch(/^# yaml-language-server: \$schema=\.schema\.json\n/);
    expect(read(cwd, "environments/_parts/.schema.json")).toBe((await infra(cwd, "schema --part")).stdout);
    expect(await infra(cwd, "validate shop")).toMatchObject({ code: 0 });
  });

  test("are written with the files that they name, and are reported as already there", async () => {
    const cwd = folder();
    expect((await infra(cwd, "init --template")).stdout).toMatch(/^wizard-vpn +The third shape of the VPC wizard/m);
    const first = await infra(cwd, "init site --template single-public-subnet");
    expect(first.stdout).toContain("cp ~/.ssh/id_ed25519.pub environments/keys/admin.pub");
    expect(read(cwd, "environments/user-data/httpd.sh")).toMatch(/^#!/);
    expect(read(cwd, "environments/site.yaml")).toMatch(/\nenvironment: site\nregion: ap-northeast-2\n/);
    // Another environment with the same script.
    expect(await infra(cwd, "init web --template basic-vpc --region eu-west-3")).toMatchObject({ code: 0 });
    expect(read(cwd, "environments/web.yaml")).toContain("\nregion: eu-west-3\n");
    expect((await infra(cwd, "init web --template basic-vpc")).stderr).toContain("environments/web.yaml already exists.");
    expect((await infra(cwd, "init x --template wizard")).stderr).toContain('there is no template "wizard".');
  });
});
