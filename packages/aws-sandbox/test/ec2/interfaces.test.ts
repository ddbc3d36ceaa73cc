import {
  AssignPrivateIpAddressesCommand,
  AssignPrivateNatGatewayAddressCommand,
  AssociateAddressCommand,
  AllocateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreatePlacementGroupCommand,
  CreateRouteCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DetachNetworkInterfaceCommand,
  ModifyInstanceAttributeCommand,
  ModifyInstanceCapacityReservationAttributesCommand,
  ModifyInstancePlacementCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  UnassignPrivateIpAddressesCommand,
  UnassignPrivateNatGatewayAddressCommand,
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

const make = async (more: object = {}) =>
  (await b.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: net.subnet, ...more }))).NetworkInterface!.NetworkInterfaceId!;
const look = async (id: string) =>
  (await b.ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }))).NetworkInterfaces![0]!;
const launch = async (more: object = {}) => {
  const made = await b.ec2.send(
    new RunInstancesCommand({
      ImageId: "ami-0a1b2c3d4e5f60001",
      InstanceType: "t3.micro",
      MinCount: 1,
      MaxCount: 1,
      SubnetId: net.subnet,
      ...more,
    }),
  );
  b.pass(60);
  return made.Instances![0]!.InstanceId!;
};

describe("an interface", () => {
  it("is not described by ids and pages at once, has groups, a check and addresses", async () => {
    const id = await make({ PrivateIpAddress: "10.0.0.50" });
    expect(await codeOf(b.ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id], MaxResults: 5 })))).toBe(
      "InvalidParameterCombination",
    );
    const modify = (what: object) => codeOf(b.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: id, ...what })));
    expect(await modify({ SourceDestCheck: { Value: false }, Groups: [net.defaultGroup] })).toBe("InvalidParameterCombination");
    expect(await modify({ SourceDestCheck: { Value: false } })).toBe("succeeded");
    await b.ec2.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId: id, SecondaryPrivateIpAddressCount: 2 }));
    expect(
      await codeOf(b.ec2.send(new UnassignPrivateIpAddressesCommand({ NetworkInterfaceId: id, PrivateIpAddresses: ["10.0.0.50"] }))),
    ).toBe("InvalidParameterValue");
    await b.ec2.send(new UnassignPrivateIpAddressesCommand({ NetworkInterfaceId: id, PrivateIpAddresses: ["10.0.0.4"] }));
    const { PrivateIpAddresses, SourceDestCheck } = await look(id);
    expect([PrivateIpAddresses!.map((one) => one.PrivateIpAddress), SourceDestCheck]).toEqual([["10.0.0.50", "10.0.0.5"], false]);
    expect((await b.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [net.subnet] }))).Subnets![0]!.AvailableIpAddressCount).toBe(249);
  });

  it("attached after the launch outlives the instance; with two, the instance cannot stand for one", async () => {
    const instance = await launch();
    const id = await make();
    const { AttachmentId } = await b.ec2.send(
      new AttachNetworkInterfaceCommand({ NetworkInterfaceId: id, InstanceId: instance, DeviceIndex: 1 }),
    );
    expect(await codeOf(b.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id })))).toBe("InvalidParameterValue");
    expect(await codeOf(b.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: instance, SourceDestCheck: { Value: false } })))).toBe(
      "InvalidInstanceID",
    );
    const { AllocationId } = await b.ec2.send(new AllocateAddressCommand({}));
    expect(await codeOf(b.ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId: instance })))).toBe("InvalidInstanceID");
    await b.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
    b.pass(60);
    expect((await look(id)).Status).toBe("available");
    expect(await codeOf(b.ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId })))).toBe("InvalidAttachmentID.NotFound");
  });

  it("is returned for an instance target of a route, which is a black hole without it", async () => {
    const instance = await launch();
    await b.ec2.send(new CreateRouteCommand({ RouteTableId: net.mainTable, DestinationCidrBlock: "10.0.0.128/25", InstanceId: instance }));
    const route = async () =>
      (await b.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [net.mainTable] }))).RouteTables![0]!.Routes![1]!;
    const eni = (await b.ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces![0]!.NetworkInterfaceId;
    expect(await route()).toMatchObject({ NetworkInterfaceId: eni, InstanceId: instance, State: "active" });
    await b.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
    b.pass(60);
    expect(await route()).toMatchObject({ NetworkInterfaceId: eni, State: "blackhole" });
  });
});

it("a private NAT gateway gains and loses private addresses", async () => {
  const { NatGateway } = await b.ec2.send(
    new CreateNatGatewayCommand({ SubnetId: net.subnet, ConnectivityType: "private", SecondaryPrivateIpAddressCount: 1 }),
  );
  const NatGatewayId = NatGateway!.NatGatewayId!;
  b.pass(200);
  const ips = async () =>
    (await b.ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [NatGatewayId] }))).NatGateways![0]!.NatGatewayAddresses!.map(
      (one) => one.PrivateIp,
    );
  expect(await ips()).toEqual(["10.0.0.4", "10.0.0.5"]);
  await b.ec2.send(new AssignPrivateNatGatewayAddressCommand({ NatGatewayId, PrivateIpAddresses: ["10.0.0.9"] }));
  b.pass(60);
  await b.ec2.send(new UnassignPrivateNatGatewayAddressCommand({ NatGatewayId, PrivateIpAddresses: ["10.0.0.5"] }));
  b.pass(60);
  expect(await ips()).toEqual(["10.0.0.4", "10.0.0.9"]);
  expect(await codeOf(b.ec2.send(new CreateNatGatewayCommand({ SubnetId: net.subnet })))).toBe("MissingParameter");
});

it("placement and reservation change only of a stopped instance", async () => {
  const id = await launch();
  await b.ec2.send(new CreatePlacementGroupCommand({ GroupName: "pg", Strategy: "spread" }));
  const place = (GroupName: string) => codeOf(b.ec2.send(new ModifyInstancePlacementCommand({ InstanceId: id, GroupName })));
  const reserve = (CapacityReservationSpecification: object) =>
    codeOf(b.ec2.send(new ModifyInstanceCapacityReservationAttributesCommand({ InstanceId: id, CapacityReservationSpecification })));
  expect([await place("pg"), await reserve({ CapacityReservationPreference: "none" })]).toEqual([
    "IncorrectInstanceState",
    "IncorrectInstanceState",
  ]);
  await b.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  b.pass(60);
  expect([await place("pg"), await reserve({ CapacityReservationPreference: "none" })]).toEqual(["succeeded", "succeeded"]);
  expect(await reserve({ CapacityReservationTarget: { CapacityReservationId: "cr-0123456789abcdef0" } })).toBe(
    "InvalidCapacityReservationId.NotFound",
  );
  expect(await codeOf(b.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, Attribute: "userData", Value: "" })))).toBe(
    "succeeded",
  );
  const look = async () => (await b.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).Reservations![0]!.Instances![0]!;
  expect(await look()).toMatchObject({
    Placement: { GroupName: "pg" },
    CapacityReservationSpecification: { CapacityReservationPreference: "none" },
  });
  expect(await place("")).toBe("succeeded");
  expect((await look()).Placement!.GroupName).toBe("");
});

it.each([
  [{ MetadataOptions: { HttpEndpoint: "disabled", HttpTokens: "required" } }, "InvalidParameterCombination"],
  [{ BlockDeviceMappings: [{ DeviceName: "/dev/sdf", Ebs: { VolumeSize: 9, KmsKeyId: "alias/mine" } }] }, "InvalidParameterDependency"],
  [{ Ipv6AddressCount: 1 }, "NotImplemented"],
  [{ CreditSpecification: { CpuCredits: "standard" }, InstanceType: "m5.large" }, "InvalidParameterCombination"],
])("a launch is refused with %j", async (more, code) => expect(await codeOf(launch(more))).toBe(code));
