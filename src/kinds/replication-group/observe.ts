import type { CacheCluster, ReplicationGroup as AwsGroup } from "@aws-sdk/client-elasticache";
import type { Live, Tags } from "../kind.ts";
import { isAskedFor } from "../shared/asked-for.ts";
import { logsTold } from "../shared/cache/logs.ts";
import { unusualStatus, type CacheHandle } from "../shared/cache/tags.ts";
import { descriptionOf } from "../shared/marked-description.ts";
import { withoutUndefined } from "../shared/rds/fields.ts";
import type { ReplicationGroup } from "./schema.ts";

/** The facts about a group that the driver needs besides the spec. */
export interface Handle extends CacheHandle {
  /** Ids of its shards, in order. */
  readonly shards: readonly string[];
  readonly members: readonly string[];
}

export type LiveGroup = Live<ReplicationGroup, Handle>;

/** Returns a group in the engine's form. `member` is one of its nodes: AWS returns version, groups, window and topic only there. */
export function live(found: AwsGroup, member: CacheCluster | undefined, tags: Tags, isTold: boolean): LiveGroup {
  const status = (found.Status ?? "creating").toLowerCase();
  const shards = found.NodeGroups ?? [];
  const handle: Handle = {
    arn: found.ARN!,
    status,
    description: found.Description ?? "",
    isTold,
    shards: shards.map(({ NodeGroupId = "" }) => NodeGroupId),
    members: found.MemberClusters ?? [],
  };
  const endpoint = found.ConfigurationEndpoint ?? shards[0]?.PrimaryEndpoint;
  return {
    id: found.ReplicationGroupId!,
    aliases: [found.ARN!],
    tags,
    name: found.ReplicationGroupId!,
    owner: found.ARN!.split(":")[4],
    state: stateOf(status),
    isUnderWay: isAskedFor(status),
    spec: { ...ofGroup(found, endpoint?.Port), ...(member ? ofMember(member) : {}) },
    handle,
    outputs: withoutUndefined<Record<string, string>>({
      arn: found.ARN,
      status,
      endpoint: endpoint?.Address,
      port: endpoint?.Port?.toString(),
      readerEndpoint: shards[0]?.ReaderEndpoint?.Address,
    }) as Readonly<Record<string, string>>,
    ...(found.ReplicationGroupCreateTime ? { createdAt: found.ReplicationGroupCreateTime.toISOString() } : {}),
    status: unusualStatus(status, isTold),
    notes: notesOf(member),
  };
}

/**
 * Returns the state. Modifying, snapshotting and statuses that AWS adds later end by themselves (ElastiCache API, ReplicationGroup:
 * Status).
 */
function stateOf(status: string): LiveGroup["state"] {
  if (status === "available") return "ready";
  if (status === "deleting") return "deleting";
  return status === "create-failed" ? { failed: status } : "pending";
}

function ofGroup(found: AwsGroup, port: number | undefined): Partial<ReplicationGroup> {
  const shards = found.NodeGroups ?? [];
  const isSharded = found.ClusterEnabled === true;
  // AWS returns no shards before the group is available, so these fields are left out.
  const nodes = isSharded
    ? shards.length === 0
      ? {}
      : { numCacheClusters: undefined, numNodeGroups: shards.length, replicasPerNodeGroup: (shards[0]?.NodeGroupMembers?.length ?? 1) - 1 }
    : { numCacheClusters: found.MemberClusters?.length, numNodeGroups: undefined, replicasPerNodeGroup: undefined };
  return {
    description: descriptionOf(found.Description),
    ...(nodes as Partial<ReplicationGroup>),
    nodeType: found.CacheNodeType,
    automaticFailover: found.AutomaticFailover === "enabled" || found.AutomaticFailover === "enabling",
    multiAz: found.MultiAZ === "enabled",
    transitEncryption: found.TransitEncryptionEnabled === true ? (found.TransitEncryptionMode ?? "required") : "disabled",
    atRestEncryption: found.AtRestEncryptionEnabled ?? false,
    kmsKey: found.KmsKeyId,
    userGroups: found.UserGroupIds ?? [],
    snapshotRetention: found.SnapshotRetentionLimit ?? 0,
    snapshotWindow: found.SnapshotWindow,
    autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade ?? true,
    logDelivery: logsTold(found.LogDeliveryConfigurations),
    ...(found.Engine ? { engine: found.Engine as ReplicationGroup["engine"] } : {}),
    ...(port === undefined ? {} : { port }),
  } as Partial<ReplicationGroup>;
}

function ofMember(member: CacheCluster): Partial<ReplicationGroup> {
  const topic = member.NotificationConfiguration;
  return {
    engine: member.Engine as ReplicationGroup["engine"],
    engineVersion: member.EngineVersion,
    subnetGroup: member.CacheSubnetGroupName,
    securityGroups: (member.SecurityGroups ?? []).map(({ SecurityGroupId }) => SecurityGroupId!),
    parameterGroup: member.CacheParameterGroup?.CacheParameterGroupName,
    maintenanceWindow: member.PreferredMaintenanceWindow,
    notificationTopic: topic?.TopicStatus === "inactive" ? undefined : topic?.TopicArn,
  } as Partial<ReplicationGroup>;
}

function notesOf(member: CacheCluster | undefined): string[] {
  const notes: string[] = [];
  if ((member?.CacheParameterGroup?.CacheNodeIdsToReboot ?? []).length > 0)
    notes.push(`values of parameter group ${member?.CacheParameterGroup?.CacheParameterGroupName} wait for a reboot, which you must start`);
  return notes;
}
