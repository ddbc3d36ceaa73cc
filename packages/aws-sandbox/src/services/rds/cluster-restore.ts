/** Clusters made of a snapshot, or as another was at some second. Those of Aurora have no instances: these are made afterwards. */
import type { RestoreDBClusterFromSnapshotMessage, RestoreDBClusterToPointInTimeMessage } from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { describeCluster } from "./cluster-describe.ts";
import { needClusterSnapshot } from "./cluster-remove.ts";
import { addThree, checkClusterRetention, needCluster, newClusterIdentifier, ofAurora, ofThree } from "./clusters.ts";
import { kmsKey, latestRestorable } from "./describe.ts";
import { familyOf, isAurora, resolveVersion, type EngineName } from "./engines.ts";
import { invalidCombination, invalidValue, noCluster, required } from "./faults.ts";
import { bornInsights } from "./insights.ts";
import { words } from "./names.ts";
import { chooseGroups } from "./network.ts";
import { checkLogs, checkMonitoring, checkPort, newResourceId } from "./new-instance.ts";
import { defaultClusterParameterGroup, needClusterParameterGroup } from "./parameter-groups.ts";
import { checkTime } from "./point-in-time.ts";
import { clusters, type ClusterRecord, type ClusterSnapshotRecord } from "./state.ts";
import { defaultSubnetGroup, needSubnetGroup } from "./subnet-groups.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";
import { windows } from "./windows.ts";

/** What both restores take besides the name and the source. The user, its password, the maintenance window and minor upgrades are not among it. */
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
    const source =
      input.SourceDBClusterIdentifier === undefined
        ? clusters.all(call).find(({ resourceId }) => resourceId === input.SourceDbClusterResourceId)
        : needCluster(call, input.SourceDBClusterIdentifier);
    if (!source) throw noCluster(input.SourceDbClusterResourceId!);
    if (!["full-copy", "copy-on-write"].includes(input.RestoreType ?? "full-copy"))
      throw invalidValue(`Invalid RestoreType: ${input.RestoreType}`);
    if (input.RestoreType === "copy-on-write" && !isAurora(source.engine)) throw invalidCombination("copy-on-write is of Aurora.");
    if (source.createdAt === undefined)
      throw new AwsFault("InvalidDBClusterStateFault", `DB cluster ${source.id} is not currently in the available state.`);
    checkTime({ from: source.createdAt, until: latestRestorable(source, call) }, input.RestoreToTime, input.UseLatestRestorableTime);
    return { DBCluster: describeCluster(restore(call, input, { of: source }), call) };
  },
};

function restore(call: Call, input: Input, { of, tags }: Copy): ClusterRecord {
  const id = newClusterIdentifier(call, input.DBClusterIdentifier);
  const engine = of.engine as EngineName;
  const group = input.DBSubnetGroupName === undefined ? defaultSubnetGroup(call) : needSubnetGroup(call, input.DBSubnetGroupName);
  const family = familyOf(engine, of.engineVersion);
  const parameters =
    input.DBClusterParameterGroupName === undefined
      ? defaultClusterParameterGroup(call, family)
      : needClusterParameterGroup(call, input.DBClusterParameterGroupName);
  if (parameters.family !== family)
    throw invalidCombination(
      `The parameter group ${parameters.name} with DBParameterGroupFamily ${parameters.family} can't be used for this cluster. Use a parameter group with DBParameterGroupFamily ${family}.`,
    );
  const resourceId = `cluster-${newResourceId(call).slice(3)}`;
  const window = windows(resourceId, input.PreferredBackupWindow, undefined);
  // With a key, what was not encrypted becomes so (RDS API, RestoreDBClusterFromSnapshot: KmsKeyId).
  const key = input.KmsKeyId === undefined ? of.kmsKeyId : kmsKey(call, input.KmsKeyId);
  const record: ClusterRecord = {
    id,
    resourceId,
    engine,
    askedAt: call.now,
    status: "creating",
    works: 0,
    making: [],
    members: [],
    pending: {},
    ...(of.databaseName === undefined ? {} : { databaseName: of.databaseName }),
    masterUsername: of.masterUsername,
    encrypted: of.encrypted || input.KmsKeyId !== undefined,
    ...(key === undefined ? {} : { kmsKeyId: key }),
    subnetGroup: group.name,
    vpcId: group.vpcId,
    lifecycleSupport: input.EngineLifecycleSupport ?? "open-source-rds-extended-support",
    engineVersion: of.engineVersion,
    securityGroups: chooseGroups(call, group.vpcId, input.VpcSecurityGroupIds),
    port: checkPort(input.Port ?? of.port),
    parameterGroup: parameters.name,
    backupRetention: checkClusterRetention(input.BackupRetentionPeriod ?? of.backupRetention),
    backupWindow: window.backup,
    maintenanceWindow: window.maintenance,
    autoMinorVersionUpgrade: true,
    logExports: checkLogs(engine, input.EnableCloudwatchLogsExports ?? []),
    iamAuthentication: input.EnableIAMDatabaseAuthentication ?? of.iamAuthentication,
    copyTagsToSnapshot: input.CopyTagsToSnapshot ?? false,
    deletionProtection: input.DeletionProtection ?? false,
    ...bornInsights(call, input),
    ...checkMonitoring(call, input.MonitoringInterval, input.MonitoringRoleArn),
    ...(isAurora(engine)
      ? ofAurora(engine, { ...input, Engine: engine })
      : ofThree(call, engine, of.engineVersion, group, { ...input, Engine: engine, AllocatedStorage: of.allocatedStorage })),
    ...(of.passwordHash === undefined ? {} : { passwordHash: of.passwordHash }),
    tags: input.Tags === undefined ? { ...tags } : newTags(input.Tags),
  };
  clusters.set(call, id, record);
  if (!isAurora(engine)) addThree(call, record, group);
  call.later(timeFor(call, resourceId, isAurora(engine) ? "restored" : "multiAzClusterCreated"), "rds:clusterCreated", { id, resourceId });
  return record;
}
