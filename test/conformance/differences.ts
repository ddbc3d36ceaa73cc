/**
 * Where our sandbox and moto 5 answer the same call differently, with the page of AWS that decides. The sandbox follows AWS. moto.test.ts
 * keeps the list true: an unlisted difference fails, and so does one that no longer occurs.
 */
export interface Difference {
  /** "Operation: path.in.the[].answer", or for a refusal "title of the step: CODE (status), moto CODE (status)". A `*` stands for any text. */
  readonly at: string;
  /** The behaviour of both. */
  readonly what: string;
  /** The page of AWS's documentation that decides. */
  readonly page: string;
}

export const differences: readonly Difference[] = [
  // Members that moto leaves out of an answer
  { at: "*Address*NetworkBorderGroup", what: "moto leaves it out", page: "EC2 API, Address" },
  { at: "*Address*PublicIpv4Pool", what: "moto leaves it out", page: "EC2 API, Address" },
  { at: "*Volume: DeleteOnTermination", what: "moto leaves it out", page: "EC2 API, VolumeAttachment" },
  { at: "*: SecurityGroupRules[].GroupOwnerId", what: "moto leaves it out", page: "EC2 API, SecurityGroupRule" },
  { at: "*: SecurityGroupRules[].SecurityGroupRuleArn", what: "moto leaves it out", page: "EC2 API, SecurityGroupRule" },
  { at: "*: SecurityGroupRules[].ReferencedGroupInfo.VpcId", what: "moto leaves it out", page: "EC2 API, ReferencedSecurityGroup" },
  {
    at: "RevokeSecurityGroupIngress: RevokedSecurityGroupRules",
    what: "moto does not tell what it revoked",
    page: "EC2 API, RevokeSecurityGroupIngress",
  },
  { at: "CreateSecurityGroup: Tags", what: "moto leaves it out", page: "EC2 API, CreateSecurityGroup" },
  { at: "DeleteSecurityGroup: GroupId", what: "moto leaves it out", page: "EC2 API, DeleteSecurityGroup" },
  { at: "DeleteSecurityGroup: Return", what: "moto leaves it out", page: "EC2 API, DeleteSecurityGroup" },
  { at: "*: NatGateway*.AvailabilityMode", what: "moto leaves it out", page: "EC2 API, NatGateway" },
  { at: "*: DBInstance*.DatabaseInsightsMode", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: NatGateway*.ConnectivityType", what: "moto leaves it out", page: "EC2 API, NatGateway" },
  { at: "*: NatGateway*.NatGatewayAddresses[].IsPrimary", what: "moto leaves it out", page: "EC2 API, NatGateway" },
  { at: "*: NatGateway*.NatGatewayAddresses[].Status", what: "moto leaves it out", page: "EC2 API, NatGateway" },
  { at: "*: NatGateway*.DeleteTime", what: "moto leaves it out", page: "EC2 API, NatGateway" },
  { at: "CreateNatGateway: ClientToken", what: "moto does not repeat the client token", page: "EC2 API, CreateNatGateway" },
  { at: "CreateRouteTable: ClientToken", what: "moto does not repeat the client token", page: "EC2 API, CreateRouteTable" },
  { at: "*: Subnet*.BlockPublicAccessStates", what: "moto leaves it out", page: "EC2 API, Subnet" },
  { at: "*: Subnet*.EnableDns64", what: "moto leaves it out", page: "EC2 API, Subnet" },
  { at: "*: Subnet*.MapCustomerOwnedIpOnLaunch", what: "moto leaves it out", page: "EC2 API, Subnet" },
  { at: "*: Vpc*.BlockPublicAccessStates", what: "moto leaves it out", page: "EC2 API, Vpc" },
  { at: "*Volume*: *AvailabilityZoneId", what: "moto leaves it out", page: "EC2 API, Volume" },
  { at: "*Volume*: *MultiAttachEnabled", what: "moto leaves it out", page: "EC2 API, Volume" },
  { at: "*Volume*: *Throughput", what: "moto leaves it out", page: "EC2 API, Volume" },
  { at: "*: AvailabilityZones[].GroupName", what: "moto leaves it out", page: "EC2 API, AvailabilityZone" },
  { at: "*: AvailabilityZones[].NetworkBorderGroup", what: "moto leaves it out", page: "EC2 API, AvailabilityZone" },
  { at: "*: AvailabilityZones[].OptInStatus", what: "moto leaves it out", page: "EC2 API, AvailabilityZone" },
  { at: "DeleteLaunchTemplate: LaunchTemplate.CreateTime", what: "moto leaves it out", page: "EC2 API, LaunchTemplate" },
  { at: "DeleteLaunchTemplate: LaunchTemplate.CreatedBy", what: "moto leaves it out", page: "EC2 API, LaunchTemplate" },
  { at: "DeleteLaunchTemplate: LaunchTemplate.LatestVersionNumber", what: "moto leaves it out", page: "EC2 API, LaunchTemplate" },
  { at: "*Instances[].BootMode", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].CapacityReservationSpecification", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].CpuOptions", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].CurrentInstanceBootMode", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].EnaSupport", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].EnclaveOptions", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].HibernationOptions.Configured", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].MaintenanceOptions", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].Placement.AvailabilityZoneId", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].PlatformDetails", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].PrivateDnsNameOptions", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].UsageOperation", what: "moto leaves it out", page: "EC2 API, Instance" },
  { at: "*Instances[].UsageOperationUpdateTime", what: "moto leaves it out", page: "EC2 API, Instance" },
  {
    at: "*Actions[].ForwardConfig",
    what: "AWS adds the ForwardConfig that a plain forward stands for, moto repeats what it was sent",
    page: "Elastic Load Balancing API, Action",
  },
  {
    at: "*: Rules[].Conditions[].PathPatternConfig",
    what: "AWS adds the config that plain values stand for, moto repeats what it was sent",
    page: "Elastic Load Balancing API, RuleCondition",
  },
  { at: "*: LoadBalancers[].Scheme", what: "moto leaves the default out", page: "Elastic Load Balancing API, LoadBalancer" },
  {
    at: "DescribeTargetGroupAttributes: Attributes",
    what: "moto knows fewer attributes",
    page: "Elastic Load Balancing API, TargetGroupAttribute",
  },
  {
    at: "ModifyTargetGroupAttributes: Attributes",
    what: "moto answers with what was changed only",
    page: "Elastic Load Balancing API, ModifyTargetGroupAttributes",
  },
  {
    at: "ModifyLoadBalancerAttributes: Attributes",
    what: "moto answers with what was changed only",
    page: "Elastic Load Balancing API, ModifyLoadBalancerAttributes",
  },
  { at: "*: AutoScalingGroups[].TrafficSources", what: "moto leaves it out", page: "Auto Scaling API, AutoScalingGroup" },
  { at: "*: AutoScalingGroups[].AvailabilityZoneDistribution", what: "moto leaves it out", page: "Auto Scaling API, AutoScalingGroup" },
  { at: "*: AutoScalingGroups[].CapacityReservationSpecification", what: "moto leaves it out", page: "Auto Scaling API, AutoScalingGroup" },
  { at: "*: DBInstance*.BackupTarget", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.DedicatedLogVolume", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.Endpoint.HostedZoneId", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.EngineLifecycleSupport", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.Iops", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.MonitoringInterval", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.NetworkType", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.PendingModifiedValues", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.PerformanceInsightsEnabled", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.PubliclyAccessible", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.StorageThroughput", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.StorageVolumeStatus", what: "moto leaves it out", page: "RDS API, DBInstance" },
  { at: "*DBSubnetGroup*.Subnets[].SubnetOutpost", what: "moto leaves it out", page: "RDS API, DBSubnetGroup" },
  { at: "*DBSubnetGroup*.SupportedNetworkTypes", what: "moto leaves it out", page: "RDS API, DBSubnetGroup" },

  // Things that take time on AWS and none in moto
  { at: "CreateVpc: Vpc.State", what: "pending for a moment, moto says available at once", page: "EC2 API, Vpc" },
  { at: "CreateSubnet: Subnet.State", what: "pending for a moment, moto says available at once", page: "EC2 API, Subnet" },
  { at: "CreateNatGateway: NatGateway.State", what: "pending for minutes, moto says available at once", page: "EC2 API, NatGateway" },
  { at: "CreateVolume: State", what: "creating for a moment, moto says available at once", page: "EC2 API, Volume" },
  {
    at: "RunInstances: Instances[].BlockDeviceMappings[].Ebs.Status",
    what: "attaching at first, moto says attached",
    page: "EC2 API, EbsInstanceBlockDevice",
  },
  {
    at: "RunInstances: Instances[].MetadataOptions.State",
    what: "pending at first, moto says applied",
    page: "EC2 API, InstanceMetadataOptionsResponse",
  },
  {
    at: "CreateDBInstance: DBInstance.DBInstanceStatus",
    what: "creating for minutes, without endpoint and times; moto says available at once",
    page: "RDS API, DBInstance",
  },
  {
    at: "CreateDBInstance: DBInstance.Endpoint",
    what: "creating for minutes, without endpoint and times; moto says available at once",
    page: "RDS API, DBInstance",
  },
  {
    at: "CreateDBInstance: DBInstance.InstanceCreateTime",
    what: "creating for minutes, without endpoint and times; moto says available at once",
    page: "RDS API, DBInstance",
  },
  {
    at: "CreateDBInstance: DBInstance.LatestRestorableTime",
    what: "creating for minutes, without endpoint and times; moto says available at once",
    page: "RDS API, DBInstance",
  },

  // Values that moto makes up
  { at: "*: Vpc*.DhcpOptionsId", what: "AWS gives the id of the default options, moto the word default", page: "EC2 API, Vpc" },
  {
    at: "*Instances[].MetadataOptions.HttpTokens",
    what: "an image that asks for version 2 makes tokens required, with two hops",
    page: "EC2 User Guide, Use IMDSv2 (AMI attribute imds-support)",
  },
  {
    at: "*Instances[].MetadataOptions.HttpPutResponseHopLimit",
    what: "an image that asks for version 2 makes tokens required, with two hops",
    page: "EC2 User Guide, Use IMDSv2 (AMI attribute imds-support)",
  },
  {
    at: "*Instances[].NetworkInterfaces[].Association",
    what: "moto describes the interface itself, gives it an empty association and the names of us-east-1",
    page: "EC2 API, InstanceNetworkInterface",
  },
  {
    at: "*Instances[].NetworkInterfaces[].Description",
    what: "moto describes the interface itself, gives it an empty association and the names of us-east-1",
    page: "EC2 API, InstanceNetworkInterface",
  },
  {
    at: "*Instances[].NetworkInterfaces[].PrivateDnsName",
    what: "moto describes the interface itself, gives it an empty association and the names of us-east-1",
    page: "EC2 API, InstanceNetworkInterface",
  },
  {
    at: "*Instances[].NetworkInterfaces[].Attachment.DeleteOnTermination",
    what: "the interface that a launch makes goes with the instance",
    page: "EC2 API, InstanceNetworkInterfaceAttachment",
  },
  { at: "*Instances[].Platform", what: "moto tells what AWS tells of Windows, or not by default", page: "EC2 API, Instance" },
  { at: "*Instances[].SriovNetSupport", what: "moto tells what AWS tells of Windows, or not by default", page: "EC2 API, Instance" },
  { at: "*Instances[].StateReason", what: "moto tells what AWS tells of Windows, or not by default", page: "EC2 API, Instance" },
  {
    at: "*: Listeners[].SslPolicy",
    what: "only HTTPS and TLS have a policy, moto gives one to HTTP",
    page: "Elastic Load Balancing API, Listener",
  },
  {
    at: "*: LoadBalancers[].CanonicalHostedZoneId",
    what: "names and hosted zone are placeholders in moto",
    page: "Elastic Load Balancing API, LoadBalancer",
  },
  {
    at: "*: LoadBalancers[].DNSName",
    what: "names and hosted zone are placeholders in moto",
    page: "Elastic Load Balancing API, LoadBalancer",
  },
  { at: "*: Rules[].RuleArn", what: "the id of a rule is hexadecimal, moto's is decimal", page: "Elastic Load Balancing API, Rule" },
  {
    at: "*: AutoScalingGroups[].HealthCheckGracePeriod",
    what: "the grace period is 0 when the API is not given one, moto says 300",
    page: "Auto Scaling API, CreateAutoScalingGroup",
  },
  { at: "*: DBInstance*.AvailabilityZone", what: "chosen by AWS at random; moto chooses otherwise", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.DbiResourceId", what: "chosen by AWS at random; moto chooses otherwise", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.Endpoint.Address", what: "chosen by AWS at random; moto chooses otherwise", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.PreferredBackupWindow", what: "chosen by AWS at random; moto chooses otherwise", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.PreferredMaintenanceWindow", what: "chosen by AWS at random; moto chooses otherwise", page: "RDS API, DBInstance" },
  { at: "*: DBInstance*.CACertificateIdentifier", what: "moto has an authority that AWS does not have", page: "RDS API, Certificate" },
  { at: "*: DBInstance*.DbInstancePort", what: "0 outside of a cluster, moto gives the port of the endpoint", page: "RDS API, DBInstance" },

  // Rules of security groups
  {
    at: "AuthorizeSecurityGroupIngress: SecurityGroupRules",
    what: "moto lists the rules of the last permission only",
    page: "EC2 API, AuthorizeSecurityGroupIngress",
  },
  {
    at: "AuthorizeSecurityGroupIngress: SecurityGroupRules[].CidrIpv4",
    what: "AWS clears host bits, moto keeps them",
    page: "EC2 API, AuthorizeSecurityGroupIngress",
  },
  {
    at: "AuthorizeSecurityGroupIngress: SecurityGroupRules[].FromPort",
    what: "all ports are -1, moto leaves them out",
    page: "EC2 API, SecurityGroupRule",
  },
  {
    at: "AuthorizeSecurityGroupIngress: SecurityGroupRules[].ToPort",
    what: "all ports are -1, moto leaves them out",
    page: "EC2 API, SecurityGroupRule",
  },
  {
    at: "DescribeSecurityGroupRules: SecurityGroupRules",
    what: "follows from the rules that moto lets in: host bits, reversed ports, ports left out",
    page: "EC2 API, AuthorizeSecurityGroupIngress",
  },
  {
    at: "DescribeSecurityGroups: SecurityGroups[].IpPermissions",
    what: "follows from the rules that moto lets in: host bits, reversed ports, ports left out",
    page: "EC2 API, AuthorizeSecurityGroupIngress",
  },

  // Refusals
  {
    at: "a VPC whose id is malformed: InvalidVpcID.Malformed (400), moto InvalidVpcID.NotFound (400)",
    what: "moto does not look at the form of an id",
    page: "EC2 API, Error codes",
  },
  {
    at: "a group named default: InvalidGroup.Reserved (400), moto InvalidGroup.Duplicate (400)",
    what: "moto sees the default group only",
    page: "EC2 API, Error codes",
  },
  {
    at: "a group that a rule names is not deleted: DependencyViolation (400), moto success",
    what: "moto lets it pass",
    page: "EC2 API, DeleteSecurityGroup",
  },
  {
    at: "a group with a name like an id: InvalidParameterValue (400), moto success",
    what: "moto lets it pass",
    page: "EC2 API, CreateSecurityGroup",
  },
  {
    at: "a key pair that is none: InvalidKey.Format (400), moto InvalidKeyPair.Format (400)",
    what: "moto has another code",
    page: "EC2 API, Error codes",
  },
  {
    at: "a load balancer in a subnet that is missing: SubnetNotFound (400), moto InvalidSubnetID.NotFound (400)",
    what: "moto passes EC2's code on",
    page: "Elastic Load Balancing API, CreateLoadBalancer",
  },
  {
    at: "a parameter group that is missing: DBParameterGroupNotFound (404), moto success",
    what: "moto answers with none",
    page: "RDS API, DescribeDBParameterGroups",
  },
  {
    at: "a route deleted that is missing: InvalidRoute.NotFound (400), moto success",
    what: "moto lets it pass",
    page: "EC2 API, Error codes",
  },
  { at: "a route without a target: MissingParameter (400), moto success", what: "moto lets it pass", page: "EC2 API, CreateRoute" },
  { at: "a rule with reversed ports: InvalidParameterValue (400), moto success", what: "moto lets it pass", page: "EC2 API, IpPermission" },
  {
    at: "a subnet group in one zone: DBSubnetGroupDoesNotCoverEnoughAZs (400), moto success",
    what: "moto lets it pass",
    page: "RDS API, CreateDBSubnetGroup",
  },
  { at: "a tag that is Amazon's: InvalidTagKey.Malformed (400), moto success", what: "moto lets it pass", page: "EC2 API, Error codes" },
  {
    at: "a terminated instance started: IncorrectInstanceState (400), moto success",
    what: "moto lets it pass",
    page: "EC2 API, Error codes",
  },
  {
    at: "an instance of a type that is none: InvalidParameterValue (400), moto InvalidInstanceType.NotFound (400)",
    what: "moto has another code",
    page: "EC2 API, Error codes",
  },
  {
    at: "more than its largest size: ValidationError (400), moto success",
    what: "moto lets it pass",
    page: "Auto Scaling API, SetDesiredCapacity",
  },
  {
    at: "the listener's rule deleted again: RuleNotFound (400), moto success",
    what: "moto lets it pass",
    page: "Elastic Load Balancing API, DeleteRule",
  },
  {
    at: "the template deleted again: InvalidLaunchTemplateName.NotFoundException (400), moto MissingParameter (400)",
    what: "moto has another code",
    page: "EC2 API, Error codes",
  },
  {
    at: "the type of a running instance: IncorrectInstanceState (400), moto success",
    what: "moto lets it pass",
    page: "EC2 API, ModifyInstanceAttribute",
  },
  {
    at: "the volume in another zone attached: InvalidVolume.ZoneMismatch (400), moto success",
    what: "moto lets it pass",
    page: "EC2 API, Error codes",
  },
];
