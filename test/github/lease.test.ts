import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openSandboxSession } from "../../src/cli/session/sandbox-session.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { folder, infra } from "../cli/infra.ts";

const yaml = "format: 1\nproject: lab\nregion: eu-west-1\nvpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n";
const commit = "c".repeat(40);

afterEach(() => vi.restoreAllMocks());

/** Takes the lease as another run. */
async function held(): Promise<string> {
  const cwd = folder({ "environments/dev.yaml": yaml });
  const { options, close } = await openSandboxSession({ home: cwd, options: { sandboxTime: "virtual" } as never });
  const ssm = new SSMClient({ region: "eu-west-1", requestHandler: options.requestHandler!, credentials: options.credentials! });
  const record = {
    state: "held",
    who: "arn:aws:iam::123456789012:user/ann",
    run: "42-abc",
    since: "2026-11-21T05:00:00.000Z",
    beat: 3,
    commit,
  };
  await ssm.send(new PutParameterCommand({ Name: "/plumbline/lab/dev/lease/00000001", Type: "String", Value: JSON.stringify(record) }));
  await close();
  return cwd;
}

test("unlock frees the lease of a run that is alive only when it is forced to", async () => {
  const cwd = await held();
  const refused = await infra(cwd, "--sandbox unlock dev --yes");
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/^Held by \S+user\/ann, run 42-abc, since 2026-11-21T05:00:00.000Z; last heartbeat [\d.]+ s ago\.\n$/);
  expect(refused.stderr).toContain("that run is alive");
  expect((await infra(cwd, "--sandbox unlock dev", { answers: ["y"] })).code).toBe(1);
  expect((await infra(cwd, "--sandbox unlock dev", { answers: ["dev"] })).stdout).toContain("Freed.");
  expect((await infra(await held(), "--sandbox unlock dev --force")).stdout).toContain("Freed.");
  const json = await infra(await held(), "--sandbox unlock dev --force --format json");
  expect(JSON.parse(json.stdout)).toMatchObject({ environment: "dev", lease: { run: "42-abc" }, freed: true });
});

test("unlock shows who holds the lease, and frees the lease of a run without a heartbeat only on request", async () => {
  const cwd = await held();
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now + 600_000);
  const refused = await infra(cwd, "--sandbox unlock dev");
  expect(refused.stdout).toContain("last heartbeat 10 min ago");
  expect(refused.stderr).toContain("No terminal to ask for confirmation");
  expect((await infra(cwd, "--sandbox unlock dev", { answers: ["n"] })).code).toBe(1);
  expect((await infra(cwd, "--sandbox unlock dev --yes")).stdout).toContain("Freed.");
  expect((await infra(cwd, "--sandbox unlock dev")).stdout).toBe("The lock is free.\n");
  const applied = await infra(cwd, "--sandbox apply dev --yes");
  expect(applied.code, applied.stderr).toBe(0);
  expect(applied.stderr).toContain(
    "before the first change: arn:aws:iam::123456789012:user/sandbox freed the lock of a run that may still be alive",
  );
});

const goesOn = new RegExp(
  "arn:aws:iam::123456789012:user/ann is applying this environment now " +
    "\\(run 42-abc, since 2026-11-21T05:00:00.000Z; last heartbeat [\\d.]+ s ago\\)\\. " +
    "A freeze stops that run only before its first change; after that, stop it with Ctrl-C where it runs, or with `infra --sandbox unlock dev`\\.\n$",
);

test("freeze alone shows, and as JSON tells the commit that was applied last", async () => {
  const cwd = await held();
  expect((await infra(cwd, "--sandbox freeze dev")).stdout).toMatch(new RegExp(`^Not frozen\\.\n${goesOn.source}`));
  expect(JSON.parse((await infra(cwd, "--sandbox --format json freeze dev")).stdout)).toMatchObject({
    project: "lab",
    environment: "dev",
    frozen: null,
    lease: { commit },
  });
  await infra(cwd, "--sandbox freeze dev --reason sale");
  expect(JSON.parse((await infra(cwd, "--sandbox --format json freeze dev")).stdout)).toMatchObject({ frozen: { why: "sale" } });
});

test("freeze names the run that has the lock and goes on; one without a heartbeat may be dead", async () => {
  const cwd = await held();
  const blocked = "Frozen: applies are blocked until `infra --sandbox freeze dev --thaw`\\.\n";
  expect((await infra(cwd, "--sandbox freeze dev --reason sale")).stdout).toMatch(new RegExp(`^${blocked}${goesOn.source}`));
  expect((await infra(cwd, "--sandbox freeze dev --thaw")).stdout).toMatch(/^Thawed; [^\n]*\n$/);
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now + 600_000);
  expect((await infra(cwd, "--sandbox freeze dev --reason sale")).stdout).toMatch(
    /user\/ann has the lock \(run 42-abc, .*; last heartbeat 10 min(?: \d+ s)? ago\)\. If that run is alive, a freeze stops it only before its first change; `infra --sandbox unlock dev` frees the lock\.\n$/,
  );
  expect((await infra(cwd, "--sandbox unlock dev --yes")).stdout).toContain("Freed.");
  expect((await infra(cwd, "--sandbox freeze dev")).stdout).toMatch(/^Frozen by [^\n]*\n$/);
});

describe("freeze and unlock where the YAML has errors", () => {
  const broken = `${yaml.replace("format: 1", "account: '123456789012'")}subnets: { a: { vpc: main, cidrBlock: 10.9.0.0/24, availabilityZone: a } }\n`;
  const write = (cwd: string, text: string) => writeFileSync(join(cwd, "environments/dev.yaml"), text);

  test("need only the place", async () => {
    const cwd = await held();
    write(cwd, broken);
    expect((await infra(cwd, "validate dev")).code).toBe(1);
    const frozen = await infra(cwd, "--sandbox freeze dev --reason incident");
    expect(frozen).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Frozen: .*\n.*user\/ann is applying/) as string });
    expect(frozen.stderr).toContain(
      "note: the YAML of dev has 1 error (see `infra validate dev`); freeze uses only the project, the environment's name, the region, the account and the role\n",
    );
    expect((await infra(cwd, "--sandbox unlock dev --force")).stdout).toContain("Freed.");
    write(cwd, yaml);
    expect((await infra(cwd, "--sandbox freeze dev")).stdout).toContain(": incident\n");
  });

  test("keep to the account and the role that are written", () => {
    const role = "arn:aws:iam::999999999999:role/x";
    const text = broken.replace("'123456789012'", `'999999999999'\nassumeRole: ${role}`);
    const cwd = folder({ "environments/dev.yaml": "extends: ../base.yaml\nenvironment: test\n", "base.yaml": text });
    const { environment, place } = loadEnvironment({ nameOrPath: "dev", cwd, kinds });
    expect(environment).toBeUndefined();
    expect(place).toMatchObject({ project: "lab", name: "test", region: "eu-west-1", account: "999999999999", assumeRole: role });
    expect(place?.accountAt).toMatchObject({ file: "base.yaml", line: 1 });
  });

  test.each([
    ["the region is wrong", broken.replace("eu-west-1", "somewhere")],
    ["the region is missing", broken.replace("region: eu-west-1\n", "")],
    ["the project is in an expression that has an error", broken.replace("project: lab", "project: ${var.missing}")],
    ["a key is there twice", `${broken}project: other\n`],
    [
      "a merge conflict has two",
      `${broken.replace("region: eu-west-1", "<<<<<<< ours\nregion: eu-west-1\n=======\nregion: eu-west-2\n>>>>>>> theirs")}`,
    ],
    ["an open bracket hides the account", `project: lab\nregion: eu-west-1\ntags: { a: b\naccount: '123456789012'\n`],
    ["a base cannot be read", `extends: ../gone.yaml\n${broken}`],
    ["a base has two", `extends: ../base.yaml\n${broken}`],
    ["it is no YAML for infra", "- a\n"],
  ])("ask for the flags where %s", async (_what, text) => {
    const cwd = folder({ "environments/dev.yaml": text, "base.yaml": "project: a\nproject: b\n" });
    const ran = await infra(cwd, "--sandbox unlock dev");
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain(
      "because of these errors infra does not know where the environment is.\n  hint: `infra unlock --project PROJECT --environment NAME --region REGION` needs no YAML",
    );
  });

  test("work without YAML by flags, and take no name beside them", async () => {
    const cwd = await held();
    rmSync(join(cwd, "environments/dev.yaml"));
    const flags = "--project lab --environment dev --region eu-west-1";
    expect((await infra(cwd, `--sandbox freeze ${flags} --reason sale`)).stdout).toMatch(
      new RegExp(`^Frozen: applies are blocked until \`infra --sandbox freeze ${flags} --thaw\`\\.\n.*\`infra --sandbox unlock ${flags}\``),
    );
    expect((await infra(cwd, `--sandbox unlock ${flags} --force`)).stdout).toContain("Freed.");
    expect((await infra(cwd, `--sandbox freeze ${flags} --thaw`)).stdout).toContain("Thawed");
    for (const command of ["freeze", "unlock", "destroy"]) {
      expect((await infra(cwd, `--sandbox ${command} --project lab`)).stderr).toContain(`${command} needs the name of an environment.`);
      expect((await infra(cwd, `--sandbox ${command} dev --region eu-west-1`)).stderr).toContain(
        "--region is for an environment without YAML, but you also named dev.",
      );
    }
    expect((await infra(cwd, "--sandbox freeze other")).stderr).not.toContain("leave it open");
  });
});
