/** import, adopt and release at the command line, one after the other on one small estate. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folder, infra } from "./infra.ts";

const estate = `format: 1
project: legacy
environment: old
region: eu-west-1
vpcs: { main: { cidrBlock: 10.7.0.0/16, tags: { Name: legacy-net } } }
subnets: { a: { vpc: main, cidrBlock: 10.7.1.0/24, availabilityZone: a, tags: { Name: legacy-a } } }
securityGroups:
  web:
    vpc: main
    name: legacy-web-sg
    description: Web servers
    ingress: [{ port: 22, source: 0.0.0.0/0 }, { port: 80, source: 0.0.0.0/0 }]
    tags: { Name: legacy-web }
`;

/** A run in the sandbox. */
const run = (cwd: string, line: string, answers?: readonly string[]) => infra(cwd, `--sandbox ${line}`, answers ? { answers } : {});

it("takes an estate over from nobody: released, imported, adopted in two runs, and in agreement", async () => {
  const cwd = folder({ "environments/old.yaml": estate });
  const at = join(cwd, "environments", "new.yaml");
  expect((await run(cwd, "apply old --yes")).code).toBe(0);
  const vpc = (await run(cwd, "output old vpc/main")).stdout.trim();

  const refused = await run(cwd, `import ${vpc} --name new --region eu-west-1`);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain(`import-root\n  ${vpc}: it is vpc/main of legacy/old`);

  const declined = await run(cwd, "release old vpc/main", ["n"]);
  expect(declined).toMatchObject({ code: 1, stdout: "" });
  const released = await run(cwd, "release old vpc/main subnet/a securityGroup/web", ["y"]);
  expect(released).toMatchObject({ code: 0, stdout: expect.stringContaining(`released  vpc/main  ${vpc}\n`) as string });
  const again = await run(cwd, "release old vpc/main --yes");
  expect(again.stderr).toContain("vpc/main has no object that bears the tags of this environment");

  const imported = await run(cwd, `import ${vpc} --name new --project shop --region eu-west-1`);
  expect(imported.code).toBe(0);
  expect(imported.stdout).toContain("# odd: SSH is open to the world\n    ingress:\n      - { port: 22, source: 0.0.0.0/0 }");
  expect(imported.stderr).toContain("3 objects, 0 differences; only tags would be written.");
  expect(imported.stderr).toMatch(/\((\d+) reads, 0 writes\)/);
  writeFileSync(at, imported.stdout);

  const wrong = imported.stdout.replace("port: 80", "port: 8080");
  writeFileSync(at, wrong);
  const changing = await run(cwd, "adopt new --yes");
  expect(changing.code).toBe(1);
  expect(changing.stderr).toContain("adopt-would-change");
  expect(changing.stderr).toContain("securityGroup/web would also change: ingress");
  writeFileSync(at, imported.stdout);

  expect((await run(cwd, "adopt new subnet/b --yes")).stderr).toContain("subnet/b has no `adopt:` in new");
  const first = await run(cwd, "adopt new vpc/net --yes");
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("1 changed") as string });
  const rest = await run(cwd, "adopt new", ["y"]);
  expect(rest).toMatchObject({ code: 0, stdout: expect.stringContaining("2 changed") as string });
  expect(await run(cwd, "adopt new --yes --tidy")).toMatchObject({
    stdout: expect.stringContaining("0 changed") as string,
    stderr: expect.stringContaining("Took 3 `adopt:` lines out.") as string,
  });
  expect((await run(cwd, "plan new --detailed-exitcode")).code).toBe(0);
  expect(readFileSync(at, "utf8")).toBe(
    imported.stdout
      .replace(/^# `adopt:` may go.*\n/m, "")
      .replace(/^ +adopt: .*\n/gm, "")
      .replace(/, adopt: \{ id: [^}]* \}/g, ""),
  );
});

it.each(["bucket/files", "hostedZone/Z0DC22A4E0C69D2C07", "kmsKey/3f1c2d4e-5a6b-4c7d-8e9f-0a1b2c3d4e5f"])(
  "does not write an empty file around %s, of whose kind it can write none",
  async (root) => {
    const { code, stdout, stderr } = await run(folder({}), `import ${root} --region eu-west-1`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`infra import cannot write a ${root.slice(0, root.indexOf("/"))} yet`);
  },
);
