import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { openSandboxSession } from "../../src/cli/sandbox-session.ts";
import { folder, infra } from "../cli/infra.ts";

const yaml = "format: 1\nproject: lab\nregion: eu-west-1\nvpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n";
const commit = "c".repeat(40);

/** Somebody's run holds the lease. */
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

test("unlock shows who holds the lease, and frees it only when told to", async () => {
  const cwd = await held();
  const refused = await infra(cwd, "--sandbox unlock dev");
  expect(refused).toMatchObject({
    code: 1,
    stdout: "Held by arn:aws:iam::123456789012:user/ann, run 42-abc, since 2026-11-21T05:00:00.000Z.\n",
  });
  expect(refused.stderr).toContain("nobody can be asked here");
  expect((await infra(cwd, "--sandbox unlock dev", { answers: ["n"] })).code).toBe(1);
  expect((await infra(cwd, "--sandbox unlock dev --yes")).stdout).toContain("Freed.");
  expect((await infra(cwd, "--sandbox unlock dev")).stdout).toBe("Nobody holds the lease.\n");
  expect((await infra(cwd, "--sandbox apply dev --yes")).code).toBe(0);
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
