/**
 * The example of a whole shop: expressions, repetition, a part, a role that reads a bucket, a zone with a certificate, a balancer.
 * What it writes and infra does not have yet is taken out here, and nothing else; it goes back in by itself when the kind is there.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { environmentLab, stepsOf } from "../support/testbed.ts";

const fixture = new URL("../fixtures/shop", import.meta.url).pathname;
const hasField = (section: string, field: string) =>
  field in ((kinds.find((kind) => kind.section === section)?.schema as { properties?: object } | undefined)?.properties ?? {});

/** What is taken out, while it is missing. */
const missing: readonly { readonly isThere: boolean; readonly text: RegExp; readonly instead?: string }[] = [
  { isThere: hasField("keyPairs", "generate"), text: /^keyPairs:\n.*\n/m },
  { isThere: hasField("keyPairs", "generate"), text: /^ {4}keyPair: admin\n/m },
  // A default group is not weighed, though its rules are written; and the bastion is just what the first of them forbids.
  { isThere: false, text: /port: 22 } }$/m, instead: "port: 22 }, severity: warning }" },
  { isThere: false, text: /port: 443 } }$/m, instead: "port: 443 }, severity: warning }" },
];

function load(vars: Readonly<Record<string, string>> = {}, more = "") {
  const cwd = mkdtempSync(join(tmpdir(), "infra-shop-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  cpSync(fixture, join(cwd, "environments"), { recursive: true });
  const path = join(cwd, "environments/shop.yaml");
  let text = readFileSync(path, "utf8");
  for (const { isThere, text: what, instead = "" } of missing)
    if (!isThere) {
      expect(text).toMatch(what);
      text = text.replace(what, instead);
    }
  writeFileSync(path, text + more);
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

test("the shop is made, agrees, is changed, and goes; what holds data goes only when allowDestroy names it", async () => {
  const lab = environmentLab();
  const first = await lab.apply(load());
  expect(new Set(first.run.plan.steps.map(({ action }) => action))).toEqual(new Set(["create"]));
  expect(stepsOf(first.run)).toEqual(
    expect.arrayContaining(["create subnet/public[a]", "create loadBalancer/front-lb", "create record/www", "create instanceProfile/web"]),
  );
  const again = await lab.apply(load());
  expect(stepsOf(again.run)).toEqual([]);
  expect(again.connection.calls.writes).toBe(0);

  // A bastion comes, with the balancer's name in its user data; the machines get another type.
  const changed = { bastion: "true", size: "t3.medium" };
  const steps = stepsOf((await lab.apply(load(changed))).run);
  expect(steps).toEqual(
    expect.arrayContaining(["create securityGroup/bastion", "create instance/bastion", "update launchTemplate/front-web"]),
  );
  expect(stepsOf(await lab.plan(load(changed)))).toEqual([]);

  await lab.apply(load(changed), "destroy");
  const left = await lab.plan(load(changed), "destroy");
  const kept = left.plan.steps.flatMap((step) => (step.action === "keep" && step.because.includes("its data") ? [step.address] : []));
  expect(kept.sort()).toEqual(["bucket/assets", "hostedZone/main", "logGroup/flow"]);
  const ids = new Map(left.plan.objects.map(({ address, id }) => [address, id]));
  const allowed = kept.map((address) => `  ${address}: "${ids.get(address)}"\n`).join("");
  await lab.apply(load(changed, `\nallowDestroy:\n${allowed}`), "destroy");
  expect((await lab.plan(load(changed), "destroy")).plan.objects).toEqual([]);
});
