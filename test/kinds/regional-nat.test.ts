/** NAT gateways of whole networks, through the whole engine, on the sandbox. */
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
