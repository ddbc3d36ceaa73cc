/** NAT gateways of whole networks, through the whole engine, in the sandbox. */
import { DescribeNatGatewaysCommand, DisassociateNatGatewayAddressCommand } from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { settle } from "./elbv2-testbed.ts";

const inZone = (zone: string) => `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
elasticIps: { one: {} }
natGateways:
  out: { availabilityMode: regional, vpc: main, availabilityZoneAddresses: [{ availabilityZone: ${zone}, elasticIp: one }] }
`;

it.each([0, 3_600_000])("an only address on its way to another zone, stopped half-way %i ms ago, replaces no gateway", async (ago) => {
  const testbed = openTestbed();
  await settle(testbed, inZone("a"));
  const { aws } = await testbed.connection();
  const look = async () => (await aws.ec2(new DescribeNatGatewaysCommand({}))).NatGateways!;
  const [{ NatGatewayId, NatGatewayAddresses: [{ AssociationId } = {}] = [] } = {}] = await look();
  await aws.ec2(new DisassociateNatGatewayAddressCommand({ NatGatewayId, AssociationIds: [AssociationId!] }));
  await testbed.clock.sleep(ago);
  expect(stepsOf(await testbed.plan(inZone("b")))).toEqual(["update natGateway/out"]);
  await settle(testbed, inZone("b"));
  const now = await look();
  expect(now.map((one) => one.NatGatewayId)).toEqual([NatGatewayId]);
  expect(now[0]!.NatGatewayAddresses!.map(({ AvailabilityZone, Status }) => `${AvailabilityZone} ${Status}`)).toEqual([
    "eu-west-1b succeeded",
  ]);
});

const zonal = (further: string) => `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
routeTables: { out: { vpc: main, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }
elasticIps: { one: {}, two: {}, three: {} }
natGateways: { out: { subnet: a, elasticIp: one, secondaryElasticIps: [${further}] } }
`;

it.each([
  ["the same", 0],
  ["the same", 3_600_000],
  ["another", 0],
  ["another", 3_600_000],
])("a further address that a run took off before it was stopped, and %s that the file has %i ms later", async (which, ago) => {
  const testbed = openTestbed();
  await settle(testbed, zonal("two"));
  const { aws } = await testbed.connection();
  const look = async () => (await aws.ec2(new DescribeNatGatewaysCommand({}))).NatGateways!;
  const [{ NatGatewayId, NatGatewayAddresses = [] } = {}] = await look();
  const AssociationIds = [NatGatewayAddresses.find(({ IsPrimary }) => !IsPrimary)!.AssociationId!];
  await aws.ec2(new DisassociateNatGatewayAddressCommand({ NatGatewayId, AssociationIds }));
  await testbed.clock.sleep(ago);
  const yaml = zonal(which === "another" ? "three" : "two");
  expect(stepsOf(await testbed.plan(yaml))).toEqual(["update natGateway/out"]);
  await settle(testbed, yaml);
  const now = await look();
  expect(now.map((one) => one.NatGatewayId)).toEqual([NatGatewayId]);
  expect(now[0]!.NatGatewayAddresses!.map(({ Status }) => Status)).toEqual(["succeeded", "succeeded"]);
});
