/** A small network for tests: a VPC of 10.0.0.0/16 with one subnet and, on request, an internet gateway. */
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import type { Testbed } from "./ec2.ts";

export interface Network {
  readonly vpc: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly mainTable: string;
  readonly defaultGroup: string;
}

export async function network({ ec2, pass }: Testbed, CidrBlock = "10.0.0.0/16"): Promise<Network> {
  const vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock }))).Vpc!.VpcId!;
  pass(5);
  const subnet = (
    await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: CidrBlock.replace("/16", "/24"), AvailabilityZone: "ap-northeast-2a" }))
  ).Subnet!.SubnetId!;
  const gateway = (await ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway!.InternetGatewayId!;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpc, InternetGatewayId: gateway }));
  const Filters = [{ Name: "vpc-id", Values: [vpc] }];
  const mainTable = (await ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables![0]!.RouteTableId!;
  const defaultGroup = (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups![0]!.GroupId!;
  return { vpc, subnet, gateway, mainTable, defaultGroup };
}
