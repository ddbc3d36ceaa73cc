/** Lists all objects of an account with another client than ours. */
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeDBInstancesCommand, DescribeDBSubnetGroupsCommand } from "@aws-sdk/client-rds";
import { withoutAclsOfDeletedVpcs } from "../bends.ts";
import type { Clients } from "./clients.ts";
import type { Inventory, Thing } from "./things.ts";

export type { Inventory, Thing } from "./things.ts";

/** Lists everything that exists; terminated and deleted objects do not count. */
export async function takeInventory({ ec2, elb, autoScaling, rds }: Clients): Promise<Inventory> {
  const lists = await Promise.all([
    ec2.send(new DescribeVpcsCommand({})).then(async ({ Vpcs = [] }) => {
      const whole = await Promise.all(Vpcs.map(async (vpc) => ({ ...vpc, ...(await flagsOf(ec2, vpc.VpcId!)) })));
      return things("vpc", whole, ({ VpcId }) => VpcId);
    }),
    ec2.send(new DescribeSubnetsCommand({})).then(({ Subnets }) => things("subnet", Subnets, ({ SubnetId }) => SubnetId)),
    ec2
      .send(new DescribeRouteTablesCommand({}))
      .then(({ RouteTables }) => things("routeTable", RouteTables, ({ RouteTableId }) => RouteTableId)),
    ec2
      .send(new DescribeInternetGatewaysCommand({}))
      .then(({ InternetGateways }) => things("internetGateway", InternetGateways, ({ InternetGatewayId }) => InternetGatewayId)),
    ec2
      .send(new DescribeNetworkAclsCommand({}))
      .then(({ NetworkAcls }) => things("networkAcl", NetworkAcls, ({ NetworkAclId }) => NetworkAclId)),
    ec2
      .send(new DescribeSecurityGroupsCommand({}))
      .then(({ SecurityGroups }) => things("securityGroup", SecurityGroups, ({ GroupId }) => GroupId)),
    ec2
      .send(new DescribeSecurityGroupRulesCommand({}))
      .then(({ SecurityGroupRules }) => things("securityGroupRule", SecurityGroupRules, ({ SecurityGroupRuleId }) => SecurityGroupRuleId)),
    ec2.send(new DescribeAddressesCommand({})).then(({ Addresses }) => things("elasticIp", Addresses, ({ AllocationId }) => AllocationId)),
    ec2.send(new DescribeNatGatewaysCommand({})).then(({ NatGateways }) =>
      things(
        "natGateway",
        NatGateways?.filter(({ State }) => State !== "deleted"),
        ({ NatGatewayId }) => NatGatewayId,
      ),
    ),
    ec2
      .send(new DescribeKeyPairsCommand({ IncludePublicKey: true }))
      .then(({ KeyPairs }) => things("keyPair", KeyPairs, ({ KeyName }) => KeyName)),
    ec2
      .send(new DescribeLaunchTemplatesCommand({}))
      .then(({ LaunchTemplates }) => things("launchTemplate", LaunchTemplates, ({ LaunchTemplateId }) => LaunchTemplateId)),
    ec2.send(new DescribeInstancesCommand({})).then(({ Reservations }) => {
      const instances = (Reservations ?? [])
        .flatMap(({ Instances }) => Instances ?? [])
        .filter(({ State }) => State?.Name !== "terminated");
      return things("instance", instances, ({ InstanceId }) => InstanceId);
    }),
    elb
      .send(new DescribeLoadBalancersCommand({}))
      .then(({ LoadBalancers }) => things("loadBalancer", LoadBalancers, ({ LoadBalancerArn }) => LoadBalancerArn)),
    elb
      .send(new DescribeTargetGroupsCommand({}))
      .then(({ TargetGroups }) => things("targetGroup", TargetGroups, ({ TargetGroupArn }) => TargetGroupArn)),
    autoScaling
      .send(new DescribeAutoScalingGroupsCommand({}))
      .then(({ AutoScalingGroups }) => things("autoScalingGroup", AutoScalingGroups, ({ AutoScalingGroupName }) => AutoScalingGroupName)),
    rds
      .send(new DescribeDBInstancesCommand({}))
      .then(({ DBInstances }) => things("dbInstance", DBInstances, ({ DBInstanceIdentifier }) => DBInstanceIdentifier)),
    rds
      .send(new DescribeDBSubnetGroupsCommand({}))
      .then(({ DBSubnetGroups }) => things("dbSubnetGroup", DBSubnetGroups, ({ DBSubnetGroupName }) => DBSubnetGroupName)),
  ]);
  return withoutAclsOfDeletedVpcs(new Map(lists.flat().map((thing) => [`${thing.kind} ${thing.id}`, thing])));
}

/** Returns the objects with the tags of this environment. */
export function ours(inventory: Inventory, environment: string, project = "plumbline"): Thing[] {
  return [...inventory.values()].filter(({ tags }) => tags["infra:environment"] === environment && tags["infra:project"] === project);
}

/** Counts the objects of each kind. A duplicate shows, whatever tags it has. */
export function census(inventory: Inventory): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of inventory.values()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Returns inventories as plain data that a test can compare. */
export function plain(inventory: Inventory, keep: (thing: Thing) => boolean = () => true): Record<string, object> {
  return Object.fromEntries(
    [...inventory]
      .filter(([, thing]) => keep(thing))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { described }]) => [key, described]),
  );
}

async function flagsOf(
  ec2: Clients["ec2"],
  VpcId: string,
): Promise<{ EnableDnsHostnames: boolean | undefined; EnableDnsSupport: boolean | undefined }> {
  const { EnableDnsHostnames: hostnames } = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsHostnames" }));
  const { EnableDnsSupport: support } = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsSupport" }));
  return { EnableDnsHostnames: hostnames?.Value, EnableDnsSupport: support?.Value };
}

function things<T extends object>(kind: string, list: readonly T[] | undefined, idOf: (one: T) => string | undefined): Thing[] {
  return (list ?? []).map((one) => ({ kind, id: idOf(one)!, tags: tagsOf(one), described: one }));
}

function tagsOf(one: object): Record<string, string> {
  const { Tags, TagList } = one as {
    Tags?: readonly { Key?: string; Value?: string }[];
    TagList?: readonly { Key?: string; Value?: string }[];
  };
  return Object.fromEntries((Tags ?? TagList ?? []).map(({ Key, Value }) => [Key!, Value ?? ""]));
}
