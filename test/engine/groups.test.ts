import { expect, it } from "vitest";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

it("replaces two security groups together whose rules name each other", async () => {
  const yaml = (description: string) => `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
securityGroups:
  one: { vpc: main, description: ${description}, ingress: [{ port: 22, source: securityGroup/other }] }
  other: { vpc: main, description: ${description}, ingress: [{ port: 22, source: securityGroup/one }] }
`;
  const testbed = openTestbed();
  await testbed.apply(yaml("before"));
  const { run } = await testbed.apply(yaml("after"));
  expect(stepsOf(run).sort()).toEqual(["replace securityGroup/one", "replace securityGroup/other"]);
  expect(stepsOf(await testbed.plan(yaml("after")))).toEqual([]);
});

it("moves the rules of a group over to the successor of the one that they name", async () => {
  const yaml = (description: string) => `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
securityGroups:
  web: { vpc: main, ingress: [{ port: 22, source: securityGroup/app, description: SSH }, { port: 80, source: 10.0.0.0/8 }] }
  app: { vpc: main, description: ${description} }
`;
  const testbed = openTestbed();
  await testbed.apply(yaml("before"));
  const { run } = await testbed.apply(yaml("after"));
  expect(stepsOf(run).sort()).toEqual(["replace securityGroup/app", "update securityGroup/web"]);
  expect(stepsOf(await testbed.plan(yaml("after")))).toEqual([]);
  await testbed.destroy(yaml("after"));
});
