/** The objects that a call touches without naming them in its input, and AWS's further checks of the caller, by action. */
import type { Authorisation, Look } from "./authorisation.ts";
import { hasId, listed, requestContext, tagsIn, textsIn, type Input } from "./inputs.ts";

type More = (input: Input, to: Look) => readonly Authorisation[];

export const more: Readonly<Record<string, More>> = {
  // Tags in the request are also checked as AddTagsToCertificate (ACM User Guide, "Tag ACM resources").
  "acm:RequestCertificate": (input, to) => {
    const context = requestContext(tagsIn(input).own);
    return [
      { action: "acm:RequestCertificate", resource: "*", context },
      { action: "acm:AddTagsToCertificate", resource: to.arn("acm", "certificate/new"), context },
    ];
  },
  "autoscaling:CreateAutoScalingGroup": (input, to) => [serviceRole("autoscaling", to), ...launchesOf(input, to)],
  "autoscaling:UpdateAutoScalingGroup": (input, to) => launchesOf(input, to),
  "autoscaling:CreateOrUpdateTags": (input, to) => groupsIn(input, "autoscaling:CreateOrUpdateTags", to),
  "autoscaling:DeleteTags": (input, to) => groupsIn(input, "autoscaling:DeleteTags", to),
  "autoscaling:PutLifecycleHook": ({ RoleARN }) => (RoleARN ? [passRole(String(RoleARN), "autoscaling.amazonaws.com")] : []),
  "cloudwatch:PutMetricAlarm": ({ AlarmActions }, to) =>
    listed(AlarmActions).some((arn) => String(arn).includes(":automate:")) ? [serviceRole("events", to)] : [],
  "ec2:AssociateIamInstanceProfile": ({ InstanceId, IamInstanceProfile }, to) =>
    profileOf("ec2:AssociateIamInstanceProfile", InstanceId, IamInstanceProfile, to),
  "ec2:ReplaceIamInstanceProfileAssociation": ({ AssociationId, IamInstanceProfile }, to) =>
    profileOf("ec2:ReplaceIamInstanceProfileAssociation", to.state.owner("ec2.profileAssociations", AssociationId), IamInstanceProfile, to),
  "ec2:DisassociateIamInstanceProfile": ({ AssociationId }, to) =>
    to.one("ec2:DisassociateIamInstanceProfile", to.state.owner("ec2.profileAssociations", AssociationId)),
  "ec2:CreateFlowLogs": ({ DeliverLogsPermissionArn, LogDestinationType }) => [
    ...(DeliverLogsPermissionArn ? [passRole(String(DeliverLogsPermissionArn), "vpc-flow-logs.amazonaws.com")] : []),
    ...(LogDestinationType === "s3" ? [{ action: "logs:CreateLogDelivery", resource: "*", context: {} }] : []),
  ],
  "ec2:CreateNatGateway": (_input, to) => [serviceRole("ec2-nat-gateway", to)],
  "ec2:DeleteKeyPair": ({ KeyName }, to) => [to.existing("ec2:DeleteKeyPair", to.arn("ec2", `key-pair/${String(KeyName)}`))],
  "ec2:DeletePlacementGroup": ({ GroupName }, to) => [
    to.existing("ec2:DeletePlacementGroup", to.arn("ec2", `placement-group/${String(GroupName)}`)),
  ],
  "ec2:DetachNetworkInterface": ({ AttachmentId }, to) => {
    const card = to.state.owner("ec2.interfaceAttachments", AttachmentId);
    const machine = (to.state.row("ec2.interfaces", String(card))?.["attachment"] as Input | undefined)?.["instanceId"];
    return [...to.one("ec2:DetachNetworkInterface", card), ...to.one("ec2:DetachNetworkInterface", machine)];
  },
  "ec2:DisassociateAddress": ({ AssociationId }, to) =>
    to.one("ec2:DisassociateAddress", to.state.owner("ec2.addressAssociations", AssociationId)),
  "ec2:DisassociateRouteTable": ({ AssociationId }, to) => associationOf("ec2:DisassociateRouteTable", AssociationId, tables, to),
  "ec2:DisassociateVpcCidrBlock": ({ AssociationId }, to) =>
    to.one(
      "ec2:DisassociateVpcCidrBlock",
      to.state.rows("ec2.vpcs").find(({ cidrs, ipv6 }) => hasId(cidrs, AssociationId) || hasId(ipv6, AssociationId))?.["id"],
    ),
  "ec2:DisassociateSubnetCidrBlock": ({ AssociationId }, to) =>
    to.one("ec2:DisassociateSubnetCidrBlock", to.state.rows("ec2.subnets").find(({ ipv6 }) => hasId(ipv6, AssociationId))?.["id"]),
  "ec2:ModifyInstanceAttribute": ({ InstanceId, BlockDeviceMappings }, to) =>
    disksOf(String(InstanceId), BlockDeviceMappings, to).flatMap((id) => to.one("ec2:ModifyInstanceAttribute", id)),
  "ec2:ModifyNetworkInterfaceAttribute": ({ NetworkInterfaceId }, to) => machineOf(String(NetworkInterfaceId), to),
  "ec2:ReplaceNetworkAclAssociation": ({ AssociationId }, to) =>
    associationOf(
      "ec2:ReplaceNetworkAclAssociation",
      AssociationId,
      { associations: "ec2.aclAssociations", owners: "ec2.networkAcls" },
      to,
    ),
  "ec2:ReplaceRouteTableAssociation": ({ AssociationId }, to) =>
    associationOf("ec2:ReplaceRouteTableAssociation", AssociationId, tables, to),
  "ec2:RunInstances": (input, to) => launchOf(input, to),
  "iam:AddRoleToInstanceProfile": ({ RoleName }, to) => [passRole(roleArn(RoleName, to), "ec2.amazonaws.com")],
  "elasticache:CreateCacheCluster": (_input, to) => [serviceRole("elasticache", to)],
  "elasticache:CreateReplicationGroup": ({ KmsKeyId }, to) => [serviceRole("elasticache", to), ...keyOf(KmsKeyId, "elasticache", to)],
  "elasticache:CreateServerlessCache": ({ KmsKeyId }, to) => [serviceRole("elasticache", to), ...keyOf(KmsKeyId, "elasticache", to)],
  // The create is checked on no resource, and its tags on the new file system.
  "elasticfilesystem:CreateFileSystem": (input, to) => {
    const context = requestContext(tagsIn(input).own);
    return [
      { action: "elasticfilesystem:CreateFileSystem", resource: "*", context },
      {
        action: "elasticfilesystem:TagResource",
        resource: to.arn("elasticfilesystem", "file-system/new"),
        context: { ...context, "elasticfilesystem:CreateAction": "CreateFileSystem" },
      },
      serviceRole("elasticfilesystem", to),
      ...(input["Backup"] === true ? [serviceRole("backup", to)] : []),
      ...keyOf(input["KmsKeyId"], "elasticfilesystem", to),
    ];
  },
  "elasticfilesystem:CreateAccessPoint": (input, to) => [
    {
      action: "elasticfilesystem:TagResource",
      resource: to.arn("elasticfilesystem", "access-point/new"),
      context: { ...requestContext(tagsIn(input).own), "elasticfilesystem:CreateAction": "CreateAccessPoint" },
    },
  ],
  "elasticfilesystem:PutBackupPolicy": (_input, to) => [serviceRole("backup", to)],
  // EFS API: the EC2 permissions that each call needs.
  "elasticfilesystem:CreateMountTarget": ({ SubnetId, SecurityGroups }, to) => [
    { action: "ec2:CreateNetworkInterface", resource: to.arn("ec2", "network-interface/new"), context: {} },
    ...[SubnetId, ...listed(SecurityGroups)].flatMap((id) => to.one("ec2:CreateNetworkInterface", id)),
    ...["DescribeNetworkInterfaces", "DescribeSubnets"].map((name) => ({ action: `ec2:${name}`, resource: "*", context: {} })),
  ],
  "elasticfilesystem:DeleteMountTarget": ({ MountTargetId }, to) =>
    ofMountTarget("elasticfilesystem:DeleteMountTarget", "ec2:DeleteNetworkInterface", MountTargetId, to),
  "elasticfilesystem:ModifyMountTargetSecurityGroups": ({ MountTargetId }, to) =>
    ofMountTarget("elasticfilesystem:ModifyMountTargetSecurityGroups", "ec2:ModifyNetworkInterfaceAttribute", MountTargetId, to),
  "elasticloadbalancing:CreateListener": (input, to) => tagPart("CreateListener", input, "listener/app/x/0/0", to),
  "elasticloadbalancing:CreateRule": (input, to) => tagPart("CreateRule", input, "listener-rule/app/x/0/0/0", to),
  "elasticloadbalancing:CreateLoadBalancer": (_input, to) => [serviceRole("elasticloadbalancing", to)],
  // The create is checked on no resource, and its tags on the new key.
  "kms:CreateKey": (input, to) => {
    const context = requestContext(tagsIn(input).own);
    return [
      { action: "kms:CreateKey", resource: "*", context },
      { action: "kms:TagResource", resource: to.arn("kms", "key/new"), context },
    ];
  },
  "kms:DeleteAlias": ({ AliasName }, to) => {
    const key = to.state.row("kms.aliases", String(AliasName))?.["target"];
    return key === undefined ? [] : [to.existing("kms:DeleteAlias", to.arn("kms", `key/${String(key)}`))];
  },
  // The create is checked on no resource, and its tags on the new proxy, whose id AWS chooses.
  "rds:CreateDBProxy": (input, to) => {
    const context = requestContext(tagsIn(input).own);
    return [
      { action: "rds:CreateDBProxy", resource: "*", context },
      { action: "rds:AddTagsToResource", resource: to.arn("rds", "db-proxy:prx-new"), context },
      passRole(String(input["RoleArn"]), "rds.amazonaws.com"),
      serviceRole("rds", to),
    ];
  },
  "rds:ModifyDBProxy": ({ DBProxyName, RoleArn }, to) => [
    ...ofProxy("rds:ModifyDBProxy", DBProxyName, to),
    ...(RoleArn ? [passRole(String(RoleArn), "rds.amazonaws.com")] : []),
  ],
  "rds:DeleteDBProxy": ({ DBProxyName }, to) => ofProxy("rds:DeleteDBProxy", DBProxyName, to),
  "rds:ModifyDBProxyTargetGroup": ({ DBProxyName }, to) => ofProxyGroup("rds:ModifyDBProxyTargetGroup", DBProxyName, to),
  "rds:RegisterDBProxyTargets": (input, to) => [
    ...ofProxyGroup("rds:RegisterDBProxyTargets", input["DBProxyName"], to),
    ...listed(input["DBInstanceIdentifiers"]).map((id) => to.existing("rds:RegisterDBProxyTargets", to.arn("rds", `db:${String(id)}`))),
  ],
  "rds:DeregisterDBProxyTargets": (input, to) => {
    const action = "rds:DeregisterDBProxyTargets";
    return [
      ...ofProxy(action, input["DBProxyName"], to),
      ...ofProxyGroup(action, input["DBProxyName"], to),
      ...listed(input["DBInstanceIdentifiers"]).map((id) => to.existing(action, to.arn("rds", `db:${String(id)}`))),
      ...listed(input["DBClusterIdentifiers"]).map((id) => to.existing(action, to.arn("rds", `cluster:${String(id)}`))),
    ];
  },
  // RDS uses the permissions of the caller (RDS User Guide, "Authorizing access to Amazon RDS blue/green deployment operations").
  "rds:CreateBlueGreenDeployment": (_input, to) => [
    { action: "rds:CreateDBInstanceReadReplica", resource: to.arn("rds", "db:new-green-abcdef"), context: {} },
  ],
  "rds:SwitchoverBlueGreenDeployment": ({ BlueGreenDeploymentIdentifier: id }, to) =>
    ofDeployment(id, ["source", "target"], to).flatMap((db) =>
      ["rds:ModifyDBInstance", "rds:PromoteReadReplica"].map((action) => to.existing(action, db)),
    ),
  "rds:DeleteBlueGreenDeployment": ({ BlueGreenDeploymentIdentifier: id, DeleteTarget }, to) =>
    DeleteTarget === true ? ofDeployment(id, ["target"], to).map((db) => to.existing("rds:DeleteDBInstance", db)) : [],
  "rds:CreateDBCluster": (input, to) => [
    serviceRole("rds", to),
    ...secretsOf(input, to),
    ...keyOf(input["KmsKeyId"], "rds", to),
    ...insightsKeyOf(input, to),
    ...monitorOf(input),
  ],
  // The final snapshot (Amazon Aurora User Guide, "Deleting Aurora DB clusters").
  "rds:DeleteDBCluster": ({ FinalDBSnapshotIdentifier: name }, to) =>
    name === undefined ? [] : [to.existing("rds:DeleteDBCluster", to.arn("rds", `cluster-snapshot:${String(name)}`))],
  "rds:ModifyDBCluster": (input, to) => [...secretsOf(input, to), ...insightsKeyOf(input, to), ...monitorOf(input)],
  "rds:CreateDBInstance": (input, to) => [
    serviceRole("rds", to),
    ...secretsOf(input, to),
    ...keyOf(input["KmsKeyId"], "rds", to),
    ...insightsKeyOf(input, to),
    ...monitorOf(input),
  ],
  "rds:CreateDBInstanceReadReplica": (input, to) => [...monitorOf(input), ...insightsKeyOf(input, to)],
  "rds:RestoreDBInstanceFromDBSnapshot": (input, to) => [serviceRole("rds", to), ...secretsOf(input, to)],
  "rds:RestoreDBInstanceToPointInTime": (input, to) => [serviceRole("rds", to), ...secretsOf(input, to)],
  "rds:RestoreDBClusterFromSnapshot": (input, to) => [
    serviceRole("rds", to),
    ...keyOf(input["KmsKeyId"], "rds", to),
    ...insightsKeyOf(input, to),
    ...monitorOf(input),
  ],
  "rds:RestoreDBClusterToPointInTime": (input, to) => [
    serviceRole("rds", to),
    ...keyOf(input["KmsKeyId"], "rds", to),
    ...insightsKeyOf(input, to),
    ...monitorOf(input),
  ],
  // Tags of a create are checked as tagging of the bucket (Amazon S3 API Reference, CreateBucket: "Permissions").
  "s3:CreateBucket": ({ Bucket, CreateBucketConfiguration }, to) => [
    {
      action: "s3:TagResource",
      resource: to.arn("s3", String(Bucket)),
      context: requestContext(tagsIn((CreateBucketConfiguration ?? {}) as Input).own),
    },
  ],
  "route53:CreateHostedZone": () => [{ action: "route53:CreateHostedZone", resource: "*", context: {} }],
  "secretsmanager:CreateSecret": ({ KmsKeyId }, to) => keyOf(KmsKeyId, "secretsmanager", to, encrypting),
  "secretsmanager:UpdateSecret": ({ KmsKeyId }, to) => keyOf(KmsKeyId, "secretsmanager", to, encrypting),
  "ssm:PutParameter": (input, to) => {
    const context = requestContext(tagsIn(input).own);
    if (Object.keys(context).length === 0) return [];
    return [{ action: "ssm:AddTagsToResource", resource: to.arn("ssm", `parameter/${String(input["Name"]).replace(/^\//, "")}`), context }];
  },
  "rds:ModifyDBInstance": (input, to) => [...secretsOf(input, to), ...insightsKeyOf(input, to), ...monitorOf(input)],
};

/**
 * The objects that RunInstances touches, each type with its own tags (EC2 User Guide, "Grant permission to tag Amazon EC2 resources during
 * creation").
 */
function launchOf(input: Input, to: Look): Authorisation[] {
  const action = "ec2:RunInstances";
  const tags = tagsIn(input).byType["instance"] ?? {};
  const resource = to.arn("ec2", "instance/new");
  const profile = (input["IamInstanceProfile"] as Input | undefined)?.["Name"];
  return [
    { action, resource, context: { ...requestContext(tags), ...profileContext("ec2:InstanceProfile", profile, to) } },
    { action: "ec2:CreateTags", resource, context: { ...requestContext(tags), "ec2:CreateAction": "RunInstances" } },
    ...(input["KeyName"] ? [to.existing(action, to.arn("ec2", `key-pair/${String(input["KeyName"])}`))] : []),
    ...(input["InstanceMarketOptions"] ? [serviceRole("spot", to)] : []),
    ...(profile ? [passProfile(String(profile), to)] : []),
    ...disksKeys(input, to),
  ];
}

/** Auto Scaling checks that the caller may launch from the template (Auto Scaling User Guide, "Control … launch template usage"). */
function launchesOf(input: Input, to: Look): Authorisation[] {
  const action = "ec2:RunInstances";
  return templatesIn(input).flatMap((id) => {
    const template = to.ec2(id);
    const row = to.state.row("ec2.launchTemplates", id) as {
      readonly defaultVersion: number;
      readonly versions: Record<string, { data: Input }>;
    };
    const data = row.versions[String(row.defaultVersion)]!.data;
    const from = { "ec2:LaunchTemplate": template };
    const tags = tagsIn(data).byType;
    const profile = (data["IamInstanceProfile"] as Input | undefined)?.["Name"];
    const made = ["instance", "network-interface", "volume"].flatMap((type): Authorisation[] => {
      const resource = to.arn("ec2", `${type}/new`);
      const own = tags[type] ?? {};
      return [
        {
          action,
          resource,
          context: { ...from, ...requestContext(own), ...(type === "instance" ? profileContext("ec2:InstanceProfile", profile, to) : {}) },
        },
        ...(Object.keys(own).length > 0
          ? [{ action: "ec2:CreateTags", resource, context: { ...requestContext(own), "ec2:CreateAction": "RunInstances" } }]
          : []),
      ];
    });
    const used = [...new Set([...textsIn(data), ...String(input["VPCZoneIdentifier"] ?? "").split(",")])].filter((text) =>
      /^(ami|sg|subnet|snap)-[0-9a-f]+$/.test(text),
    );
    return [
      ...made,
      to.existing(action, template, from),
      ...used.map((text) => to.existing(action, to.ec2(text), from)),
      ...(data["KeyName"] ? [to.existing(action, to.arn("ec2", `key-pair/${String(data["KeyName"])}`), from)] : []),
      ...(profile ? [passProfile(String(profile), to)] : []),
    ];
  });
}

function templatesIn(input: Input): string[] {
  return [...new Set(textsIn(input).filter((text) => /^lt-[0-9a-f]{17}$/.test(text)))];
}

function profileOf(action: string, instance: unknown, profile: unknown, to: Look): Authorisation[] {
  const name = (profile as Input)["Name"];
  return [...to.one(action, instance, profileContext("ec2:NewInstanceProfile", name, to)), passProfile(String(name), to)];
}

function profileContext(key: string, name: unknown, to: Look): Authorisation["context"] {
  if (name === undefined) return {};
  const made = to.state.iam(`instance-profile/${String(name)}`)?.["arn"];
  return { [key]: made === undefined ? to.arn("iam", `instance-profile/${String(name)}`) : String(made) };
}

/** The role in an instance profile of others has its own name. */
function passProfile(name: string, to: Look): Authorisation {
  const { role } = (to.state.iam(`instance-profile/${name}`) ?? {}) as { readonly role?: { readonly name: string } };
  return passRole(roleArn(role?.name ?? `behind-${name}`, to), "ec2.amazonaws.com");
}

function roleArn(name: unknown, to: Look): string {
  return String(to.state.iam(`role/${String(name)}`)?.["arn"] ?? to.arn("iam", `role/${String(name)}`));
}

function passRole(resource: string, service: string): Authorisation {
  return { action: "iam:PassRole", resource, context: { "iam:PassedToService": service } };
}

/** The key of Performance Insights (RDS User Guide, "Configuring an AWS KMS policy for Performance Insights"). */
function insightsKeyOf(input: Input, to: Look): Authorisation[] {
  return keyOf(input["PerformanceInsightsKMSKeyId"], "rds", to);
}

/** Calls name a proxy by its name, but its ARN holds an id. */
function ofProxy(action: string, name: unknown, to: Look): Authorisation[] {
  const id = to.state.row("rds.proxies", `db-proxy:${String(name)}`)?.["id"];
  return id === undefined ? [] : [to.existing(action, to.arn("rds", `db-proxy:${String(id)}`))];
}

/** The ARNs of the instances of a deployment, by their permanent ids. */
function ofDeployment(id: unknown, members: readonly ("source" | "target")[], to: Look): string[] {
  const deployment = to.state.row("rds.blueGreenDeployments", `deployment:${String(id)}`);
  return members.flatMap((member) => {
    const { resourceId } = (deployment?.[member] ?? {}) as { readonly resourceId?: string };
    const found = to.state.rows("rds.instances").find((one) => one["resourceId"] === resourceId);
    return found === undefined ? [] : [to.arn("rds", `db:${String(found["id"])}`)];
  });
}

/** AWS does not document whether a target group has the tags of its proxy. */
function ofProxyGroup(action: string, name: unknown, to: Look): Authorisation[] {
  const id = to.state.row("rds.proxies", `db-proxy:${String(name)}`)?.["id"];
  return id === undefined
    ? []
    : [{ action, resource: to.arn("rds", `target-group:${String(id).replace("prx-", "prx-tg-")}`), context: {} }];
}

/** A mount target is authorised as its file system, plus its network interface. */
function ofMountTarget(action: string, onInterface: string, id: unknown, to: Look): Authorisation[] {
  const target = to.state.row("efs.mountTargets", String(id)) as { fileSystemId?: string; interfaceId?: string } | undefined;
  if (target === undefined) return [];
  return [
    to.existing(action, to.arn("elasticfilesystem", `file-system/${target.fileSystemId}`)),
    ...to.one(onInterface, target.interfaceId),
  ];
}

/** The service-linked role that the first use of a service in an account creates. */
function serviceRole(service: string, to: Look): Authorisation {
  const name = `${service}.amazonaws.com`;
  return {
    action: "iam:CreateServiceLinkedRole",
    resource: to.arn("iam", `role/aws-service-role/${name}/AWSServiceRoleForIt`),
    context: { "iam:AWSServiceName": name },
  };
}

/** EBS User Guide, "Requirements for Amazon EBS encryption". */
function disksKeys(input: Input, to: Look): Authorisation[] {
  const disks = listed(input["BlockDeviceMappings"]).map((mapping) => ((mapping as Input)["Ebs"] ?? {}) as Input);
  return disks
    .filter(({ Encrypted }) => Encrypted === true)
    .flatMap(({ KmsKeyId }) => keyOf(KmsKeyId ?? "alias/the-accounts-default", "ec2", to));
}

/** Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager". */
const encrypting = ["Decrypt", "GenerateDataKey"];
const forGrants = ["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"];

function keyOf(key: unknown, service: string, to: Look, actions = forGrants): Authorisation[] {
  if (key === undefined) return [];
  const text = String(key);
  // An existing key is found by its aliases, however the input names it.
  const alias =
    /(?:^|:)(alias\/.+)$/.exec(text)?.[1] ??
    to.state.rows("kms.aliases").find(({ target }) => text.endsWith(`key/${String(target)}`))?.["name"];
  const resource =
    typeof alias === "string" && !text.includes(":key/")
      ? to.arn("kms", "key/11111111-2222-3333-4444-555555555555")
      : text.startsWith("arn:")
        ? text
        : to.arn("kms", `key/${text}`);
  const context = {
    "kms:ViaService": `${service}.${to.state.region}.amazonaws.com`,
    ...(alias ? { "kms:ResourceAliases": [String(alias)] } : {}),
  };
  return actions.map((action) => ({
    action: `kms:${action}`,
    resource,
    context,
  }));
}

/** RDS User Guide, "Password management with Amazon RDS and AWS Secrets Manager". */
function secretsOf(input: Input, to: Look): Authorisation[] {
  if (input["ManageMasterUserPassword"] !== true) return [];
  const resource = to.arn("secretsmanager", "secret:rds!db-0-AbCdEf");
  return [
    ...["CreateSecret", "TagResource"].map((action) => ({ action: `secretsmanager:${action}`, resource, context: {} })),
    { action: "kms:DescribeKey", resource: to.arn("kms", "key/0"), context: { "kms:ViaService": `rds.${to.state.region}.amazonaws.com` } },
  ];
}

function monitorOf({ MonitoringRoleArn }: Input): Authorisation[] {
  return MonitoringRoleArn ? [passRole(String(MonitoringRoleArn), "monitoring.rds.amazonaws.com")] : [];
}

const tables = { associations: "ec2.routeAssociations", owners: "ec2.routeTables" };

/** The object that has the association, and its subnet. */
function associationOf(action: string, association: unknown, of: typeof tables, to: Look): readonly Authorisation[] {
  const owner = to.state.owner(of.associations, association);
  if (owner === undefined) return [];
  const found = listed(to.state.row(of.owners, owner)?.["associations"]).find((one) => (one as Input)["id"] === association);
  return [...to.one(action, owner), ...to.one(action, (found as Input | undefined)?.["subnetId"])];
}

function machineOf(card: string, to: Look): readonly Authorisation[] {
  const attachment = to.state.row("ec2.interfaces", card)?.["attachment"] as { readonly instanceId?: string } | undefined;
  return to.one("ec2:ModifyNetworkInterfaceAttribute", attachment?.instanceId);
}

function disksOf(instance: string, mappings: unknown, to: Look): string[] {
  const devices = (to.state.row("ec2.instances", instance)?.["devices"] ?? {}) as Record<string, { readonly volumeId: string }>;
  return listed(mappings).flatMap((mapping) => devices[String((mapping as Input)["DeviceName"])]?.volumeId ?? []);
}

function groupsIn({ Tags }: Input, action: string, to: Look): Authorisation[] {
  const tags = listed(Tags) as readonly { readonly ResourceId: string; readonly Key: string; readonly Value?: string }[];
  const names = new Set(tags.map(({ ResourceId }) => ResourceId));
  return [...names].map((name) => {
    const own = tags.filter(({ ResourceId }) => ResourceId === name);
    const written = Object.fromEntries(own.map(({ Key, Value = "" }) => [Key, Value]));
    return to.existing(action, to.arn("autoscaling", `autoScalingGroup:0:autoScalingGroupName/${name}`), requestContext(written));
  });
}

function tagPart(create: string, input: Input, end: string, to: Look): Authorisation[] {
  const context = { ...requestContext(tagsIn(input).own), "elasticloadbalancing:CreateAction": create };
  return [{ action: "elasticloadbalancing:AddTags", resource: to.arn("elasticloadbalancing", end), context }];
}
