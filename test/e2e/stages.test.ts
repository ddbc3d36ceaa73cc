/** environments/stages.yaml, which is made of parts: applied, changed and destroyed against moto. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { allWrites } from "./support/calls.ts";
import { ours } from "./support/inventory.ts";
import { describeWithMoto, region, startMoto, type Moto } from "./support/moto.ts";
import { openMotoTestbed } from "./support/testbed.ts";

describeWithMoto("an environment made of parts", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  test("is made, changed by its variables and destroyed", async () => {
    const { workshop, account, inventory } = await openMotoTestbed(moto);
    // moto keeps no descriptions of rules, and the tests' account has one region.
    for (const file of ["_parts/web-tier", "stages"]) {
      const text = workshop.text(file).replaceAll(/, description: "?[^}"]*"?( \})/g, "$1");
      workshop.write(`environments/${file}.yaml`, text.replace("region: eu-central-1", `region: ${region}`));
    }
    workshop.edit("stages", ["default: { a: 0, b: 1 }", "default: { a: 0, b: 1, c: 2 }"]);
    const empty = await inventory();

    await workshop.apply("stages", " --var bastion=true");
    const addresses = async () => ours(await inventory(), "stages-dev").map(({ tags }) => tags["infra:resource"]!);
    const before = await addresses();
    expect(before).toEqual(expect.arrayContaining(["instance/bastion", "instance/site-machine.b", "subnet/site-net-public.a"]));
    const again = await moto.record(account, () => workshop.infra("plan stages --var bastion=true --detailed-exitcode"));
    expect(again.result.code, again.result.stdout + again.result.stderr).toBe(0);
    expect(allWrites(again.calls)).toEqual([]);

    // One stage is removed from the middle. Only its objects are deleted.
    workshop.edit("stages", ["default: { a: 0, b: 1, c: 2 }", "default: { a: 0, c: 2 }"]);
    await workshop.apply("stages", " --var bastion=true");
    const after = await addresses();
    expect(after.filter((address) => !before.includes(address))).toEqual([]);
    expect(before.filter((address) => !after.includes(address)).sort()).toEqual(["instance/site-machine.b", "subnet/site-net-public.b"]);

    // When a condition becomes false, the resources behind it are deleted. The Elastic IP stays, because its address would be lost for
    // good.
    const off = await workshop.infra("plan stages --var bastion=false --format json");
    const kept = (JSON.parse(off.stdout) as { resource_changes: { address: string; action?: string }[] }).resource_changes;
    expect(
      kept
        .filter(({ action }) => action === "keep")
        .map(({ address }) => address)
        .sort(),
    ).toEqual(["elasticIp/bastion"]);

    const url = await workshop.infra("output stages url --var bastion=true");
    expect(url.stdout).toMatch(/^http:\/\/\S+\.elb\.amazonaws\.com\/\n$/);

    const destroyed = await workshop.infra(`destroy stages --confirm ${account.id}/${region}/stages-dev`);
    expect(destroyed.code, destroyed.stderr + destroyed.stdout).toBe(0);
    expect(await inventory()).toEqual(empty);
  });
});
