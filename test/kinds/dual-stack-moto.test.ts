/**
 * IPv6, egress-only internet gateways, peering and transit gateways against moto, an emulator by others; the SDK alone reads the result.
 * Only the sandbox has what moto lacks: IPv6 ranges of subnets, ranges that take a moment, the states of a peering request and an expired
 * one, a range that something in it keeps, attachments of transit gateways (moto returns no tags for them, gives them all one route table,
 * and answers HTTP 500 when one is to leave it), and the rules that AWS adds to groups and ACLs of a VPC that gets IPv6.
 */
import {
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeTransitGatewayRouteTablesCommand,
  DescribeTransitGatewaysCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  SearchTransitGatewayRoutesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyEnvironment, planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadText, stepsOf } from "../support/testbed.ts";
import { hasMoto, motoTestbed, type MotoTestbed } from "./db-moto.ts";

const environment = `
format: 1
project: lab
environment: test
region: ap-northeast-2
vpcs:
  main: { cidrBlock: 10.0.0.0/16, ipv6: amazon, enableDnsHostnames: true }
  other: { cidrBlock: 10.1.0.0/16, enableDnsHostnames: true }
egressOnlyInternetGateways:
  main: { vpc: main }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
vpcPeerings:
  both: { vpc: main, peerVpc: other, dnsResolution: true }
routeTables:
  main:
    vpc: main
    subnets: [a]
    routes:
      - { destination: "::/0", target: egressOnlyInternetGateway/main }
      - { destination: 10.1.0.0/16, target: vpcPeering/both }
transitGateways:
  hub: { description: Hub, amazonSideAsn: 65010, defaultRouteTableAssociation: false, defaultRouteTablePropagation: false }
transitGatewayRouteTables:
  all:
    transitGateway: hub
    routes:
      - { destination: 10.8.0.0/16, blackhole: true }
securityGroups:
  locked: { vpc: other, default: true, ingress: [], egress: [] }
`;

describe.skipIf(!hasMoto)("a dual-stack network in moto", () => {
  let testbed: MotoTestbed;
  let client: EC2Client;
  beforeAll(async () => {
    testbed = await motoTestbed();
    client = new EC2Client(testbed.client);
  });
  afterAll(() => testbed.stop());

  it("is made as written, and agrees", async () => {
    const run = await planEnvironment(kinds, testbed, loadText(environment), { goal: "agree" });
    for await (const event of applyEnvironment(testbed, run, { signal: new AbortController().signal }))
      if (event.type === "finished")
        expect(event.outcome.failed.map(({ step, failure }) => `${step.address}: ${failure.message}`)).toEqual([]);

    const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({}));
    const [main, other] = ["10.0.0.0/16", "10.1.0.0/16"].map((range) => Vpcs.find(({ CidrBlock }) => CidrBlock === range)!);
    const block = main!.Ipv6CidrBlockAssociationSet![0]!.Ipv6CidrBlock!;
    expect(block).toMatch(/::\/56$/);
    const { EgressOnlyInternetGateways = [] } = await client.send(new DescribeEgressOnlyInternetGatewaysCommand({}));
    expect(EgressOnlyInternetGateways.map(({ Attachments }) => Attachments![0]!.VpcId)).toEqual([main!.VpcId]);
    const { VpcPeeringConnections = [] } = await client.send(new DescribeVpcPeeringConnectionsCommand({}));
    expect(VpcPeeringConnections).toMatchObject([
      {
        Status: { Code: "active" },
        RequesterVpcInfo: { VpcId: main!.VpcId, PeeringOptions: { AllowDnsResolutionFromRemoteVpc: true } },
        AccepterVpcInfo: { VpcId: other!.VpcId, PeeringOptions: { AllowDnsResolutionFromRemoteVpc: true } },
      },
    ]);
    const { RouteTables = [] } = await client.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: "tag:infra:resource", Values: ["routeTable/main"] }] }),
    );
    expect(
      RouteTables[0]!
        .Routes!.filter(({ GatewayId }) => GatewayId !== "local")
        .map((route) => route.VpcPeeringConnectionId ?? route.EgressOnlyInternetGatewayId)
        .sort(),
    ).toEqual([EgressOnlyInternetGateways[0]!.EgressOnlyInternetGatewayId, VpcPeeringConnections[0]!.VpcPeeringConnectionId].sort());
    await expectTransitGateway();
    const { SecurityGroups = [] } = await client.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: "tag:infra:resource", Values: ["securityGroup/locked"] }] }),
    );
    expect(SecurityGroups).toMatchObject([{ GroupName: "default", VpcId: other!.VpcId, IpPermissions: [], IpPermissionsEgress: [] }]);
    expect(stepsOf(await planEnvironment(kinds, testbed, loadText(environment), { goal: "agree" }))).toEqual([]);
  });

  async function expectTransitGateway(): Promise<void> {
    const { TransitGateways: [gateway] = [] } = await client.send(new DescribeTransitGatewaysCommand({}));
    expect(gateway).toMatchObject({ Description: "Hub", Options: { AmazonSideAsn: 65010, DefaultRouteTableAssociation: "disable" } });
    const { TransitGatewayRouteTables = [] } = await client.send(new DescribeTransitGatewayRouteTablesCommand({}));
    const { TransitGatewayRouteTableId } = TransitGatewayRouteTables.find(({ Tags = [] }) => Tags.length > 0)!;
    const { Routes = [] } = await client.send(
      new SearchTransitGatewayRoutesCommand({ TransitGatewayRouteTableId, Filters: [{ Name: "type", Values: ["static"] }] }),
    );
    expect(Routes.map(({ DestinationCidrBlock, State }) => `${DestinationCidrBlock} ${State}`).sort()).toEqual(["10.8.0.0/16 blackhole"]);
  }
});
