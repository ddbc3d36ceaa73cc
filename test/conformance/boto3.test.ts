/** boto3 against `infra sandbox serve`: the script beside this file makes its own assertions. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWithPrograms, run } from "./support/programs.ts";
import { serveSandbox, type Served } from "./support/served.ts";

describeWithPrograms("boto3", [["python3", "-c", "import boto3"]], undefined, () => {
  let sandbox: Served;
  beforeAll(async () => {
    sandbox = await serveSandbox();
  });
  afterAll(() => sandbox.stop());

  test("waiters, paginators, resources and typed exceptions", async () => {
    const { code, stdout, stderr } = await run("python3", [fileURLToPath(new URL("boto3-clients.py", import.meta.url))], {
      env: sandbox.env,
    });
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("all done\n");
    expect((await sandbox.counts()).errors).not.toHaveProperty("NotImplemented");
  });
});
