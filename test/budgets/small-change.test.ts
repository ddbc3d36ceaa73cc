/**
 * The calls of an apply that changes one field: its plan reads the environment, and under the lock it reads again only the objects that the
 * plan touches.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import type { Environment } from "../../src/config/environment.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { emptyAccount } from "./estates.ts";

const webLab = "test/fixtures/web-lab/web-lab.yaml";

/**
 * The calls: the plan with GetCallerIdentity and the rules of the security group that differ; then the lock (two reads, two writes), the
 * second look, the change, and the applied history (a read and a write).
 */
test.each([
  ["a rule", "10.0.2.0/24, description: SSH", "10.0.2.0/25, description: SSH", { plan: 30, lock: 4, look: 3, change: 2, memory: 2 }],
  ["a flag", "mapPublicIpOnLaunch: true", "mapPublicIpOnLaunch: false", { plan: 29, lock: 4, look: 2, change: 1, memory: 2 }],
])("%s of web-lab", async (_what, from, to, cost) => {
  const account = emptyAccount();
  expect((await account.apply(loaded(webLab))).result).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  const { result, calls } = await account.apply(loaded(webLab, from, to));
  expect(result).toMatchObject({ ended: "ran", outcome: { status: "done" } });
  expect(calls.total, JSON.stringify(calls.operations)).toBe(Object.values(cost).reduce((sum, one) => sum + one));
});

function loaded(path: string, from = "", to = ""): Environment {
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  const unsaved = new Map([[resolve(path), text.replace(from, to)]]);
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: `./${path}`, cwd: ".", kinds, types, unsaved });
  if (!environment) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
  return environment;
}
