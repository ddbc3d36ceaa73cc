/**
 * The authorisations that AWS checks for one of our calls: each action and resource, with the context that statements can test. Ids in the
 * input are found automatically. besides.ts holds the objects that a call touches without naming them, and AWS's further checks. Source:
 * Service Authorization Reference, and where it is silent the page that is named.
 */
import type { Sent } from "../support/watched.ts";
import { account, type Authorisation, type Look } from "./authorisation.ts";
import { more } from "./besides.ts";
import { listed, requestContext, tagContext, tagsIn, textsIn, type Input } from "./inputs.ts";
import type { Reference } from "./reference.ts";
import type { LiveState, Tags } from "./state.ts";

/** Actions whose context holds more than tags; `more` gives the whole context. */
const withOwnContext: ReadonlySet<string> = new Set(["ec2:AssociateIamInstanceProfile"]);

/** IAM's names for the services of the SDK. */
const iamName: Readonly<Record<string, string>> = {
  cloudcontrol: "cloudformation",
  efs: "elasticfilesystem",
  elbv2: "elasticloadbalancing",
  tagging: "tag",
};

/** S3 actions whose names differ from the operations (Service Authorization Reference, Amazon S3). */
const s3Names: Readonly<Record<string, string>> = {
  DeleteBucketCors: "PutBucketCORS",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  GetBucketCors: "GetBucketCORS",
  GetBucketEncryption: "GetEncryptionConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  ListBuckets: "ListAllMyBuckets",
  PutBucketCors: "PutBucketCORS",
  PutBucketEncryption: "PutEncryptionConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
};

/** Returns the IAM action of an operation: `elbv2` CreateRule is `elasticloadbalancing:CreateRule`. */
export function actionOf({ service, operation }: Sent): string {
  if (service === "s3") return `s3:${s3Names[operation] ?? operation}`;
  return `${iamName[service] ?? service}:${operation}`;
}

export class Authoriser implements Look {
  readonly #state: LiveState;
  readonly #reference: Reference;

  constructor(state: LiveState, reference: Reference) {
    this.#state = state;
    this.#reference = reference;
  }

  /** Returns all authorisations that AWS checks for one call. The call is refused unless every one is allowed. */
  of(sent: Sent): readonly Authorisation[] {
    const { operation, input } = sent;
    const action = actionOf(sent);
    const service = action.slice(0, action.indexOf(":"));
    if (isRead(operation) && service !== "ssm") return [{ action, resource: "*", context: {} }];
    return [...this.#named(service, action, input), ...(more[action]?.(input, this) ?? [])];
  }

  arn(service: string, end: string, owner = account): string {
    if (service === "s3") return `arn:aws:s3:::${end}`;
    if (service === "route53") return `arn:aws:route53:::${end}`;
    return `arn:aws:${service}:${service === "iam" ? "" : this.#state.region}:${owner}:${end}`;
  }

  /** An existing object, with its tags in the context. */
  existing(action: string, resource: string, context: Authorisation["context"] = {}): Authorisation {
    return { action, resource, context: { ...tagContext("aws:ResourceTag", this.tags(resource)), ...context } };
  }

  tags(arn: string): Tags {
    return arn.split(":")[2] === "ec2" ? this.#state.ec2Tags(this.idOf(arn)) : this.#state.tagsOf(arn);
  }

  /** The same for EC2 ids. For an object that does not exist AWS reports that and checks nothing. */
  one(action: string, id: unknown, context: Authorisation["context"] = {}): readonly Authorisation[] {
    return id === undefined ? [] : [this.existing(action, this.ec2(String(id)), context)];
  }

  /** Key pairs and placement groups appear in ARNs by name, and in the state by id. */
  idOf(arn: string): string {
    const id = arn.slice(arn.lastIndexOf("/") + 1);
    const table = arn.includes(":placement-group/") ? "ec2.placementGroups" : "ec2.keyPairs";
    return String(this.#state.rows(table).find(({ name }) => name === id)?.["id"] ?? id);
  }

  /** Returns the ARN of a parameter. AWS's own public parameters belong to no account. */
  parameter(name: string): string {
    return this.arn("ssm", `parameter/${name.replace(/^\//, "")}`, name.startsWith("/aws/") ? "" : account);
  }

  get state(): LiveState {
    return this.#state;
  }

  ec2(id: string): string {
    const type = ec2Types[/^[a-z]+(-[a-z]+(?=-))?/.exec(id)?.[0] ?? ""];
    if (type === undefined) throw new Error(`what is ${id}?`);
    return this.arn("ec2", `${type}/${id}`, type === "image" || type === "snapshot" ? "" : account);
  }

  /** Whether AWS checks the action on such a resource. */
  takes(action: string, arn: string): boolean {
    return (
      /^elasticloadbalancing:(Add|Remove)Tags$/.test(action) || (this.#reference.get(action) ?? []).some((pattern) => pattern.test(arn))
    );
  }

  /** Returns the authorisations for the objects that the input names and those that it creates. */
  #named(service: string, action: string, input: Input): Authorisation[] {
    const written = tagsIn(input);
    const request = requestContext(written.own);
    const made = makes[action]?.(input);
    const existing = [...new Set(textsIn(input))]
      .flatMap((text) => this.#arnsOf(service, text, input))
      .filter((arn) => this.takes(action, arn) && !withOwnContext.has(action));
    const tagging = tagActions[service];
    const found: Authorisation[] = existing.map((arn) =>
      this.existing(action, arn, service === "ec2" && action !== "ec2:CreateTags" ? {} : request),
    );
    for (const [type, end] of Object.entries(made ?? {})) {
      const arn = this.arn(service, end, service === "ec2" && (type === "image" || type === "snapshot") ? "" : account);
      const tags = service === "ec2" ? (written.byType[type] ?? {}) : written.own;
      found.push({ action, resource: arn, context: requestContext(tags) });
      const tagAction = service === "iam" ? action.replace("Create", "Tag") : tagging?.action;
      if (tagAction !== undefined && Object.keys(tags).length > 0)
        found.push({
          action: tagAction,
          resource: arn,
          context: { ...requestContext(tags), ...(tagging?.key ? { [tagging.key]: action.split(":")[1]! } : {}) },
        });
    }
    return found;
  }

  /** Returns the ARNs of IAM names. The names do not include the path that is part of the ARN. */
  #iamArns(text: string, input: Input): string[] {
    const types = { RoleName: "role", InstanceProfileName: "instance-profile" };
    return Object.entries(types).flatMap(([field, type]) => {
      const arn = input[field] === text ? this.#state.iam(`${type}/${text}`)?.["arn"] : undefined;
      return arn === undefined ? [] : [String(arn)];
    });
  }

  #arnsOf(service: string, text: string, input: Input): string[] {
    if (text.startsWith(`arn:aws:${service}:`)) return [service === "sns" ? text.split(":").slice(0, 6).join(":") : text];
    if (service === "ec2") {
      const type = ec2Types[/^[a-z]+(-[a-z]+)?(?=-[0-9a-f]{8,17}$)/.exec(text)?.[0] ?? ""];
      return type === undefined ? [] : [this.ec2(text)];
    }
    if (service === "ssm") {
      const isName = text.startsWith("/") || ["Name", "Names", "ResourceId"].some((field) => listed(input[field]).includes(text));
      return isName ? [this.parameter(text)] : [];
    }
    if (service === "iam") return this.#iamArns(text, input);
    const end = Object.entries(namedBy[service] ?? {}).find(([field]) => listed(input[field]).includes(text))?.[1];
    return end === undefined ? [] : [this.arn(service, end.replace("NAME", text))];
  }
}

const ec2Types: Readonly<Record<string, string>> = {
  acl: "network-acl",
  cagw: "carrier-gateway",
  cgw: "customer-gateway",
  dopt: "dhcp-options",
  eigw: "egress-only-internet-gateway",
  fl: "vpc-flow-log",
  pcx: "vpc-peering-connection",
  tgw: "transit-gateway",
  "tgw-attach": "transit-gateway-attachment",
  "tgw-rtb": "transit-gateway-route-table",
  vgw: "vpn-gateway",
  vpn: "vpn-connection",
  ami: "image",
  cr: "capacity-reservation",
  eice: "instance-connect-endpoint",
  eipalloc: "elastic-ip",
  eni: "network-interface",
  i: "instance",
  igw: "internet-gateway",
  key: "key-pair",
  lt: "launch-template",
  nat: "natgateway",
  pl: "prefix-list",
  rtb: "route-table",
  sg: "security-group",
  sgr: "security-group-rule",
  sir: "spot-instances-request",
  snap: "snapshot",
  subnet: "subnet",
  vol: "volume",
  vpc: "vpc",
  vpce: "vpc-endpoint",
  "vpce-svc": "vpc-endpoint-service",
  pg: "placement-group",
};

/** Fields that name an object, with the end of its ARN. */
const namedBy: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  autoscaling: {
    AutoScalingGroupName: "autoScalingGroup:0:autoScalingGroupName/NAME",
    ResourceId: "autoScalingGroup:0:autoScalingGroupName/NAME",
  },
  cloudwatch: { AlarmNames: "alarm:NAME" },
  elasticache: {
    CacheClusterId: "cluster:NAME",
    CacheParameterGroupName: "parametergroup:NAME",
    CacheSubnetGroupName: "subnetgroup:NAME",
    FinalSnapshotIdentifier: "snapshot:NAME",
    FinalSnapshotName: "serverlesscachesnapshot:NAME",
    ReplicationGroupId: "replicationgroup:NAME",
    ServerlessCacheName: "serverlesscache:NAME",
  },
  elasticfilesystem: { AccessPointId: "access-point/NAME", FileSystemId: "file-system/NAME", ResourceId: "file-system/NAME" },
  kms: { AliasName: "NAME", KeyId: "key/NAME" },
  logs: { logGroupName: "log-group:NAME" },
  s3: { Bucket: "NAME" },
  rds: {
    BlueGreenDeploymentIdentifier: "deployment:NAME",
    DBClusterIdentifier: "cluster:NAME",
    DBClusterParameterGroupName: "cluster-pg:NAME",
    DBClusterSnapshotIdentifier: "cluster-snapshot:NAME",
    DBInstanceIdentifier: "db:NAME",
    DBParameterGroupName: "pg:NAME",
    DBSnapshotIdentifier: "snapshot:NAME",
    DBSubnetGroupName: "subgrp:NAME",
    DBInstanceParameterGroupName: "pg:NAME",
    OptionGroupName: "og:NAME",
    SnapshotIdentifier: "cluster-snapshot:NAME",
    SourceDBClusterIdentifier: "cluster:NAME",
    SourceDBInstanceIdentifier: "db:NAME",
    SubscriptionName: "es:NAME",
    TargetDBInstanceIdentifier: "db:NAME",
    TargetDBParameterGroupName: "pg:NAME",
  },
  route53: { HostedZoneId: "hostedzone/NAME", Id: "hostedzone/NAME", ResourceId: "hostedzone/NAME" },
};

const one =
  (type: string, end = `${type}/new`) =>
  () => ({ [type]: end });
const called = (type: string, field: string, write: (name: string) => string) => (input: Input) => ({
  [type]: write(String(input[field])),
});

/** The objects that a call creates, by type, with the end of their ARNs. */
const makes: Readonly<Record<string, (input: Input) => Readonly<Record<string, string>>>> = {
  "autoscaling:CreateAutoScalingGroup": called(
    "autoScalingGroup",
    "AutoScalingGroupName",
    (name) => `autoScalingGroup:0:autoScalingGroupName/${name}`,
  ),
  "cloudwatch:PutMetricAlarm": called("alarm", "AlarmName", (name) => `alarm:${name}`),
  "ec2:AllocateAddress": one("elastic-ip"),
  "ec2:AuthorizeSecurityGroupEgress": one("security-group-rule"),
  "ec2:AuthorizeSecurityGroupIngress": one("security-group-rule"),
  "ec2:CreateCapacityReservation": one("capacity-reservation"),
  "ec2:CreateCarrierGateway": one("carrier-gateway"),
  "ec2:CreateCustomerGateway": one("customer-gateway"),
  "ec2:CreateDhcpOptions": one("dhcp-options"),
  "ec2:CreateEgressOnlyInternetGateway": one("egress-only-internet-gateway"),
  "ec2:CreateFlowLogs": one("vpc-flow-log"),
  "ec2:CreateImage": () => ({ image: "image/new", snapshot: "snapshot/new" }),
  "ec2:CreateInstanceConnectEndpoint": one("instance-connect-endpoint"),
  "ec2:CreateInternetGateway": one("internet-gateway"),
  "ec2:CreateLaunchTemplate": one("launch-template"),
  "ec2:CreateManagedPrefixList": one("prefix-list"),
  "ec2:CreateNatGateway": one("natgateway"),
  "ec2:CreateNetworkAcl": one("network-acl"),
  "ec2:CreateNetworkInterface": one("network-interface"),
  "ec2:CreatePlacementGroup": called("placement-group", "GroupName", (name) => `placement-group/${name}`),
  "ec2:CreateRouteTable": one("route-table"),
  "ec2:CreateSecurityGroup": one("security-group"),
  "ec2:CreateSubnet": one("subnet"),
  "ec2:CreateTransitGateway": one("transit-gateway"),
  "ec2:CreateTransitGatewayRouteTable": one("transit-gateway-route-table"),
  "ec2:CreateTransitGatewayVpcAttachment": one("transit-gateway-attachment"),
  "ec2:CreateVolume": one("volume"),
  "ec2:CreateVpc": one("vpc"),
  "ec2:CreateVpcEndpoint": one("vpc-endpoint"),
  "ec2:CreateVpcEndpointServiceConfiguration": one("vpc-endpoint-service"),
  "ec2:CreateVpcPeeringConnection": one("vpc-peering-connection"),
  "ec2:CreateVpnConnection": one("vpn-connection"),
  "ec2:CreateVpnGateway": one("vpn-gateway"),
  "ec2:ImportKeyPair": one("key-pair"),
  "ec2:RunInstances": (input) => ({
    "network-interface": "network-interface/new",
    volume: "volume/new",
    ...(input["InstanceMarketOptions"] ? { "spot-instances-request": "spot-instances-request/new" } : {}),
  }),
  "elasticache:CreateCacheCluster": called("cluster", "CacheClusterId", (name) => `cluster:${name}`),
  "elasticache:CreateCacheParameterGroup": called("parametergroup", "CacheParameterGroupName", (name) => `parametergroup:${name}`),
  "elasticache:CreateCacheSubnetGroup": called("subnetgroup", "CacheSubnetGroupName", (name) => `subnetgroup:${name}`),
  "elasticache:CreateServerlessCache": called("serverlesscache", "ServerlessCacheName", (name) => `serverlesscache:${name}`),
  "elasticache:CreateReplicationGroup": called("replicationgroup", "ReplicationGroupId", (name) => `replicationgroup:${name}`),
  "elasticloadbalancing:CreateLoadBalancer": called("loadbalancer", "Name", (name) => `loadbalancer/app/${name}/0`),
  "elasticloadbalancing:CreateTargetGroup": called("targetgroup", "Name", (name) => `targetgroup/${name}/0`),
  "logs:CreateLogGroup": called("log-group", "logGroupName", (name) => `log-group:${name}`),
  "iam:CreateInstanceProfile": ({ Path, InstanceProfileName }) => ({
    profile: `instance-profile${String(Path)}${String(InstanceProfileName)}`,
  }),
  "iam:CreateOpenIDConnectProvider": ({ Url }) => ({ provider: `oidc-provider/${String(Url).replace("https://", "")}` }),
  "iam:CreatePolicy": ({ Path, PolicyName }) => ({ policy: `policy${String(Path)}${String(PolicyName)}` }),
  "iam:CreateRole": ({ Path, RoleName }) => ({ role: `role${String(Path)}${String(RoleName)}` }),
  "rds:CreateBlueGreenDeployment": one("deployment", "deployment:bgd-new"),
  "rds:CreateDBCluster": called("cluster", "DBClusterIdentifier", (name) => `cluster:${name}`),
  "rds:CreateDBClusterParameterGroup": called("cluster-pg", "DBClusterParameterGroupName", (name) => `cluster-pg:${name}`),
  "rds:CreateDBClusterSnapshot": called("cluster-snapshot", "DBClusterSnapshotIdentifier", (name) => `cluster-snapshot:${name}`),
  "rds:CreateDBInstance": called("db", "DBInstanceIdentifier", (name) => `db:${name}`),
  "rds:CreateDBInstanceReadReplica": called("db", "DBInstanceIdentifier", (name) => `db:${name}`),
  "rds:CreateDBParameterGroup": called("pg", "DBParameterGroupName", (name) => `pg:${name}`),
  "rds:CreateDBSnapshot": called("snapshot", "DBSnapshotIdentifier", (name) => `snapshot:${name}`),
  "rds:CreateEventSubscription": called("es", "SubscriptionName", (name) => `es:${name}`),
  "rds:CreateOptionGroup": called("og", "OptionGroupName", (name) => `og:${name}`),
  "rds:RestoreDBClusterFromSnapshot": called("cluster", "DBClusterIdentifier", (name) => `cluster:${name}`),
  "rds:RestoreDBClusterToPointInTime": called("cluster", "DBClusterIdentifier", (name) => `cluster:${name}`),
  "rds:RestoreDBInstanceFromDBSnapshot": called("db", "DBInstanceIdentifier", (name) => `db:${name}`),
  "rds:RestoreDBInstanceToPointInTime": called("db", "TargetDBInstanceIdentifier", (name) => `db:${name}`),
  "rds:CreateDBSubnetGroup": called("subgrp", "DBSubnetGroupName", (name) => `subgrp:${name}`),
  "secretsmanager:CreateSecret": called("secret", "Name", (name) => `secret:${name}-abcdef`),
  "sns:CreateTopic": called("topic", "Name", (name) => name),
};

/** The action that AWS checks for the tags of a create, and the condition key that names the create. */
const tagActions: Readonly<Record<string, { readonly action: string; readonly key?: string }>> = {
  autoscaling: { action: "autoscaling:CreateOrUpdateTags" },
  cloudwatch: { action: "cloudwatch:TagResource" },
  ec2: { action: "ec2:CreateTags", key: "ec2:CreateAction" },
  elasticache: { action: "elasticache:AddTagsToResource" },
  elasticfilesystem: { action: "elasticfilesystem:TagResource", key: "elasticfilesystem:CreateAction" },
  elasticloadbalancing: { action: "elasticloadbalancing:AddTags", key: "elasticloadbalancing:CreateAction" },
  logs: { action: "logs:TagResource" },
  rds: { action: "rds:AddTagsToResource" },
  secretsmanager: { action: "secretsmanager:TagResource" },
  sns: { action: "sns:TagResource" },
};

function isRead(operation: string): boolean {
  return /^(Describe|List|Get|Search)/.test(operation);
}
