import {
  AssociateVpcCidrBlockCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DisassociateVpcCidrBlockCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { openTestbed, codeOf } from "./ec2.ts";

const tag = (type: "vpc" | "subnet", tags: Record<string, string>) => [
  { ResourceType: type, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
];

async function vpcIn({ ec2 }: ReturnType<typeof openTestbed>, CidrBlock = "10.0.0.0/16", tags: Record<string, string> = { team: "web" }) {
  return (await ec2.send(new CreateVpcCommand({ CidrBlock, TagSpecifications: tag("vpc", tags) }))).Vpc!;
}

describe("the objects that an account has from the beginning", () => {
  it("has a default VPC with subnets, gateway, route, group, ACL and option set", async () => {
    const { ec2 } = openTestbed();
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }));
    expect(Vpcs).toHaveLength(1);
    const [vpc] = Vpcs!;
    expect(vpc).toMatchObject({ CidrBlock: "172.31.0.0/16", InstanceTenancy: "default", IsDefault: true });
    expect(vpc!.DhcpOptionsId).toMatch(/^dopt-[0-9a-f]{17}$/);
    const Filters = [{ Name: "vpc-id", Values: [vpc!.VpcId!] }];
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
    expect(
      Subnets!.map((subnet) => [subnet.CidrBlock, subnet.AvailabilityZone, subnet.AvailabilityZoneId, subnet.MapPublicIpOnLaunch]),
    ).toEqual([
      ["172.31.0.0/20", "ap-northeast-2a", "apne2-az1", true],
      ["172.31.16.0/20", "ap-northeast-2b", "apne2-az2", true],
      ["172.31.32.0/20", "ap-northeast-2c", "apne2-az3", true],
      ["172.31.48.0/20", "ap-northeast-2d", "apne2-az4", true],
    ]);
    const { InternetGateways } = await ec2.send(
      new DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpc!.VpcId!] }] }),
    );
    expect(InternetGateways![0]!.Attachments).toEqual([{ State: "available", VpcId: vpc!.VpcId }]);
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
    expect(RouteTables![0]!.Routes!.map((route) => [route.DestinationCidrBlock, route.GatewayId, route.State])).toEqual([
      ["172.31.0.0/16", "local", "active"],
      ["0.0.0.0/0", InternetGateways![0]!.InternetGatewayId, "active"],
    ]);
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    expect(SecurityGroups!.map((group) => group.GroupName)).toEqual(["default"]);
    const { SecurityGroupRules } = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [SecurityGroups![0]!.GroupId!] }] }),
    );
    expect(
      SecurityGroupRules!.map((rule) => [
        rule.IsEgress,
        rule.IpProtocol,
        rule.FromPort,
        rule.CidrIpv4 ?? rule.ReferencedGroupInfo?.GroupId,
      ]),
    ).toEqual([
      [true, "-1", -1, "0.0.0.0/0"],
      [false, "-1", -1, SecurityGroups![0]!.GroupId],
    ]);
    const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand({ Filters }));
    expect(NetworkAcls![0]).toMatchObject({ IsDefault: true });
    expect(NetworkAcls![0]!.Associations).toHaveLength(4);
  });
});

describe("a VPC", () => {
  it("is pending, then available, with its range in canonical form", async () => {
    const b = openTestbed();
    const vpc = await vpcIn(b, "10.0.3.7/16");
    expect(vpc).toMatchObject({ CidrBlock: "10.0.0.0/16", State: "pending", IsDefault: false });
    b.pass(5);
    const { Vpcs } = await b.ec2.send(new DescribeVpcsCommand({ VpcIds: [vpc.VpcId!] }));
    expect(Vpcs![0]).toMatchObject({ State: "available", Tags: [{ Key: "team", Value: "web" }] });
  });

  it.each([
    ["10.0.0.0/15", "InvalidVpc.Range"],
    ["10.0.0.0/29", "InvalidVpc.Range"],
    ["10.0.0.0", "InvalidParameterValue"],
    ["10.0.0.256/16", "InvalidParameterValue"],
  ])("refuses %s with %s", async (CidrBlock, code) => {
    expect(await codeOf(openTestbed().ec2.send(new CreateVpcCommand({ CidrBlock })))).toBe(code);
  });

  it("meets the quota of five, which a table overrides", async () => {
    const b = openTestbed();
    for (let i = 0; i < 4; i++) await vpcIn(b);
    expect(await codeOf(vpcIn(b))).toBe("VpcLimitExceeded");
    b.quota("vpcs", 6);
    expect(await codeOf(vpcIn(b))).toBe("succeeded");
  });

  it("takes one attribute a call, and host names only along with DNS support", async () => {
    const b = openTestbed();
    const VpcId = (await vpcIn(b)).VpcId!;
    const modify = (what: object) => codeOf(b.ec2.send(new ModifyVpcAttributeCommand({ VpcId, ...what })));
    expect(await modify({ EnableDnsSupport: { Value: true }, EnableDnsHostnames: { Value: true } })).toBe("InvalidParameterCombination");
    expect(await modify({ EnableDnsHostnames: { Value: true } })).toBe("succeeded");
    expect(await modify({ EnableDnsSupport: { Value: false } })).toBe("InvalidParameterCombination");
    expect((await b.ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsHostnames" }))).EnableDnsHostnames).toEqual({
      Value: true,
    });
  });

  it("is deleted with everything that was created with it, and stays while anything else is in it", async () => {
    const b = openTestbed();
    const VpcId = (await vpcIn(b)).VpcId!;
    const { GroupId } = await b.ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName: "web", Description: "web" }));
    expect(GroupId).toMatch(/^sg-/);
    expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId })))).toBe("DependencyViolation");
    const other = (await vpcIn(b, "10.1.0.0/16")).VpcId!;
    expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId: other })))).toBe("succeeded");
    expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId: other })))).toBe("InvalidVpcID.NotFound");
    expect(
      (await b.ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: "vpc-id", Values: [other] }] }))).SecurityGroups,
    ).toEqual([]);
  });

  it("trap 7: a new IPv6 block opens untouched groups and the default ACL", async () => {
    const b = openTestbed();
    const VpcId = (await vpcIn(b)).VpcId!;
    const { Ipv6CidrBlockAssociation: made } = await b.ec2.send(
      new AssociateVpcCidrBlockCommand({ VpcId, AmazonProvidedIpv6CidrBlock: true }),
    );
    expect(made!.Ipv6CidrBlock).toMatch(/^2600:[0-9a-f:]+::\/56$/);
    expect(made!.Ipv6CidrBlockState).toEqual({ State: "associating" });
    const { SecurityGroups } = await b.ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] }));
    expect(SecurityGroups![0]!.IpPermissionsEgress![0]!.Ipv6Ranges).toEqual([{ CidrIpv6: "::/0" }]);
    const { NetworkAcls } = await b.ec2.send(new DescribeNetworkAclsCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] }));
    const numbers = (acls: typeof NetworkAcls) =>
      acls![0]!.Entries!.filter((entry) => entry.Ipv6CidrBlock).map((entry) => entry.RuleNumber);
    expect(numbers(NetworkAcls)).toEqual([101, 32768, 101, 32768]);
    // The rules stay when the range is removed, and are not doubled when another one is added.
    b.pass(60);
    await b.ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: made!.AssociationId! }));
    b.pass(60);
    await b.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, AmazonProvidedIpv6CidrBlock: true }));
    const again = await b.ec2.send(new DescribeNetworkAclsCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] }));
    expect(numbers(again.NetworkAcls)).toEqual([101, 32768, 101, 32768]);
  });

  it.each([
    ["10.0.0.0/16", "10.1.0.0/16", "succeeded"],
    ["10.0.0.0/16", "100.64.0.0/16", "succeeded"],
    ["10.0.0.0/16", "52.10.0.0/16", "succeeded"],
    ["10.0.0.0/16", "172.16.0.0/16", "InvalidVpc.Range"],
    ["10.0.0.0/16", "192.168.0.0/16", "InvalidVpc.Range"],
    ["10.0.0.0/16", "198.19.0.0/16", "InvalidVpc.Range"],
    ["172.16.0.0/16", "172.17.0.0/16", "succeeded"],
    ["172.16.0.0/16", "10.0.0.0/16", "InvalidVpc.Range"],
    ["192.168.0.0/17", "192.168.128.0/17", "succeeded"],
    ["192.168.0.0/16", "172.20.0.0/16", "InvalidVpc.Range"],
    ["100.64.0.0/16", "10.0.0.0/16", "succeeded"],
    ["10.0.0.0/16", "169.254.0.0/16", "InvalidVpc.Range"],
  ])("with %s takes %s: %s", async (CidrBlock, further, code) => {
    const b = openTestbed();
    const { Vpc } = await b.ec2.send(new CreateVpcCommand({ CidrBlock }));
    b.pass(10);
    expect(await codeOf(b.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: Vpc!.VpcId!, CidrBlock: further })))).toBe(code);
  });

  it("keeps blocks that are gone in its answers for a while, and its primary for ever", async () => {
    const b = openTestbed();
    const vpc = await vpcIn(b);
    const associate = (CidrBlock: string) => b.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpc.VpcId!, CidrBlock }));
    expect(await codeOf(associate("10.0.128.0/20"))).toBe("InvalidVpc.Range");
    const { CidrBlockAssociation: block } = await associate("10.1.0.0/16");
    b.pass(10);
    await b.ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: block!.AssociationId! }));
    b.pass(10);
    const { Vpcs } = await b.ec2.send(new DescribeVpcsCommand({ VpcIds: [vpc.VpcId!] }));
    expect(Vpcs![0]!.CidrBlockAssociationSet!.map((one) => one.CidrBlockState!.State)).toEqual(["associated", "disassociated"]);
    const primary = vpc.CidrBlockAssociationSet![0]!.AssociationId!;
    expect(await codeOf(b.ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: primary })))).toBe("OperationNotPermitted");
  });
});

describe("a subnet", () => {
  it("lies inside the VPC and apart from the others, in canonical form", async () => {
    const b = openTestbed();
    const VpcId = (await vpcIn(b)).VpcId!;
    const create = (CidrBlock: string, more: object = {}) =>
      b.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone: "ap-northeast-2a", ...more }));
    const { Subnet } = await create("10.0.1.9/24", { TagSpecifications: tag("subnet", { Name: "a" }) });
    expect(Subnet).toMatchObject({
      CidrBlock: "10.0.1.0/24",
      AvailableIpAddressCount: 251,
      MapPublicIpOnLaunch: false,
      DefaultForAz: false,
      AvailabilityZoneId: "apne2-az1",
      Tags: [{ Key: "Name", Value: "a" }],
    });
    expect(await codeOf(create("10.0.1.0/24"))).toBe("InvalidSubnet.Conflict");
    expect(await codeOf(create("10.0.0.0/20"))).toBe("InvalidSubnet.Conflict");
    expect(await codeOf(create("10.1.0.0/24"))).toBe("InvalidSubnet.Range");
    expect(await codeOf(create("10.0.2.0/29"))).toBe("InvalidSubnet.Range");
    expect(await codeOf(create("10.0.2.0/24", { AvailabilityZone: "ap-northeast-2z" }))).toBe("InvalidParameterValue");
    expect(await codeOf(create("10.0.2.0/24", { AvailabilityZoneId: "apne2-az1" }))).toBe("InvalidParameterCombination");
    expect(await codeOf(create("10.0.2.0/24", { VpcId: "vpc-0123456789abcdef0" }))).toBe("InvalidVpcID.NotFound");
    expect(await codeOf(create("10.0.2.0/24", { VpcId: "nope" }))).toBe("InvalidVpcID.Malformed");
  });

  it("trap 18: takes one attribute a call", async () => {
    const b = openTestbed();
    const VpcId = (await vpcIn(b)).VpcId!;
    const SubnetId = (await b.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.1.0/24" }))).Subnet!.SubnetId!;
    const modify = (what: object) => codeOf(b.ec2.send(new ModifySubnetAttributeCommand({ SubnetId, ...what })));
    expect(await modify({ MapPublicIpOnLaunch: { Value: true }, EnableDns64: { Value: true } })).toBe("InvalidParameterCombination");
    expect(await modify({ MapPublicIpOnLaunch: { Value: true } })).toBe("succeeded");
    expect(await modify({ AssignIpv6AddressOnCreation: { Value: true } })).toBe("InvalidParameterValue");
    expect((await b.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }))).Subnets![0]!.MapPublicIpOnLaunch).toBe(true);
    expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId })))).toBe("DependencyViolation");
    expect(await codeOf(b.ec2.send(new DeleteSubnetCommand({ SubnetId })))).toBe("succeeded");
    expect(await codeOf(b.ec2.send(new DeleteSubnetCommand({ SubnetId })))).toBe("InvalidSubnetID.NotFound");
    expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId })))).toBe("succeeded");
  });
});

describe("describing", () => {
  it("trap 23: takes * and ? in filter values as wildcards, and a backslash as their end", async () => {
    const b = openTestbed();
    await vpcIn(b, "10.0.0.0/16", { env: "dev" });
    await vpcIn(b, "10.1.0.0/16", { env: "dev-2" });
    await vpcIn(b, "10.2.0.0/16", { env: "d*" });
    const found = async (value: string) =>
      (await b.ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "tag:env", Values: [value] }] }))).Vpcs!.map((vpc) => vpc.CidrBlock);
    expect(await found("dev")).toEqual(["10.0.0.0/16"]);
    expect(await found("de?")).toEqual(["10.0.0.0/16"]);
    expect(await found("dev*")).toEqual(["10.0.0.0/16", "10.1.0.0/16"]);
    expect(await found("d\\*")).toEqual(["10.2.0.0/16"]);
    expect(await found("DEV")).toEqual([]);
  });

  it("fails as a whole for one missing id, but not in a filter", async () => {
    const b = openTestbed();
    const VpcId = (await vpcIn(b)).VpcId!;
    expect(await codeOf(b.ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId, "vpc-0123456789abcdef0"] })))).toBe("InvalidVpcID.NotFound");
    expect(await codeOf(b.ec2.send(new DescribeVpcsCommand({ VpcIds: ["vpc-xyz"] })))).toBe("InvalidVpcID.Malformed");
    const { Vpcs } = await b.ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId, "vpc-0123456789abcdef0"] }] }));
    expect(Vpcs).toHaveLength(1);
  });

  it("names a filter that it does not know", async () => {
    await expect(openTestbed().ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "colour", Values: ["red"] }] }))).rejects.toThrow(
      /'colour'/,
    );
  });

  it("pages within AWS's bounds", async () => {
    const { ec2 } = openTestbed();
    expect(await codeOf(ec2.send(new DescribeSubnetsCommand({ MaxResults: 4 })))).toBe("InvalidParameterValue");
    expect(await codeOf(ec2.send(new DescribeRouteTablesCommand({ MaxResults: 101 })))).toBe("InvalidParameterValue");
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    const VpcId = Vpcs![0]!.VpcId!;
    for (let i = 0; i < 7; i++) await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName: `g${i}`, Description: "g" }));
    const first = await ec2.send(new DescribeSecurityGroupsCommand({ MaxResults: 5 }));
    const second = await ec2.send(new DescribeSecurityGroupsCommand({ MaxResults: 5, NextToken: first.NextToken }));
    expect([first.SecurityGroups!.length, second.SecurityGroups!.length, second.NextToken]).toEqual([5, 3, undefined]);
    expect(await codeOf(ec2.send(new DescribeVpcsCommand({ NextToken: first.NextToken })))).toBe("InvalidParameterValue");
  });

  it("does nothing in a dry run", async () => {
    const { ec2 } = openTestbed();
    expect(await codeOf(ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", DryRun: true })))).toBe("DryRunOperation");
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });
});

describe("tags", () => {
  it("are merged, removed by key or by key and value, and all at once by a call without keys", async () => {
    const b = openTestbed();
    const id = (await vpcIn(b, "10.0.0.0/16", { a: "1", b: "2", c: "3" })).VpcId!;
    const tags = async () =>
      (await b.ec2.send(new DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [id] }] }))).Tags!.map(
        (one) => `${one.ResourceType} ${one.Key}=${one.Value}`,
      );
    await b.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "a", Value: "9" }] }));
    await b.ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: "b", Value: "other" }, { Key: "c" }] }));
    expect(await tags()).toEqual(["vpc a=9", "vpc b=2"]);
    await b.ec2.send(new DeleteTagsCommand({ Resources: [id] }));
    expect(await tags()).toEqual([]);
  });

  it.each([
    ["aws:name", "x", "InvalidTagKey.Malformed"],
    ["k".repeat(128), "x", "InvalidParameterValue"],
    ["k", "x".repeat(257), "InvalidParameterValue"],
  ])("refuses %s", async (Key, Value, code) => {
    const b = openTestbed();
    const id = (await vpcIn(b)).VpcId!;
    expect(await codeOf(b.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] })))).toBe(code);
  });

  it("are fifty at most, on resources that exist, of the type that is made", async () => {
    const b = openTestbed();
    const id = (await vpcIn(b)).VpcId!;
    const Tags = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: "v" }));
    expect(await codeOf(b.ec2.send(new CreateTagsCommand({ Resources: [id], Tags })))).toBe("TagLimitExceeded");
    expect(
      await codeOf(b.ec2.send(new CreateTagsCommand({ Resources: ["vpc-0123456789abcdef0"], Tags: [{ Key: "a", Value: "b" }] }))),
    ).toBe("InvalidVpcID.NotFound");
    expect(await codeOf(b.ec2.send(new CreateTagsCommand({ Resources: ["nonsense"], Tags: [{ Key: "a", Value: "b" }] })))).toBe(
      "InvalidID",
    );
    expect(await codeOf(b.ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications: tag("subnet", { a: "b" }) })))).toBe(
      "InvalidParameterValue",
    );
    expect((await b.ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "cidr", Values: ["10.0.0.0/16"] }] }))).Vpcs).toHaveLength(1);
  });
});
