/** Replication groups of Valkey and Redis OSS: creating, describing, deleting. */
import type {
  CreateReplicationGroupMessage,
  DeleteReplicationGroupMessage,
  DescribeReplicationGroupsMessage,
  DescribeSnapshotsMessage,
  LogDeliveryConfigurationRequest,
} from "@aws-sdk/client-elasticache";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createdWith } from "../ec2/default-vpc.ts";
import { describeGroup, describeSnapshot } from "./describe.ts";
import { familyOf, maintenanceWindow, needEngine, needNodeType, resolveVersion, snapshotWindow } from "./engines.ts";
import { groupBusy, invalidCombination, invalidValue, noGroup, noSnapshot, notModelled, required } from "./faults.ts";
import { identifier } from "./names.ts";
import { checkNodeQuota, chooseGroups, setNodes } from "./nodes.ts";
import { needParameterGroup } from "./parameter-groups.ts";
import { replicationGroups, snapshots, type LogRecord, type ReplicationGroupRecord, type SnapshotRecord } from "./state.ts";
import { needSubnetGroup } from "./subnet-groups.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";

/** Parameters of CreateReplicationGroup that the sandbox models. All others are refused, not ignored. */
const modelled = `ReplicationGroupId ReplicationGroupDescription AutomaticFailoverEnabled MultiAZEnabled NumCacheClusters NumNodeGroups
  ReplicasPerNodeGroup CacheNodeType Engine EngineVersion CacheParameterGroupName CacheSubnetGroupName SecurityGroupIds Tags
  PreferredMaintenanceWindow Port NotificationTopicArn AutoMinorVersionUpgrade SnapshotRetentionLimit SnapshotWindow
  TransitEncryptionEnabled TransitEncryptionMode AtRestEncryptionEnabled KmsKeyId UserGroupIds LogDeliveryConfigurations ClusterMode`.split(
  /\s+/,
);

export const replicationGroupOperations: Readonly<Record<string, Handler>> = {
  CreateReplicationGroup(input: CreateReplicationGroupMessage, call) {
    createdWith(call);
    refuseUnknown(call, input, modelled, { NetworkType: "ipv4", IpDiscovery: "ipv4", DataTieringEnabled: false });
    const id = identifier(input.ReplicationGroupId, "ReplicationGroupId", 40);
    const description = required(input.ReplicationGroupDescription, "ReplicationGroupDescription");
    if (description.length > 255) throw invalidValue("The parameter ReplicationGroupDescription has 255 characters at most.");
    if (replicationGroups.get(call, id)) throw new AwsFault("ReplicationGroupAlreadyExists", `Replication group ${id} already exists.`);
    const engine = needEngine(input.Engine ?? "redis");
    if (engine === "memcached") throw invalidValue("Replication groups are not supported for memcached.");
    const version = resolveVersion(engine, input.EngineVersion);
    const nodeType = needNodeType(required(input.CacheNodeType, "CacheNodeType"));
    // The subnet group "default" of a VPC is not modelled.
    if (input.CacheSubnetGroupName === undefined) throw notModelled("replication groups without a cache subnet group");
    const group = needSubnetGroup(call, input.CacheSubnetGroupName);
    const sharded = input.NumNodeGroups !== undefined || input.ReplicasPerNodeGroup !== undefined;
    if (sharded && input.NumCacheClusters !== undefined)
      throw invalidCombination("NumCacheClusters cannot be specified together with NumNodeGroups or ReplicasPerNodeGroup.");
    const parameters = needParameterGroup(
      call,
      input.CacheParameterGroupName ?? `default.${familyOf(engine, version)}${input.ClusterMode === "enabled" ? ".cluster.on" : ""}`,
    );
    if (parameters.family !== familyOf(engine, version))
      throw invalidCombination(
        `The parameter group ${parameters.name} of the family ${parameters.family} cannot be used with ${engine} ${version}.`,
      );
    const clusterEnabled = parameters.values["cluster-enabled"] === "yes";
    if (input.ClusterMode !== undefined && (input.ClusterMode === "enabled") !== clusterEnabled)
      throw invalidCombination(`ClusterMode ${input.ClusterMode} does not go with the parameter group ${parameters.name}.`);
    if (sharded && !clusterEnabled && ((input.NumNodeGroups ?? 1) > 1 || input.ClusterMode === undefined))
      throw invalidCombination("Use a parameter group with cluster-enabled to create a replication group with NumNodeGroups.");
    const nodes = sharded ? 1 + (input.ReplicasPerNodeGroup ?? 0) : (input.NumCacheClusters ?? 1);
    if (nodes < 1 || nodes > 6) throw invalidValue("A shard has one primary and at most five replicas.");
    const shardCount = input.NumNodeGroups ?? 1;
    if (shardCount < 1 || shardCount * nodes > 90)
      throw new AwsFault("NodeGroupsPerReplicationGroupQuotaExceeded", "The request would exceed the allowed number of nodes per cluster.");
    const automaticFailover = input.AutomaticFailoverEnabled ?? false;
    checkFailover({ clusterEnabled, automaticFailover, multiAz: input.MultiAZEnabled ?? false, nodes });
    const transit = input.TransitEncryptionEnabled === true ? (input.TransitEncryptionMode ?? "required") : "disabled";
    if (input.TransitEncryptionMode !== undefined && input.TransitEncryptionEnabled !== true)
      throw invalidCombination("TransitEncryptionMode requires TransitEncryptionEnabled.");
    if (input.KmsKeyId !== undefined && input.AtRestEncryptionEnabled !== true)
      throw invalidCombination("KmsKeyId requires AtRestEncryptionEnabled.");
    if (input.KmsKeyId !== undefined && !call.exists("kmsKey", input.KmsKeyId))
      throw invalidValue(`The KMS key ${input.KmsKeyId} does not exist, is not enabled or you do not have permissions to access it.`);
    const shards = Array.from({ length: shardCount }, (_, i) => String(i + 1).padStart(4, "0"));
    checkNodeQuota(call, shardCount * nodes);
    const record: ReplicationGroupRecord = {
      id,
      description,
      createdAt: call.now,
      status: "creating",
      clusterEnabled,
      engine,
      engineVersion: version,
      nodeType,
      members: [],
      automaticFailover,
      multiAz: input.MultiAZEnabled ?? false,
      parameterGroup: parameters.name,
      subnetGroup: group.name,
      vpcId: group.vpcId,
      securityGroups: chooseGroups(call, group.vpcId, input.SecurityGroupIds),
      port: input.Port ?? 6379,
      transit,
      atRest: input.AtRestEncryptionEnabled ?? false,
      ...(input.KmsKeyId === undefined ? {} : { kmsKeyId: keyArn(call, input.KmsKeyId) }),
      userGroups: input.UserGroupIds ?? [],
      snapshotRetention: checkRetention(input.SnapshotRetentionLimit ?? 0),
      snapshotWindow: snapshotWindow(id, input.SnapshotWindow),
      maintenanceWindow: maintenanceWindow(id, input.PreferredMaintenanceWindow),
      ...(input.NotificationTopicArn === undefined ? {} : { topic: input.NotificationTopicArn }),
      autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
      logs: changedLogs([], input.LogDeliveryConfigurations),
      pending: {},
      tags: newTags(input.Tags),
    };
    if (record.userGroups.length > 0 && transit === "disabled") throw invalidCombination("User groups require encryption in transit.");
    setNodes(call, record, shards, nodes);
    replicationGroups.set(call, id, record);
    call.later(timeFor(call, id, "created"), "elasticache:created", { id, createdAt: record.createdAt });
    return { ReplicationGroup: describeGroup(record, call) };
  },

  DescribeReplicationGroups(input: DescribeReplicationGroupsMessage, call) {
    if (input.ReplicationGroupId !== undefined)
      return { ReplicationGroups: [describeGroup(needGroup(call, input.ReplicationGroupId), call)] };
    const all = visibleGroups(call);
    const key = ({ id }: ReplicationGroupRecord) => replicationGroups.key(id);
    const { items, next } = page(call, all, input, { key, min: 20, max: 100, size: 100, names: "rds" });
    return { ReplicationGroups: items.map((one) => describeGroup(one, call)), ...next };
  },

  DeleteReplicationGroup(input: DeleteReplicationGroupMessage, call) {
    refuseUnknown(call, input, ["ReplicationGroupId", "FinalSnapshotIdentifier"], { RetainPrimaryCluster: false });
    const group = needGroup(call, input.ReplicationGroupId);
    if (group.status !== "available" && group.status !== "create-failed")
      throw groupBusy(`Replication group ${group.id} has status ${group.status}, which is not valid for deletion.`);
    let wait = timeFor(call, group.id, "deleted");
    const name = input.FinalSnapshotIdentifier;
    if (name !== undefined) {
      if (group.status !== "available") throw groupBusy(`Replication group ${group.id} must be available for a final snapshot.`);
      wait += takeSnapshot(call, { ...group, groupId: group.id }, identifier(name, "FinalSnapshotIdentifier", 255));
    }
    group.status = "deleting";
    call.later(wait, "elasticache:deleted", { id: group.id, createdAt: group.createdAt });
    return { ReplicationGroup: describeGroup(group, call) };
  },

  DescribeSnapshots(input: DescribeSnapshotsMessage, call) {
    refuseUnknown(call, input, ["SnapshotName", "ReplicationGroupId", "CacheClusterId", "SnapshotSource", "MaxRecords", "Marker"]);
    const all = snapshots
      .all(call)
      .filter(({ name }) => input.SnapshotName === undefined || name === input.SnapshotName.toLowerCase())
      .filter(({ groupId }) => input.ReplicationGroupId === undefined || groupId === input.ReplicationGroupId.toLowerCase())
      .filter(({ clusterId }) => input.CacheClusterId === undefined || clusterId === input.CacheClusterId.toLowerCase());
    if (input.SnapshotName !== undefined && all.length === 0) throw noSnapshot(input.SnapshotName);
    const key = ({ name }: (typeof all)[number]) => snapshots.key(name);
    const { items, next } = page(call, all, input, { key, min: 20, max: 50, size: 50, names: "rds" });
    return { Snapshots: items.map((one) => describeSnapshot(one, call)), ...next };
  },
};

export const replicationGroupTransitions = {
  created(of: Of, call: Call) {
    const group = same(call, of);
    if (group) group.status = call.fault("elasticache:createFails") ? "create-failed" : "available";
  },

  deleted(of: Of, call: Call) {
    const group = same(call, of);
    if (!group) return;
    setNodes(call, group, [], 0);
    replicationGroups.delete(call, group.id);
  },

  snapshotTaken({ name }: { name: string }, call: Call) {
    const snapshot = snapshots.get(call, name);
    if (snapshot) snapshot.status = "available";
  },
};

export interface Of {
  readonly id: string;
  readonly createdAt: number;
}

/** The group of a transition; undefined when another group has its name now. */
export function same(call: Call, { id, createdAt }: Of): ReplicationGroupRecord | undefined {
  const found = replicationGroups.get(call, id);
  return found?.createdAt === createdAt ? found : undefined;
}

export function needGroup(call: Call, id: string | undefined): ReplicationGroupRecord {
  const wanted = required(id, "ReplicationGroupId").toLowerCase();
  const found = replicationGroups.get(call, wanted);
  if (!found || !call.sees(replicationGroups.key(wanted), "id")) throw noGroup(wanted);
  return found;
}

/** Checks failover settings against each other (ElastiCache API, CreateReplicationGroup: AutomaticFailoverEnabled, MultiAZEnabled). */
export function checkFailover(of: { clusterEnabled: boolean; automaticFailover: boolean; multiAz: boolean; nodes: number }): void {
  if (of.clusterEnabled && !of.automaticFailover)
    throw invalidCombination("Automatic failover must be enabled for a replication group with cluster mode enabled.");
  if (!of.clusterEnabled && of.automaticFailover && of.nodes < 2)
    throw invalidCombination("Automatic failover is not supported for a replication group with a single node.");
  if (of.multiAz && (!of.automaticFailover || of.nodes < 2))
    throw invalidCombination("Multi-AZ requires automatic failover and a replica in each shard.");
}

export function checkRetention(days: number): number {
  if (days < 0 || days > 35) throw invalidValue(`Invalid snapshot retention limit ${days}: it is between 0 and 35.`);
  return days;
}

/** The log settings after a change. A setting replaces the one of its type of log; `Enabled: false` removes it. */
export function changedLogs(have: readonly LogRecord[], changes: readonly LogDeliveryConfigurationRequest[] | undefined): LogRecord[] {
  const logs = new Map(have.map((log) => [log.type, log]));
  for (const { LogType, DestinationType, DestinationDetails, LogFormat, Enabled } of changes ?? []) {
    const type = required(LogType, "LogType");
    if (type !== "slow-log" && type !== "engine-log") throw invalidValue(`Invalid log type: ${type as string}`);
    if (Enabled === false) {
      logs.delete(type);
      continue;
    }
    const destination = DestinationDetails?.CloudWatchLogsDetails?.LogGroup ?? DestinationDetails?.KinesisFirehoseDetails?.DeliveryStream;
    logs.set(type, {
      type,
      format: required(LogFormat, "LogFormat"),
      destinationType: required(DestinationType, "DestinationType"),
      destination: required(destination, "DestinationDetails"),
    });
  }
  return [...logs.values()];
}

export function visibleGroups(call: Call): ReplicationGroupRecord[] {
  return replicationGroups.all(call).filter(({ id }) => call.sees(replicationGroups.key(id), "id"));
}

/** The source of a snapshot: a group, or a cluster without a group. */
type Source = Pick<SnapshotRecord, "groupId" | "clusterId" | "engine" | "engineVersion" | "nodeType">;

export function takeSnapshot(call: Call, source: Source, name: string): number {
  const { groupId, clusterId, engine, engineVersion, nodeType } = source;
  if (/^cache\.t1\.|^cache\.t2\.micro$/.test(nodeType))
    throw new AwsFault("SnapshotFeatureNotSupportedFault", `Snapshots are not supported for ${nodeType}.`);
  if (snapshots.get(call, name)) throw new AwsFault("SnapshotAlreadyExistsFault", `Snapshot ${name} already exists.`);
  const of = groupId === undefined ? { clusterId: clusterId! } : { groupId };
  snapshots.set(call, name, { name, ...of, engine, engineVersion, nodeType, askedAt: call.now, status: "creating", tags: {} });
  const takes = timeFor(call, (groupId ?? clusterId)!, "snapshotTaken");
  call.later(takes, "elasticache:snapshotTaken", { name });
  return takes;
}

function keyArn(call: Call, key: string): string {
  return key.startsWith("arn:") ? key : `arn:${call.partition}:kms:${call.region}:${call.account}:key/${key}`;
}
