/** The rules that AWS puts into a new security group, against the sandbox. */
import { expect, it } from "vitest";
import { securityGroup } from "../../src/kinds/security-group/security-group.ts";
import { vpc } from "../../src/kinds/vpc/vpc.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

it("is described in the run that makes the group", async () => {
  const testbed = openTestbed({ kinds: [vpc, securityGroup] });
  const egress = "[{ protocol: all, destination: 0.0.0.0/0, description: Everywhere }]";
  const yaml = `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\nsecurityGroups: { web: { vpc: main, egress: ${egress} } }\n`;
  await testbed.apply(yaml);
  expect(stepsOf(await testbed.plan(yaml))).toEqual([]);
});
