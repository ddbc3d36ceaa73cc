/** Describes replication groups and their nodes in the API's form. */
import type { CacheCluster, Endpoint, LogDeliveryConfiguration, NodeGroup, ReplicationGroup, Snapshot } from "@aws-sdk/client-elasticache";
import type { Call } from "../../model.ts";
import { hash32 } from "../../random.ts";
import { arn } from "./names.ts";
import { shardsOf } from "./nodes.ts";
import type { LogRecord, MemberRecord, ReplicationGroupRecord, SnapshotRecord } from "./state.ts";

/** Describes a group. Only its members show engine version, parameter group, subnet group, security groups, window and topic. */
export function describeGroup(group: ReplicationGroupRecord, call: Call): ReplicationGroup {
  const isUp = group.status !== "creating" && group.status !== "create-failed";
  const { pending } = group;
  return {
    ReplicationGroupId: group.id,
    Description: group.description,
    Status: group.status,
    PendingModifiedValues: {
      ...(pending.automaticFailover === undefined ? {} : { AutomaticFailoverStatus: pending.automaticFailover ? "enabled" : "disabled" }),
      ...(pending.transit === undefined ? {} : { TransitEncryptionEnabled: pending.transit !== "disabled" }),
    },
    MemberClusters: group.members.map(({ id }) => id),
    NodeGroups: isUp ? shardsOf(group).map((shard) => describeShard(group, shard, call)) : [],
    AutomaticFailover:
      pending.automaticFailover === undefined
        ? group.automaticFailover
          ? "enabled"
          : "disabled"
        : pending.automaticFailover
          ? "enabling"
          : "disabling",
    MultiAZ: group.multiAz ? "enabled" : "disabled",
    ...(group.clusterEnabled && isUp ? { ConfigurationEndpoint: endpoint(group, "clustercfg", call) } : {}),
    SnapshotRetentionLimit: group.snapshotRetention,
    SnapshotWindow: group.snapshotWindow,
    ClusterEnabled: group.clusterEnabled,
    ClusterMode: group.clusterEnabled ? "enabled" : "disabled",
    CacheNodeType: group.nodeType,
    AuthTokenEnabled: false,
    TransitEncryptionEnabled: group.transit !== "disabled",
    ...(group.transit === "disabled" ? {} : { TransitEncryptionMode: group.transit }),
    AtRestEncryptionEnabled: group.atRest,
    ...(group.kmsKeyId === undefined ? {} : { KmsKeyId: group.kmsKeyId }),
    ARN: arn(call, "replicationgroup", group.id),
    UserGroupIds: group.userGroups,
    LogDeliveryConfigurations: group.logs.map(describeLog),
    ReplicationGroupCreateTime: new Date(group.createdAt),
    DataTiering: "disabled",
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    NetworkType: "ipv4",
    IpDiscovery: "ipv4",
    Engine: group.engine,
  };
}

export function describeMember(group: ReplicationGroupRecord, member: MemberRecord, call: Call): CacheCluster {
  return {
    CacheClusterId: member.id,
    CacheNodeType: group.nodeType,
    Engine: group.engine,
    EngineVersion: group.engineVersion,
    CacheClusterStatus: group.status,
    NumCacheNodes: 1,
    PreferredAvailabilityZone: member.zone,
    CacheClusterCreateTime: new Date(group.createdAt),
    PreferredMaintenanceWindow: group.maintenanceWindow,
    PendingModifiedValues: {},
    ...(group.topic === undefined ? {} : { NotificationConfiguration: { TopicArn: group.topic, TopicStatus: "active" } }),
    CacheSecurityGroups: [],
    CacheParameterGroup: { CacheParameterGroupName: group.parameterGroup, ParameterApplyStatus: "in-sync", CacheNodeIdsToReboot: [] },
    CacheSubnetGroupName: group.subnetGroup,
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    SecurityGroups: group.securityGroups.map((id) => ({ SecurityGroupId: id, Status: "active" })),
    ReplicationGroupId: group.id,
    SnapshotRetentionLimit: group.snapshotRetention,
    SnapshotWindow: group.snapshotWindow,
    TransitEncryptionEnabled: group.transit !== "disabled",
    AtRestEncryptionEnabled: group.atRest,
    ARN: arn(call, "cluster", member.id),
    NetworkType: "ipv4",
    IpDiscovery: "ipv4",
  };
}

export function describeSnapshot(record: SnapshotRecord, call: Call): Snapshot {
  return {
    SnapshotName: record.name,
    ...(record.groupId === undefined ? {} : { ReplicationGroupId: record.groupId }),
    ...(record.clusterId === undefined ? {} : { CacheClusterId: record.clusterId }),
    SnapshotStatus: record.status,
    SnapshotSource: "manual",
    Engine: record.engine,
    EngineVersion: record.engineVersion,
    CacheNodeType: record.nodeType,
    ARN: arn(call, "snapshot", record.name),
  };
}

function describeShard(group: ReplicationGroupRecord, shard: string, call: Call): NodeGroup {
  const members = group.members.filter((member) => member.shard === shard);
  return {
    NodeGroupId: shard,
    Status: group.status === "available" ? "available" : "modifying",
    ...(group.clusterEnabled ? {} : { PrimaryEndpoint: endpoint(group, "master", call), ReaderEndpoint: endpoint(group, "replica", call) }),
    NodeGroupMembers: members.map((member, i) => ({
      CacheClusterId: member.id,
      CacheNodeId: "0001",
      PreferredAvailabilityZone: member.zone,
      ...(group.clusterEnabled ? {} : { CurrentRole: i === 0 ? "primary" : "replica" }),
    })),
  };
}

/**
 * The endpoint of a group. With TLS the name has another form (ElastiCache User Guide, "Finding connection endpoints"):
 * `master.web.x1y2.euw1…`, without TLS `web.x1y2.ng.0001.euw1…`.
 */
function endpoint(group: ReplicationGroupRecord, role: "master" | "replica" | "clustercfg", call: Call): Endpoint {
  const account = accountPart(call);
  const place = `${shortRegion(call.region)}.cache.amazonaws.com`;
  const isPlain = group.transit === "disabled";
  const name = !isPlain
    ? `${role}.${group.id}.${account}.${place}`
    : role === "clustercfg"
      ? `${group.id}.${account}.clustercfg.${place}`
      : `${group.id}${role === "replica" ? "-ro" : ""}.${account}.ng.0001.${place}`;
  return { Address: name, Port: group.port };
}

/**
 * The endpoint of a cluster: `web.x1y2.cfg.euw1…` for Memcached, `web.x1y2.0001.euw1…` for a node (ElastiCache
 * User Guide, "Finding connection endpoints").
 */
export function clusterEndpoint(id: string, role: string, port: number, call: Call): Endpoint {
  return { Address: `${id}.${accountPart(call)}.${role}.${shortRegion(call.region)}.cache.amazonaws.com`, Port: port };
}

function accountPart(call: Call): string {
  return hash32(`${call.account}/${call.region}`).toString(36).slice(0, 6).padStart(6, "0");
}

function shortRegion(region: string): string {
  const [area = "", side = "", number = ""] = region.split("-");
  return `${area}${side[0] ?? ""}${/(north|south)(east|west)/.test(side) ? side.replace(/^(.).*?(e|w).*$/, "$2") : ""}${number}`;
}

export function describeLog({ type, format, destinationType, destination }: LogRecord): LogDeliveryConfiguration {
  return {
    LogType: type as "slow-log",
    DestinationType: destinationType as "cloudwatch-logs",
    DestinationDetails:
      destinationType === "cloudwatch-logs"
        ? { CloudWatchLogsDetails: { LogGroup: destination } }
        : { KinesisFirehoseDetails: { DeliveryStream: destination } },
    LogFormat: format as "json",
    Status: "active",
  };
}
