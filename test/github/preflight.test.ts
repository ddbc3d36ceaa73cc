import { expect, test } from "vitest";
import { folder, infra } from "../cli/infra.ts";

const yaml = `format: 1
project: lab
region: ap-northeast-2
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  b: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: b }
instances:
  web: { subnet: b, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t2.micro }
`;

test("apply --preflight reports on its line a change that AWS would refuse, writes nothing, and exits with 1", async () => {
  const cwd = folder({ "environments/dev.yaml": yaml });
  const ran = await infra(cwd, "--sandbox apply dev --preflight");
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(
    /refused +instance\/web +ap-northeast-2b does not offer t2\.micro; these zones do:\s+ap-northeast-2a,\s+ap-northeast-2c \(environments\/dev\.yaml:9\)/,
  );
  expect(ran.stdout).toMatch(/allowed +vpc\/main +CreateVpc is allowed/);
  expect(ran.stdout).toContain("Preflight of 3 resources: 1 allowed, 1 refused, 1 not checked.");
  expect(ran.stderr).toContain("error  preflight");
  expect((await infra(cwd, "--sandbox status dev")).stdout).toContain("lab/dev has no resources in");
});

test("with nothing in the way it ends with 0; as JSON it tells the same", async () => {
  const cwd = folder({ "environments/dev.yaml": yaml.replace("t2.micro", "t3.micro") });
  const ran = await infra(cwd, "--sandbox apply dev --preflight --format json");
  expect(ran.code, ran.stderr).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    tried: [
      { address: "vpc/main", outcome: "allowed" },
      { address: "subnet/b", outcome: "untried" },
      { address: "instance/web", outcome: "untried" },
    ],
    unchecked: [],
  });
});

test("a plan warns about the findings of reads, and an apply stops there before it asks, unless it is forced", async () => {
  const cwd = folder({ "environments/dev.yaml": yaml });
  const plan = await infra(cwd, "--sandbox plan dev --format json");
  expect(plan.code).toBe(0);
  expect(plan.stderr).toMatch(
    /environments\/dev\.yaml:9:\d+ {2}warning {2}preflight\n {2}instance\/web: ap-northeast-2b does not offer t2\.micro/,
  );
  expect(JSON.parse(plan.stdout)).toMatchObject({ diagnostics: [{ code: "preflight", severity: "warning", at: { line: 9 } }] });
  const apply = await infra(cwd, "--sandbox apply dev", { answers: ["n"] });
  expect(apply.code).toBe(1);
  expect(apply.stderr.match(/(warning|error) {2}preflight/g)).toEqual(["error  preflight"]);
  expect(apply.stderr).not.toContain("Apply these");
  const tried = await infra(cwd, "--sandbox apply dev --ignore-preflight preflight@instance/web", { answers: ["n"] });
  expect(tried.stderr.match(/(warning|error) {2}preflight/g)).toEqual(["warning  preflight"]);
  expect(tried.stderr).toContain("Apply these");
});
