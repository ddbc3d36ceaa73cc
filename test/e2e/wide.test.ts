/**
 * The resources around a network, on moto: made, read by boto3, planned again, changed and destroyed. At night only, because it takes a
 * minute.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isNight } from "../support/night.ts";
import { allWrites } from "./support/calls.ts";
import { ours } from "./support/inventory.ts";
import { describeWithMoto, region, startMoto, type Moto } from "./support/moto.ts";
import { openMotoTestbed } from "./support/testbed.ts";

const nearby = (name: string) => fileURLToPath(new URL(`support/${name}`, import.meta.url));

describeWithMoto("the resources around a network", () => {
  let moto: Moto;
  beforeAll(async () => {
    if (isNight) moto = await startMoto();
  });
  afterAll(async () => {
    if (isNight) await moto.stop();
  });

  test.runIf(isNight)("is made as boto3 reads it, agrees, and is destroyed", async () => {
    const testbed = await openMotoTestbed(moto);
    const { workshop, account } = testbed;
    workshop.write("environments/wide.yaml", readFileSync(nearby("wide.yaml"), "utf8"));
    await workshop.apply("wide");
    const read = spawnSync("python3", [nearby("wide.py")], {
      encoding: "utf8",
      env: { ...process.env, ...workshop.env, AWS_DEFAULT_REGION: region },
    });
    expect(read.stdout, read.stderr).toBe("all done\n");

    const again = await moto.record(account, () => workshop.apply("wide"));
    expect(allWrites(again.calls)).toEqual([]);
    await workshop.destroy("wide", account, region);
    expect(ours(await testbed.inventory(), "wide")).toEqual([]);
  });
});
