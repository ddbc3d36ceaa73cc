/** Objects that AWS makes by itself: references to them, and resources that adopt them. */
import { DescribeSecurityGroupsCommand, DescribeTagsCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { iamPolicy } from "../../src/iam/policy.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const main = `
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
`;
const machine = (fields: string) => `
instances:
  web: { image: ami-0123456789abcdef0, instanceType: t3.micro, ${fields} }
`;

describe("a file", () => {
  const problem = (yaml: string): string => {
    try {
      loadText(header + yaml);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, string, string]>([
    [
      "a VPC without one",
      "subnets: { a: { cidrBlock: 10.0.1.0/24, availabilityZone: a } }",
      "`vpc: { default: true }` for the one that AWS created in the region",
    ],
    ["a VPC by its zone", "securityGroups: { a: { vpc: { default: a } } }", "write { default: true }"],
    ["a subnet without its zone", machine("subnet: { default: true }"), "write its zone, as in { default: a }"],
    ["a subnet by a zone's id", machine("subnet: { default: euw1-az1 }"), "identified by its zone name"],
    ["a subnet of another region", machine("subnet: { default: us-east-1a }"), "is not in eu-west-1"],
    [
      "a default beside an id",
      "securityGroups: { a: { vpc: { default: true, ownerId: '123456789012' } } }",
      "`default` cannot be combined with other fields",
    ],
    [
      "a group of a VPC that nobody takes over",
      `${main}${machine("subnet: { default: a }, securityGroups: [{ default: vpc/main }]")}`,
      "securityGroups: { default: { default: true, vpc: main } }",
    ],
    ["a kind that AWS makes none of", "natGateways: { a: { subnet: { default: a }, elasticIp: { default: true } } }", "default"],
    [
      "two that stand for one",
      `${main}networkAcls: { a: { vpc: main, default: true }, b: { vpc: main, default: true } }`,
      "networkAcl/a is already the default networkAcl of vpc/main",
    ],
    [
      "what AWS has settled",
      `${main}securityGroups: { a: { vpc: main, default: true, description: Mine } }`,
      "AWS sets description of the default securityGroup",
    ],
    [
      "the role of the main table",
      `${main}routeTables: { a: { vpc: main, default: true, main: false } }`,
      "AWS sets main of the default routeTable",
    ],
  ])("has a diagnostic for %s", (_what, yaml, says) => expect(problem(yaml)).toContain(says));

  it("refers to a group that it takes over by its VPC, too", () => {
    const group = "securityGroups: { locked: { vpc: main, default: true }, other: { vpc: { default: true }, default: true } }";
    const { nodes } = loadText(
      `${header}${main}${group}${machine("subnet: { default: a }, securityGroups: [{ default: main }, { default: true }]")}`,
    );
    expect(nodes.find(({ address }) => address === "instance/web")?.spec).toMatchObject({
      subnet: { default: "eu-west-1a" },
      securityGroups: ["securityGroup/locked", "securityGroup/other"],
    });
  });

  it("needs the right to tag unowned objects for those that it adopts, and for nothing else", () => {
    const statement = (yaml: string) =>
      iamPolicy(kinds, loadText(header + yaml), "apply").Statement.filter(({ Sid }) => Sid.startsWith("TakeOverDefaults"));
    expect(statement(`${main}securityGroups: { a: { vpc: main } }`)).toEqual([]);
    expect(statement(`${main}networkAcls: { a: { vpc: main, default: true } }`)).toMatchObject([
      { Action: ["ec2:CreateTags"], Resource: [expect.stringContaining("network-acl/*")] },
    ]);
  });
});

describe("in an account with a default VPC", () => {
  let testbed: Testbed;
  beforeEach(() => (testbed = openTestbed()));

  const inDefault = `${header}
securityGroups:
  own: { vpc: { default: true }, ingress: [{ port: 22, source: 10.0.0.0/8 }] }
  theirs: { vpc: { default: true }, default: true, ingress: [] }
instances:
  web: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, subnet: { default: b }, securityGroups: [own, { default: true }] }
`;

  it("a machine stands in its subnet, and its group is taken over where it is found", async () => {
    const { plan } = await testbed.plan(inDefault);
    expect(stepsOf({ plan })).toEqual(expect.arrayContaining(["update securityGroup/theirs", "create instance/web"]));
    await testbed.apply(inDefault);
    expect(stepsOf(await testbed.plan(inDefault))).toEqual([]);
  });

  it("without one, says so and makes nothing", async () => {
    const { connection } = await testbed.plan(header);
    await connection.aws.ec2(new DescribeVpcsCommand({})); // the first call creates the account
    for (const store of testbed.sandbox.stores.values()) store.table("ec2.vpcs").clear();
    const { diagnostics, plan } = await testbed.plan(inDefault);
    expect(diagnostics.map(({ summary }) => summary).join("\n")).toContain("has no default vpc in eu-west-1; somebody deleted it");
    expect(stepsOf({ plan })).toEqual([]);
  });
});

describe("with a VPC of its own", () => {
  const taken = `${header}${main}
securityGroups: { locked: { vpc: main, default: true, ingress: [], egress: [] } }
networkAcls: { all: { vpc: main, default: true, ingress: { 100: { action: allow, protocol: all, source: 10.0.0.0/8 } } } }
routeTables: { main: { vpc: main, default: true } }
`;

  it("adopts the objects that AWS makes with it, changes the written fields, and releases them with the VPC", async () => {
    const testbed = openTestbed();
    const { connection } = await testbed.apply(taken);
    expect(stepsOf(await testbed.plan(taken))).toEqual([]);
    const groups = await connection.aws.ec2(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: "tag:infra:resource", Values: ["securityGroup/locked"] }] }),
    );
    expect(groups.SecurityGroups).toMatchObject([{ GroupName: "default", IpPermissions: [], IpPermissionsEgress: [] }]);
    // When it leaves the file, it stays as it is.
    const without = taken.replace(/securityGroups: .*\n/, "");
    const { plan } = await testbed.plan(without);
    expect(plan.steps).toMatchObject([
      { action: "keep", address: "securityGroup/locked", because: expect.stringContaining("it stays as it is") as string },
    ]);
    await testbed.destroy(taken);
    expect(stepsOf(await testbed.plan(taken, "destroy"))).toEqual([]);
    const { Tags = [] } = await connection.aws.ec2(new DescribeTagsCommand({}));
    expect(Tags.filter(({ Key, ResourceId }) => Key === "infra:resource" && !ResourceId?.startsWith("vpc-"))).toEqual([]);
  });

  it("is found where it is, when the VPC is there already", async () => {
    const testbed = openTestbed();
    await testbed.apply(`${header}${main}`);
    expect(stepsOf(await testbed.plan(taken)).sort()).toEqual([
      "retag networkAcl/all",
      "retag routeTable/main",
      "retag securityGroup/locked",
      "update networkAcl/all",
      "update securityGroup/locked",
    ]);
    await testbed.apply(taken);
    expect(stepsOf(await testbed.plan(taken))).toEqual([]);
  });
});
