import { describe, expect, it } from "vitest";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed } from "../support/testbed.ts";

const yaml = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
`;

describe("unmanaged objects", () => {
  it("drift names objects in our VPC that are not in the YAML; a plan does not list them", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const connection = await index.connection();
    const ec2 = await import("@aws-sdk/client-ec2");
    const vpc = (await index.plan(yaml)).plan.objects.find(({ address }) => address === "vpc/main")!.id;
    const group = await connection.aws.ec2(
      new ec2.CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "by-hand", Description: "by hand" }),
    );
    const environment = index.load(yaml);
    const quiet = await planEnvironment(kinds, connection, environment, { goal: "agree" });
    expect(quiet.plan.notes).toEqual([]);
    const looking = await planEnvironment(kinds, connection, environment, { goal: "agree", unmanaged: true });
    expect(looking.plan.steps).toEqual([]);
    expect(looking.plan.notes).toEqual([
      {
        code: "stranger",
        id: group.GroupId,
        text: `${group.GroupId} (security group "by-hand" in ${vpc}) is not in the YAML; it is left alone`,
      },
    ]);
  });

  it("are not objects with our tags: about a copy, and about two candidates for an address, drift says only that", async () => {
    const counted = `${yaml}securityGroups: { web: { count: 2, vpc: main, ingress: [] } }\nrouteTables: { r: { vpc: main, subnets: [a] } }\n`;
    const index = openTestbed();
    await index.apply(counted);
    const { aws } = await index.connection();
    const ec2 = await import("@aws-sdk/client-ec2");
    const objects = (await index.plan(counted)).plan.objects;
    const id = (address: string) => objects.find((one) => one.address === address)!.id;
    const { GroupId } = await aws.ec2(
      new ec2.CreateSecurityGroupCommand({ VpcId: id("vpc/main"), GroupName: "by-hand", Description: "x" }),
    );
    const { RouteTable } = await aws.ec2(new ec2.CreateRouteTableCommand({ VpcId: id("vpc/main") }));
    const copies = { "securityGroup/web[1]": GroupId!, "routeTable/r": RouteTable!.RouteTableId! };
    for (const [address, copy] of Object.entries(copies)) {
      const { Tags } = await aws.ec2(new ec2.DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [id(address)] }] }));
      const tags = Tags!.map(({ Key, Value }) => ({ Key, Value }));
      await aws.ec2(new ec2.CreateTagsCommand({ Resources: [copy], Tags: tags }));
    }
    const { plan, diagnostics } = await planEnvironment(kinds, await index.connection(), index.load(counted), {
      goal: "agree",
      unmanaged: true,
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["two-of-one"]);
    expect(plan.notes.map(({ code, id: of, text }) => [code, of, text])).toEqual([
      ["copy", GroupId, expect.stringContaining("has the tags of securityGroup/web[1] but is not it")],
    ]);
  });

  it("a new environment hears of the project's environments that have no YAML", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const renamed = yaml.replace("environment: test", "environment: prod").replaceAll("10.0.", "10.9.");
    const { plan } = await index.plan(renamed);
    expect(plan.notes.find((note) => note.code === "live-without-yaml")?.text).toBe(
      "project lab has environments in AWS without YAML here: test (2 objects); was this environment renamed?",
    );
  });
});
