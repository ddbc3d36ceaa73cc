/** The objects that block the deletion of a VPC. */
import type { Aws } from "../../aws/aws.ts";
import { interfacesIn } from "../../aws/interfaces.ts";
import type { Blocker } from "../kind.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** Returns everything inside the VPC that AWS does not delete with it. */
export async function blockersOf(ec2: Sdk, aws: Aws, vpc: string): Promise<readonly Blocker[]> {
  const Filters = [{ Name: "vpc-id", Values: [vpc] }];
  const [
    interfaces,
    { Subnets = [] },
    { SecurityGroups = [] },
    { RouteTables = [] },
    { InternetGateways = [] },
    acls,
    endpoints,
    egressOnly,
    { CarrierGateways = [] },
    peerings,
    { VpnGateways = [] },
  ] = await Promise.all([
    interfacesIn(aws, "vpc-id", [vpc]),
    aws.ec2(new ec2.DescribeSubnetsCommand({ Filters })),
    aws.ec2(new ec2.DescribeSecurityGroupsCommand({ Filters })),
    aws.ec2(new ec2.DescribeRouteTablesCommand({ Filters })),
    aws.ec2(new ec2.DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpc] }] })),
    aws.ec2(new ec2.DescribeNetworkAclsCommand({ Filters })),
    aws.ec2(new ec2.DescribeVpcEndpointsCommand({ Filters })),
    aws.ec2(new ec2.DescribeEgressOnlyInternetGatewaysCommand({})), // this call has no filter for the VPC
    aws.ec2(new ec2.DescribeCarrierGatewaysCommand({ Filters })),
    peeringsOf(ec2, aws, vpc),
    aws.ec2(new ec2.DescribeVpnGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpc] }] })),
  ]);
  return [
    ...(interfaces.get(vpc) ?? []),
    ...Subnets.map(({ SubnetId, CidrBlock }) => inside(SubnetId, `subnet ${CidrBlock}`)),
    ...SecurityGroups.filter(({ GroupName }) => GroupName !== "default").map(({ GroupId, GroupName }) =>
      inside(GroupId, `security group "${GroupName}"`),
    ),
    ...RouteTables.filter(({ Associations = [] }) => !Associations.some(({ Main }) => Main)).map(({ RouteTableId }) =>
      inside(RouteTableId, "route table"),
    ),
    ...InternetGateways.map(({ InternetGatewayId }) => inside(InternetGatewayId, "internet gateway, attached")),
    ...(acls.NetworkAcls ?? []).filter(({ IsDefault }) => !IsDefault).map(({ NetworkAclId }) => inside(NetworkAclId, "network ACL")),
    ...(endpoints.VpcEndpoints ?? [])
      .filter(({ State }) => !/^delet/i.test(State ?? ""))
      .map(({ VpcEndpointId, ServiceName }) => inside(VpcEndpointId, `VPC endpoint of ${ServiceName}`)),
    ...(egressOnly.EgressOnlyInternetGateways ?? [])
      .filter(({ Attachments = [] }) => Attachments.some(({ VpcId }) => VpcId === vpc))
      .map(({ EgressOnlyInternetGatewayId }) => inside(EgressOnlyInternetGatewayId, "egress-only internet gateway, attached")),
    ...CarrierGateways.filter(({ State }) => !/^delet/i.test(State ?? "")).map(({ CarrierGatewayId }) =>
      inside(CarrierGatewayId, "carrier gateway"),
    ),
    ...peerings,
    ...VpnGateways.filter(({ VpcAttachments = [] }) =>
      VpcAttachments.some(({ VpcId, State }) => VpcId === vpc && State !== "detached"),
    ).map(({ VpnGatewayId }) => inside(VpnGatewayId, "VPN gateway, attached")),
  ];
}

/** Returns peerings that are requested or in use, from both sides. */
async function peeringsOf(ec2: Sdk, aws: Aws, vpc: string): Promise<readonly Blocker[]> {
  const standing = { Name: "status-code", Values: ["initiating-request", "pending-acceptance", "provisioning", "active"] };
  const answers = await Promise.all(
    ["requester-vpc-info.vpc-id", "accepter-vpc-info.vpc-id"].map((Name) =>
      aws.ec2(new ec2.DescribeVpcPeeringConnectionsCommand({ Filters: [{ Name, Values: [vpc] }, standing] })),
    ),
  );
  const found = answers.flatMap(({ VpcPeeringConnections = [] }) => VpcPeeringConnections);
  return found.map(({ VpcPeeringConnectionId, Status }) => inside(VpcPeeringConnectionId, `peering connection, ${Status?.Code}`));
}

function inside(id: string | undefined, what: string): Blocker {
  return { id: id!, what, holder: id! };
}
