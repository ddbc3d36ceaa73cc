/** `--no-lock`: no lock is taken, a minute is waited, and a freeze holds all the same. */
import { describe, expect, test } from "vitest";
import { folder, infra, network } from "./infra.ts";

const adopting = network(0).replace("cidrBlock: 10.0.0.0/16", "cidrBlock: 10.0.0.0/16, adopt: { id: vpc-0123456789abcdef0 }");

test.each([
  ["apply dev --yes", network(1)],
  ["apply dev", network(1)],
  ["destroy dev --yes", network(1)],
  ["adopt dev --yes", adopting],
])("%s is refused in a frozen environment", async (command, yaml) => {
  const cwd = folder({ "environments/dev.yaml": yaml });
  await infra(cwd, "--sandbox freeze dev --reason sale");
  const ran = await infra(cwd, `--sandbox ${command} --no-lock`);
  expect(ran).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/error {2}frozen\n[^]*: sale\n/) as string });
});

describe("before the first change", () => {
  const waiting =
    "Waiting 1 min before the first change: --no-lock cannot see whether another run has just ended, and AWS's tag index shows new objects late.\n";

  test("an apply says that it waits a minute, and why", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    const applied = await infra(cwd, "--sandbox apply dev --yes --no-lock");
    expect(applied).toMatchObject({ code: 0, stderr: expect.stringMatching(/Plan: [^]*Waiting 1 min [^]*created vpc\/main/) as string });
    expect(applied.stderr).toContain(waiting);
    expect((await infra(cwd, "--sandbox apply dev --yes --no-lock")).stderr).not.toContain("Waiting");
  });

  test("it says nothing where nothing is waited", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    const applied = await infra(cwd, "--sandbox apply dev --yes --no-lock", { env: { INFRA_SETTLE_SECONDS: "0" } });
    expect(applied).toMatchObject({ code: 0, stderr: expect.not.stringContaining("Waiting") as string });
  });
});

test.each([
  ["apply dev --yes", "apply dev"],
  ["destroy dev --yes", "destroy dev"],
])("%s, stopped, names a command that has the flag too", async (command, again) => {
  const cwd = folder({ "environments/dev.yaml": network(3) });
  if (command.startsWith("destroy")) await infra(cwd, "--sandbox apply dev --yes");
  let isSent = false;
  const twice = await infra(cwd, `--sandbox ${command} --no-lock`, {
    watch: (stderr, signal) => {
      if (isSent || !/(creating|deleting) \w+\//.test(stderr)) return;
      isSent = true;
      signal("SIGINT");
      signal("SIGINT");
    },
  });
  expect(twice.stderr).toContain(`steps may be half done. Run \`infra --sandbox ${again} --no-lock\` again to continue.`);
  expect(twice.stdout).toContain(`Run \`infra --sandbox ${again} --no-lock\` again to continue.`);
});
