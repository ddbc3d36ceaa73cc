/**
 * The example of a whole shop, unchanged: expressions, repetition, a part, a generated key, a role that reads a bucket, a zone with a
 * certificate, a load balancer, and assertions.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { told } from "../kinds/group-testbed.ts";
import { environmentTestbed, stepsOf } from "../support/testbed.ts";

const fixture = new URL("../fixtures/shop", import.meta.url).pathname;
function load(vars: Readonly<Record<string, string>> = {}, edit = (text: string) => text) {
  const cwd = mkdtempSync(join(tmpdir(), "infra-shop-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  cpSync(fixture, join(cwd, "environments"), { recursive: true });
  const path = join(cwd, "environments/shop.yaml");
  writeFileSync(path, edit(readFileSync(path, "utf8")));
  const { environment, diagnostics } = loadEnvironment({
    nameOrPath: "shop",
    cwd,
    kinds,
    types,
    vars,
  });
  if (!environment) throw new Error(diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n"));
  return environment;
}

test("the shop is made, agrees, is changed, and is destroyed; objects with data only when allowDestroy names them", async () => {
  const testbed = environmentTestbed();
  const first = await testbed.apply(load());
  expect(new Set(first.run.plan.steps.map(({ action }) => action))).toEqual(new Set(["create"]));
  expect(stepsOf(first.run)).toEqual(
    expect.arrayContaining(["create subnet/public[a]", "create loadBalancer/front-lb", "create record/www", "create instanceProfile/web"]),
  );
  const again = await testbed.apply(load());
  expect(stepsOf(again.run)).toEqual([]);
  expect(again.connection.calls.writes).toBe(0);

  // A bastion is added, with the load balancer's name in its user data, and the instances get another type. An assertion forbids exactly
  // this.
  const changed = { bastion: "true", size: "t3.medium" };
  expect(() => load(changed)).toThrow(/assert-violated/);
  const allowed = (text: string) => text.replace(/port: 22 } }$/m, "port: 22 }, severity: warning }");
  const withBastion = (more = "") => load(changed, (text) => allowed(text) + more);
  const steps = stepsOf((await testbed.apply(withBastion())).run);
  expect(steps).toEqual(
    expect.arrayContaining(["create securityGroup/bastion", "create instance/bastion", "update launchTemplate/front-web"]),
  );
  expect(stepsOf(await testbed.plan(withBastion()))).toEqual([]);

  await testbed.apply(withBastion(), "destroy");
  const left = await testbed.plan(withBastion(), "destroy");
  const kept = left.plan.steps.flatMap((step) => (step.action === "keep" && step.because.includes("its data") ? [step.address] : []));
  expect(kept.sort()).toEqual(["bucket/assets", "hostedZone/main", "logGroup/flow"]);
  const ids = new Map(left.plan.objects.map(({ address, id }) => [address, id]));
  const lines = kept.map((address) => `  ${address}: "${ids.get(address)}"\n`).join("");
  const all = withBastion(`\nallowDestroy:\n${lines}`);

  // Nobody allowed the bucket's content to be deleted. It is kept and reported, also in the next run, and everything else is deleted.
  const of = { account: "123456789012", region: "eu-west-1", service: "s3" };
  const object = { Bucket: ids.get("bucket/assets"), Key: "logo.svg" };
  await testbed.sandbox.call({ ...of, operation: "PutObject", input: { ...object, Body: "<svg/>" } });
  for (const [left, steps] of [
    [["bucket/assets"], kept.length],
    [["bucket/assets"], 1],
  ] as const) {
    const gone = await testbed.tryApply(all, "destroy");
    expect(told(gone).failed).toEqual([expect.stringContaining("is not empty, so it is kept")]);
    expect(gone.run.plan.steps.filter(({ action }) => action === "delete")).toHaveLength(steps);
    expect((await testbed.plan(all, "destroy")).plan.objects.map(({ address }) => address)).toEqual(left);
  }
  await testbed.sandbox.call({ ...of, operation: "DeleteObject", input: { ...object, VersionId: "any" } });
  await testbed.apply(all, "destroy");
  expect((await testbed.plan(withBastion(), "destroy")).plan.objects).toEqual([]);
});
