/** Clusters restored from a snapshot or to a point in time. A restored Aurora cluster has no instances: they are created afterwards. */
import type { RestoreDBClusterFromSnapshotMessage, RestoreDBClusterToPointInTimeMessage } from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { describeCluster } from "./cluster-describe.ts";
import { needClusterSnapshot } from "./cluster-remove.ts";
import { makeCluster, needCluster, newClusterIdentifier } from "./clusters.ts";
import { kmsKey, latestRestorable } from "./describe.ts";
import { isAurora, resolveVersion, type EngineName } from "./engines.ts";
import { invalidCombination, invalidValue, noCluster, required } from "./faults.ts";
import { words } from "./names.ts";
import { checkTime } from "./point-in-time.ts";
import { clusters, retainedClusterBackups, type ClusterRecord, type ClusterSnapshotRecord } from "./state.ts";
import { newTags } from "./tags.ts";

/**
 * Parameters of both restores, besides the name and the source. The user, its password, the maintenance
 * window and minor upgrades are not among them.
 */
const names = words(`
  DBClusterIdentifier Port DBSubnetGroupName VpcSecurityGroupIds Tags KmsKeyId EnableIAMDatabaseAuthentication BacktrackWindow
  EnableCloudwatchLogsExports DBClusterParameterGroupName DeletionProtection CopyTagsToSnapshot DBClusterInstanceClass StorageType
  PubliclyAccessible Iops ServerlessV2ScalingConfiguration MonitoringInterval MonitoringRoleArn EnablePerformanceInsights
  PerformanceInsightsKMSKeyId PerformanceInsightsRetentionPeriod BackupRetentionPeriod PreferredBackupWindow EngineLifecycleSupport
`);

const harmless = { NetworkType: "IPV4", EngineMode: "provisioned" };

type Input = Omit<RestoreDBClusterToPointInTimeMessage, "DBClusterIdentifier"> & { readonly DBClusterIdentifier: string | undefined };

interface Copy {
  readonly of: ClusterSnapshotRecord["of"];
  readonly tags?: Readonly<Record<string, string>>;
}

export const clusterRestoreOperations: Readonly<Record<string, Handler>> = {
  RestoreDBClusterFromSnapshot(input: RestoreDBClusterFromSnapshotMessage, call) {
    refuseUnknown(call, input, [...names, "SnapshotIdentifier", "Engine", "EngineVersion"], harmless);
    const snapshot = needClusterSnapshot(call, required(input.SnapshotIdentifier, "SnapshotIdentifier"));
    if (snapshot.status !== "available")
      throw new AwsFault("InvalidDBClusterSnapshotStateFault", `The snapshot ${snapshot.id} is not currently in the available state.`);
    const engine = required(input.Engine, "Engine");
    if (engine !== snapshot.of.engine)
      throw invalidValue(`The engine ${engine} is not compatible with that of the snapshot, ${snapshot.of.engine}.`);
    const version =
      input.EngineVersion === undefined ? snapshot.of.engineVersion : resolveVersion(engine as EngineName, input.EngineVersion);
    return {
      DBCluster: describeCluster(restore(call, input, { of: { ...snapshot.of, engineVersion: version }, tags: snapshot.tags }), call),
    };
  },

  RestoreDBClusterToPointInTime(input: RestoreDBClusterToPointInTimeMessage, call) {
    const sources = ["SourceDBClusterIdentifier", "SourceDbClusterResourceId"] as const;
    refuseUnknown(call, input, [...names, ...sources, "RestoreType", "RestoreToTime", "UseLatestRestorableTime"], harmless);
    if (sources.filter((name) => input[name] !== undefined).length !== 1) throw invalidCombination(`Specify one of ${sources.join(", ")}.`);
    if (!["full-copy", "copy-on-write"].includes(input.RestoreType ?? "full-copy"))
      throw invalidValue(`Invalid RestoreType: ${input.RestoreType}`);
    const source = sourceOf(call, input);
    if (input.RestoreType === "copy-on-write" && !isAurora(source.of.engine)) throw invalidCombination("copy-on-write is of Aurora.");
    // RDS API, RestoreDBClusterToPointInTime: KmsKeyId.
    if (input.KmsKeyId !== undefined && !source.of.encrypted)
      throw invalidCombination("A cluster that is not encrypted is not restored with a key.");
    checkTime(source, input.RestoreToTime, input.UseLatestRestorableTime);
    return { DBCluster: describeCluster(restore(call, input, source), call) };
  },
};

/** The source of a restore: a cluster, or the backups that outlived one. */
function sourceOf(
  call: Call,
  { SourceDBClusterIdentifier: id, SourceDbClusterResourceId: wanted }: RestoreDBClusterToPointInTimeMessage,
): Copy & { readonly from: number; readonly until: number } {
  const alive = id === undefined ? clusters.all(call).find(({ resourceId }) => resourceId === wanted) : needCluster(call, id);
  if (!alive) {
    const kept = retainedClusterBackups.get(call, wanted!);
    if (!kept) throw noCluster(wanted!);
    return { of: kept.of, from: kept.since, until: kept.until };
  }
  if (alive.createdAt === undefined)
    throw new AwsFault("InvalidDBClusterStateFault", `DB cluster ${alive.id} is not currently in the available state.`);
  return { of: alive, from: alive.createdAt, until: latestRestorable(alive, call) };
}

function restore(call: Call, input: Input, { of, tags }: Copy): ClusterRecord {
  const id = newClusterIdentifier(call, input.DBClusterIdentifier);
  const engine = of.engine as EngineName;
  // With a key, the copy of an unencrypted snapshot is encrypted (RDS API, RestoreDBClusterFromSnapshot: KmsKeyId).
  const key = input.KmsKeyId === undefined ? of.kmsKeyId : kmsKey(call, input.KmsKeyId);
  const size = isAurora(engine) ? {} : { AllocatedStorage: of.allocatedStorage };
  const which = { id, engine, version: of.engineVersion, takes: "restored" } as const;
  return makeCluster(
    call,
    which,
    { ...input, Engine: engine, ...size },
    {
      ...(of.databaseName === undefined ? {} : { databaseName: of.databaseName }),
      masterUsername: of.masterUsername,
      encrypted: of.encrypted || input.KmsKeyId !== undefined,
      ...(key === undefined ? {} : { kmsKeyId: key }),
      port: input.Port ?? of.port,
      backupRetention: input.BackupRetentionPeriod ?? of.backupRetention,
      iamAuthentication: input.EnableIAMDatabaseAuthentication ?? of.iamAuthentication,
      ...(of.passwordHash === undefined ? {} : { passwordHash: of.passwordHash }),
      tags: input.Tags === undefined ? { ...tags } : newTags(input.Tags),
    },
  );
}
