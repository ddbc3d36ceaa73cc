/** Types that infra makes by a kind of its own, and types that it does not make although their schemas would allow it. */
import type { Refusal } from "../refusal.ts";

/** The types that infra makes by a kind of its own, with the section of that kind. */
export const native: Readonly<Record<string, string>> = {
  "AWS::AutoScaling::AutoScalingGroup": "autoScalingGroups",
  "AWS::CertificateManager::Certificate": "certificates",
  "AWS::CloudWatch::Alarm": "alarms",
  "AWS::EC2::CapacityReservation": "capacityReservations",
  "AWS::EC2::CarrierGateway": "carrierGateways",
  "AWS::EC2::CustomerGateway": "customerGateways",
  "AWS::EC2::DHCPOptions": "dhcpOptions",
  "AWS::EC2::EIP": "elasticIps",
  "AWS::EC2::EgressOnlyInternetGateway": "egressOnlyInternetGateways",
  "AWS::EC2::FlowLog": "flowLogs",
  "AWS::EC2::Instance": "instances",
  "AWS::EC2::InstanceConnectEndpoint": "instanceConnectEndpoints",
  "AWS::EC2::InternetGateway": "internetGateways",
  "AWS::EC2::KeyPair": "keyPairs",
  "AWS::EC2::LaunchTemplate": "launchTemplates",
  "AWS::EC2::NatGateway": "natGateways",
  "AWS::EC2::NetworkAcl": "networkAcls",
  "AWS::EC2::NetworkAclEntry": "networkAcls",
  "AWS::EC2::NetworkInterface": "networkInterfaces",
  "AWS::EC2::NetworkInterfaceAttachment": "networkInterfaces",
  "AWS::EC2::PlacementGroup": "placementGroups",
  "AWS::EC2::PrefixList": "prefixLists",
  "AWS::EC2::Route": "routeTables",
  "AWS::EC2::RouteTable": "routeTables",
  "AWS::EC2::SecurityGroup": "securityGroups",
  "AWS::EC2::SecurityGroupEgress": "securityGroups",
  "AWS::EC2::SecurityGroupIngress": "securityGroups",
  "AWS::EC2::Subnet": "subnets",
  "AWS::EC2::SubnetRouteTableAssociation": "routeTables",
  "AWS::EC2::TransitGateway": "transitGateways",
  "AWS::EC2::TransitGatewayAttachment": "transitGatewayAttachments",
  "AWS::EC2::TransitGatewayRoute": "transitGatewayRouteTables",
  "AWS::EC2::TransitGatewayRouteTable": "transitGatewayRouteTables",
  "AWS::EC2::TransitGatewayRouteTableAssociation": "transitGatewayRouteTables",
  "AWS::EC2::TransitGatewayRouteTablePropagation": "transitGatewayRouteTables",
  "AWS::EC2::TransitGatewayVpcAttachment": "transitGatewayAttachments",
  "AWS::EC2::VPC": "vpcs",
  "AWS::EC2::VPCDHCPOptionsAssociation": "vpcs",
  "AWS::EC2::VPCEndpoint": "vpcEndpoints",
  "AWS::EC2::VPCEndpointService": "vpcEndpointServices",
  "AWS::EC2::VPCEndpointServicePermissions": "vpcEndpointServices",
  "AWS::EC2::VPCGatewayAttachment": "internetGateways",
  "AWS::EC2::VPCPeeringConnection": "vpcPeerings",
  "AWS::EC2::VPNConnection": "vpnConnections",
  "AWS::EC2::VPNConnectionRoute": "vpnConnections",
  "AWS::EC2::VPNGateway": "vpnGateways",
  "AWS::EC2::VPNGatewayRoutePropagation": "routeTables",
  "AWS::EC2::Volume": "volumes",
  "AWS::EC2::VolumeAttachment": "volumes",
  "AWS::ElastiCache::ParameterGroup": "cacheParameterGroups",
  "AWS::ElastiCache::ReplicationGroup": "replicationGroups",
  "AWS::RDS::DBProxy": "dbProxies",
  "AWS::RDS::DBProxyTargetGroup": "dbProxies",
  "AWS::EFS::FileSystem": "fileSystems",
  "AWS::EFS::MountTarget": "fileSystems",
  "AWS::EFS::AccessPoint": "fileSystems",
  "AWS::ElastiCache::CacheCluster": "cacheClusters",
  "AWS::ElastiCache::ServerlessCache": "serverlessCaches",
  "AWS::ElastiCache::SubnetGroup": "cacheSubnetGroups",
  "AWS::ElasticLoadBalancingV2::Listener": "loadBalancers",
  "AWS::ElasticLoadBalancingV2::ListenerRule": "loadBalancers",
  "AWS::ElasticLoadBalancingV2::LoadBalancer": "loadBalancers",
  "AWS::ElasticLoadBalancingV2::TargetGroup": "targetGroups",
  "AWS::IAM::InstanceProfile": "instanceProfiles",
  "AWS::IAM::ManagedPolicy": "iamPolicies",
  "AWS::IAM::OIDCProvider": "oidcProviders",
  "AWS::IAM::Policy": "iamRoles",
  "AWS::IAM::Role": "iamRoles",
  "AWS::IAM::RolePolicy": "iamRoles",
  "AWS::KMS::Alias": "kmsKeys",
  "AWS::KMS::Key": "kmsKeys",
  "AWS::Logs::LogGroup": "logGroups",
  "AWS::RDS::DBCluster": "dbClusters",
  "AWS::RDS::DBClusterParameterGroup": "dbClusterParameterGroups",
  "AWS::RDS::DBInstance": "dbInstances",
  "AWS::RDS::DBParameterGroup": "dbParameterGroups",
  "AWS::RDS::DBSubnetGroup": "dbSubnetGroups",
  "AWS::RDS::EventSubscription": "dbEventSubscriptions",
  "AWS::RDS::OptionGroup": "dbOptionGroups",
  "AWS::Route53::HostedZone": "hostedZones",
  "AWS::Route53::RecordSet": "records",
  "AWS::Route53::RecordSetGroup": "records",
  "AWS::S3::Bucket": "buckets",
  "AWS::S3::BucketPolicy": "buckets",
  "AWS::SNS::Subscription": "topics",
  "AWS::SNS::Topic": "topics",
  "AWS::SSM::Parameter": "parameters",
  "AWS::SecretsManager::Secret": "secrets",
};

/**
 * Types that Cloud Control cannot create (their registry schema has no handlers), or whose deletion would lose data that nothing brings
 * back.
 */
export const others: Readonly<Record<string, Refusal>> = {
  "AWS::SQS::QueuePolicy": {
    why: "Cloud Control cannot create it",
    instead: "write AWS::SQS::QueueInlinePolicy, which is the policy of one queue",
  },
  "AWS::SNS::TopicPolicy": { why: "Cloud Control cannot create it", instead: "write `policy` on the topic, under topics" },
  "AWS::Logs::MetricFilter": ofLogGroup(
    "let the program write its metrics itself (CloudWatch embedded metric format), or create it by hand",
  ),
  "AWS::Logs::SubscriptionFilter": ofLogGroup("create it by hand; its destination can be declared here"),
  "AWS::Redshift::Cluster": dataHolder("create it by hand, and refer to it by its id"),
  "AWS::DocDB::DBCluster": dataHolder("create it by hand, and refer to it by its id"),
  "AWS::Neptune::DBCluster": dataHolder("create it by hand, and refer to it by its id"),
};

/** Members, by definition, whose names look like secrets but are not: a unit of time, and the ARN of a secret. */
export const notSecret: ReadonlySet<string> = new Set(["TokenValidityUnits.AccessToken", "Authorization.CdnIdentifierSecret"]);

/** Properties that AWS makes and that hold a secret, although their names do not say so. An IVS channel accepts a stream by this key. */
export const secretsMade: ReadonlySet<string> = new Set(["AWS::IVS::StreamKey.Value", "AWS::IVS::IngestConfiguration.StreamKey"]);

function dataHolder(instead: string): Refusal {
  return { why: "Cloud Control deletes it without a final snapshot", instead };
}

function ofLogGroup(instead: string): Refusal {
  return {
    why: "it has neither tags nor another text that could name its owner, so infra could not find it after it is removed from the file",
    instead,
  };
}
