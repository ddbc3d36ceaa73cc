import { describe, expect, it } from "vitest";
import { subnet } from "../../src/kinds/subnet/subnet.ts";
import { vpc } from "../../src/kinds/vpc/vpc.ts";
import { kinds } from "../../src/kinds/index.ts";
import { iamPolicy } from "../../src/iam/policy.ts";
import { header, openTestbed } from "../support/testbed.ts";

interface Row {
  readonly id: string;
  readonly vpcId?: string;
  readonly cidr?: string;
  readonly cidrs?: readonly { readonly cidr: string }[];
}

const subnets = Array.from({ length: 30 }, (_, i) => `  s${i}: { vpc: main, cidrBlock: 10.0.${i}.0/24, availabilityZone: a }`).join("\n");
const yaml = `${header}
tags: { team: web }
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
${subnets}
`;

describe("tags", () => {
  it("a tag that changes for a whole environment is written in one call", async () => {
    const index = openTestbed({ kinds: [vpc, subnet] });
    await index.apply(yaml);
    const changed = yaml.replace("team: web", "team: shop");
    const applied = await index.apply(changed);
    expect(applied.run.plan.steps).toHaveLength(31);
    expect(applied.connection.calls.byOperation.get("ec2:CreateTags")).toBe(1);
    expect((await index.plan(changed)).plan.steps).toEqual([]);
  });

  it("null takes a tag away, leaving the line out leaves it", async () => {
    const index = openTestbed({ kinds: [vpc, subnet] });
    await index.apply(yaml);
    expect((await index.plan(yaml.replace("tags: { team: web }", ""))).plan.steps).toEqual([]);
    const removed = yaml.replace("  main: { cidrBlock: 10.0.0.0/16 }", "  main: { cidrBlock: 10.0.0.0/16, tags: { team: null } }");
    const { plan } = await index.plan(removed);
    expect(plan.steps).toMatchObject([{ action: "update", address: "vpc/main", tags: { set: {}, remove: ["team"] } }]);
    await index.apply(removed);
    expect((await index.plan(removed)).plan.steps).toEqual([]);
  });

  it("of another account's objects that cannot be read are reported as such", async () => {
    const shared = `${header}
subnets:
  a: { vpc: { tags: { Name: shared }, ownerId: "999999999999" }, cidrBlock: 10.0.0.0/24, availabilityZone: a }
`;
    const { diagnostics } = await openTestbed({ kinds: [vpc, subnet] }).plan(shared);
    expect(diagnostics.map(({ code, summary }) => `${code}: ${summary}`)).toEqual([
      expect.stringMatching(
        /^lookup-failed: .*no vpc has these tags.*AWS does not show the owner's tags.*Refer to it by \{ id \} or by its place, \{ cidrBlock \}/,
      ),
    ]);
  });
});

describe("objects that another account shares", () => {
  const group = (place: string) => `${header}securityGroups: { a: { vpc: ${place} } }\n`;
  const interfaces = (subnet: string) =>
    `${header}instances: { a: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, subnet: ${subnet}, disposable: true } }\n`;

  it("is found by where it is", async () => {
    const index = openTestbed();
    await index.apply(yaml.replace("tags: { team: web }", ""));
    const { sandbox } = index;
    const theirs = (table: string) => [...sandbox.stores.values()].flatMap((store) => [...store.table(table).values()]) as Row[];
    const vpcId = theirs("ec2.vpcs").find(({ cidrs }) => cidrs![0]!.cidr === "10.0.0.0/16")!.id;
    const subnetId = theirs("ec2.subnets").find(({ vpcId: of, cidr }) => of === vpcId && cidr === "10.0.0.0/24")!.id;
    const found = async (text: string) => {
      const { plan, diagnostics } = await index.plan(text.replace("environment: test", "environment: other"));
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      return Object.values(plan.lookups);
    };
    expect(await found(group("{ cidrBlock: 10.0.0.0/16 }"))).toEqual([vpcId]);
    expect(await found(group('{ cidrBlock: 10.0.0.0/16, ownerId: "123456789012" }'))).toEqual([vpcId]);
    expect(await found(interfaces(`{ vpc: ${vpcId}, cidrBlock: 10.0.0.0/24 }`))).toContain(subnetId);
    const missing = await index.plan(group('{ cidrBlock: 10.0.0.0/16, ownerId: "999999999999" }').replace(": test", ": other"));
    expect(missing.diagnostics.map(({ code, summary }) => `${code}: ${summary}`)).toEqual([
      "lookup-failed: securityGroup/a: vpc: there is no vpc with cidrBlock 10.0.0.0/16 of 999999999999",
    ]);
  });

  it.each([
    [interfaces("{ cidrBlock: 10.0.0.0/24 }"), "the subnet also needs vpc."],
    [interfaces("{ vpc: vpc-0123456789abcdef0 }"), "the subnet also needs cidrBlock."],
    [group("{ cidrBlock: 10.0.0.0/16, tags: { a: b } }"), "tags cannot be combined with cidrBlock."],
    [group("{ vpc: vpc-0123456789abcdef0, cidrBlock: 10.0.0.0/16 }"), 'has no field "vpc"'],
    [interfaces("{ vpc: main, cidrBlock: 10.0.0.0/24 }"), "vpc"],
  ])("%s is not", (text, says) => {
    expect(() => openTestbed().load(text)).toThrow(says);
  });

  it("may be used by the printed role, in that VPC", () => {
    const environment = openTestbed().load(interfaces("{ vpc: vpc-0123456789abcdef0, cidrBlock: 10.0.0.0/24 }"));
    const { Statement } = iamPolicy(kinds, environment, "apply");
    expect(Statement.filter(({ Sid }) => Sid!.startsWith("UseOthers"))).toMatchObject([
      {
        Action: expect.arrayContaining(["ec2:RunInstances"]) as string[],
        Resource: ["arn:aws:ec2:eu-west-1:*:subnet/*"],
        Condition: { ArnLike: { "ec2:Vpc": "arn:*:ec2:*:*:vpc/vpc-0123456789abcdef0" } },
      },
    ]);
  });
});
