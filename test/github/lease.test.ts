import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, expect, test, vi } from "vitest";
import { openSandboxSession } from "../../src/cli/sandbox-session.ts";
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

test("freeze alone shows, and as JSON tells the commit that was applied last", async () => {
  const cwd = await held();
  expect((await infra(cwd, "--sandbox freeze dev")).stdout).toBe("Not frozen.\n");
  expect(JSON.parse((await infra(cwd, "--sandbox --format json freeze dev")).stdout)).toMatchObject({
    project: "lab",
    environment: "dev",
    frozen: null,
    lease: { commit },
  });
  await infra(cwd, "--sandbox freeze dev --reason sale");
  expect(JSON.parse((await infra(cwd, "--sandbox --format json freeze dev")).stdout)).toMatchObject({ frozen: { why: "sale" } });
});
