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

describe("strangers", () => {
  it("drift names what stands in our VPC without being in the YAML; a plan does not look for it", async () => {
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

  it("a new environment hears of the project's environments that have no YAML", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const renamed = yaml.replace("environment: test", "environment: prod").replaceAll("10.0.", "10.9.");
    const { plan } = await index.plan(renamed);
    expect(plan.notes.find((note) => note.code === "live-without-yaml")?.text).toBe(
      "project lab has live environments without YAML here: test (2 objects); was this one renamed?",
    );
  });
});
