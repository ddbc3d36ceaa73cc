import { expect, test } from "vitest";
import { folder, infra } from "../cli/infra.ts";

const yaml = `format: 1
project: lab
region: eu-west-1
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: z }
`;

test("apply --preflight finds on its line what AWS would refuse, writes nothing, and ends with 1", async () => {
  const cwd = folder({ "environments/dev.yaml": yaml });
  const ran = await infra(cwd, "--sandbox apply dev --preflight");
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/refused +subnet\/a +eu-west-1 has no zone eu-west-1z for this account \(environments\/dev\.yaml:7/);
  expect(ran.stdout).toMatch(/would work +vpc\/main +CreateVpc would be carried out/);
  expect(ran.stdout).toContain("Preflight of 3 steps: 1 would work, 1 refused, 1 not tried.");
  expect(ran.stderr).toContain("error  preflight");
  expect((await infra(cwd, "--sandbox status dev")).stdout).toContain("Nothing of lab/dev exists");
});

test("with nothing in the way it ends with 0; as JSON it tells the same", async () => {
  const cwd = folder({ "environments/dev.yaml": yaml.replace("Zone: z", "Zone: a") });
  const ran = await infra(cwd, "--sandbox apply dev --preflight --format json");
  expect(ran.code, ran.stderr).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    tried: [
      { address: "vpc/main", outcome: "would-work" },
      { address: "subnet/a", outcome: "untried" },
    ],
  });
});
