import { describe, expect, it } from "vitest";
import { subnet } from "../../src/kinds/subnet/subnet.ts";
import { vpc } from "../../src/kinds/vpc/vpc.ts";
import { header, openTestbed as openFullTestbed, stepsOf } from "../support/testbed.ts";

const openTestbed = () => openFullTestbed({ kinds: [vpc, subnet] });

const two = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
`;

describe("vpc and subnets through every layer", () => {
  it("creates them, agrees afterwards, and a second apply writes nothing", async () => {
    const index = openTestbed();
    expect(stepsOf(await index.plan(two))).toEqual(["create vpc/main", "create subnet/a", "create subnet/b"]);
    await index.apply(two);
    const again = await index.plan(two);
    expect(again.plan.steps).toEqual([]);
    const second = await index.apply(two);
    expect(second.connection.calls.writes).toBe(0);
  });

  it("repairs a flag that was changed by hand, and only that", async () => {
    const index = openTestbed();
    await index.apply(two);
    const applied = await index.apply(two.replace(", mapPublicIpOnLaunch: true", ""));
    expect(stepsOf(applied.run)).toEqual(["update subnet/a"]);
    expect(applied.connection.calls.writes).toBe(1);
  });

  it("replaces a subnet whose zone changes, and says why", async () => {
    const index = openTestbed();
    await index.apply(two);
    const changed = two.replace("availabilityZone: b", "availabilityZone: c");
    const run = await index.plan(changed);
    expect(run.plan.steps).toMatchObject([
      { action: "replace", address: "subnet/b", order: "delete-first", because: "availabilityZone of a subnet cannot be changed" },
    ]);
    await index.apply(changed);
    expect((await index.plan(changed)).plan.steps).toEqual([]);
  });

  it("deletes resources that are no longer in the YAML, and everything on destroy", async () => {
    const index = openTestbed();
    await index.apply(two);
    const one = two
      .split("\n")
      .filter((line) => !line.includes("  b:"))
      .join("\n");
    expect(stepsOf(await index.plan(one))).toEqual(["delete subnet/b"]);
    await index.apply(one);
    await index.destroy(one);
    expect((await index.plan(one)).plan.objects).toEqual([]);
  });
});
