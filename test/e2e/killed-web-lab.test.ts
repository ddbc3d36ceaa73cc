/** Run it again: when an apply of the whole web-lab is cut at a write, the next run ends in the same state as an undisturbed apply. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allWrites } from "./support/calls.ts";
import { isNight } from "../support/night.ts";
import { expectSurvives, pointsOf, undisturbed, type Undisturbed } from "./support/cuts.ts";
import { root } from "./support/infra.ts";
import { openMotoTestbed, type Testbed } from "./support/testbed.ts";
import { describeWithMoto, startMoto, type Moto } from "./support/moto.ts";

/** By day test/e2e/web-lab.test.ts applies the same environment, and test/e2e/killed-basic-vpc.test.ts cuts another one. */
describe.runIf(isNight)("at night", () => {
  describeWithMoto("an apply of web-lab", () => {
    let moto: Moto;
    let whole: Undisturbed;
    beforeAll(async () => {
      moto = await startMoto();
      whole = await undisturbed(moto, "web-lab", bringWebLab);
    });
    afterAll(() => moto.stop());

    test("leaves nothing to do, and a second one makes no mutating call", async () => {
      const testbed = await openMotoTestbed(moto);
      bringWebLab(testbed);
      await testbed.workshop.apply("web-lab");
      const { result, calls } = await moto.record(testbed.account, () => testbed.workshop.apply("web-lab"));
      expect(result.stderr).toContain("No changes.");
      expect(allWrites(calls)).toEqual([]);
      expect(whole.census).toMatchObject({
        loadBalancer: 1,
        targetGroup: 1,
        autoScalingGroup: 1,
        launchTemplate: 1,
        dbInstance: 1,
        dbSubnetGroup: 1,
        natGateway: 1,
        elasticIp: 1,
        instance: 3,
      });
    });

    test.concurrent.each(pointsOf(18, 38))("$cut, at write $at", (point) =>
      expectSurvives(moto, "web-lab", { ...point, whole }, bringWebLab),
    );
  });
});

/** Copies the fixture without its account guard, because each test has its own account. */
function bringWebLab({ workshop }: Testbed): void {
  cpSync(join(root, "test/fixtures/web-lab"), join(workshop.folder, "environments"), { recursive: true });
  workshop.edit("web-lab", ['account: "123456789012"', '# account: "123456789012"'], ["project: lab ", "project: plumbline "]);
}
