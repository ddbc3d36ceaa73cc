/**
 * The example of a whole shop on moto, an emulator by others: applied, in agreement, changed and destroyed. moto loses the tags of
 * CreateDhcpOptions and has no StartInstanceRefresh, so the DHCP options are left out and the instances keep their type. Only at night.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { applyEnvironment, planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { hasMoto, motoTestbed, type MotoTestbed } from "../kinds/db-moto.ts";
import { isNight } from "../support/night.ts";
import { stepsOf } from "../support/testbed.ts";

const region = "eu-west-1";
const fixture = new URL("../fixtures/shop", import.meta.url).pathname;

describe.skipIf(!isNight || (!hasMoto && process.env["CI"] === undefined))("the shop on moto", { timeout: 600_000 }, () => {
  let testbed: MotoTestbed;
  let cwd: string;
  beforeAll(async () => {
    testbed = await motoTestbed(region, { MOTO_ACM_VALIDATION_WAIT: "1", MOTO_IAM_LOAD_MANAGED_POLICIES: "true" });
    cwd = mkdtempSync(join(tmpdir(), "infra-shop-"));
    cpSync(fixture, join(cwd, "environments"), { recursive: true });
  });
  afterAll(async () => {
    rmSync(cwd, { recursive: true, force: true });
    await testbed.stop();
  });

  const load = (vars: Readonly<Record<string, string>> = {}, more = "") => {
    const path = join(cwd, "environments/shop.yaml");
    const text = readFileSync(join(fixture, "shop.yaml"), "utf8")
      .replace(/^dhcpOptions:\n(?: .*\n)+/m, "")
      .replace(", dhcpOptions: lan", "")
      .replace(/port: 22 } }$/m, "port: 22 }, severity: warning }");
    writeFileSync(path, text + more);
    const { environment, diagnostics } = loadEnvironment({ nameOrPath: "shop", cwd, kinds, types, vars });
    if (!environment) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
    return environment;
  };
  const plan = (environment: ReturnType<typeof load>, goal: "agree" | "destroy" = "agree") =>
    planEnvironment(kinds, testbed, environment, { goal });
  const apply = async (environment: ReturnType<typeof load>, goal: "agree" | "destroy" = "agree") => {
    const run = await plan(environment, goal);
    expect(run.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const failed: string[] = [];
    for await (const event of applyEnvironment(testbed, run, { signal: new AbortController().signal }))
      if (event.type === "finished")
        failed.push(...event.outcome.failed.map(({ step, failure }) => `${step.address} ${step.stage}: ${failure.message}`));
    return { run, failed };
  };

  it("is made and agrees", async () => {
    expect((await apply(load())).failed).toEqual([]);
    expect(stepsOf(await plan(load()))).toEqual([]);
  });

  it("is changed: a bastion comes, with the balancer's name in its user data", async () => {
    const changed = { bastion: "true" };
    expect((await apply(load(changed))).failed).toEqual([]);
    expect(stepsOf(await plan(load(changed)))).toEqual([]);
  });

  it("is destroyed, and keeps objects with data until allowDestroy names them, and a bucket until it is empty", async () => {
    const changed = { bastion: "true" };
    expect((await apply(load(changed), "destroy")).failed).toEqual([]);
    const left = await plan(load(changed), "destroy");
    const ids = new Map(left.plan.objects.map(({ address, id }) => [address, id]));
    expect([...ids.keys()].sort()).toEqual(["bucket/assets", "hostedZone/main", "logGroup/flow"]);
    const lines = [...ids].map(([address, id]) => `  ${address}: "${id}"\n`).join("");
    const all = load(changed, `\nallowDestroy:\n${lines}`);
    const s3 = new S3Client({ region, credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" } });
    await s3.send(new PutObjectCommand({ Bucket: ids.get("bucket/assets"), Key: "logo.svg", Body: "<svg/>" }));
    expect((await apply(all, "destroy")).failed).toEqual([expect.stringContaining("is not empty, so it is kept")]);
    expect((await plan(all, "destroy")).plan.objects.map(({ address }) => address)).toEqual(["bucket/assets"]);
  });
});
