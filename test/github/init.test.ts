import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { githubPaths } from "../../src/cli/init/ci-files.ts";
import { folder, infra } from "../cli/infra.ts";

const withInfra = '{ "packages": { "node_modules/plumbline-infra": {} } }';
const ours = new URL("../../.github/", import.meta.url);

test("init --github writes the workflows that are tested here, and a first environment", async () => {
  const cwd = folder();
  const ran = await infra(cwd, "init --github --project lab");
  expect(ran.code, ran.stderr).toBe(0);
  expect(githubPaths.filter((path) => path.startsWith("actions")).sort()).toEqual(
    readdirSync(new URL("actions/infra/", ours))
      .map((file) => `actions/infra/${file}`)
      .sort(),
  );
  for (const path of githubPaths) expect(readFileSync(join(cwd, ".github", path), "utf8")).toBe(readFileSync(new URL(path, ours), "utf8"));
  expect((await infra(cwd, "validate dev")).code).toBe(0);
});

test("where environments are, it adds the workflows alone; again it changes nothing; edited ones are overwritten only on request", async () => {
  const cwd = folder({ "environments/prod.yaml": "format: 1\nproject: lab\nregion: eu-west-1\n" });
  expect((await infra(cwd, "init --github")).stdout).not.toContain("prod.yaml");
  expect((await infra(cwd, "init --github")).code).toBe(0);
  const plan = join(cwd, ".github/workflows/plan.yml");
  writeFileSync(plan, "name: mine\n");
  const refused = await infra(cwd, "init --github");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(".github/workflows/plan.yml already exists");
  expect(readFileSync(plan, "utf8")).toBe("name: mine\n");
  expect((await infra(cwd, "init --github --force")).code).toBe(0);
  expect(readFileSync(plan, "utf8")).toContain("name: infra plan");
});

test("the next steps and the workflows name only files of the user's repository and commands", async () => {
  const cwd = folder();
  const { stdout } = await infra(cwd, "init --github");
  const texts = [stdout, ...githubPaths.map((path) => readFileSync(join(cwd, ".github", path), "utf8"))];
  for (const text of texts) expect(text).not.toMatch(/docs\//);
  expect(stdout).toMatch(/iam-policy dev --for plan .*INFRA_PLAN_ROLE\n.*iam-policy dev --for apply .*INFRA_APPLY_ROLE/);
});

test("with the repository it writes the roles of the workflows: with the printed policies, and nothing that could change itself", async () => {
  const cwd = folder({
    "environments/prod.yaml": "format: 1\nproject: lab\nregion: eu-west-1\nvpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n",
  });
  const ran = await infra(cwd, "init --github --repository example/infra");
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toContain("environments/ci-roles.yaml");
  const roles = parse(readFileSync(join(cwd, "environments/ci-roles.yaml"), "utf8")) as Roles;
  const printed = async (environment: string, purpose: string) =>
    (JSON.parse((await infra(cwd, `iam-policy ${environment} --for ${purpose}`)).stdout) as Policy).Statement;
  const written = (prefix: string) =>
    Object.entries(roles.iamPolicies).flatMap(([name, { document }]) => (name.startsWith(prefix) ? document.Statement : []));
  for (const [environment, purpose] of [
    ["prod", "plan"],
    ["prod", "apply"],
    ["ci-roles", "plan"],
  ] as const)
    expect(written(`${purpose}-${environment}`)).toEqual(await printed(environment, purpose));
  expect(Object.keys(roles.iamPolicies).filter((name) => name.startsWith("apply-ci-roles"))).toEqual([]);
  const sub = JSON.stringify(roles.iamRoles["apply"]);
  expect(sub).toContain("repo:example/infra:environment:prod");
  expect(sub).not.toContain("pull_request");
  expect((await infra(cwd, "--sandbox apply ci-roles --yes")).code).toBe(0);
  expect((await infra(cwd, "--sandbox plan ci-roles")).stdout).toMatch(/[Nn]o changes|agrees|nothing to do/);
  const again = await infra(cwd, "init --github --repository example/infra");
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("ci-roles.yaml already exists") as unknown]);
});

test.each([
  ["init --repository example/infra", "write --github, too"],
  ["init --github --repository infra", "OWNER/NAME"],
])("%s is refused", async (line, why) => {
  const ran = await infra(folder(), line);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(why) as unknown]);
});

interface Policy {
  readonly Statement: readonly object[];
}
interface Roles {
  readonly iamRoles: Readonly<Record<string, object>>;
  readonly iamPolicies: Readonly<Record<string, { readonly document: Policy }>>;
}

describe("the action installs infra", () => {
  const script = (parse(readFileSync(new URL("actions/infra/action.yml", ours), "utf8")) as Action).runs.steps.find(
    ({ name }) => name === "Install infra",
  )!.run;

  test("in the version of this package, unless the user names another", () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", ours), "utf8")) as { readonly version: string };
    expect(readFileSync(new URL("actions/infra/version", ours), "utf8")).toBe(`${version}\n`);
  });

  test.each([
    ["nothing when it is on the PATH", {}, {}, true, ""],
    ["what INFRA_PACKAGE says", { "package-lock.json": withInfra }, { INFRA_PACKAGE: "./a.tgz" }, false, "install --global ./a.tgz\n"],
    ["the version of the lock file", { "package-lock.json": withInfra }, {}, false, "ci\n"],
    [
      "the version that wrote it, where the lock file is another's",
      { "package-lock.json": "{}" },
      {},
      false,
      "install --global plumbline-infra@VERSION\n",
    ],
    ["the version that wrote it, where no package is", {}, {}, false, "install --global plumbline-infra@VERSION\n"],
  ])("%s", (_case, files, env, isThere, asked) => {
    const cwd = folder({
      ...files,
      "bin/npm": 'echo "$*" >> npm.log\ncp bin/true "$BIN/infra"\n',
      "bin/true": "",
      "npm.log": "",
      "path/x": "",
    });
    for (const tool of ["bin/npm", "bin/true"]) writeFileSync(join(cwd, tool), `#!/bin/sh\n${readFileSync(join(cwd, tool), "utf8")}`);
    for (const tool of ["bin/npm", "bin/true"]) chmodSync(join(cwd, tool), 0o755);
    if (isThere) cpSync(join(cwd, "bin/true"), join(cwd, "bin/infra"));
    execFileSync("bash", ["-e", "-c", script], {
      cwd,
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        PATH: `${join(cwd, "bin")}:/usr/bin:/bin`,
        BIN: join(cwd, "bin"),
        GITHUB_PATH: join(cwd, "path/x"),
        GITHUB_ACTION_PATH: fileURLToPath(new URL("actions/infra", ours)),
        ...env,
      },
    });
    const said = readFileSync(join(cwd, "npm.log"), "utf8").replaceAll(/ --(ignore-scripts|no-audit|no-fund)/g, "");
    expect(said.replace(/@\d+\.\d+\.\d+/, "@VERSION")).toBe(asked);
  });
});

interface Action {
  readonly runs: { readonly steps: readonly { readonly name?: string; readonly run: string }[] };
}
