import { expect, it } from "vitest";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

it("replaces two security groups together whose rules name each other", async () => {
  const yaml = (description: string) => `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
securityGroups:
  one: { vpc: main, description: ${description}, ingress: [{ port: 22, source: securityGroup/other }] }
  other: { vpc: main, description: ${description}, ingress: [{ port: 22, source: securityGroup/one }] }
`;
  const lab = openTestbed();
  await lab.apply(yaml("before"));
  const { run } = await lab.apply(yaml("after"));
  expect(stepsOf(run).sort()).toEqual(["replace securityGroup/one", "replace securityGroup/other"]);
  expect(stepsOf(await lab.plan(yaml("after")))).toEqual([]);
});
