/** import, adopt and release on the command line, one after the other on one small estate. */
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

/** Runs a command in the sandbox. */
const run = (cwd: string, line: string, answers?: readonly string[]) => infra(cwd, `--sandbox ${line}`, answers ? { answers } : {});

it("imports an unmanaged estate: released, imported, adopted in two runs, and in agreement", async () => {
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
  expect(released).toMatchObject({ code: 0, stdout: expect.stringContaining(`released  vpc/main           ${vpc}\n`) as string });
  const again = await run(cwd, "release old vpc/main --yes");
  expect(again.stderr).toContain("vpc/main has no object that has the tags of this environment");

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
  expect(changing.stderr.replaceAll(/\s+/g, " ")).toContain("(`infra drift new --accept securityGroup/web` shows it as a diff)");
  expect(changing.stderr.match(/tags\.infra:resource: securityGroup\/web/g)).toHaveLength(1);
  // The hint of that error works before anything is adopted.
  const accepted = await run(cwd, "drift new --accept securityGroup/web.ingress");
  expect(accepted.stdout).toContain("-      - { port: 8080, source: 0.0.0.0/0 }\n+      - { port: 80, source: 0.0.0.0/0 }\n");
  writeFileSync(at, wrong.replace("Name: legacy-web }", "Name: legacy-wub }"));
  expect((await run(cwd, "drift new --accept all --write")).code).toBe(0);
  expect(readFileSync(at, "utf8")).toBe(imported.stdout);

  expect((await run(cwd, "adopt new subnet/b --yes")).stderr).toContain("subnet/b has no `adopt:` in new.\n  hint: did you mean subnet/a?");
  const first = await run(cwd, "adopt new vpc/net --yes");
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("0 destroyed, 1 retagged") as string });
  expect((await run(cwd, "plan new")).stdout).toContain("1 of 3 objects that `adopt:` names are adopted; `infra adopt` tags the other 2");
  const rest = await run(cwd, "adopt new", ["y"]);
  expect(rest).toMatchObject({ code: 0, stdout: expect.stringContaining("0 destroyed, 2 retagged") as string });
  expect((await run(cwd, "adopt new vpc/net --yes")).stderr).toMatch(/\nNothing to adopt: 1 resource is adopted already\./);
  expect(await run(cwd, "adopt new --yes --tidy")).toMatchObject({
    stdout: expect.stringContaining("0 changed") as string,
    stderr: expect.stringContaining("Removed 3 `adopt:` lines.") as string,
  });
  expect((await run(cwd, "plan new --detailed-exitcode")).code).toBe(0);
  expect(readFileSync(at, "utf8")).toBe(
    imported.stdout
      .replace(/^# `adopt:` may go.*\n/m, "")
      .replace(/^ +adopt: .*\n/gm, "")
      .replace(/, adopt: \{ id: [^}]* \}/g, ""),
  );
});

it("takes keys, buckets and types as roots, and lists objects without a kind here with their ids", async () => {
  const cwd = folder({
    "environments/files.yaml": `format: 1
project: legacy
environment: files
region: eu-west-1
account: "123456789012"
buckets: { logs: { versioning: true, tags: { team: web } } }
kmsKeys: { data: { alias: legacy-data, tags: { team: web } } }
AWS::SQS::Queue: { jobs: { VisibilityTimeout: 90, tags: { team: web } } }
`,
  });
  expect((await run(cwd, "apply files --yes")).code).toBe(0);
  const released = await run(cwd, "release files bucket/logs kmsKey/data AWS::SQS::Queue/jobs --yes");
  expect(released.stdout.split("\n")).toHaveLength(4);
  const url = "https://sqs.eu-west-1.amazonaws.com/123456789012/files-jobs";
  for (const roots of ["team=web", `bucket/legacy-files-logs-eu-west-1-123456789012 kmsKey/alias/legacy-data AWS::SQS::Queue/${url}`]) {
    const { code, stdout, stderr } = await run(cwd, `import ${roots} --name new --project shop --region eu-west-1`);
    expect(stderr).toContain("3 objects, 0 differences; only tags would be written.");
    expect(code).toBe(0);
    expect(stdout).toContain("VisibilityTimeout: 90");
    expect(stdout).toContain("alias: legacy-data");
    expect(stdout).toContain("versioning: true");
  }
  expect((await run(cwd, "import team=web --name new --project shop --region eu-west-1 --output environments/new.yaml")).code).toBe(0);
  expect((await run(cwd, "adopt new --yes --tidy")).stderr).toContain("Removed 3 `adopt:` lines.");
  expect(readFileSync(join(cwd, "environments", "new.yaml"), "utf8")).not.toContain("adopt");
  const none = await run(cwd, "import bucket/nobodys --region eu-west-1");
  expect(none).toMatchObject({ code: 1, stdout: "" });
  expect(none.stderr).toContain("there is no bucket nobodys here");
  const refused = await run(cwd, "import AWS::EC2::VPC/vpc-0123456789abcdef0 --region eu-west-1");
  expect(refused.stderr).toContain("infra does not create AWS::EC2::VPC");
});

it("writes a folder of files, or repeated resources as a part, and both mean the same as the proved file", async () => {
  const tier = (name: string, n: number) => ({
    subnet: `  ${name}-a: { vpc: main, cidrBlock: 10.7.${n}.0/24, availabilityZone: a }\n`,
    groups: `  ${name}-web: { vpc: main, ingress: [{ port: 80, source: office }, { port: 443, source: ${name}-db }] }\n  ${name}-db: { vpc: main }\n`,
  });
  const [blue, green] = [tier("blue", 1), tier("green", 2)];
  const cwd = folder({
    "environments/tiers.yaml": `format: 1
project: legacy
environment: tiers
region: eu-west-1
vpcs: { main: { cidrBlock: 10.7.0.0/16 } }
subnets:
${blue.subnet}${green.subnet}securityGroups:
  office: { vpc: main }
${blue.groups}${green.groups}topics: { ops: {} }
`,
  });
  expect((await run(cwd, "apply tiers --yes")).code).toBe(0);
  const addresses = (await run(cwd, "environments --addresses tiers")).stdout.trim().split("\n");
  const vpc = (await run(cwd, "output tiers vpc/main")).stdout.trim();
  const topic = (await run(cwd, "output tiers topic/ops")).stdout.trim();
  expect((await run(cwd, `release tiers ${addresses.join(" ")} --yes`)).code).toBe(0);

  const parts = await run(cwd, `import ${vpc} --name folded --project shop --region eu-west-1 --parts`);
  expect(parts).toMatchObject({ code: 0, stdout: "environments/folded.yaml\nparts/folded.yaml\n" });
  const text = readFileSync(join(cwd, "environments/folded.yaml"), "utf8");
  expect(text).toContain("use:\n  blue:\n    part: ../parts/folded.yaml\n");
  expect(text).toContain("      a_cidrBlock: 10.7.2.0/24\n");
  const part = readFileSync(join(cwd, "parts/folded.yaml"), "utf8");
  expect(part).toContain('    ingress:\n      - { port: 80, source: "${param.securityGroup}" }\n      - { port: 443, source: db }\n');
  const names = (await run(cwd, "environments --addresses folded")).stdout.trim().split("\n").sort();
  expect(names).toEqual(addresses.filter((one) => one !== "topic/ops").sort());
  expect((await run(cwd, "adopt folded --yes")).code).toBe(0);
  expect((await run(cwd, "plan folded --detailed-exitcode")).code).toBe(0);
  expect((await run(cwd, `import ${vpc} --name folded --region eu-west-1 --parts`)).stderr).toContain("folded.yaml exists already");
  expect((await run(cwd, `release folded ${names.join(" ")} --yes`)).code).toBe(0);

  const none = await run(cwd, `import ${topic} --name single --project shop --region eu-west-1 --parts`);
  expect(none).toMatchObject({ code: 0, stdout: "environments/single.yaml\n" });
  expect(none.stderr).toContain("--parts found no part");

  const split = await run(cwd, `import ${vpc} ${topic} --name pieces --project shop --region eu-west-1 --split`);
  expect(split).toMatchObject({ code: 0, stdout: "environments/pieces/network.yaml\nenvironments/pieces/compute.yaml\n" });
  expect((await run(cwd, "adopt pieces --yes")).code).toBe(0);
  expect((await run(cwd, "plan pieces --detailed-exitcode")).code).toBe(0);
  expect((await run(cwd, `import ${vpc} --name pieces --region eu-west-1 --split`)).stderr).toContain("already contains files");
});
