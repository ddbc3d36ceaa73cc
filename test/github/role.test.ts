/** Which role the action assumes: tests the script that it runs before infra is installed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { partitionOf } from "../../src/resource/partition.ts";
import { regionOfEachPartition } from "../support/regions.ts";

const program = join(import.meta.dirname, "../../.github/actions/infra/role.mjs");
const folder = mkdtempSync(join(tmpdir(), "role-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(regionOfEachPartition)("a role that is written by its name is in the partition of %s", (REGION) => {
  const [event, output] = [join(folder, `${REGION}.json`), join(folder, REGION)];
  writeFileSync(event, "{}");
  const env = {
    ROLE: "infra-plan",
    REGION,
    ACCOUNT: "123456789012",
    ACTIONS_ID_TOKEN_REQUEST_URL: "x",
    GITHUB_OUTPUT: output,
    GITHUB_EVENT_PATH: event,
  };
  expect(spawnSync(process.execPath, [program], { env }).status).toBe(0);
  expect(readFileSync(output, "utf8")).toBe(`arn=arn:${partitionOf(REGION)}:iam::123456789012:role/infra-plan\n`);
});
