import type { CreateDBClusterCommandInput } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { tagList } from "../../aws/tagging.ts";
import type { CreateIdentity } from "../kind.ts";
import { isAurora } from "../shared/rds/engines.ts";
import { filled } from "../shared/rds/fields.ts";
import { insightsOfCreate } from "../shared/rds/insights.ts";
import { passwordSent, passwordTag } from "../shared/rds/password.ts";
import { defaults, type DbCluster } from "./schema.ts";

/** Creates a cluster in one call, with its tags. Its identifier is its name. The instances of Aurora come in a later stage. */
export async function create(aws: Aws, request: DbCluster, identity: CreateIdentity): Promise<string> {
  const rds = await import("../../aws/sdk/rds.ts");
  const { snapshot, restoreToPointInTime: point } = request;
  if (snapshot !== undefined)
    await aws.rds(
      new rds.RestoreDBClusterFromSnapshotCommand({
        ...restored(request, identity),
        SnapshotIdentifier: snapshot,
        Engine: request.engine,
        EngineVersion: request.engineVersion,
      }),
      { once: true },
    );
  else if (point !== undefined)
    await aws.rds(
      new rds.RestoreDBClusterToPointInTimeCommand({
        ...restored(request, identity),
        // Names are in lower case, so this is a resource id.
        ...(/^cluster-[A-Z0-9]+$/.test(point.dbCluster)
          ? { SourceDbClusterResourceId: point.dbCluster }
          : { SourceDBClusterIdentifier: point.dbCluster }),
        RestoreType: point.type,
        ...(point.time === "latest" ? { UseLatestRestorableTime: true } : { RestoreToTime: new Date(point.time) }),
      }),
      { once: true },
    );
  else await aws.rds(new rds.CreateDBClusterCommand(await createInput(aws, request, identity)), { once: true });
  return identity.name;
}

async function createInput(aws: Aws, request: DbCluster, identity: CreateIdentity): Promise<CreateDBClusterCommandInput> {
  return {
    ...common(request),
    DBClusterIdentifier: identity.name,
    Tags: tagList(identity.tags),
    Engine: request.engine,
    EngineVersion: request.engineVersion,
    DatabaseName: request.databaseName,
    MasterUsername: request.masterUsername,
    ...(await passwordSent(aws, request.masterPassword ?? defaults.masterPassword)),
    StorageEncrypted: request.storageEncrypted ?? defaults.storageEncrypted,
    ...(isAurora(request.engine) ? ofAurora(request) : ofThree(request)),
    PreferredMaintenanceWindow: request.maintenanceWindow,
    AutoMinorVersionUpgrade: request.autoMinorVersionUpgrade ?? defaults.autoMinorVersionUpgrade,
    DatabaseInsightsMode: request.databaseInsightsMode,
  };
}

/**
 * The input of a restore. A copy brings its user, version and storage. Settings that RDS does not take here are made when the cluster is
 * up: a password, the maintenance window, the mode of insights, minor upgrades, the HTTP endpoint and the forwarding of writes.
 */
function restored(request: DbCluster, identity: CreateIdentity) {
  const isMultiAz = !isAurora(request.engine);
  return {
    ...common(request),
    DBClusterIdentifier: identity.name,
    Tags: tagList({ ...identity.tags, [passwordTag]: "waits" }),
    StorageType: request.storageType ?? (isMultiAz ? "gp3" : undefined),
    Iops: request.iops,
    ServerlessV2ScalingConfiguration: scalingSent(request.serverlessV2Scaling),
    BacktrackWindow: request.backtrackWindow,
    ...(isMultiAz ? { DBClusterInstanceClass: request.instanceClass, PubliclyAccessible: false } : {}),
  };
}

/**
 * The settings of every create. Some are always sent, because AWS's own defaults would be unsafe or costly: backups (a day), Extended
 * Support (enrolled, and charged), and encryption, where a copy does not decide it.
 */
function common(request: DbCluster) {
  return {
    DBSubnetGroupName: request.subnetGroup,
    VpcSecurityGroupIds: filled(request.securityGroups),
    Port: request.port,
    DBClusterParameterGroupName: request.parameterGroup,
    KmsKeyId: request.kmsKey,
    BackupRetentionPeriod: request.backupRetention ?? defaults.backupRetention,
    PreferredBackupWindow: request.backupWindow,
    EngineLifecycleSupport: request.engineLifecycleSupport ?? defaults.engineLifecycleSupport,
    ...insightsOfCreate(request),
    MonitoringInterval: request.monitoringInterval,
    MonitoringRoleArn: request.monitoringRole,
    EnableCloudwatchLogsExports: filled(request.logExports ?? defaults.logExports),
    EnableIAMDatabaseAuthentication: request.iamAuthentication ?? defaults.iamAuthentication,
    CopyTagsToSnapshot: request.copyTagsToSnapshot ?? defaults.copyTagsToSnapshot,
    DeletionProtection: request.deletionProtection ?? defaults.deletionProtection,
  };
}

function ofAurora(request: DbCluster): Partial<CreateDBClusterCommandInput> {
  return {
    StorageType: request.storageType,
    ServerlessV2ScalingConfiguration: scalingSent(request.serverlessV2Scaling),
    BacktrackWindow: request.backtrackWindow,
    EnableHttpEndpoint: request.httpEndpoint,
    EnableLocalWriteForwarding: request.localWriteForwarding,
  };
}

/** The fields of a Multi-AZ cluster, which has storage of its own and three instances of one class. */
function ofThree(request: DbCluster): Partial<CreateDBClusterCommandInput> {
  return {
    DBClusterInstanceClass: request.instanceClass,
    StorageType: request.storageType ?? "gp3",
    AllocatedStorage: request.allocatedStorage,
    Iops: request.iops,
    PubliclyAccessible: false,
  };
}

export function scalingSent(scaling: DbCluster["serverlessV2Scaling"]): CreateDBClusterCommandInput["ServerlessV2ScalingConfiguration"] {
  if (scaling === undefined) return undefined;
  const { minCapacity, maxCapacity, untilAutoPause } = scaling;
  return {
    MinCapacity: minCapacity,
    MaxCapacity: maxCapacity,
    ...(untilAutoPause === undefined ? {} : { SecondsUntilAutoPause: untilAutoPause }),
  };
}
