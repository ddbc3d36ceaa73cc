import {
  AcceptVpcPeeringConnectionCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
} from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import { codeOf, openTestbed } from "./ec2.ts";
import { network } from "./network.ts";

it("a peering connection is requested, accepted, used and deleted, and stays listed", async () => {
  const b = openTestbed();
  const net = await network(b);
  const PeerVpcId = (await b.ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc!.VpcId!;
  const ask = (more: object) => b.ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId: net.vpc, PeerVpcId, ...more }));
  const id = (await ask({})).VpcPeeringConnection!.VpcPeeringConnectionId!;
  const one = { VpcPeeringConnectionId: id };
  const status = async () =>
    (await b.ec2.send(new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] }))).VpcPeeringConnections![0]!.Status!.Code;
  const option = { AllowDnsResolutionFromRemoteVpc: true };
  const modify = () =>
    codeOf(b.ec2.send(new ModifyVpcPeeringConnectionOptionsCommand({ ...one, RequesterPeeringConnectionOptions: option })));
  const accept = () => codeOf(b.ec2.send(new AcceptVpcPeeringConnectionCommand(one)));
  const group = async (VpcId: string) =>
    (await b.ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName: "web", Description: "Web" }))).GroupId!;
  const [ours, theirs] = [await group(net.vpc), await group(PeerVpcId)];
  const permission = { IpProtocol: "tcp", FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: theirs }] };
  const names = () => codeOf(b.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: ours, IpPermissions: [permission] })));
  expect(await status()).toBe("initiating-request");
  expect(await names()).toBe("InvalidGroup.NotFound");
  expect(await accept()).toBe("InvalidStateTransition");
  b.pass(5);
  expect(await modify()).toBe("OperationNotPermitted");
  expect(await codeOf(ask({ VpcId: PeerVpcId, PeerVpcId: net.vpc }))).toBe("VpcPeeringConnectionAlreadyExists");
  expect(await accept()).toBe("succeeded");
  expect(await status()).toBe("provisioning");
  b.pass(5);
  expect(await modify()).toBe("InvalidVpcPeeringConnectionState.DnsHostnamesDisabled");
  const route = (DestinationCidrBlock: string) =>
    codeOf(b.ec2.send(new CreateRouteCommand({ RouteTableId: net.mainTable, DestinationCidrBlock, ...one })));
  expect(await route("10.9.0.0/16")).toBe("succeeded");
  expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId: PeerVpcId })))).toBe("DependencyViolation");
  expect(await names()).toBe("succeeded");
  expect(await codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId: theirs })))).toBe("succeeded");
  await b.ec2.send(new DeleteVpcPeeringConnectionCommand(one));
  expect(await status()).toBe("deleting");
  b.pass(10);
  expect(await status()).toBe("deleted");
  const { RouteTables } = await b.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [net.mainTable] }));
  expect(RouteTables![0]!.Routes!.find(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId === id)?.State).toBe("blackhole");
  expect(await codeOf(b.ec2.send(new DeleteVpcPeeringConnectionCommand(one)))).toBe("InvalidStateTransition");
  expect(await codeOf(b.ec2.send(new DeleteVpcCommand({ VpcId: PeerVpcId })))).toBe("succeeded");
});

it.each<[string, object, string]>([
  ["itself", { same: true }, "InvalidParameterValue"],
  ["nobody", { PeerVpcId: "vpc-0123456789abcdef0" }, "InvalidVpcID.NotFound"],
  ["another account", { PeerVpcId: "vpc-0123456789abcdef0", PeerOwnerId: "210987654321" }, "succeeded"],
])("a VPC asks %s", async (_whom, { same, ...more }: { same?: boolean }, code) => {
  const b = openTestbed();
  const net = await network(b);
  const input = { VpcId: net.vpc, ...(same ? { PeerVpcId: net.vpc } : {}), ...more };
  expect(await codeOf(b.ec2.send(new CreateVpcPeeringConnectionCommand(input)))).toBe(code);
});

it("a connection of ranges that overlap fails, after it was answered", async () => {
  const b = openTestbed();
  const net = await network(b);
  const PeerVpcId = (await b.ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc!.VpcId!;
  await b.ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId: net.vpc, PeerVpcId }));
  b.pass(5);
  const { VpcPeeringConnections } = await b.ec2.send(new DescribeVpcPeeringConnectionsCommand({}));
  expect(VpcPeeringConnections![0]!.Status).toMatchObject({ Code: "failed", Message: expect.stringContaining("overlapping") as string });
});
