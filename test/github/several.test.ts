import { expect, test } from "vitest";
import { folder, infra } from "../cli/infra.ts";

const environment = (cidr: string, region: string) => `format: 1\nproject: lab\nregion: ${region}\nvpcs:\n  main: { cidrBlock: ${cidr} }\n`;

test("plan --all and drift --all: several regions side by side, one summary, one exit code", async () => {
  const cwd = folder({
    "environments/a.yaml": environment("10.0.0.0/16", "eu-west-1"),
    "environments/b.yaml": environment("10.1.0.0/16", "us-east-1"),
  });
  expect((await infra(cwd, "--sandbox apply a --yes")).code).toBe(0);
  const plan = await infra(cwd, "--sandbox plan --all --detailed-exitcode");
  expect(plan.code).toBe(2);
  expect(plan.stdout).toMatch(
    /lab\/a +123456789012 +eu-west-1 +no changes\n +lab\/b +123456789012 +us-east-1 +1 to create, 0 to update, 0 to replace, 0 to destroy\n\n2 environments: 1 with changes, 0 failed\.\n$/,
  );
  const drift = await infra(cwd, "--sandbox drift --all");
  expect(drift.code).toBe(2);
  expect(drift.stdout).toMatch(/2 environments: 1 with drift, 0 failed\.\n$/);
});

test("one that fails is counted, and the exit code is an error's", async () => {
  const cwd = folder({
    "environments/a.yaml": environment("10.0.0.0/16", "eu-west-1"),
    "environments/b.yaml": environment("10.1.0.0/99", "us-east-1"),
  });
  const plan = await infra(cwd, "--sandbox plan --all --detailed-exitcode");
  expect(plan.code).toBe(1);
  expect(plan.stdout).toMatch(/ +b +failed\n\n2 environments: 1 with changes, 1 failed\.\n$/);
});
