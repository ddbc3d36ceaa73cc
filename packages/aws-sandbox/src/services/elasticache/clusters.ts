/** Clusters without a replication group: Memcached with up to 40 nodes, Redis OSS with one. Created, described and deleted by name. */
import type {
  CacheCluster,
  CreateCacheClusterMessage,
  DeleteCacheClusterMessage,
  DescribeCacheClustersMessage,
} from "@aws-sdk/client-elasticache";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createManagedInterface } from "../ec2/interfaces.ts";
import { subnets as ec2Subnets } from "../ec2/state.ts";
import { clusterEndpoint, describeLog, describeMember } from "./describe.ts";
import { familyOf, isNewer, maintenanceWindow, needEngine, needNodeType, resolveVersion, snapshotWindow } from "./engines.ts";
import { clusterBusy, invalidCombination, invalidValue, noCluster, notModelled, required } from "./faults.ts";
import { arn, identifier } from "./names.ts";
import { checkNodeQuota, chooseGroups } from "./nodes.ts";
import { needParameterGroup } from "./parameter-groups.ts";
import { changedLogs, checkRetention, takeSnapshot, visibleGroups } from "./replication-groups.ts";
import { cacheClusters, replicationGroups, subnetGroups, type ClusterRecord, type NodeRecord } from "./state.ts";
import { needSubnetGroup } from "./subnet-groups.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";

/** The modelled parameters. ReplicationGroupId, which would add a node to a group, is not among them. */
const modelled =
  `CacheClusterId AZMode PreferredAvailabilityZone PreferredAvailabilityZones NumCacheNodes CacheNodeType Engine EngineVersion
  CacheParameterGroupName CacheSubnetGroupName SecurityGroupIds Tags PreferredMaintenanceWindow Port NotificationTopicArn
  AutoMinorVersionUpgrade SnapshotRetentionLimit SnapshotWindow LogDeliveryConfigurations TransitEncryptionEnabled`.split(/\s+/);

export const clusterOperations: Readonly<Record<string, Handler>> = {
  CreateCacheCluster(input: CreateCacheClusterMessage, call) {
    refuseUnknown(call, input, modelled, { NetworkType: "ipv4", IpDiscovery: "ipv4" });
    const id = identifier(input.CacheClusterId, "CacheClusterId", 50);
    const taken = cacheClusters.get(call, id) ?? replicationGroups.all(call).find(({ members }) => members.some((one) => one.id === id));
    if (taken) throw new AwsFault("CacheClusterAlreadyExists", `CacheCluster already exists: ${id}`);
    const engine = needEngine(required(input.Engine, "Engine"));
    if (engine === "valkey") throw invalidCombination("Valkey is only available in replication groups and serverless caches.");
    const engineVersion = resolveVersion(engine, input.EngineVersion);
    const nodeType = needNodeType(required(input.CacheNodeType, "CacheNodeType"));
    if (input.CacheSubnetGroupName === undefined) throw notModelled("cache clusters without a cache subnet group");
    const group = needSubnetGroup(call, input.CacheSubnetGroupName);
    const parameters = needParameterGroup(call, input.CacheParameterGroupName ?? `default.${familyOf(engine, engineVersion)}`);
    checkFamily(parameters.name, parameters.family, engine, engineVersion);
    // ElastiCache API, CreateCacheCluster: CacheParameterGroupName.
    if (parameters.values["cluster-enabled"] === "yes")
      throw invalidCombination("A cache cluster cannot use a parameter group with cluster-enabled.");
    const count = input.NumCacheNodes ?? 1;
    checkCount(engine, count);
    const zones = zonesOf(call, group.subnetIds, input, engine, count);
    refuseOf(engine, input);
    if (input.TransitEncryptionEnabled === true && (engine !== "memcached" || isNewer("1.6.12", engineVersion)))
      throw invalidCombination("Encryption in transit of a cache cluster is available for Memcached 1.6.12 and later.");
    checkNodeQuota(call, count);
    const isMemcached = engine === "memcached";
    const record: ClusterRecord = {
      id,
      createdAt: call.now,
      status: "creating",
      engine,
      engineVersion,
      nodeType,
      subnetGroup: group.name,
      vpcId: group.vpcId,
      port: input.Port ?? (isMemcached ? 11211 : 6379),
      transit: input.TransitEncryptionEnabled ?? false,
      nodes: [],
      parameterGroup: parameters.name,
      securityGroups: chooseGroups(call, group.vpcId, input.SecurityGroupIds),
      snapshotRetention: checkRetention(input.SnapshotRetentionLimit ?? 0),
      ...(isMemcached ? {} : { snapshotWindow: snapshotWindow(id, input.SnapshotWindow) }),
      maintenanceWindow: maintenanceWindow(id, input.PreferredMaintenanceWindow),
      ...(input.NotificationTopicArn === undefined ? {} : { topic: input.NotificationTopicArn }),
      autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
      logs: changedLogs([], input.LogDeliveryConfigurations),
      pending: {},
      tags: newTags(input.Tags),
    };
    addNodes(call, record, zones);
    cacheClusters.set(call, id, record);
    call.later(timeFor(call, id, "clusterCreated"), "elasticache:clusterCreated", { id, createdAt: record.createdAt });
    return { CacheCluster: describeCluster(record, call, false) };
  },

  /** Describes clusters. Each node of a replication group is a cluster too. */
  DescribeCacheClusters(input: DescribeCacheClustersMessage, call) {
    refuseUnknown(call, input, ["CacheClusterId", "MaxRecords", "Marker", "ShowCacheNodeInfo", "ShowCacheClustersNotInReplicationGroups"]);
    const shows = input.ShowCacheNodeInfo === true;
    const own = cacheClusters
      .all(call)
      .filter(({ id }) => call.sees(cacheClusters.key(id), "id"))
      .map((record) => ({ id: record.id, tell: () => describeCluster(record, call, shows) }));
    const groups = input.ShowCacheClustersNotInReplicationGroups === true ? [] : visibleGroups(call);
    const members = groups.flatMap((group) =>
      group.members.map((member) => ({ id: member.id, tell: () => describeMember(group, member, call) })),
    );
    const all = [...own, ...members].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (input.CacheClusterId !== undefined) {
      const found = all.find(({ id }) => id === input.CacheClusterId!.toLowerCase());
      if (!found) throw noCluster(input.CacheClusterId);
      return { CacheClusters: [found.tell()] };
    }
    const { items, next } = page(call, all, input, { key: ({ id }) => id, min: 20, max: 100, size: 100, names: "rds" });
    return { CacheClusters: items.map(({ tell }) => tell()), ...next };
  },

  DeleteCacheCluster(input: DeleteCacheClusterMessage, call) {
    refuseUnknown(call, input, ["CacheClusterId", "FinalSnapshotIdentifier"]);
    const cluster = needCluster(call, input.CacheClusterId);
    if (cluster.status !== "available" && cluster.status !== "incompatible-network")
      throw clusterBusy(`Cache cluster ${cluster.id} is ${cluster.status}, and not in available state.`);
    let wait = timeFor(call, cluster.id, "clusterDeleted");
    const last = input.FinalSnapshotIdentifier;
    if (last !== undefined) {
      if (cluster.engine === "memcached")
        throw new AwsFault("SnapshotFeatureNotSupportedFault", "Snapshots are not supported for memcached.");
      if (cluster.status !== "available") throw clusterBusy(`Cache cluster ${cluster.id} must be available for a final snapshot.`);
      wait += takeSnapshot(call, { ...cluster, clusterId: cluster.id }, identifier(last, "FinalSnapshotIdentifier", 255));
    }
    cluster.status = "deleting";
    call.later(wait, "elasticache:clusterDeleted", { id: cluster.id, createdAt: cluster.createdAt });
    return { CacheCluster: describeCluster(cluster, call, false) };
  },
};

export interface OfCluster {
  readonly id: string;
  readonly createdAt: number;
}

export const clusterTransitions = {
  clusterCreated(of: OfCluster, call: Call) {
    const cluster = sameCluster(call, of);
    if (cluster) cluster.status = call.fault("elasticache:createFails") ? "incompatible-network" : "available";
  },

  clusterDeleted(of: OfCluster, call: Call) {
    const cluster = sameCluster(call, of);
    if (!cluster) return;
    removeNodes(
      call,
      cluster,
      cluster.nodes.map(({ id }) => id),
    );
    cacheClusters.delete(call, cluster.id);
  },
};

/** The cluster of a transition; undefined when another cluster has its name now. */
export function sameCluster(call: Call, { id, createdAt }: OfCluster): ClusterRecord | undefined {
  const found = cacheClusters.get(call, id);
  return found?.createdAt === createdAt ? found : undefined;
}

export function needCluster(call: Call, id: string | undefined): ClusterRecord {
  const wanted = required(id, "CacheClusterId").toLowerCase();
  const found = cacheClusters.get(call, wanted);
  if (found && call.sees(cacheClusters.key(wanted), "id")) return found;
  const group = visibleGroups(call).find(({ members }) => members.some((one) => one.id === wanted));
  if (group) throw invalidValue(`The cache cluster ${wanted} is part of the replication group ${group.id}. Change the group.`);
  throw noCluster(wanted);
}

export function checkFamily(name: string, family: string, engine: string, version: string): void {
  if (family !== familyOf(engine, version))
    throw invalidCombination(`The parameter group ${name} of the family ${family} cannot be used with ${engine} ${version}.`);
}

/** Checks the number of nodes (ElastiCache API, CreateCacheCluster: NumCacheNodes). */
export function checkCount(engine: string, count: number): void {
  if (engine !== "memcached" && count !== 1) throw invalidValue("NumCacheNodes should be 1 if engine is redis");
  if (count < 1 || count > 40) throw new AwsFault("NodeQuotaForClusterExceeded", "A cluster of Memcached has 1 to 40 nodes.");
}

/** Refuses parameters that Memcached does not have. */
export function refuseOf(
  engine: string,
  input: Pick<CreateCacheClusterMessage, "SnapshotRetentionLimit" | "SnapshotWindow" | "LogDeliveryConfigurations">,
): void {
  if (engine !== "memcached") return;
  if ((input.SnapshotRetentionLimit ?? 0) > 0 || input.SnapshotWindow !== undefined)
    throw invalidCombination("Snapshots are not supported for memcached.");
  if (input.LogDeliveryConfigurations?.length) throw invalidCombination("Log delivery is not supported for memcached.");
}

export function addNodes(call: Call, cluster: ClusterRecord, zones: readonly string[]): void {
  for (const zone of zones) {
    const subnet = placesOf(call, cluster).find((one) => one.zone === zone)!;
    const number = Math.max(0, ...cluster.nodes.map(({ id }) => Number(id))) + 1;
    const { id: interfaceId } = createManagedInterface(call, {
      subnetId: subnet.id,
      groups: cluster.securityGroups,
      description: `ElastiCache ${cluster.id}`,
      requesterId: "amazon-elasticache",
      publicAddress: false,
    });
    cluster.nodes.push({ id: String(number).padStart(4, "0"), zone, interfaceId, createdAt: call.now });
  }
}

export function removeNodes(call: Call, cluster: ClusterRecord, ids: readonly string[]): void {
  for (const { id, interfaceId } of cluster.nodes)
    if (ids.includes(id)) call.later(timeFor(call, interfaceId, "interfacesLinger"), "elasticache:interfaceGone", { id: interfaceId });
  cluster.nodes = cluster.nodes.filter(({ id }) => !ids.includes(id));
}

/** The zones of new nodes: the requested ones, or the first zone of the subnet group, or one after another. */
function zonesOf(call: Call, subnetIds: readonly string[], input: CreateCacheClusterMessage, engine: string, count: number): string[] {
  const known = zonesIn(call, subnetIds);
  const { AZMode: mode, PreferredAvailabilityZone: one, PreferredAvailabilityZones: many } = input;
  if (engine !== "memcached" && (mode === "cross-az" || many !== undefined))
    throw invalidCombination("AZMode and PreferredAvailabilityZones are only supported for memcached.");
  if (mode === "cross-az" && count < 2) throw invalidCombination("cross-az needs two cache nodes at least.");
  if (one !== undefined && many !== undefined)
    throw invalidCombination("PreferredAvailabilityZone and PreferredAvailabilityZones cannot be used together.");
  if (one !== undefined && mode === "cross-az") throw invalidCombination("PreferredAvailabilityZone cannot be used with cross-az.");
  if (many !== undefined && many.length !== count)
    throw invalidCombination("The number of PreferredAvailabilityZones must equal NumCacheNodes.");
  for (const zone of [...(many ?? []), ...(one === undefined ? [] : [one])])
    if (!known.includes(zone)) throw invalidValue(`The Availability Zone ${zone} is not one of the cache subnet group.`);
  if (many !== undefined) return [...many];
  return Array.from({ length: count }, (_, i) => (mode === "cross-az" ? known[i % known.length]! : (one ?? known[0]!)));
}

/** The zones of added nodes: one after another if the cluster has several zones or is set to spread, otherwise its one zone. */
export function zonesOfMore(call: Call, cluster: ClusterRecord, count: number, isSpread: boolean): string[] {
  const known = zonesIn(call, subnetGroups.get(call, cluster.subnetGroup)!.subnetIds);
  const have = cluster.nodes.map(({ zone }) => zone);
  const spreads = isSpread || new Set(have).size > 1;
  return Array.from({ length: count }, (_, i) => (spreads ? known[(have.length + i) % known.length]! : have[0]!));
}

export function zonesIn(call: Call, subnetIds: readonly string[]): string[] {
  return [...new Set(subnetIds.map((id) => ec2Subnets(call).get(id)?.zone).filter((zone) => zone !== undefined))];
}

function placesOf(call: Call, { subnetGroup }: ClusterRecord) {
  return subnetGroups
    .get(call, subnetGroup)!
    .subnetIds.map((id) => ec2Subnets(call).get(id))
    .filter((subnet) => subnet !== undefined);
}

/** Describes a cluster. Its nodes with their endpoints are shown only on request (ShowCacheNodeInfo). */
export function describeCluster(cluster: ClusterRecord, call: Call, shows: boolean): CacheCluster {
  const isUp = cluster.status !== "creating" && cluster.status !== "incompatible-network";
  const zones = new Set(cluster.nodes.map(({ zone }) => zone));
  const isMemcached = cluster.engine === "memcached";
  const { pending } = cluster;
  return {
    CacheClusterId: cluster.id,
    ...(isMemcached && isUp ? { ConfigurationEndpoint: clusterEndpoint(cluster.id, "cfg", cluster.port, call) } : {}),
    ClientDownloadLandingPage: `https://console.aws.amazon.com/elasticache/home#client-download:`,
    CacheNodeType: cluster.nodeType,
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    CacheClusterStatus: cluster.status,
    NumCacheNodes: cluster.nodes.length + (pending.added?.length ?? 0) - (pending.removed?.length ?? 0),
    PreferredAvailabilityZone: zones.size > 1 ? "Multiple" : [...zones][0],
    CacheClusterCreateTime: new Date(cluster.createdAt),
    PreferredMaintenanceWindow: cluster.maintenanceWindow,
    PendingModifiedValues: {
      ...(pending.engineVersion === undefined ? {} : { EngineVersion: pending.engineVersion }),
      ...(pending.nodeType === undefined ? {} : { CacheNodeType: pending.nodeType }),
      ...(pending.removed === undefined ? {} : { CacheNodeIdsToRemove: pending.removed }),
    },
    ...(cluster.topic === undefined ? {} : { NotificationConfiguration: { TopicArn: cluster.topic, TopicStatus: "active" } }),
    CacheSecurityGroups: [],
    CacheParameterGroup: { CacheParameterGroupName: cluster.parameterGroup, ParameterApplyStatus: "in-sync", CacheNodeIdsToReboot: [] },
    CacheSubnetGroupName: cluster.subnetGroup,
    ...(shows && isUp ? { CacheNodes: cluster.nodes.map((node) => describeNode(cluster, node, call)) } : {}),
    AutoMinorVersionUpgrade: cluster.autoMinorVersionUpgrade,
    SecurityGroups: cluster.securityGroups.map((id) => ({ SecurityGroupId: id, Status: "active" })),
    ...(isMemcached ? {} : { SnapshotRetentionLimit: cluster.snapshotRetention, SnapshotWindow: cluster.snapshotWindow }),
    AuthTokenEnabled: false,
    TransitEncryptionEnabled: cluster.transit,
    AtRestEncryptionEnabled: false,
    ARN: arn(call, "cluster", cluster.id),
    ReplicationGroupLogDeliveryEnabled: false,
    LogDeliveryConfigurations: cluster.logs.map(describeLog),
    NetworkType: "ipv4",
    IpDiscovery: "ipv4",
  };
}

function describeNode(cluster: ClusterRecord, node: NodeRecord, call: Call) {
  return {
    CacheNodeId: node.id,
    CacheNodeStatus: cluster.pending.removed?.includes(node.id) === true ? "deleting" : "available",
    CacheNodeCreateTime: new Date(node.createdAt),
    Endpoint: clusterEndpoint(cluster.id, node.id, cluster.port, call),
    ParameterGroupStatus: "in-sync",
    CustomerAvailabilityZone: node.zone,
  };
}
