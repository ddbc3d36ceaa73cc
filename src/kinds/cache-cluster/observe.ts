import type { CacheCluster as AwsCluster } from "@aws-sdk/client-elasticache";
import type { Live, Tags } from "../kind.ts";
import { isAskedFor } from "../shared/asked-for.ts";
import { logsTold } from "../shared/cache/logs.ts";
import { unusualStatus, type CacheHandle } from "../shared/cache/tags.ts";
import { withoutUndefined } from "../shared/rds/fields.ts";
import type { CacheCluster } from "./schema.ts";

/** Data that the driver needs about a cluster beyond its spec. */
export interface Handle extends CacheHandle {
  /** Its nodes, the oldest first. */
  readonly nodes: readonly string[];
}

export type LiveCluster = Live<CacheCluster, Handle>;

/** Converts a cluster to the engine's form. */
export function live(found: AwsCluster, tags: Tags, isTold: boolean): LiveCluster {
  const status = found.CacheClusterStatus ?? "creating";
  const nodes = found.CacheNodes ?? [];
  const endpoint = found.ConfigurationEndpoint ?? nodes[0]?.Endpoint;
  return {
    id: found.CacheClusterId!,
    aliases: [found.ARN!],
    tags,
    name: found.CacheClusterId!,
    owner: found.ARN!.split(":")[4],
    state: stateOf(status),
    isUnderWay: isAskedFor(status),
    spec: specOf(found, endpoint?.Port),
    handle: {
      arn: found.ARN!,
      status,
      description: "",
      isTold,
      nodes: nodes.map(({ CacheNodeId }) => CacheNodeId!).sort(),
    },
    outputs: withoutUndefined<Record<string, string>>({
      arn: found.ARN,
      status,
      endpoint: endpoint?.Address,
      port: endpoint?.Port?.toString(),
    }) as Readonly<Record<string, string>>,
    ...(found.CacheClusterCreateTime ? { createdAt: found.CacheClusterCreateTime.toISOString() } : {}),
    status: unusualStatus(status, isTold),
    notes: notesOf(found),
  };
}

/** Modifying, rebooting and snapshotting end by themselves (ElastiCache API, CacheCluster: CacheClusterStatus). */
function stateOf(status: string): LiveCluster["state"] {
  if (status === "available") return "ready";
  if (status === "deleting" || status === "deleted") return "deleting";
  return status === "incompatible-network" || status === "restore-failed" ? { failed: status } : "pending";
}

function specOf(found: AwsCluster, port: number | undefined): Partial<CacheCluster> {
  const isMemcached = found.Engine === "memcached";
  const topic = found.NotificationConfiguration;
  const zone = found.PreferredAvailabilityZone;
  const isSpread = zone === "Multiple";
  const isOne = (found.NumCacheNodes ?? 1) < 2;
  return {
    engine: found.Engine as CacheCluster["engine"],
    engineVersion: found.EngineVersion,
    nodeType: found.CacheNodeType,
    numCacheNodes: found.NumCacheNodes,
    ...(isOne ? {} : { azMode: isSpread ? "cross-az" : "single-az" }),
    ...(isSpread ? {} : { availabilityZone: zone }),
    subnetGroup: found.CacheSubnetGroupName,
    securityGroups: (found.SecurityGroups ?? []).map(({ SecurityGroupId }) => SecurityGroupId!),
    ...(port === undefined ? {} : { port }),
    parameterGroup: found.CacheParameterGroup?.CacheParameterGroupName,
    transitEncryption: found.TransitEncryptionEnabled ?? false,
    ...(isMemcached ? {} : { snapshotRetention: found.SnapshotRetentionLimit ?? 0, snapshotWindow: found.SnapshotWindow }),
    maintenanceWindow: found.PreferredMaintenanceWindow,
    notificationTopic: topic?.TopicStatus === "inactive" ? undefined : topic?.TopicArn,
    autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade ?? true,
    logDelivery: logsTold(found.LogDeliveryConfigurations),
  } as Partial<CacheCluster>;
}

function notesOf(found: AwsCluster): string[] {
  const notes: string[] = [];
  const { CacheParameterGroupName: group, CacheNodeIdsToReboot = [] } = found.CacheParameterGroup ?? {};
  if (CacheNodeIdsToReboot.length > 0) notes.push(`values of parameter group ${group} wait for a reboot, which you must start`);
  return notes;
}
