import {
  AssociateDhcpOptionsCommand,
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  CreateDefaultVpcCommand,
  CreateDhcpOptionsCommand,
  CreateEgressOnlyInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  DeleteDhcpOptionsCommand,
  DeleteEgressOnlyInternetGatewayCommand,
  DeleteVpcCommand,
  DescribeAccountAttributesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeDhcpOptionsCommand,
  DescribeManagedPrefixListsCommand,
  DescribeRegionsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  DisassociateSubnetCidrBlockCommand,
  DisassociateVpcCidrBlockCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcTenancyCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { zonesOf } from "../../src/services/ec2/zones.ts";
import { openTestbed, codeOf } from "./ec2.ts";
import { network } from "./network.ts";

describe("zones", () => {
  it.each([
    ["us-east-1", "us-east-1e", "use1-az3"],
    ["ap-northeast-1", "ap-northeast-1d", "apne1-az2"],
    ["eu-west-3", "eu-west-3b", "euw3-az2"],
    ["us-gov-west-1", "us-gov-west-1a", "usgw1-az1"],
    ["ap-southeast-2", "ap-southeast-2c", "apse2-az3"],
  ])("of %s have names and ids", (region, name, id) => expect(zonesOf({ region })).toContainEqual({ name, id }));

  it("are described by name, id or filter", async () => {
    const { ec2 } = openTestbed();
    const names = async (input: object) =>
      (await ec2.send(new DescribeAvailabilityZonesCommand(input))).AvailabilityZones!.map((zone) => zone.ZoneName);
    expect(await names({ ZoneIds: ["apne2-az3"] })).toEqual(["ap-northeast-2c"]);
    expect(await names({ Filters: [{ Name: "zone-name", Values: ["*b"] }] })).toEqual(["ap-northeast-2b"]);
    expect(await codeOf(names({ ZoneNames: ["ap-northeast-2z"] }))).toBe("InvalidParameterValue");
  });
});

it("the account has regions and attributes", async () => {
  const { ec2 } = openTestbed();
  expect((await ec2.send(new DescribeRegionsCommand({ RegionNames: ["eu-west-1"] }))).Regions).toEqual([
    { RegionName: "eu-west-1", Endpoint: "ec2.eu-west-1.amazonaws.com", OptInStatus: "opt-in-not-required" },
  ]);
  const { AccountAttributes } = await ec2.send(new DescribeAccountAttributesCommand({ AttributeNames: ["default-vpc"] }));
  expect(AccountAttributes![0]!.AttributeValues![0]!.AttributeValue).toMatch(/^vpc-/);
});

it("an object that cannot be made here does not exist: a read by id is an error, and no other read is an empty success", async () => {
  const { ec2 } = openTestbed();
  expect((await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints).toEqual([]);
  expect((await ec2.send(new DescribeVpcPeeringConnectionsCommand({}))).VpcPeeringConnections).toEqual([]);
  expect(await codeOf(ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: ["vpce-0123456789abcdef0"] })))).toBe(
    "InvalidVpcEndpointId.NotFound",
  );
});

it("AWS's own prefix lists can be named", async () => {
  const { ec2 } = openTestbed();
  const { PrefixLists } = await ec2.send(new DescribeManagedPrefixListsCommand({ Filters: [{ Name: "owner-id", Values: ["AWS"] }] }));
  expect(PrefixLists!.map((one) => one.PrefixListName)).toEqual([
    "com.amazonaws.ap-northeast-2.s3",
    "com.amazonaws.ap-northeast-2.dynamodb",
  ]);
});

describe("DHCP option sets", () => {
  it("are kept by the VPCs that use them, and `default` means none", async () => {
    const b = openTestbed();
    const { vpc } = await network(b);
    expect(await codeOf(b.ec2.send(new CreateDhcpOptionsCommand({ DhcpConfigurations: [{ Key: "colour", Values: ["red"] }] })))).toBe(
      "InvalidParameterValue",
    );
    const { DhcpOptions } = await b.ec2.send(
      new CreateDhcpOptionsCommand({ DhcpConfigurations: [{ Key: "domain-name", Values: ["example.test"] }] }),
    );
    const DhcpOptionsId = DhcpOptions!.DhcpOptionsId!;
    const associate = (id: string) => b.ec2.send(new AssociateDhcpOptionsCommand({ VpcId: vpc, DhcpOptionsId: id }));
    await associate(DhcpOptionsId);
    expect(
      (await b.ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "dhcp-options-id", Values: [DhcpOptionsId] }] }))).Vpcs,
    ).toHaveLength(1);
    expect(await codeOf(b.ec2.send(new DeleteDhcpOptionsCommand({ DhcpOptionsId })))).toBe("DependencyViolation");
    await associate("default");
    expect(await codeOf(b.ec2.send(new DeleteDhcpOptionsCommand({ DhcpOptionsId })))).toBe("succeeded");
    expect(await codeOf(b.ec2.send(new DescribeDhcpOptionsCommand({ DhcpOptionsIds: [DhcpOptionsId] })))).toBe(
      "InvalidDhcpOptionID.NotFound",
    );
  });
});

describe("IPv6", () => {
  it("goes from VPC to subnet to egress-only gateway, and back", async () => {
    const b = openTestbed();
    const net = await network(b);
    const { Ipv6CidrBlockAssociation: block } = await b.ec2.send(
      new AssociateVpcCidrBlockCommand({ VpcId: net.vpc, AmazonProvidedIpv6CidrBlock: true }),
    );
    b.pass(10);
    const own = block!.Ipv6CidrBlock!.replace("::/56", "::/64");
    const associate = (Ipv6CidrBlock: string) => b.ec2.send(new AssociateSubnetCidrBlockCommand({ SubnetId: net.subnet, Ipv6CidrBlock }));
    expect(await codeOf(associate("2001:db8::/64"))).toBe("InvalidSubnet.Range");
    const { Ipv6CidrBlockAssociation: mine } = await associate(own);
    expect(await codeOf(b.ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: block!.AssociationId! })))).toBe(
      "InvalidParameterValue",
    );
    const { EgressOnlyInternetGateway } = await b.ec2.send(new CreateEgressOnlyInternetGatewayCommand({ VpcId: net.vpc }));
    const EgressOnlyInternetGatewayId = EgressOnlyInternetGateway!.EgressOnlyInternetGatewayId!;
    const route = (what: object) =>
      codeOf(b.ec2.send(new CreateRouteCommand({ RouteTableId: net.mainTable, EgressOnlyInternetGatewayId, ...what })));
    expect(await route({ DestinationCidrBlock: "0.0.0.0/0" })).toBe("InvalidParameterValue");
    expect(await route({ DestinationIpv6CidrBlock: "0:0::/0" })).toBe("succeeded");
    const routes = (await b.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [net.mainTable] }))).RouteTables![0]!.Routes!;
    expect(routes.map((one) => one.DestinationCidrBlock ?? one.DestinationIpv6CidrBlock)).toEqual([
      "10.0.0.0/16",
      block!.Ipv6CidrBlock,
      "::/0",
    ]);
    expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId: net.vpc })))).toBe("DependencyViolation");
    await b.ec2.send(new DeleteEgressOnlyInternetGatewayCommand({ EgressOnlyInternetGatewayId }));
    await b.ec2.send(new DisassociateSubnetCidrBlockCommand({ AssociationId: mine!.AssociationId! }));
    b.pass(10);
    const { Subnets } = await b.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [net.subnet] }));
    expect(Subnets![0]!.Ipv6CidrBlockAssociationSet![0]!.Ipv6CidrBlockState!.State).toBe("disassociated");
    expect(await codeOf(b.ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: block!.AssociationId! })))).toBe("succeeded");
  });
});

describe("a subnet of IPv6 only", () => {
  const open = async () => {
    const b = openTestbed();
    const net = await network(b);
    const { Ipv6CidrBlockAssociation: block } = await b.ec2.send(
      new AssociateVpcCidrBlockCommand({ VpcId: net.vpc, AmazonProvidedIpv6CidrBlock: true }),
    );
    b.pass(10);
    const own = block!.Ipv6CidrBlock!.replace("::/56", "::/64");
    const create = (more: object) => b.ec2.send(new CreateSubnetCommand({ VpcId: net.vpc, Ipv6Native: true, ...more }));
    return { b, own, create };
  };

  it("is made with a range and without IPv4, as the AWS CLI's example shows it", async () => {
    const { own, create } = await open();
    expect(await codeOf(create({}))).toBe("MissingParameter");
    expect(await codeOf(create({ Ipv6CidrBlock: own, CidrBlock: "10.0.9.0/24" }))).toBe("InvalidParameterCombination");
    const { Subnet } = await create({ Ipv6CidrBlock: own });
    expect(Subnet).toMatchObject({
      AssignIpv6AddressOnCreation: true,
      AvailableIpAddressCount: 0,
      Ipv6Native: true,
      PrivateDnsNameOptionsOnLaunch: { HostnameType: "resource-name" },
    });
    expect(Subnet).not.toHaveProperty("CidrBlock");
  });

  it("keeps its range, and gives interfaces IPv6 addresses alone", async () => {
    const { b, own, create } = await open();
    const { Subnet } = await create({ Ipv6CidrBlock: own });
    const { SubnetId, Ipv6CidrBlockAssociationSet: [block] = [] } = Subnet!;
    const set = (attribute: object) => codeOf(b.ec2.send(new ModifySubnetAttributeCommand({ SubnetId, ...attribute })));
    expect(await set({ AssignIpv6AddressOnCreation: { Value: false } })).toBe("InvalidParameterValue");
    expect(await set({ MapPublicIpOnLaunch: { Value: true } })).toBe("InvalidParameterValue");
    expect(await set({ PrivateDnsHostnameTypeOnLaunch: "ip-name" })).toBe("InvalidParameterValue");
    expect(await set({ EnableDns64: { Value: true } })).toBe("succeeded");
    expect(await codeOf(b.ec2.send(new DisassociateSubnetCidrBlockCommand({ AssociationId: block!.AssociationId! })))).toBe(
      "InvalidParameterValue",
    );
    b.pass(10);
    const { NetworkInterface: made } = await b.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
    expect(made!.Ipv6Addresses).toHaveLength(1);
    expect(made).not.toHaveProperty("PrivateIpAddress");
    expect(await codeOf(b.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddress: "10.0.0.9" })))).toBe(
      "InvalidParameterValue",
    );
  });
});

it("there is one default VPC, and its tenancy changes in one direction only", async () => {
  const b = openTestbed();
  const { vpc } = await network(b);
  expect(await codeOf(b.ec2.send(new CreateDefaultVpcCommand({})))).toBe("DefaultVpcAlreadyExists");
  expect(await codeOf(b.ec2.send(new ModifyVpcTenancyCommand({ VpcId: vpc, InstanceTenancy: "dedicated" as "default" })))).toBe(
    "UnsupportedTenancy",
  );
});
