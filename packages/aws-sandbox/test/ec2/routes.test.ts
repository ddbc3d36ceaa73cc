import {
  AssociateRouteTableCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteNetworkAclCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DetachInternetGatewayCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DisassociateRouteTableCommand,
  ReplaceNetworkAclAssociationCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { openTestbed, codeOf, type Testbed } from "./ec2.ts";
import { network, type Network } from "./network.ts";

let b: Testbed;
let net: Network;
beforeEach(async () => {
  b = openTestbed();
  net = await network(b);
});

const makeTable = async (more: object = {}) =>
  (await b.ec2.send(new CreateRouteTableCommand({ VpcId: net.vpc, ...more }))).RouteTable!.RouteTableId!;
const table = async (id: string) => (await b.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }))).RouteTables![0]!;
const route = (RouteTableId: string, what: object) => codeOf(b.ec2.send(new CreateRouteCommand({ RouteTableId, ...what })));

describe("internet gateways", () => {
  it("are one a VPC, and one VPC a gateway", async () => {
    const other = (await b.ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway!.InternetGatewayId!;
    const attach = (InternetGatewayId: string, VpcId: string) =>
      codeOf(b.ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId })));
    expect(await attach(other, net.vpc)).toBe("Resource.AlreadyAssociated");
    expect(await attach(net.gateway, net.vpc)).toBe("Resource.AlreadyAssociated");
    expect(await codeOf(b.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: net.gateway })))).toBe("DependencyViolation");
    expect(await codeOf(b.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: other, VpcId: net.vpc })))).toBe(
      "Gateway.NotAttached",
    );
    expect(await codeOf(b.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: other })))).toBe("succeeded");
  });
});

describe("routes", () => {
  it("have one destination, in canonical form, and one target", async () => {
    const id = await makeTable();
    expect(await route(id, { DestinationCidrBlock: "0.0.0.0/0", GatewayId: net.gateway })).toBe("succeeded");
    expect(await route(id, { DestinationCidrBlock: "1.2.3.4/0", GatewayId: net.gateway })).toBe("RouteAlreadyExists");
    expect(await route(id, { DestinationCidrBlock: "10.0.0.0/16", GatewayId: net.gateway })).toBe("RouteAlreadyExists");
    expect(await route(id, { DestinationCidrBlock: "10.0.5.0/24", GatewayId: net.gateway })).toBe("InvalidParameterValue");
    expect(await route(id, { DestinationCidrBlock: "8.8.8.0/24" })).toBe("MissingParameter");
    expect(await route(id, { DestinationCidrBlock: "8.8.8.0/24", GatewayId: "local" })).toBe("InvalidGatewayID.NotFound");
    expect(await route(id, { DestinationCidrBlock: "8.8.8.0/24", NatGatewayId: "nat-0123456789abcdef0" })).toBe(
      "InvalidNatGatewayID.NotFound",
    );
    const other = await network(b, "10.1.0.0/16");
    expect(await route(id, { DestinationCidrBlock: "8.8.8.0/24", GatewayId: other.gateway })).toBe("InvalidParameterValue");
    expect((await table(id)).Routes).toEqual([
      { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", Origin: "CreateRouteTable", State: "active" },
      { DestinationCidrBlock: "0.0.0.0/0", GatewayId: net.gateway, Origin: "CreateRoute", State: "active" },
    ]);
  });

  it("are replaced and deleted, the local ones neither created nor deleted", async () => {
    const id = await makeTable();
    const replace = (what: object) => codeOf(b.ec2.send(new ReplaceRouteCommand({ RouteTableId: id, ...what })));
    expect(await replace({ DestinationCidrBlock: "0.0.0.0/0", GatewayId: net.gateway })).toBe("InvalidParameterValue");
    await route(id, { DestinationCidrBlock: "0.0.0.0/0", GatewayId: net.gateway });
    const { NetworkInterface } = await b.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: net.subnet }));
    expect(await replace({ DestinationCidrBlock: "0.0.0.0/0", NetworkInterfaceId: NetworkInterface!.NetworkInterfaceId })).toBe(
      "succeeded",
    );
    expect((await table(id)).Routes![1]).toMatchObject({ NetworkInterfaceId: NetworkInterface!.NetworkInterfaceId, State: "blackhole" });
    const remove = (DestinationCidrBlock: string) => codeOf(b.ec2.send(new DeleteRouteCommand({ RouteTableId: id, DestinationCidrBlock })));
    expect(await remove("10.0.0.0/16")).toBe("InvalidParameterValue");
    expect(await remove("0.0.0.0/0")).toBe("succeeded");
    expect(await remove("0.0.0.0/0")).toBe("InvalidRoute.NotFound");
  });

  it("trap 17: stay as black holes when their gateway is gone", async () => {
    await route(net.mainTable, { DestinationCidrBlock: "0.0.0.0/0", GatewayId: net.gateway });
    await b.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: net.gateway, VpcId: net.vpc }));
    await b.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: net.gateway }));
    expect((await table(net.mainTable)).Routes![1]).toMatchObject({ GatewayId: net.gateway, State: "blackhole" });
  });
});

describe("route tables", () => {
  it("trap 14: get a new association id at every replacement", async () => {
    const [one, two] = [await makeTable(), await makeTable()];
    const { AssociationId } = await b.ec2.send(new AssociateRouteTableCommand({ RouteTableId: one, SubnetId: net.subnet }));
    expect(await codeOf(b.ec2.send(new AssociateRouteTableCommand({ RouteTableId: two, SubnetId: net.subnet })))).toBe(
      "Resource.AlreadyAssociated",
    );
    const { NewAssociationId } = await b.ec2.send(
      new ReplaceRouteTableAssociationCommand({ AssociationId: AssociationId!, RouteTableId: two }),
    );
    expect(NewAssociationId).not.toBe(AssociationId);
    expect(await codeOf(b.ec2.send(new DisassociateRouteTableCommand({ AssociationId: AssociationId! })))).toBe(
      "InvalidAssociationID.NotFound",
    );
    expect((await table(two)).Associations![0]).toMatchObject({
      RouteTableAssociationId: NewAssociationId,
      SubnetId: net.subnet,
      Main: false,
    });
    expect(await codeOf(b.ec2.send(new DeleteRouteTableCommand({ RouteTableId: two })))).toBe("DependencyViolation");
    await b.ec2.send(new DeleteSubnetCommand({ SubnetId: net.subnet }));
    expect(await codeOf(b.ec2.send(new DeleteRouteTableCommand({ RouteTableId: two })))).toBe("succeeded");
  });

  it("trap 15: one is always main, and stays until another is", async () => {
    const mine = await makeTable();
    const main = (await table(net.mainTable)).Associations![0]!;
    expect(main.Main).toBe(true);
    expect(await codeOf(b.ec2.send(new DisassociateRouteTableCommand({ AssociationId: main.RouteTableAssociationId! })))).toBe(
      "InvalidParameterValue",
    );
    expect(await codeOf(b.ec2.send(new DeleteRouteTableCommand({ RouteTableId: net.mainTable })))).toBe("DependencyViolation");
    await b.ec2.send(new ReplaceRouteTableAssociationCommand({ AssociationId: main.RouteTableAssociationId!, RouteTableId: mine }));
    expect(await codeOf(b.ec2.send(new DeleteRouteTableCommand({ RouteTableId: net.mainTable })))).toBe("succeeded");
  });

  it("trap 2: are the same for the same client token, dead or alive, and an error with other parameters", async () => {
    const id = await makeTable({ ClientToken: "t" });
    expect(await makeTable({ ClientToken: "t" })).toBe(id);
    const TagSpecifications = [{ ResourceType: "route-table", Tags: [{ Key: "a", Value: "b" }] }];
    expect(await codeOf(makeTable({ ClientToken: "t", TagSpecifications }))).toBe("IdempotentParameterMismatch");
    expect(await codeOf(makeTable({ ClientToken: "t".repeat(65) }))).toBe("InvalidParameterValue");
    await b.ec2.send(new DeleteRouteTableCommand({ RouteTableId: id }));
    expect(await makeTable({ ClientToken: "t" })).toBe(id);
    expect(await codeOf(table(id))).toBe("InvalidRouteTableID.NotFound");
  });
});

describe("network ACLs", () => {
  it("take subnets of their own VPC only", async () => {
    const { Vpc: other } = await b.ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
    const { NetworkAcl: theirs } = await b.ec2.send(new CreateNetworkAclCommand({ VpcId: other!.VpcId! }));
    const Filters = [{ Name: "vpc-id", Values: [net.vpc] }];
    const [dflt] = (await b.ec2.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls!;
    const AssociationId = dflt!.Associations![0]!.NetworkAclAssociationId!;
    const moving = b.ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: theirs!.NetworkAclId! }));
    expect(await codeOf(moving)).toBe("InvalidParameterValue");
  });

  it("trap 12: have decimal protocols, entries by number, and an association for every subnet", async () => {
    const { NetworkAcl } = await b.ec2.send(new CreateNetworkAclCommand({ VpcId: net.vpc }));
    const NetworkAclId = NetworkAcl!.NetworkAclId!;
    expect(NetworkAcl!.Entries!.map((entry) => entry.RuleNumber)).toEqual([32767, 32767]);
    const entry = (RuleNumber: number) =>
      codeOf(
        b.ec2.send(
          new CreateNetworkAclEntryCommand({
            NetworkAclId,
            RuleNumber,
            Egress: false,
            Protocol: "tcp",
            RuleAction: "allow",
            CidrBlock: "10.0.0.1/8",
            PortRange: { From: 80, To: 80 },
          }),
        ),
      );
    expect(await entry(100)).toBe("succeeded");
    expect(await entry(100)).toBe("NetworkAclEntryAlreadyExists");
    expect(await entry(32767)).toBe("InvalidParameterValue");
    const acls = async () =>
      (await b.ec2.send(new DescribeNetworkAclsCommand({ Filters: [{ Name: "vpc-id", Values: [net.vpc] }] }))).NetworkAcls!;
    const [dflt] = await acls();
    const { NewAssociationId } = await b.ec2.send(
      new ReplaceNetworkAclAssociationCommand({ AssociationId: dflt!.Associations![0]!.NetworkAclAssociationId!, NetworkAclId }),
    );
    expect(
      await codeOf(
        b.ec2.send(
          new ReplaceNetworkAclAssociationCommand({ AssociationId: dflt!.Associations![0]!.NetworkAclAssociationId!, NetworkAclId }),
        ),
      ),
    ).toBe("InvalidAssociationID.NotFound");
    const mine = (await acls()).find((acl) => acl.NetworkAclId === NetworkAclId)!;
    expect(mine.Entries![0]).toEqual({
      RuleNumber: 100,
      Egress: false,
      Protocol: "6",
      RuleAction: "allow",
      CidrBlock: "10.0.0.0/8",
      PortRange: { From: 80, To: 80 },
    });
    expect(await codeOf(b.ec2.send(new DeleteNetworkAclCommand({ NetworkAclId })))).toBe("DependencyViolation");
    await b.ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId: NewAssociationId!, NetworkAclId: dflt!.NetworkAclId! }));
    expect(await codeOf(b.ec2.send(new DeleteNetworkAclEntryCommand({ NetworkAclId, RuleNumber: 99, Egress: false })))).toBe(
      "InvalidNetworkAclEntry.NotFound",
    );
    expect(await codeOf(b.ec2.send(new DeleteNetworkAclCommand({ NetworkAclId })))).toBe("succeeded");
    expect(await codeOf(b.ec2.send(new DeleteNetworkAclCommand({ NetworkAclId: dflt!.NetworkAclId! })))).toBe("InvalidParameterValue");
  });
});

it("a subnet is kept by an interface in it", async () => {
  const { Subnet } = await b.ec2.send(new CreateSubnetCommand({ VpcId: net.vpc, CidrBlock: "10.0.9.0/28" }));
  const make = () => b.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet!.SubnetId! }));
  for (let i = 0; i < 11; i++) await make();
  expect(await codeOf(make())).toBe("InsufficientFreeAddressesInSubnet");
  expect(await codeOf(b.ec2.send(new DeleteSubnetCommand({ SubnetId: Subnet!.SubnetId! })))).toBe("DependencyViolation");
});
