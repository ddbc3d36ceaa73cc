/** DeleteDBCluster, the deletion of an instance of a cluster, and snapshots of clusters. */
import type {
  CreateDBClusterSnapshotMessage,
  DeleteDBClusterMessage,
  DeleteDBClusterSnapshotMessage,
  DescribeDBClusterAutomatedBackupsMessage,
  DescribeDBClusterSnapshotsMessage,
} from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { describeCluster, describeClusterSnapshot } from "./cluster-describe.ts";
import { electWriter, isClusterFree, occupyCluster } from "./cluster-work.ts";
import { needCluster } from "./clusters.ts";
import { isAurora } from "./engines.ts";
import { invalidClusterState, invalidCombination, noClusterSnapshot, required } from "./faults.ts";
import { arn, identifier, nameOf } from "./names.ts";
import { unplug } from "./network.ts";
import {
  clusters,
  clusterSnapshots,
  instances,
  quota,
  retainedClusterBackups,
  type ClusterRecord,
  type ClusterSnapshotRecord,
  type InstanceRecord,
  type RetainedClusterBackupRecord,
} from "./state.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";

export const clusterRemoveOperations: Readonly<Record<string, Handler>> = {
  DeleteDBCluster(input: DeleteDBClusterMessage, call) {
    const cluster = needCluster(call, input.DBClusterIdentifier);
    const { SkipFinalSnapshot: skip = false, FinalDBSnapshotIdentifier: name } = input;
    if (cluster.status === "deleting") throw invalidClusterState(`DB cluster ${cluster.id} is already being deleted.`);
    if (cluster.deletionProtection)
      throw invalidCombination("Cannot delete protected Cluster, please disable deletion protection and try again.");
    if (skip && name !== undefined)
      throw invalidCombination("FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is true.");
    if (!skip && name === undefined)
      throw invalidCombination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
    const members = cluster.members.map((id) => instances.get(call, id)).filter((one) => one !== undefined);
    if (isAurora(cluster.engine) && members.some(({ status }) => status !== "deleting"))
      throw invalidClusterState("Cluster cannot be deleted, it still contains DB instances in non-deleting state.");
    if (cluster.status === "failed" && !skip)
      throw invalidClusterState(
        `DB cluster ${cluster.id} is failed: a final snapshot cannot be taken, and SkipFinalSnapshot must be true.`,
      );
    if (!isClusterFree(cluster) && cluster.status !== "failed")
      throw invalidClusterState(`DB cluster ${cluster.id} is not currently in the available state: it is ${cluster.status}.`);
    if (!skip) takeClusterSnapshot(call, cluster, newClusterSnapshotId(call, name, "FinalDBSnapshotIdentifier"), {});
    cluster.status = "deleting";
    if (!isAurora(cluster.engine)) for (const member of members) member.status = "deleting";
    const takes = timeFor(call, cluster.resourceId, "clusterDeleted") + (skip ? 0 : timeFor(call, cluster.resourceId, "finalSnapshot"));
    // By default the backups are deleted too (RDS API, DeleteDBCluster: DeleteAutomatedBackups).
    const keepBackups = input.DeleteAutomatedBackups === false;
    call.later(takes, "rds:clusterDeleted", { id: cluster.id, resourceId: cluster.resourceId, keepBackups });
    return { DBCluster: describeCluster(cluster, call) };
  },

  CreateDBClusterSnapshot(input: CreateDBClusterSnapshotMessage, call) {
    const cluster = needCluster(call, input.DBClusterIdentifier);
    const id = newClusterSnapshotId(call, input.DBClusterSnapshotIdentifier, "DBClusterSnapshotIdentifier");
    if (!isClusterFree(cluster))
      throw invalidClusterState(`Cannot create a snapshot because the DB cluster ${cluster.id} is not currently in the available state.`);
    const record = takeClusterSnapshot(call, cluster, id, newTags(input.Tags));
    occupyCluster(call, cluster, "backing-up", timeFor(call, id, "snapshotTaken"));
    return { DBClusterSnapshot: describeClusterSnapshot(record, call) };
  },

  DescribeDBClusterSnapshots(input: DescribeDBClusterSnapshotsMessage, call) {
    // All snapshots here are manual, and none is shared or public, so these parameters make no difference.
    refuseUnknown(call, input, [
      "DBClusterIdentifier",
      "DBClusterSnapshotIdentifier",
      "SnapshotType",
      "DbClusterResourceId",
      "MaxRecords",
      "Marker",
      "IncludeShared",
      "IncludePublic",
    ]);
    if (input.DBClusterSnapshotIdentifier !== undefined) {
      const found = needClusterSnapshot(call, input.DBClusterSnapshotIdentifier);
      if ((input.SnapshotType ?? "manual") !== "manual") throw noClusterSnapshot(found.id);
      return { DBClusterSnapshots: [describeClusterSnapshot(found, call)] };
    }
    const wanted = input.DBClusterIdentifier === undefined ? undefined : nameOf(input.DBClusterIdentifier);
    const all = clusterSnapshots
      .all(call)
      .filter((one) => call.sees(clusterSnapshots.key(one.id), "id"))
      .filter((one) => wanted === undefined || one.clusterId === wanted)
      .filter((one) => input.DbClusterResourceId === undefined || one.resourceId === input.DbClusterResourceId)
      .filter(() => input.SnapshotType === undefined || input.SnapshotType === "manual");
    const { items, next } = page(call, all, input, {
      key: ({ id }) => clusterSnapshots.key(id),
      min: 20,
      max: 100,
      size: 100,
      names: "rds",
    });
    return { DBClusterSnapshots: items.map((one) => describeClusterSnapshot(one, call)), ...next };
  },

  DescribeDBClusterAutomatedBackups(input: DescribeDBClusterAutomatedBackupsMessage, call) {
    refuseUnknown(call, input, ["DbClusterResourceId", "DBClusterIdentifier", "MaxRecords", "Marker"]);
    const wanted = input.DBClusterIdentifier === undefined ? undefined : nameOf(input.DBClusterIdentifier);
    const active = clusters.all(call).filter((one) => one.createdAt !== undefined);
    const all = [
      ...active.map((one) => ({ ...clusterBackupOf(call, one), status: "active" })),
      ...retainedClusterBackups.all(call).map((one) => ({ ...one, status: "retained" })),
    ]
      .filter((one) => wanted === undefined || one.clusterId === wanted)
      .filter((one) => input.DbClusterResourceId === undefined || one.resourceId === input.DbClusterResourceId);
    const { items, next } = page(call, all, input, { key: ({ resourceId }) => resourceId, min: 20, max: 100, size: 100, names: "rds" });
    return {
      DBClusterAutomatedBackups: items.map((one) => ({
        DBClusterArn: arn(call, "cluster", one.clusterId),
        DbClusterResourceId: one.resourceId,
        DBClusterIdentifier: one.clusterId,
        Region: call.region,
        Status: one.status,
        Engine: one.of.engine,
        EngineVersion: one.of.engineVersion,
        EngineMode: "provisioned",
        MasterUsername: one.of.masterUsername,
        StorageEncrypted: one.of.encrypted,
        ...(one.of.kmsKeyId === undefined ? {} : { KmsKeyId: one.of.kmsKeyId }),
        BackupRetentionPeriod: one.of.backupRetention,
        RestoreWindow: { EarliestTime: new Date(one.since), LatestTime: new Date(one.until) },
      })),
      ...next,
    };
  },

  DeleteDBClusterSnapshot(input: DeleteDBClusterSnapshotMessage, call) {
    const record = needClusterSnapshot(call, input.DBClusterSnapshotIdentifier);
    if (record.status !== "available")
      throw new AwsFault("InvalidDBClusterSnapshotStateFault", `The snapshot ${record.id} is not currently in the available state.`);
    clusterSnapshots.delete(call, record.id);
    return { DBClusterSnapshot: describeClusterSnapshot(record, call) };
  },
};

export const clusterRemoveTransitions = {
  clusterDeleted(going: { id: string; resourceId: string; keepBackups?: boolean }, call: Call) {
    const { id, resourceId, keepBackups } = going;
    const cluster = clusters.get(call, id);
    if (cluster?.resourceId !== resourceId) return;
    // Waits for instances of Aurora that are still being deleted.
    const left = cluster.members.map((one) => instances.get(call, one)).filter((one) => one !== undefined);
    if (isAurora(cluster.engine) && left.length > 0) return call.later(30_000, "rds:clusterDeleted", going);
    for (const member of left) {
      unplug(call, member);
      instances.delete(call, member.id);
    }
    if (keepBackups === true && cluster.createdAt !== undefined)
      retainedClusterBackups.set(call, resourceId, clusterBackupOf(call, cluster));
    clusters.delete(call, id);
  },

  clusterSnapshotTaken({ id, resourceId }: { id: string; resourceId: string }, call: Call) {
    const record = clusterSnapshots.get(call, id);
    if (record?.resourceId === resourceId) record.status = "available";
  },

  clusterClass({ id, resourceId, name }: { id: string; resourceId: string; name: string }, call: Call) {
    const cluster = clusters.get(call, id);
    if (cluster?.resourceId === resourceId) cluster.instanceClass = name;
  },
};

/** Throws RDS's error when an instance of a cluster must not be deleted. Final snapshots are made of the cluster only. */
export function refuseMemberDelete(call: Call, instance: InstanceRecord, snapshot: string | undefined): void {
  if (instance.clusterId === undefined) return;
  const cluster = clusters.get(call, instance.clusterId)!;
  if (!isAurora(cluster.engine)) throw invalidCombination("Instances of a Multi-AZ DB cluster are deleted with it.");
  if (snapshot !== undefined) throw invalidCombination("FinalDBSnapshotIdentifier cannot be specified when deleting a cluster instance");
  const others = cluster.members.filter((id) => id !== instance.id && instances.get(call, id)?.status !== "deleting");
  if (cluster.deletionProtection && others.length === 0)
    throw invalidCombination("Cannot delete the last instance of a protected cluster, please disable deletion protection and try again.");
}

/** Removes an instance from its cluster. If it was the writer, another takes over, as when the writer fails. */
export function memberLeaves(call: Call, instance: InstanceRecord, isGone: boolean): void {
  const cluster = instance.clusterId === undefined ? undefined : clusters.get(call, instance.clusterId);
  if (!cluster) return;
  if (isGone) cluster.members = cluster.members.filter((id) => id !== instance.id);
  if (cluster.writer === instance.id) electWriter(call, cluster);
}

function newClusterSnapshotId(call: Call, text: string | undefined, parameter: string): string {
  const id = identifier(text, parameter, 63);
  if (clusterSnapshots.get(call, id))
    throw new AwsFault(
      "DBClusterSnapshotAlreadyExistsFault",
      `Cannot create the cluster snapshot because one with the identifier ${id} already exists.`,
    );
  if (clusterSnapshots.all(call).length >= quota(call, "clusterSnapshots"))
    throw new AwsFault("SnapshotQuotaExceeded", "The request would result in the user exceeding the allowed number of DB snapshots.");
  return id;
}

/** The values of a cluster that a snapshot or a backup keeps. */
function copyOfCluster(cluster: ClusterRecord): ClusterSnapshotRecord["of"] {
  const { engine, engineVersion, encrypted, masterUsername, port, vpcId, iamAuthentication, backupRetention } = cluster;
  const { kmsKeyId, createdAt, storageType, databaseName, allocatedStorage, passwordHash } = cluster;
  const optional = Object.fromEntries(
    Object.entries({ kmsKeyId, createdAt, storageType, databaseName, allocatedStorage, passwordHash }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return { engine, engineVersion, encrypted, masterUsername, port, vpcId, iamAuthentication, backupRetention, ...optional };
}

function clusterBackupOf(call: Call, cluster: ClusterRecord): RetainedClusterBackupRecord {
  return {
    resourceId: cluster.resourceId,
    clusterId: cluster.id,
    of: copyOfCluster(cluster),
    since: cluster.createdAt ?? cluster.askedAt,
    until: call.now,
  };
}

function takeClusterSnapshot(call: Call, cluster: ClusterRecord, id: string, tags: Record<string, string>): ClusterSnapshotRecord {
  const record: ClusterSnapshotRecord = {
    id,
    clusterId: cluster.id,
    resourceId: cluster.resourceId,
    askedAt: call.now,
    of: copyOfCluster(cluster),
    status: "creating",
    tags: { ...(cluster.copyTagsToSnapshot ? cluster.tags : {}), ...tags },
  };
  clusterSnapshots.set(call, id, record);
  call.later(timeFor(call, id, "snapshotTaken"), "rds:clusterSnapshotTaken", { id, resourceId: cluster.resourceId });
  return record;
}

export function needClusterSnapshot(call: Call, name: string | undefined): ClusterSnapshotRecord {
  const wanted = nameOf(required(name, "DBClusterSnapshotIdentifier"));
  const found = clusterSnapshots.get(call, wanted);
  if (!found || !call.sees(clusterSnapshots.key(wanted), "id")) throw noClusterSnapshot(wanted);
  return found;
}
