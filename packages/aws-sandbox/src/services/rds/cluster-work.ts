/** Work on a cluster that takes time: its status, the changes that wait for its window, and the writer. */
import type { Call } from "../../model.ts";
import { familyOf, isAurora, majorOf, type EngineName } from "./engines.ts";
import { defaultClusterParameterGroup, defaultParameterGroup, isDefault } from "./parameter-groups.ts";
import { clusters, instances, type ClusterPending, type ClusterRecord, type InstanceRecord } from "./state.ts";
import { timeFor, type timing } from "./timing.ts";
import { isOpen, nextOpening } from "./windows.ts";
import { isFree } from "./work.ts";

interface Of {
  readonly id: string;
  readonly resourceId: string;
}

type Key = keyof ClusterPending;

const works: Readonly<Record<Key, { readonly status: string; readonly takes: keyof typeof timing }>> = {
  EngineVersion: { status: "upgrading", takes: "upgraded" },
  StorageType: { status: "modifying", takes: "storageChanged" },
  AllocatedStorage: { status: "modifying", takes: "storageChanged" },
  Iops: { status: "modifying", takes: "storageChanged" },
  BackupRetentionPeriod: { status: "modifying", takes: "adjusted" },
  IAMDatabaseAuthenticationEnabled: { status: "configuring-iam-database-auth", takes: "adjusted" },
  MasterUserPassword: { status: "resetting-master-credentials", takes: "adjusted" },
  Port: { status: "modifying", takes: "restarted" },
  logs: { status: "modifying", takes: "adjusted" },
};

/** Makes the pending changes of these keys. For a while, the status does not show it. */
export function makeOfCluster(
  call: Call,
  cluster: ClusterRecord,
  keys: readonly Key[],
  lag = timeFor(call, cluster.resourceId, "statusLag"),
): void {
  const due = keys.filter((key) => cluster.pending[key] !== undefined && !cluster.making.includes(key));
  if (due.length === 0) return;
  const longest = due.reduce((a, b) => (duration(call, cluster, b) > duration(call, cluster, a) ? b : a));
  cluster.making.push(...due);
  occupyCluster(call, cluster, works[longest].status, duration(call, cluster, longest), lag, due);
}

/** Occupies the cluster for a time with work that changes no value. */
export function occupyCluster(call: Call, cluster: ClusterRecord, status: string, ms: number, lag = 0, keys: readonly Key[] = []): void {
  const of: Of = { id: cluster.id, resourceId: cluster.resourceId };
  cluster.works++;
  if (lag === 0) cluster.status = status;
  else call.later(lag, "rds:clusterWorkBegins", { ...of, status });
  call.later(lag + ms, "rds:clusterWorkEnds", { ...of, keys });
}

export function awaitClusterWindow(call: Call, cluster: ClusterRecord): void {
  call.later(nextOpening(call.now, cluster.maintenanceWindow) - call.now, "rds:clusterWindowOpens", {
    id: cluster.id,
    resourceId: cluster.resourceId,
  });
}

export function isClusterFree({ status }: ClusterRecord): boolean {
  return status === "available" || status === "storage-optimization";
}

/**
 * Chooses the writer: the lowest tier, and within a tier the largest instance; here the oldest (Aurora User Guide,
 * "Fault tolerance for an Aurora DB cluster").
 */
export function electWriter(call: Call, cluster: ClusterRecord): void {
  const able = cluster.members
    .map((id) => instances.get(call, id))
    .filter((one): one is InstanceRecord => one !== undefined && one.createdAt !== undefined && one.status !== "deleting");
  const heir = able.sort((a, b) => (a.promotionTier ?? 1) - (b.promotionTier ?? 1))[0];
  if (heir) cluster.writer = heir.id;
  else delete cluster.writer;
}

export const clusterTransitions = {
  clusterCreated(of: Of, call: Call) {
    const cluster = same(call, of);
    if (!cluster) return;
    if (call.fault("rds:clusterCreateFails")) {
      cluster.status = "failed";
      return;
    }
    cluster.createdAt = call.now;
    cluster.status = "available";
    // The instances of a Multi-AZ cluster become available with it.
    if (!isAurora(cluster.engine)) {
      for (const id of cluster.members) Object.assign(instances.get(call, id)!, { status: "available", createdAt: call.now });
      electWriter(call, cluster);
    }
  },

  clusterWorkBegins({ status, ...of }: Of & { status: string }, call: Call) {
    const cluster = same(call, of);
    if (cluster) cluster.status = status;
  },

  clusterWorkEnds({ keys, ...of }: Of & { keys: readonly Key[] }, call: Call) {
    const cluster = same(call, of);
    if (!cluster) return;
    for (const key of keys) applyPending(call, cluster, key);
    cluster.making = cluster.making.filter((key) => !keys.includes(key));
    cluster.works--;
    if (cluster.works === 0) cluster.status = "available";
  },

  /** The window may have moved since this was scheduled. */
  clusterWindowOpens(of: Of, call: Call) {
    const cluster = same(call, of);
    if (!cluster || Object.keys(cluster.pending).length === 0) return;
    if (isOpen(call.now, cluster.maintenanceWindow) && isClusterFree(cluster))
      makeOfCluster(call, cluster, Object.keys(cluster.pending) as Key[], 0);
    else awaitClusterWindow(call, cluster);
  },

  failedOver({ to, ...of }: Of & { to: string }, call: Call) {
    const cluster = same(call, of);
    const heir = instances.get(call, to);
    if (cluster && heir && cluster.members.includes(to) && isFree(heir)) cluster.writer = to;
  },

  endpointSwitched({ isOn, ...of }: Of & { isOn: boolean }, call: Call) {
    const cluster = same(call, of);
    if (cluster) cluster.httpEndpoint = isOn;
  },
};

function duration(call: Call, cluster: ClusterRecord, key: Key): number {
  const engine = cluster.engine as EngineName;
  const isUpgrade = key === "EngineVersion" && majorOf(engine, cluster.pending.EngineVersion!) !== majorOf(engine, cluster.engineVersion);
  return timeFor(call, cluster.resourceId, isUpgrade ? "majorUpgraded" : works[key].takes);
}

function applyPending(call: Call, cluster: ClusterRecord, key: Key): void {
  const { pending } = cluster;
  // Instances show the values of their cluster.
  const tell = (change: Partial<InstanceRecord>) => cluster.members.forEach((id) => Object.assign(instances.get(call, id) ?? {}, change));
  switch (key) {
    case "EngineVersion":
      applyVersion(call, cluster, pending.EngineVersion!);
      break;
    case "StorageType":
      cluster.storageType = pending.StorageType!;
      tell({ storageType: cluster.storageType });
      break;
    case "AllocatedStorage":
      cluster.allocatedStorage = pending.AllocatedStorage!;
      tell({ allocatedStorage: cluster.allocatedStorage });
      break;
    case "Iops":
      cluster.iops = pending.Iops!;
      break;
    case "BackupRetentionPeriod":
      cluster.backupRetention = pending.BackupRetentionPeriod!;
      tell({ backupRetention: cluster.backupRetention });
      break;
    case "IAMDatabaseAuthenticationEnabled":
      cluster.iamAuthentication = pending.IAMDatabaseAuthenticationEnabled!;
      tell({ iamAuthentication: cluster.iamAuthentication });
      break;
    case "Port":
      cluster.port = pending.Port!;
      tell({ port: cluster.port });
      break;
    case "logs":
      cluster.logExports = [...new Set([...cluster.logExports, ...pending.logs!.on])]
        .filter((log) => !pending.logs!.off.includes(log))
        .sort();
      break;
    case "MasterUserPassword":
      break;
  }
  delete pending[key];
}

function applyVersion(call: Call, cluster: ClusterRecord, version: string): void {
  const family = familyOf(cluster.engine as EngineName, version);
  cluster.engineVersion = version;
  if (isDefault(cluster.parameterGroup)) cluster.parameterGroup = defaultClusterParameterGroup(call, family).name;
  for (const id of cluster.members) {
    const member = instances.get(call, id)!;
    member.engineVersion = version;
    if (isDefault(member.parameterGroup)) member.parameterGroup = defaultParameterGroup(call, family).name;
    member.parameterStatus = "in-sync";
  }
}

/** The cluster of a transition; undefined when it is being deleted, or when another cluster has its name now. */
function same(call: Call, { id, resourceId }: Of): ClusterRecord | undefined {
  const found = clusters.get(call, id);
  return found?.resourceId === resourceId && found.status !== "deleting" ? found : undefined;
}
