import {
  CreateCarrierGatewayCommand,
  CreateRouteCommand,
  DeleteCarrierGatewayCommand,
  DeleteVpcCommand,
  DescribeCarrierGatewaysCommand,
  DescribeRouteTablesCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, expect, it } from "vitest";
import { codeOf, openTestbed, type Testbed } from "./ec2.ts";
import { network, type Network } from "./network.ts";

let b: Testbed;
let net: Network;
beforeEach(async () => {
  b = openTestbed();
  net = await network(b);
});

const create = async (VpcId = net.vpc) => (await b.ec2.send(new CreateCarrierGatewayCommand({ VpcId }))).CarrierGateway!.CarrierGatewayId!;
const states = async () =>
  (await b.ec2.send(new DescribeCarrierGatewaysCommand({ Filters: [{ Name: "vpc-id", Values: [net.vpc] }] }))).CarrierGateways!.map(
    ({ State }) => State,
  );

it("takes some seconds to make and to delete, and a VPC has one", async () => {
  const id = await create();
  expect(await states()).toEqual(["pending"]);
  b.pass(10);
  expect(await states()).toEqual(["available"]);
  expect(await codeOf(create())).toBe("CarrierGatewayLimitExceeded");
  await b.ec2.send(new DeleteCarrierGatewayCommand({ CarrierGatewayId: id }));
  expect(await states()).toEqual(["deleting"]);
  b.pass(15);
  expect(await states()).toEqual([]);
  expect(await codeOf(b.ec2.send(new DeleteCarrierGatewayCommand({ CarrierGatewayId: id })))).toBe("InvalidCarrierGatewayID.NotFound");
});

it("takes routes of its VPC, which stay as black holes", async () => {
  const id = await create();
  const route = (more: object) =>
    b.ec2.send(new CreateRouteCommand({ RouteTableId: net.mainTable, DestinationCidrBlock: "0.0.0.0/0", CarrierGatewayId: id, ...more }));
  expect(await codeOf(route({ DestinationCidrBlock: undefined, DestinationIpv6CidrBlock: "::/0" }))).toBe("InvalidParameterValue");
  await route({});
  await b.ec2.send(new DeleteCarrierGatewayCommand({ CarrierGatewayId: id }));
  const { RouteTables } = await b.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [net.mainTable] }));
  expect(RouteTables![0]!.Routes!.find(({ CarrierGatewayId }) => CarrierGatewayId === id)?.State).toBe("blackhole");
});

it("blocks the deletion of its VPC", async () => {
  const vpc = (await b.ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc!.VpcId!;
  b.pass(5);
  const id = await create(vpc);
  expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId: vpc })))).toBe("DependencyViolation");
  await b.ec2.send(new DeleteCarrierGatewayCommand({ CarrierGatewayId: id }));
  b.pass(15);
  expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId: vpc })))).toBe("succeeded");
});
