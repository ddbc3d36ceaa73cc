/**
 * On which resources AWS checks the actions that we use, and which of those bear our tags: "Actions, resources, and
 * condition keys" of each service in the Service Authorization Reference.
 */

/** Resource types of one action, by how a statement can be tied to our tags. */
export interface Access {
  /** Made by the call, with our tags in it: `aws:RequestTag`. */
  readonly made?: readonly string[];
  /** Ours before the call: `aws:ResourceTag`. */
  readonly ours?: readonly string[];
  /** Bear no tags of ours, or may be anybody's: no condition. */
  readonly any?: readonly string[];
}

/** Reads have no resources and no conditions. */
export function isRead(action: string): boolean {
  return /^[a-z0-9-]+:(Describe|List|Get)/.test(action);
}

/** Writes that tag: allowed in a create by the create's name, elsewhere on what is ours. */
export const createActionKeys: Readonly<Record<string, string>> = {
  "ec2:CreateTags": "ec2:CreateAction",
  "elasticloadbalancing:AddTags": "elasticloadbalancing:CreateAction",
};

/** What an action is checked on. One that is not listed changes only what is ours. */
export function accessOf(action: string): Access {
  return listed[action] ?? { ours: ["*"] };
}

/** Whether a name sounds like a create, which must then be listed: nothing that is yet to be made bears our tags. */
export function isUnknownCreate(action: string): boolean {
  return (
    /:(Create|Allocate|Import|Run|Register|Request|Copy|Restore|Promote)/.test(action) &&
    listed[action] === undefined &&
    !ownParts.has(action)
  );
}

/** Named like creates, but parts of something of ours. */
const ownParts: ReadonlySet<string> = new Set([
  "autoscaling:CreateOrUpdateTags",
  "ec2:CreateLaunchTemplateVersion",
  "ec2:CreateNetworkAclEntry",
  "ec2:CreateRoute",
  "ec2:CreateTags",
  "elasticloadbalancing:RegisterTargets",
  "rds:PromoteReadReplica",
]);

/** What a machine is made with that is not the machine; volumes and interfaces bear none of our tags. */
const launchedWith = [
  "capacity-reservation",
  "image",
  "key-pair",
  "launch-template",
  "network-interface",
  "placement-group",
  "security-group",
  "snapshot",
  "spot-instances-request",
  "subnet",
  "volume",
];

const listed: Readonly<Record<string, Access>> = {
  "autoscaling:CreateAutoScalingGroup": { made: ["autoScalingGroup"] },

  "cloudwatch:PutMetricAlarm": { made: ["alarm"] },
  "cloudwatch:TagResource": { made: ["alarm"], ours: ["alarm"] },

  "ec2:AllocateAddress": { made: ["elastic-ip"] },
  "ec2:AssociateAddress": { ours: ["elastic-ip"], any: ["instance", "network-interface"] },
  "ec2:AssociateNatGatewayAddress": { ours: ["natgateway"], any: ["elastic-ip"] },
  "ec2:AssociateRouteTable": { ours: ["route-table"], any: ["internet-gateway", "subnet"] },
  "ec2:AttachInternetGateway": { ours: ["internet-gateway"], any: ["vpc"] },
  "ec2:AuthorizeSecurityGroupEgress": { ours: ["security-group"], any: ["security-group-rule"] },
  "ec2:AuthorizeSecurityGroupIngress": { ours: ["security-group"], any: ["security-group-rule"] },
  "ec2:CancelSpotInstanceRequests": { any: ["spot-instances-request"] },
  "ec2:CreateInternetGateway": { made: ["internet-gateway"] },
  "ec2:CreateLaunchTemplate": { made: ["launch-template"] },
  "ec2:CreateNatGateway": { made: ["natgateway"], any: ["elastic-ip", "subnet", "vpc"] },
  "ec2:CreateNetworkAcl": { made: ["network-acl"], any: ["vpc"] },
  "ec2:CreateRouteTable": { made: ["route-table"], any: ["vpc"] },
  "ec2:CreateSecurityGroup": { made: ["security-group"], any: ["vpc"] },
  "ec2:CreateSubnet": { made: ["subnet"], any: ["vpc"] },
  "ec2:CreateVpc": { made: ["vpc"] },
  "ec2:DetachInternetGateway": { ours: ["internet-gateway"], any: ["vpc"] },
  "ec2:DisassociateAddress": { ours: ["elastic-ip"], any: ["instance", "network-interface"] },
  "ec2:DisassociateNatGatewayAddress": { ours: ["natgateway"], any: ["elastic-ip", "network-interface"] },
  "ec2:DisassociateRouteTable": { ours: ["route-table"], any: ["internet-gateway", "subnet"] },
  "ec2:ImportKeyPair": { made: ["key-pair"] },
  "ec2:ModifyInstanceAttribute": { ours: ["instance"], any: ["security-group", "volume"] },
  "ec2:ModifyInstancePlacement": { ours: ["instance"], any: ["placement-group"] },
  "ec2:ModifyNetworkInterfaceAttribute": { any: ["instance", "network-interface", "security-group"] },
  "ec2:ModifySecurityGroupRules": { ours: ["security-group"], any: ["security-group-rule"] },
  "ec2:ModifyVolume": { any: ["volume"] },
  // The table that is let go may be the VPC's main one, or somebody else's.
  "ec2:ReplaceNetworkAclAssociation": { any: ["network-acl", "subnet"] },
  "ec2:ReplaceRouteTableAssociation": { any: ["internet-gateway", "route-table", "subnet"] },
  "ec2:RunInstances": { made: ["instance"], any: launchedWith },

  "elasticloadbalancing:CreateListener": { made: ["listener", "loadbalancer"] },
  "elasticloadbalancing:CreateLoadBalancer": { made: ["loadbalancer"] },
  "elasticloadbalancing:CreateRule": { made: ["listener", "listener-rule"] },
  "elasticloadbalancing:CreateTargetGroup": { made: ["targetgroup"] },

  "rds:AddTagsToResource": { made: ["db", "pg", "subgrp"], ours: ["*"] }, // RDS has no key that names the create
  "rds:CreateDBInstance": { made: ["db"], any: ["og", "pg", "secgrp", "subgrp"] },
  "rds:CreateDBInstanceReadReplica": { made: ["db"], any: ["og", "pg", "subgrp"] },
  "rds:CreateDBParameterGroup": { made: ["pg"] },
  "rds:CreateDBSnapshot": { ours: ["db"], any: ["snapshot"] },
  "rds:CreateDBSubnetGroup": { made: ["subgrp"] },
  "rds:DeleteDBSnapshot": { any: ["snapshot"] },
  "rds:ModifyDBInstance": { ours: ["db"], any: ["og", "pg", "secgrp", "subgrp"] },

  "sns:CreateTopic": { made: ["topic"] },
  "sns:TagResource": { made: ["topic"], ours: ["topic"] },
};
