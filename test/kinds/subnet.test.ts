import {
  DeleteSubnetCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  type Subnet as AwsSubnet,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { subnet } from "../../src/kinds/subnet/subnet.ts";
import { mockedEc2, refusal, runOf, scope, sent, resourceIndexOf, type Declared, type MockedEc2 } from "./mocked-ec2.ts";

const driver = await subnet.load();
let aws: MockedEc2["aws"];
let ec2: MockedEc2["ec2"];
let clock: MockedEc2["clock"];
beforeEach(async () => ({ aws, ec2, clock } = await mockedEc2()));

function found(more: Partial<AwsSubnet> = {}): AwsSubnet {
  return {
    SubnetId: "subnet-1",
    VpcId: "vpc-1",
    CidrBlock: "10.0.1.0/24",
    AvailabilityZone: "eu-west-1a",
    State: "available",
    OwnerId: "123456789012",
    ...more,
  };
}

async function get() {
  return (await driver.get(aws, ["subnet-1"], scope)).get("subnet-1")!;
}

describe("reading", () => {
  it.each([
    ["available", "ready"],
    ["pending", "pending"],
    ["failed-insufficient-capacity", { failed: 'AWS says "failed-insufficient-capacity"' }],
  ])("state %s is %j", async (State, state) => {
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [found({ State: State as never })] });
    expect((await get()).state).toEqual(state);
  });

  it("finds the subnets of a VPC with one call", async () => {
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [found({ SubnetId: "subnet-2", CidrBlock: "10.0.9.0/24" })] });
    expect(await driver.within!(aws, new Map([["vpc", new Set(["vpc-1"])]]))).toEqual([
      { id: "subnet-2", what: "subnet 10.0.9.0/24 in vpc-1" },
    ]);
    expect(sent(ec2)).toEqual([{ name: "DescribeSubnets", input: { Filters: [{ Name: "vpc-id", Values: ["vpc-1"] }], MaxResults: 1000 } }]);
  });

  it("asks nothing where no VPC was found", async () => {
    expect(await driver.within!(aws, new Map([["subnet", new Set(["subnet-1"])]]))).toEqual([]);
    expect(sent(ec2)).toEqual([]);
  });

  it("finds by tags among the subnets of one account", async () => {
    const Tags = [{ Key: "Name", Value: "shared" }];
    ec2.on(DescribeSubnetsCommand).resolves({
      Subnets: [found({ Tags }), found({ SubnetId: "subnet-2" }), found({ SubnetId: "subnet-3", Tags, OwnerId: "999999999999" })],
    });
    expect(await driver.find!(aws, { Name: "shared" }, undefined)).toEqual(["subnet-1"]);
    expect(await driver.find!(aws, { Name: "shared" }, "999999999999")).toEqual(["subnet-3"]);
  });
});

describe("deleting", () => {
  it.each(["InvalidSubnetID.NotFound", "InvalidSubnetId.NotFound"])("%s is done", async (code) => {
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [found()] });
    ec2.on(DeleteSubnetCommand).rejects(refusal(code));
    await driver.delete(aws, await get(), runOf(clock, get));
  });

  it("names the interfaces that are in the way", async () => {
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [found()] });
    ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [{ NetworkInterfaceId: "eni-1", SubnetId: "subnet-1", Description: "Interface for NAT Gateway nat-0abc" }],
    });
    expect((await driver.blockers!(aws, [await get()])).get("subnet-1")).toEqual([
      { id: "eni-1", owner: "nat-0abc", what: "network interface of NAT gateway nat-0abc" },
    ]);
    expect(ec2.commandCalls(DescribeNetworkInterfacesCommand)[0]!.args[0].input.Filters).toEqual([
      { Name: "subnet-id", Values: ["subnet-1"] },
    ]);
  });
});

describe("checking", () => {
  const vpcs: Declared[] = [
    { address: "vpc/a", spec: { cidrBlock: "10.0.0.0/16", secondaryCidrBlocks: ["10.5.0.0/16"] } },
    { address: "vpc/b", spec: { cidrBlock: "10.0.0.0/16" } },
  ];
  const check = (...specs: object[]) => {
    const index = resourceIndexOf(
      ...vpcs,
      ...specs.map((spec, i) => ({ address: `subnet/${i}`, spec: { availabilityZone: "eu-west-1a", ...spec } })),
    );
    return index.of("subnet").flatMap((one) => subnet.check!(one, index).map(({ code, summary }) => `${one.name} ${code}: ${summary}`));
  };

  it.each([
    [[{ vpc: "vpc/a", cidrBlock: "10.0.1.0/24" }], []],
    [[{ vpc: "vpc/a", cidrBlock: "10.5.1.0/24" }], []],
    [
      [{ vpc: "vpc/a", cidrBlock: "10.6.1.0/24" }],
      ["0 cidr-outside-vpc: 10.6.1.0/24 is not inside vpc/a, which has 10.0.0.0/16 and 10.5.0.0/16."],
    ],
    [[{ vpc: "vpc/b", cidrBlock: "10.0.0.0/30" }], ["0 cidr-size: 10.0.0.0/30 is a /30, but AWS allows only /16 to /28."]],
    [
      [
        { vpc: "vpc/a", cidrBlock: "10.0.0.0/23" },
        { vpc: "vpc/b", cidrBlock: "10.0.1.0/24" },
        { vpc: "vpc/a", cidrBlock: "10.0.1.0/24" },
      ],
      ["2 cidr-overlap: 10.0.1.0/24 overlaps 10.0.0.0/23 of subnet/0."],
    ],
    [
      [
        { vpc: "vpc-0shared", cidrBlock: "192.168.0.0/24" },
        { vpc: "vpc-0shared", cidrBlock: "192.168.0.128/25" },
      ],
      ["1 cidr-overlap: 192.168.0.128/25 overlaps 192.168.0.0/24 of subnet/0."],
    ],
    [[{ vpc: { tags: { Name: "x" } }, cidrBlock: "192.168.0.0/24" }], []],
  ])("%j: %j", (specs, problems) => expect(check(...specs)).toEqual(problems));
});
