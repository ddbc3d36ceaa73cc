/** VPCs, subnets, gateways, tables, addresses, NAT gateways, security groups: made, read, refused, changed, deleted. */
import * as ec2 from "@aws-sdk/client-ec2";
import { steps } from "./step.ts";

const tags = (ResourceType: ec2.ResourceType, name: string) => [{ ResourceType, Tags: [{ Key: "Name", Value: name }] }];
const zone = (letter: string) => `ap-northeast-2${letter}`;

export const network = steps("ec2", [
  ["the zones", () => new ec2.DescribeAvailabilityZonesCommand({})],
  ["a VPC", () => new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications: tags("vpc", "main") }), { vpc: "Vpc.VpcId" }],
  ["a VPC with a block that is too large", () => new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/8" })],
  ["a VPC with a block that is none", () => new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/33" })],
  ["the VPC by id", (id) => new ec2.DescribeVpcsCommand({ VpcIds: [id("vpc")] })],
  ["the VPC by a tag with a wildcard", () => new ec2.DescribeVpcsCommand({ Filters: [{ Name: "tag:Name", Values: ["ma*"] }] })],
  ["no VPC by a tag in capitals", () => new ec2.DescribeVpcsCommand({ Filters: [{ Name: "tag:Name", Values: ["MAIN"] }] })],
  ["a VPC that is missing", () => new ec2.DescribeVpcsCommand({ VpcIds: ["vpc-0123456789abcdef0"] })],
  ["a VPC whose id is malformed", () => new ec2.DescribeVpcsCommand({ VpcIds: ["nope"] })],
  ["an attribute of the VPC", (id) => new ec2.DescribeVpcAttributeCommand({ VpcId: id("vpc"), Attribute: "enableDnsHostnames" })],
  ["host names on", (id) => new ec2.ModifyVpcAttributeCommand({ VpcId: id("vpc"), EnableDnsHostnames: { Value: true } })],
  ["the attribute after that", (id) => new ec2.DescribeVpcAttributeCommand({ VpcId: id("vpc"), Attribute: "enableDnsHostnames" })],
  ["a tag", (id) => new ec2.CreateTagsCommand({ Resources: [id("vpc")], Tags: [{ Key: "Team", Value: "blue" }] })],
  ["the tags of the VPC", (id) => new ec2.DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [id("vpc")] }] })],
  [
    "the tag with another value is not deleted",
    (id) => new ec2.DeleteTagsCommand({ Resources: [id("vpc")], Tags: [{ Key: "Team", Value: "red" }] }),
  ],
  [
    "the tag is still there",
    (id) =>
      new ec2.DescribeTagsCommand({
        Filters: [
          { Name: "resource-id", Values: [id("vpc")] },
          { Name: "key", Values: ["Team"] },
        ],
      }),
  ],
  [
    "a tag for something missing",
    () => new ec2.CreateTagsCommand({ Resources: ["vpc-0123456789abcdef0"], Tags: [{ Key: "a", Value: "b" }] }),
  ],
  ["a tag that is Amazon's", (id) => new ec2.CreateTagsCommand({ Resources: [id("vpc")], Tags: [{ Key: "aws:x", Value: "y" }] })],

  [
    "a subnet",
    (id) =>
      new ec2.CreateSubnetCommand({
        VpcId: id("vpc"),
        CidrBlock: "10.0.0.0/24",
        AvailabilityZone: zone("a"),
        TagSpecifications: tags("subnet", "a"),
      }),
    { subnet: "Subnet.SubnetId" },
  ],
  [
    "a second subnet",
    (id) => new ec2.CreateSubnetCommand({ VpcId: id("vpc"), CidrBlock: "10.0.1.0/24", AvailabilityZone: zone("b") }),
    { "subnet-b": "Subnet.SubnetId" },
  ],
  ["a subnet that overlaps", (id) => new ec2.CreateSubnetCommand({ VpcId: id("vpc"), CidrBlock: "10.0.0.128/25" })],
  ["a subnet outside its VPC", (id) => new ec2.CreateSubnetCommand({ VpcId: id("vpc"), CidrBlock: "10.1.0.0/24" })],
  [
    "a subnet in a zone that is none",
    (id) => new ec2.CreateSubnetCommand({ VpcId: id("vpc"), CidrBlock: "10.0.9.0/24", AvailabilityZone: zone("z") }),
  ],
  ["a subnet in a VPC that is missing", () => new ec2.CreateSubnetCommand({ VpcId: "vpc-0123456789abcdef0", CidrBlock: "10.0.9.0/24" })],
  [
    "public addresses on launch",
    (id) => new ec2.ModifySubnetAttributeCommand({ SubnetId: id("subnet"), MapPublicIpOnLaunch: { Value: true } }),
  ],
  [
    "the subnet by its VPC and zone",
    (id) =>
      new ec2.DescribeSubnetsCommand({
        Filters: [
          { Name: "vpc-id", Values: [id("vpc")] },
          { Name: "availability-zone", Values: [zone("a")] },
        ],
      }),
  ],
  ["a VPC that has subnets is not deleted", (id) => new ec2.DeleteVpcCommand({ VpcId: id("vpc") })],

  [
    "a gateway",
    () => new ec2.CreateInternetGatewayCommand({ TagSpecifications: tags("internet-gateway", "main") }),
    { gateway: "InternetGateway.InternetGatewayId" },
  ],
  ["the gateway attached", (id) => new ec2.AttachInternetGatewayCommand({ InternetGatewayId: id("gateway"), VpcId: id("vpc") })],
  ["the gateway attached again", (id) => new ec2.AttachInternetGatewayCommand({ InternetGatewayId: id("gateway"), VpcId: id("vpc") })],
  [
    "the gateway by its VPC",
    (id) => new ec2.DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [id("vpc")] }] }),
  ],
  ["an attached gateway is not deleted", (id) => new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: id("gateway") })],

  [
    "a route table",
    (id) => new ec2.CreateRouteTableCommand({ VpcId: id("vpc"), TagSpecifications: tags("route-table", "public") }),
    { table: "RouteTable.RouteTableId" },
  ],
  [
    "a route",
    (id) => new ec2.CreateRouteCommand({ RouteTableId: id("table"), DestinationCidrBlock: "0.0.0.0/0", GatewayId: id("gateway") }),
  ],
  [
    "a route that is there",
    (id) => new ec2.CreateRouteCommand({ RouteTableId: id("table"), DestinationCidrBlock: "0.0.0.0/0", GatewayId: id("gateway") }),
  ],
  [
    "a route through a gateway that is missing",
    (id) =>
      new ec2.CreateRouteCommand({ RouteTableId: id("table"), DestinationCidrBlock: "192.0.2.0/24", GatewayId: "igw-0123456789abcdef0" }),
  ],
  ["a route without a target", (id) => new ec2.CreateRouteCommand({ RouteTableId: id("table"), DestinationCidrBlock: "192.0.2.0/24" })],
  [
    "a route deleted that is missing",
    (id) => new ec2.DeleteRouteCommand({ RouteTableId: id("table"), DestinationCidrBlock: "192.0.2.0/24" }),
  ],
  [
    "the table associated",
    (id) => new ec2.AssociateRouteTableCommand({ RouteTableId: id("table"), SubnetId: id("subnet") }),
    { association: "AssociationId" },
  ],
  ["the table", (id) => new ec2.DescribeRouteTablesCommand({ RouteTableIds: [id("table")] })],
  [
    "the main table",
    (id) =>
      new ec2.DescribeRouteTablesCommand({
        Filters: [
          { Name: "vpc-id", Values: [id("vpc")] },
          { Name: "association.main", Values: ["true"] },
        ],
      }),
  ],
  ["an associated table is not deleted", (id) => new ec2.DeleteRouteTableCommand({ RouteTableId: id("table") })],

  [
    "an address",
    () => new ec2.AllocateAddressCommand({ Domain: "vpc", TagSpecifications: tags("elastic-ip", "nat") }),
    { address: "AllocationId" },
  ],
  ["the address", (id) => new ec2.DescribeAddressesCommand({ AllocationIds: [id("address")] })],
  ["an address that is missing", () => new ec2.DescribeAddressesCommand({ AllocationIds: ["eipalloc-0123456789abcdef0"] })],
  [
    "a NAT gateway",
    (id) =>
      new ec2.CreateNatGatewayCommand({
        SubnetId: id("subnet"),
        AllocationId: id("address"),
        TagSpecifications: tags("natgateway", "main"),
      }),
    { nat: "NatGateway.NatGatewayId" },
  ],
  ["the NAT gateway", (id) => new ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [id("nat")] })],
  [
    "a NAT gateway in a subnet that is missing",
    () => new ec2.CreateNatGatewayCommand({ SubnetId: "subnet-0123456789abcdef0", ConnectivityType: "private" }),
  ],
  ["the NAT gateway deleted", (id) => new ec2.DeleteNatGatewayCommand({ NatGatewayId: id("nat") })],
  ["the deleted NAT gateway", (id) => new ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [id("nat")] })],
  ["the address released", (id) => new ec2.ReleaseAddressCommand({ AllocationId: id("address") })],
  ["the address released again", (id) => new ec2.ReleaseAddressCommand({ AllocationId: id("address") })],
]);

const https = { IpProtocol: "tcp", FromPort: 443, ToPort: 443 };

export const groups = steps("ec2", [
  [
    "a group",
    (id) =>
      new ec2.CreateSecurityGroupCommand({
        VpcId: id("vpc"),
        GroupName: "web",
        Description: "web",
        TagSpecifications: tags("security-group", "web"),
      }),
    { group: "GroupId" },
  ],
  ["a group of that name", (id) => new ec2.CreateSecurityGroupCommand({ VpcId: id("vpc"), GroupName: "web", Description: "web" })],
  ["a group named default", (id) => new ec2.CreateSecurityGroupCommand({ VpcId: id("vpc"), GroupName: "default", Description: "web" })],
  [
    "a group with a name like an id",
    (id) => new ec2.CreateSecurityGroupCommand({ VpcId: id("vpc"), GroupName: "sg-web", Description: "web" }),
  ],
  [
    "a rule",
    (id) =>
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: id("group"),
        IpPermissions: [{ ...https, IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "all" }] }],
      }),
    { rule: "SecurityGroupRules.0.SecurityGroupRuleId" },
  ],
  [
    "a rule that is there",
    (id) =>
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: id("group"),
        IpPermissions: [{ ...https, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      }),
  ],
  [
    "two permissions in one call",
    (id) =>
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: id("group"),
        IpPermissions: [
          { ...https, Ipv6Ranges: [{ CidrIpv6: "::/0" }] },
          { IpProtocol: "icmp", FromPort: -1, ToPort: -1, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
        ],
      }),
  ],
  [
    "a rule from the group itself",
    (id) =>
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: id("group"),
        IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: id("group") }] }],
      }),
  ],
  [
    "a rule from a group that is missing",
    (id) =>
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: id("group"),
        IpPermissions: [{ ...https, UserIdGroupPairs: [{ GroupId: "sg-0123456789abcdef0" }] }],
      }),
  ],
  [
    "a rule with host bits",
    (id) =>
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: id("group"),
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.1.1.1/16" }] }],
      }),
  ],
  [
    "a rule with reversed ports",
    (id) =>
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: id("group"),
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 90, ToPort: 80, IpRanges: [{ CidrIp: "10.1.0.0/16" }] }],
      }),
  ],
  ["the group", (id) => new ec2.DescribeSecurityGroupsCommand({ GroupIds: [id("group")] })],
  [
    "the group by its name",
    (id) =>
      new ec2.DescribeSecurityGroupsCommand({
        Filters: [
          { Name: "group-name", Values: ["web"] },
          { Name: "vpc-id", Values: [id("vpc")] },
        ],
      }),
  ],
  ["a group that is missing", () => new ec2.DescribeSecurityGroupsCommand({ GroupIds: ["sg-0123456789abcdef0"] })],
  ["its rules", (id) => new ec2.DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [id("group")] }] })],
  [
    "the rule changed",
    (id) =>
      new ec2.ModifySecurityGroupRulesCommand({
        GroupId: id("group"),
        SecurityGroupRules: [
          { SecurityGroupRuleId: id("rule"), SecurityGroupRule: { ...https, CidrIpv4: "10.2.0.0/16", Description: "some" } },
        ],
      }),
  ],
  ["the changed rule", (id) => new ec2.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id("rule")] })],
  ["the rule revoked", (id) => new ec2.RevokeSecurityGroupIngressCommand({ GroupId: id("group"), SecurityGroupRuleIds: [id("rule")] })],
  [
    "a permission revoked that is missing",
    (id) =>
      new ec2.RevokeSecurityGroupIngressCommand({
        GroupId: id("group"),
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }],
      }),
  ],
  [
    "a group for a machine",
    (id) => new ec2.CreateSecurityGroupCommand({ VpcId: id("vpc"), GroupName: "box", Description: "box" }),
    { "group-of-box": "GroupId" },
  ],
  [
    "a group that another names",
    (id) => new ec2.CreateSecurityGroupCommand({ VpcId: id("vpc"), GroupName: "named", Description: "named" }),
    { "named-group": "GroupId" },
  ],
  [
    "the rule that names it",
    (id) =>
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId: id("group"),
        IpPermissions: [{ ...https, UserIdGroupPairs: [{ GroupId: id("named-group") }] }],
      }),
  ],
  ["a group that a rule names is not deleted", (id) => new ec2.DeleteSecurityGroupCommand({ GroupId: id("named-group") })],
]);

export const networkGone = steps("ec2", [
  ["the group deleted", (id) => new ec2.DeleteSecurityGroupCommand({ GroupId: id("group") })],
  ["the group deleted again", (id) => new ec2.DeleteSecurityGroupCommand({ GroupId: id("group") })],
  ["the table disassociated", (id) => new ec2.DisassociateRouteTableCommand({ AssociationId: id("association") })],
  ["the table disassociated again", (id) => new ec2.DisassociateRouteTableCommand({ AssociationId: id("association") })],
  ["the table deleted", (id) => new ec2.DeleteRouteTableCommand({ RouteTableId: id("table") })],
  ["the table deleted again", (id) => new ec2.DeleteRouteTableCommand({ RouteTableId: id("table") })],
  ["the gateway detached", (id) => new ec2.DetachInternetGatewayCommand({ InternetGatewayId: id("gateway"), VpcId: id("vpc") })],
  ["the gateway detached again", (id) => new ec2.DetachInternetGatewayCommand({ InternetGatewayId: id("gateway"), VpcId: id("vpc") })],
  ["the gateway deleted", (id) => new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: id("gateway") })],
  ["the gateway deleted again", (id) => new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: id("gateway") })],
  ["the subnet deleted", (id) => new ec2.DeleteSubnetCommand({ SubnetId: id("subnet") })],
  ["the subnet deleted again", (id) => new ec2.DeleteSubnetCommand({ SubnetId: id("subnet") })],
  ["a VPC that is missing deleted", () => new ec2.DeleteVpcCommand({ VpcId: "vpc-0123456789abcdef0" })],
]);
