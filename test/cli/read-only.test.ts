/** A role that may read everything and write nothing, over HTTP as with AWS: a plan works, and an apply reports the missing rights. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { realClock } from "@plumbline/clock";
import { createSandbox, type Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { serve } from "@plumbline/aws-sandbox/serve.ts";
import { folder, infra, network } from "./infra.ts";

const denied = {
  code: "UnauthorizedOperation",
  status: 403,
  message: "You are not authorized to perform this operation.",
  times: "always",
};

describe("a role that may only read", () => {
  let sandbox: Sandbox;
  let close = async () => {};

  beforeEach(async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_CONFIG_FILE", "no-such-file");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "no-such-file");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "example");
    sandbox = createSandbox({ clock: realClock });
    const serving = await serve({ sandbox });
    close = () => serving.close();
    vi.stubEnv("AWS_ENDPOINT_URL", serving.url);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await close();
  });

  const writes = () => sandbox.calls.filter(({ mutating, code }) => mutating && code === undefined);

  test("plan, drift, status, reach and output work; apply ends before its first write", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    expect((await infra(cwd, "apply dev --yes")).code).toBe(0);
    sandbox.setFaults({ refuse: [{ mutating: true, ...denied }] } as never);
    sandbox.forgetCalls();
    for (const [command, code] of [
      ["plan dev", 0],
      ["plan dev --detailed-exitcode", 0],
      ["drift dev", 0],
      ["status dev", 0],
      ["reach dev", 0],
      ["output dev vpc/main", 0],
      ["environments", 0],
    ] as const) {
      const ran = await infra(cwd, command);
      expect(ran.code, `${command}\n${ran.stdout}${ran.stderr}`).toBe(code);
      expect(ran.stderr).not.toMatch(/denie|not authorized/);
    }
    expect(sandbox.calls.filter(({ mutating }) => mutating)).toEqual([]);

    const changed = folder({ "environments/dev.yaml": network(3) });
    expect((await infra(changed, "plan dev --detailed-exitcode")).code).toBe(2);
    for (const command of ["apply dev --yes", "destroy dev --confirm 123456789012/eu-west-1/dev"]) {
      const ran = await infra(changed, command);
      expect(ran.code, ran.stderr).toBe(1);
      expect(ran.stderr).toMatch(/error {2}access-denied\n {2}AWS denies ssm:PutParameter\./);
      expect(ran.stderr).toContain("`infra iam-policy dev --for apply`");
      expect(writes()).toEqual([]);
    }
  });

  test("a denied call is reported with the policy of this environment and of the step that was tried", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1), "other.yaml": network(1) });
    const refuse = (operation: string) => sandbox.setFaults({ refuse: [{ operation, ...denied }] } as never);
    refuse("DescribeVpcs");
    for (const [command, policy] of [
      ["plan dev", "infra iam-policy dev --for plan"],
      ["drift ./other.yaml", "infra iam-policy ./other.yaml --for plan"],
      ["apply dev --yes", "infra iam-policy dev --for apply"],
      ["import --region eu-west-1 vpc-0123456789abcdef0", "infra iam-policy --for import"],
    ] as const)
      expect((await infra(cwd, command)).stderr.replaceAll(/\s+/g, " "), command).toContain(`\`${policy}\` prints`);
    refuse("CreateSubnet");
    const { stdout } = await infra(cwd, "apply dev --yes");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("`infra iam-policy dev --for apply` lists what the role needs");
  });
});
