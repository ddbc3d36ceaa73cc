/** When the executor polls an object that AWS is still making: a database is polled near the time that it typically takes. */
import { describe, expect, test } from "vitest";
import { restBeforeLook } from "../../src/apply/node-waits.ts";
import { header, openTestbed } from "../support/testbed.ts";

const minutes = 480;

/** Returns the seconds at which an object is polled when it is ready after `ready` seconds. */
function looks(typical: number | undefined, ready: number, { poll = 15, limit = 2400 } = {}): number[] {
  const at = [0];
  while (at.at(-1)! < Math.min(ready, limit)) {
    const elapsed = at.at(-1)!;
    at.push(elapsed + Math.max(poll, restBeforeLook(elapsed, typical, limit)));
  }
  return at;
}

describe("an object that typically takes eight minutes", () => {
  test("is polled half-way, at three quarters, and then all the time", () => {
    expect(looks(minutes, 400)).toEqual([0, 240, 360, 375, 390, 405]);
  });

  test("is found at once where it exists, as after an earlier run", () => {
    expect(looks(minutes, 0)).toEqual([0]);
  });

  test("is polled when the time is over that the file allows", () => {
    expect(looks(minutes, 900, { limit: 100 })).toEqual([0, 100]);
  });
});

test.each([undefined, 60, 299])("an object that takes %s seconds is polled all the time", (typical) => {
  expect(looks(typical, 45)).toEqual([0, 15, 30, 45]);
});

const yaml = `${header}vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
dbSubnetGroups:
  main: { subnets: [a, b] }
dbInstances:
  main: { engine: mysql, instanceClass: db.t4g.micro, allocatedStorage: 20, subnetGroup: main, masterUsername: dbadmin }
`;

test("a database costs a handful of looks, and not one every quarter of a minute", async () => {
  const testbed = openTestbed();
  const { outcome } = await testbed.apply(yaml);
  expect(outcome.status).toBe("done");
  expect(testbed.sandbox.counts().operations["rds:DescribeDBInstances"]).toBeLessThanOrEqual(6);
});
