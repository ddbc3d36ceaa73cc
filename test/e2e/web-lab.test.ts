/** The format's own example, unchanged, on moto and in the sandbox: load balancer, Auto Scaling group and database. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { expectAgreement, readYaml } from "./support/agreement.ts";
import { allWrites } from "./support/calls.ts";
import { root } from "./support/infra.ts";
import { census, ours } from "./support/inventory.ts";
import { openMotoTestbed, words, type Testbed } from "./support/testbed.ts";
import { describeOnEach, region, type Endpoint } from "./support/moto.ts";

/** Returns the calls of a plan that the kinds declare, plus GetCallerIdentity and the read of the images. */
function declaredCost(text: string): number {
  const yaml = readYaml(text) as unknown as Record<string, object | undefined>;
  const cost = kinds.map((kind) => {
    const ours = Object.keys(yaml[kind.section] ?? {}).length;
    return kind.readCost({ ours, account: ours, parts: ours });
  });
  return cost.reduce((sum, one) => sum + one, 2);
}

describeOnEach("web-lab, unchanged", (start) => {
  let aws: Endpoint;
  let testbed: Testbed;
  beforeAll(async () => {
    aws = await start();
    testbed = await openMotoTestbed(aws, aws.url, "123456789012"); // the account that the file's guard names
    cpSync(join(root, "test/fixtures/web-lab"), join(testbed.workshop.folder, "environments"), { recursive: true });
  });
  afterAll(() => aws.stop());

  test("is applied, and another client finds every field as written", async () => {
    await testbed.workshop.apply("web-lab");
    const yaml = readYaml(testbed.workshop.text("web-lab"));
    await expectAgreement(testbed.clients, await testbed.inventory(), yaml, join(testbed.workshop.folder, "environments"));
  });

  test("a second plan is empty and within the kinds' read cost, a second apply writes nothing", async () => {
    const plan = await aws.record(testbed.account, () => testbed.workshop.infra("plan web-lab --detailed-exitcode"));
    expect(plan.result.code, plan.result.stdout).toBe(0);
    expect(plan.calls.length).toBeLessThanOrEqual(declaredCost(testbed.workshop.text("web-lab")));
    const apply = await aws.record(testbed.account, () => testbed.workshop.apply("web-lab"));
    expect(allWrites([...plan.calls, ...apply.calls])).toEqual([]);
  });

  test("destroy keeps the database with all it needs, and names them", async () => {
    const ran = await testbed.workshop.destroy("web-lab", testbed.account, region);
    expect(words(ran.stdout + ran.stderr)).toContain("dbInstance/main web-lab-main kept, because deleting it would lose its data");
    const kept = ours(await testbed.inventory(), "web-lab", "lab").map(({ tags }) => tags["infra:resource"]);
    expect(kept.sort()).toEqual([
      "dbInstance/main",
      "securityGroup/db",
      "securityGroup/elb", // the rules of securityGroup/web name it,
      "securityGroup/web", // and the database's rules this one
      "subnet/rds-master",
      "subnet/rds-standby",
      "vpc/web",
    ]);
  });

  test("with allowDestroy it goes, and a final snapshot stays", async () => {
    const planned = await testbed.workshop.infra("destroy web-lab");
    const [, resource] =
      /allowDestroy: \{ dbInstance\/main: (db-[A-Z0-9]+|web-lab-main) \}/.exec(words(planned.stdout + planned.stderr)) ?? [];
    expect(resource, planned.stderr).toBeDefined();
    testbed.workshop.write(
      "environments/web-lab.yaml",
      `${testbed.workshop.text("web-lab")}\nallowDestroy: { dbInstance/main: ${resource} }\n`,
    );
    await testbed.workshop.destroy("web-lab", testbed.account, region);
    const left = await testbed.inventory();
    expect(ours(left, "web-lab", "lab")).toEqual([]);
    expect(census(left)["loadBalancer"] ?? 0).toBe(0);
    const { DBSnapshots } = await testbed.clients.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }));
    expect(DBSnapshots!.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toEqual(["web-lab-main"]);
  });
});
