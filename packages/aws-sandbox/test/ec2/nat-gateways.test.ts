import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateNatGatewayAddressCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNatGatewayCommand,
  DeleteSubnetCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  DisassociateNatGatewayAddressCommand,
  ReleaseAddressCommand,
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

const allocate = async () => (await b.ec2.send(new AllocateAddressCommand({ Domain: "vpc" }))).AllocationId!;
const make = async (more: object) =>
  (await b.ec2.send(new CreateNatGatewayCommand({ SubnetId: net.subnet, ClientToken: "t", ...more }))).NatGateway!;
const look = async (id: string) => (await b.ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }))).NatGateways![0]!;
const release = (AllocationId: string) => codeOf(b.ec2.send(new ReleaseAddressCommand({ AllocationId })));
const remove = (NatGatewayId: string) => b.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }));

describe("a NAT gateway", () => {
  it("takes minutes to come, and holds an interface and its address", async () => {
    const AllocationId = await allocate();
    const { NatGatewayId, State } = await make({ AllocationId });
    expect(State).toBe("pending");
    b.pass(30);
    expect((await look(NatGatewayId!)).State).toBe("pending");
    b.pass(120);
    const nat = await look(NatGatewayId!);
    expect(nat).toMatchObject({ State: "available", ConnectivityType: "public", VpcId: net.vpc });
    expect(nat.NatGatewayAddresses![0]).toMatchObject({ AllocationId, IsPrimary: true, Status: "succeeded", PrivateIp: "10.0.0.4" });
    const { NetworkInterfaces } = await b.ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "subnet-id", Values: [net.subnet] }] }),
    );
    expect(NetworkInterfaces![0]).toMatchObject({
      InterfaceType: "nat_gateway",
      RequesterManaged: true,
      Description: `Interface for NAT Gateway ${NatGatewayId}`,
      Groups: [],
    });
  });

  it("trap 4: releases its address some seconds after it is deleted; until then release and disassociate lack permission", async () => {
    const AllocationId = await allocate();
    const { NatGatewayId } = await make({ AllocationId });
    b.pass(200);
    const AssociationId = (await look(NatGatewayId!)).NatGatewayAddresses![0]!.AssociationId!;
    expect(await release(AllocationId)).toBe("AuthFailure");
    expect(await codeOf(b.ec2.send(new DisassociateAddressCommand({ AssociationId })))).toBe("AuthFailure");
    await remove(NatGatewayId!);
    expect((await look(NatGatewayId!)).State).toBe("deleting");
    let seconds = 0;
    while ((await look(NatGatewayId!)).State !== "deleted" && seconds++ < 600) b.pass(1);
    expect(await release(AllocationId)).toBe("AuthFailure");
    b.pass(10);
    expect(await release(AllocationId)).toBe("succeeded");
    expect(await release(AllocationId)).toBe("InvalidAllocationID.NotFound");
  });

  it("trap 3: stays listed about an hour when it is dead, with its tags", async () => {
    const { NatGatewayId } = await make({
      AllocationId: await allocate(),
      TagSpecifications: [{ ResourceType: "natgateway", Tags: [{ Key: "a", Value: "b" }] }],
    });
    b.pass(200);
    await remove(NatGatewayId!);
    b.pass(300);
    const found = async () =>
      (await b.ec2.send(new DescribeNatGatewaysCommand({ Filter: [{ Name: "tag:a", Values: ["b"] }] }))).NatGateways!.map(
        (nat) => nat.State,
      );
    expect(await found()).toEqual(["deleted"]);
    expect(await codeOf(remove(NatGatewayId!))).toBe("NatGatewayNotFound");
    b.pass(3600);
    expect(await found()).toEqual([]);
    expect(await codeOf(look(NatGatewayId!))).toBe("NatGatewayNotFound");
  });

  it("trap 5: stays until it is gone, and so do the objects that it needs", async () => {
    const { NatGatewayId } = await make({ AllocationId: await allocate() });
    b.pass(200);
    const detach = () => codeOf(b.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: net.gateway, VpcId: net.vpc })));
    const dropSubnet = () => codeOf(b.ec2.send(new DeleteSubnetCommand({ SubnetId: net.subnet })));
    await remove(NatGatewayId!);
    expect([await detach(), await dropSubnet()]).toEqual(["DependencyViolation", "DependencyViolation"]);
    b.pass(200);
    expect([await detach(), await dropSubnet()]).toEqual(["succeeded", "succeeded"]);
  });

  it.each([
    ["no gateway in the VPC", "Gateway.NotAttached"],
    ["an address that another has", "Resource.AlreadyAssociated"],
    ["an address that does not exist", "InvalidAllocationID.NotFound"],
    ["a fault", "InternalError"],
  ])("trap 3: fails after a success for %s", async (why, code) => {
    let AllocationId = await allocate();
    let SubnetId = net.subnet;
    if (code === "Gateway.NotAttached") {
      const VpcId = (await b.ec2.send(new CreateVpcCommand({ CidrBlock: "10.7.0.0/16" }))).Vpc!.VpcId!;
      b.pass(5);
      SubnetId = (await b.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.7.0.0/24" }))).Subnet!.SubnetId!;
    }
    if (code === "Resource.AlreadyAssociated") await make({ AllocationId, ClientToken: "first" });
    if (code === "InvalidAllocationID.NotFound") AllocationId = "eipalloc-0123456789abcdef0";
    if (code === "InternalError") b.sandbox.setFaults({ events: ["ec2:natGatewayFails"] });
    const made = await make({ AllocationId, SubnetId });
    expect([why, made.State]).toEqual([why, "pending"]);
    b.pass(60);
    expect(await look(made.NatGatewayId!)).toMatchObject({ State: "failed", FailureCode: code });
    expect((await make({ AllocationId, SubnetId })).State).toBe("failed"); // trap 2: the token stays used
  });

  it("comes when its id says so, or on request after the middle of the assumed time", async () => {
    const waits = async (tokens: readonly string[]) => {
      const made = await Promise.all(tokens.map((ClientToken) => make({ ConnectivityType: "private", ClientToken })));
      b.pass(102);
      const before = await Promise.all(made.map(async ({ NatGatewayId }) => (await look(NatGatewayId!)).State));
      b.pass(1);
      return [new Set(before), new Set(await Promise.all(made.map(async ({ NatGatewayId }) => (await look(NatGatewayId!)).State)))];
    };
    expect((await waits(["a", "b", "c", "d"])).map(({ size }) => size)).toEqual([2, 2]);
    b.sandbox.setFaults({ events: { "durations:typical": "always", "quotas:lifted": "always" } });
    expect(await waits(["e", "f", "g", "h"])).toEqual([new Set(["pending"]), new Set(["available"])]);
  });

  it("counts against its quota by zone, while it is being deleted too", async () => {
    b.quota("natGatewaysPerZone", 1);
    const { NatGatewayId } = await make({ AllocationId: await allocate() });
    b.pass(200);
    await remove(NatGatewayId!);
    expect(await codeOf(make({ ConnectivityType: "private", ClientToken: "u" }))).toBe("NatGatewayLimitExceeded");
    b.pass(200);
    expect(await codeOf(make({ ConnectivityType: "private", ClientToken: "v" }))).toBe("succeeded");
  });

  it("gains and loses secondary addresses in place, one change at a time", async () => {
    const [AllocationId, second] = [await allocate(), await allocate()];
    const { NatGatewayId } = await make({ AllocationId });
    b.pass(200);
    const add = () => b.ec2.send(new AssociateNatGatewayAddressCommand({ NatGatewayId: NatGatewayId!, AllocationIds: [second] }));
    await add();
    expect(await codeOf(add())).toBe("IncorrectState");
    b.pass(60);
    const addresses = (await look(NatGatewayId!)).NatGatewayAddresses!;
    expect(addresses.map((one) => [one.AllocationId, one.IsPrimary, one.Status])).toEqual([
      [AllocationId, true, "succeeded"],
      [second, false, "succeeded"],
    ]);
    const drop = (id: string) =>
      b.ec2.send(new DisassociateNatGatewayAddressCommand({ NatGatewayId: NatGatewayId!, AssociationIds: [id] }));
    expect(await codeOf(drop(addresses[0]!.AssociationId!))).toBe("InvalidParameterValue");
    await drop(addresses[1]!.AssociationId!);
    b.pass(60);
    expect((await look(NatGatewayId!)).NatGatewayAddresses).toHaveLength(1);
    expect(await release(second)).toBe("succeeded");
  });

  it("is a route's target until it goes", async () => {
    const { NatGatewayId } = await make({ AllocationId: await allocate() });
    b.pass(200);
    await b.ec2.send(new CreateRouteCommand({ RouteTableId: net.mainTable, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId }));
    const state = async () =>
      (await b.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [net.mainTable] }))).RouteTables![0]!.Routes![1]!.State;
    expect(await state()).toBe("active");
    await remove(NatGatewayId!);
    expect(await state()).toBe("blackhole");
  });
});

describe("an Elastic IP", () => {
  const target = async () =>
    (await b.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: net.subnet }))).NetworkInterface!.NetworkInterfaceId!;
  const associate = (what: object) => b.ec2.send(new AssociateAddressCommand(what));

  it("trap 19: is taken from its present owner without a word, unless that is forbidden", async () => {
    const [AllocationId, one, two] = [await allocate(), await target(), await target()];
    const { AssociationId } = await associate({ AllocationId, NetworkInterfaceId: one, AllowReassociation: false });
    expect((await associate({ AllocationId, NetworkInterfaceId: one, AllowReassociation: false })).AssociationId).toBe(AssociationId);
    expect(await codeOf(associate({ AllocationId, NetworkInterfaceId: two, AllowReassociation: false }))).toBe(
      "Resource.AlreadyAssociated",
    );
    const stolen = await associate({ AllocationId, NetworkInterfaceId: two });
    expect(stolen.AssociationId).not.toBe(AssociationId);
    const { Addresses } = await b.ec2.send(new DescribeAddressesCommand({ AllocationIds: [AllocationId] }));
    expect(Addresses![0]).toMatchObject({ NetworkInterfaceId: two, AssociationId: stolen.AssociationId });
    expect(await codeOf(b.ec2.send(new DisassociateAddressCommand({ AssociationId: AssociationId! })))).toBe(
      "InvalidAssociationID.NotFound",
    );
  });

  it("needs a gateway in the VPC, and is not released in use", async () => {
    const [AllocationId, NetworkInterfaceId] = [await allocate(), await target()];
    await b.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: net.gateway, VpcId: net.vpc }));
    expect(await codeOf(associate({ AllocationId, NetworkInterfaceId }))).toBe("Gateway.NotAttached");
    const other = await network(b, "10.1.0.0/16");
    const there = (await b.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: other.subnet }))).NetworkInterface!.NetworkInterfaceId!;
    const { AssociationId } = await associate({ AllocationId, NetworkInterfaceId: there });
    expect(await release(AllocationId)).toBe("InvalidIPAddress.InUse");
    expect(await codeOf(b.ec2.send(new ReleaseAddressCommand({ AllocationId, NetworkBorderGroup: "ap-northeast-2-sel-1" })))).toBe(
      "InvalidAddress.NotFound",
    );
    await b.ec2.send(new DisassociateAddressCommand({ AssociationId: AssociationId! }));
    expect(await release(AllocationId)).toBe("succeeded");
  });

  it("is one of five", async () => {
    for (let i = 0; i < 5; i++) await allocate();
    expect(await codeOf(allocate())).toBe("AddressLimitExceeded");
  });
});
