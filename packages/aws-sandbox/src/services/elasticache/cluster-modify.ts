/** Changes of a cache cluster: one at a time. The cluster is `modifying` until the change is made. */
import type { ModifyCacheClusterMessage } from "@aws-sdk/client-elasticache";
import type { Call, Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { setInterfaceGroups } from "../ec2/interfaces.ts";
import {
  addNodes,
  checkCount,
  checkFamily,
  describeCluster,
  needCluster,
  refuseOf,
  removeNodes,
  sameCluster,
  zonesIn,
  zonesOfMore,
  type OfCluster,
} from "./clusters.ts";
import { familyOf, isNewer, maintenanceWindow, needEngine, needNodeType, resolveVersion, snapshotWindow } from "./engines.ts";
import { clusterBusy, invalidCombination, invalidValue, notModelled } from "./faults.ts";
import { checkNodeQuota, chooseGroups } from "./nodes.ts";
import { needParameterGroup } from "./parameter-groups.ts";
import { changedLogs, checkRetention } from "./replication-groups.ts";
import { subnetGroups, type ClusterPatch, type ClusterRecord } from "./state.ts";
import { timeFor, type timing } from "./timing.ts";

const modelled = `CacheClusterId NumCacheNodes CacheNodeIdsToRemove AZMode NewAvailabilityZones SecurityGroupIds PreferredMaintenanceWindow
  NotificationTopicArn CacheParameterGroupName NotificationTopicStatus ApplyImmediately Engine EngineVersion AutoMinorVersionUpgrade
  SnapshotRetentionLimit SnapshotWindow CacheNodeType LogDeliveryConfigurations`.split(/\s+/);

export const clusterModifyOperations: Readonly<Record<string, Handler>> = {
  ModifyCacheCluster(input: ModifyCacheClusterMessage, call) {
    refuseUnknown(call, input, modelled);
    const cluster = needCluster(call, input.CacheClusterId);
    if (cluster.status !== "available") throw clusterBusy(`Cache cluster ${cluster.id} is ${cluster.status}, and not in available state.`);
    if (Object.entries(input).every(([name, value]) => value === undefined || name === "CacheClusterId" || name === "ApplyImmediately"))
      throw invalidCombination("No modifications were requested");
    const patch = patchOf(call, cluster, input);
    const needsNow = [patch.engineVersion, patch.nodeType, patch.added, patch.removed].some((one) => one !== undefined);
    if (needsNow && input.ApplyImmediately !== true) throw notModelled("changes that wait for the maintenance window");
    settle(call, cluster, input);
    const takes: keyof typeof timing =
      patch.engineVersion !== undefined
        ? "upgraded"
        : patch.nodeType !== undefined
          ? "scaled"
          : patch.added !== undefined || patch.removed !== undefined
            ? "replicasChanged"
            : "adjusted";
    cluster.pending = patch;
    cluster.status = "modifying";
    call.later(timeFor(call, cluster.id, takes), "elasticache:clusterModified", { id: cluster.id, createdAt: cluster.createdAt });
    return { CacheCluster: describeCluster(cluster, call, false) };
  },
};

export const clusterModifyTransitions = {
  clusterModified(of: OfCluster, call: Call) {
    const cluster = sameCluster(call, of);
    if (!cluster || cluster.status !== "modifying") return;
    const { added, removed, ...rest } = cluster.pending;
    if (added !== undefined) addNodes(call, cluster, added);
    if (removed !== undefined) removeNodes(call, cluster, removed);
    Object.assign(cluster, rest);
    cluster.pending = {};
    cluster.status = "available";
  },
};

function patchOf(call: Call, cluster: ClusterRecord, input: ModifyCacheClusterMessage): ClusterPatch {
  const engineVersion = versionOf(cluster, input);
  const family = familyOf(cluster.engine, engineVersion ?? cluster.engineVersion);
  const parameters = input.CacheParameterGroupName === undefined ? undefined : needParameterGroup(call, input.CacheParameterGroupName);
  if (parameters) checkFamily(parameters.name, parameters.family, cluster.engine, engineVersion ?? cluster.engineVersion);
  if (parameters?.values["cluster-enabled"] === "yes")
    throw invalidCombination("A cache cluster cannot use a parameter group with cluster-enabled.");
  const isDefault = cluster.parameterGroup.startsWith("default.");
  const isOther = engineVersion !== undefined && family !== familyOf(cluster.engine, cluster.engineVersion);
  if (isOther && !parameters && !isDefault)
    throw invalidCombination(`A parameter group of the family ${family} is needed for ${engineVersion}.`);
  const parameterGroup = parameters?.name ?? (isOther ? `default.${family}` : undefined);
  refuseOf(cluster.engine, input);
  const nodeType = input.CacheNodeType === undefined ? undefined : needNodeType(input.CacheNodeType);
  // ElastiCache User Guide, "Scaling ElastiCache clusters (Memcached)": without ScaleConfig, another type needs a new cluster.
  if (nodeType !== undefined && cluster.engine === "memcached")
    throw invalidCombination("CacheNodeType of a memcached cluster cannot be changed without ScaleConfig.");
  return {
    ...(engineVersion === undefined ? {} : { engineVersion }),
    ...(nodeType === undefined || nodeType === cluster.nodeType ? {} : { nodeType }),
    ...(parameterGroup === undefined ? {} : { parameterGroup }),
    ...nodesOf(call, cluster, input),
    ...(input.LogDeliveryConfigurations?.length ? { logs: changedLogs(cluster.logs, input.LogDeliveryConfigurations) } : {}),
  };
}

/** The new version, which must be higher (ElastiCache API, ModifyCacheCluster: EngineVersion). */
function versionOf(cluster: ClusterRecord, input: ModifyCacheClusterMessage): string | undefined {
  if (input.Engine !== undefined && needEngine(input.Engine) !== cluster.engine)
    throw invalidCombination(`The engine cannot be changed from ${cluster.engine} to ${input.Engine}.`);
  if (input.EngineVersion === undefined) return undefined;
  const version = resolveVersion(cluster.engine, input.EngineVersion);
  if (version === cluster.engineVersion) return undefined;
  if (!isNewer(version, cluster.engineVersion))
    throw invalidCombination(`Cannot downgrade ${cluster.engine} from ${cluster.engineVersion} to ${version}.`);
  return version;
}

function nodesOf(call: Call, cluster: ClusterRecord, input: ModifyCacheClusterMessage): ClusterPatch {
  const { NumCacheNodes: wanted, CacheNodeIdsToRemove: gone = [], NewAvailabilityZones: zones, AZMode: mode } = input;
  if (mode === "single-az" && new Set(cluster.nodes.map(({ zone }) => zone)).size > 1)
    throw invalidCombination("single-az cannot be specified: the cluster has nodes in different Availability Zones.");
  const have = cluster.nodes.length;
  if (wanted === undefined || wanted === have) {
    if (gone.length > 0 || zones !== undefined) throw invalidCombination("The number of cache nodes does not change.");
    return {};
  }
  checkCount(cluster.engine, wanted);
  if (wanted > have) {
    checkNodeQuota(call, wanted - have);
    if (zones === undefined) return { added: zonesOfMore(call, cluster, wanted - have, mode === "cross-az") };
    const known = zonesIn(call, subnetGroups.get(call, cluster.subnetGroup)!.subnetIds);
    if (zones.length !== wanted - have || zones.some((zone) => !known.includes(zone)))
      throw invalidValue("NewAvailabilityZones must name a zone of the cache subnet group for each new node.");
    return { added: [...zones] };
  }
  const ids = cluster.nodes.map(({ id }) => id);
  if (gone.length !== have - wanted || gone.some((id) => !ids.includes(id)))
    throw invalidCombination(`CacheNodeIdsToRemove must name the ${have - wanted} nodes that go.`);
  return { removed: [...gone] };
}

/** Applies the changes that answers show at once, although the cluster is still modifying. */
function settle(call: Call, cluster: ClusterRecord, input: ModifyCacheClusterMessage): void {
  if (input.SecurityGroupIds?.length) {
    cluster.securityGroups = chooseGroups(call, cluster.vpcId, input.SecurityGroupIds);
    for (const { interfaceId } of cluster.nodes) setInterfaceGroups(call, interfaceId, cluster.securityGroups);
  }
  if (input.SnapshotRetentionLimit !== undefined) cluster.snapshotRetention = checkRetention(input.SnapshotRetentionLimit);
  if (input.SnapshotWindow !== undefined) cluster.snapshotWindow = snapshotWindow(cluster.id, input.SnapshotWindow);
  if (input.PreferredMaintenanceWindow !== undefined)
    cluster.maintenanceWindow = maintenanceWindow(cluster.id, input.PreferredMaintenanceWindow);
  if (input.AutoMinorVersionUpgrade !== undefined) cluster.autoMinorVersionUpgrade = input.AutoMinorVersionUpgrade;
  if (input.NotificationTopicArn !== undefined) cluster.topic = input.NotificationTopicArn;
  if (input.NotificationTopicStatus === "inactive") delete cluster.topic;
}
