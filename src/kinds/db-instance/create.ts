import type { CreateDBInstanceCommandInput, CreateDBInstanceReadReplicaCommandInput } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { tagList } from "../../aws/tagging.ts";
import type { CreateIdentity } from "../kind.ts";
import { insightsOfCreate } from "../shared/rds/insights.ts";
import { passwordSent, passwordTag } from "../shared/rds/password.ts";
import { filled } from "../shared/rds/fields.ts";
import { defaults, isReplica, type DbInstance } from "./schema.ts";

/** Creates a database or a read replica in one call, with its tags. Its identifier is its name. */
export async function create(aws: Aws, request: DbInstance, identity: CreateIdentity): Promise<string> {
  const rds = await import("../../aws/sdk/rds.ts");
  if (isReplica(request)) await aws.rds(new rds.CreateDBInstanceReadReplicaCommand(replicaInput(request, identity)), { once: true });
  else if (request.snapshot !== undefined)
    await aws.rds(
      new rds.RestoreDBInstanceFromDBSnapshotCommand({
        ...restoredInput(request, identity),
        DBInstanceIdentifier: identity.name,
        DBSnapshotIdentifier: request.snapshot,
      }),
      { once: true },
    );
  else if (request.restoreToPointInTime !== undefined)
    await aws.rds(
      new rds.RestoreDBInstanceToPointInTimeCommand({
        ...restoredInput(request, identity),
        ...pointInTime(request.restoreToPointInTime),
        TargetDBInstanceIdentifier: identity.name,
        MaxAllocatedStorage: request.maxAllocatedStorage || undefined,
      }),
      { once: true },
    );
  else await aws.rds(new rds.CreateDBInstanceCommand(await primaryInput(aws, request, identity)), { once: true });
  return identity.name;
}

/**
 * The input for a new database. Some settings are always sent, because AWS's own defaults would be unsafe or costly: encryption (off),
 * public access (by the subnet group), backups (a day), Extended Support (enrolled, and charged).
 */
async function primaryInput(aws: Aws, request: DbInstance, identity: CreateIdentity): Promise<CreateDBInstanceCommandInput> {
  return {
    ...common(request, identity),
    ...(await passwordSent(aws, request.masterPassword ?? defaults.masterPassword)),
    Engine: request.engine,
    EngineVersion: request.engineVersion,
    DBInstanceClass: request.instanceClass,
    StorageType: request.storageType ?? defaults.storageType,
    AllocatedStorage: request.allocatedStorage,
    StorageEncrypted: request.storageEncrypted ?? defaults.storageEncrypted,
    KmsKeyId: request.kmsKey,
    DBSubnetGroupName: request.subnetGroup,
    DBParameterGroupName: request.parameterGroup,
    BackupRetentionPeriod: request.backupRetention ?? defaults.backupRetention,
    PreferredBackupWindow: request.backupWindow,
    PreferredMaintenanceWindow: request.maintenanceWindow,
    EngineLifecycleSupport: lifecycle(request),
    MasterUsername: request.masterUsername,
    DBName: request.dbName,
  };
}

/** The input for a replica. It inherits version, encryption, network and password. Other differences are set when it is up. */
function replicaInput(request: DbInstance, identity: CreateIdentity): CreateDBInstanceReadReplicaCommandInput {
  return {
    ...common(request, identity),
    SourceDBInstanceIdentifier: request.replicaOf,
    DBInstanceClass: request.instanceClass,
    AllocatedStorage: request.allocatedStorage,
    StorageType: storageTypeSent(request),
  };
}

/**
 * The input for a restore. A copy brings its user, encryption and version. Insights, monitoring, the maintenance window and our own
 * password are set when it is up, since RDS does not take them here.
 */
function restoredInput(request: DbInstance, identity: CreateIdentity) {
  const {
    DBInstanceIdentifier: _name,
    Tags: _tags,
    MaxAllocatedStorage: _most,
    EnablePerformanceInsights: _insights,
    PerformanceInsightsRetentionPeriod: _days,
    PerformanceInsightsKMSKeyId: _key,
    DatabaseInsightsMode: _mode,
    MonitoringInterval: _interval,
    MonitoringRoleArn: _role,
    ...taken
  } = common(request, identity);
  const isManaged = (request.masterPassword ?? defaults.masterPassword) === "managed";
  return {
    ...taken,
    Tags: tagList(isManaged ? identity.tags : { ...identity.tags, [passwordTag]: "waits" }),
    Engine: request.engine,
    DBInstanceClass: request.instanceClass,
    AllocatedStorage: request.allocatedStorage,
    StorageType: storageTypeSent(request),
    DBSubnetGroupName: request.subnetGroup,
    DBParameterGroupName: request.parameterGroup,
    BackupRetentionPeriod: request.backupRetention ?? defaults.backupRetention,
    PreferredBackupWindow: request.backupWindow,
    EngineLifecycleSupport: lifecycle(request),
    ...(isManaged ? { ManageMasterUserPassword: true } : {}),
  };
}

function pointInTime({ dbInstance: source, time }: NonNullable<DbInstance["restoreToPointInTime"]>) {
  return {
    // Names are in lower case, so this is a resource id.
    ...(source.startsWith("arn:")
      ? { SourceDBInstanceAutomatedBackupsArn: source }
      : /^db-[A-Z0-9]+$/.test(source)
        ? { SourceDbiResourceId: source }
        : { SourceDBInstanceIdentifier: source }),
    ...(time === "latest" ? { UseLatestRestorableTime: true } : { RestoreTime: new Date(time) }),
  };
}

function lifecycle(request: DbInstance): DbInstance["engineLifecycleSupport"] {
  return request.engine === "mariadb" ? undefined : (request.engineLifecycleSupport ?? defaults.engineLifecycleSupport);
}

/** A copy gets gp3 by itself. If the call named gp3, AWS would ask for IOPS, which small gp3 storage refuses. */
function storageTypeSent(request: DbInstance): DbInstance["storageType"] {
  const storageType = request.storageType ?? defaults.storageType;
  return storageType === "gp3" && request.iops === undefined ? undefined : storageType;
}

function common(request: DbInstance, identity: CreateIdentity) {
  return {
    DBInstanceIdentifier: identity.name,
    Tags: tagList(identity.tags),
    Iops: request.iops,
    StorageThroughput: request.storageThroughput,
    MaxAllocatedStorage: request.maxAllocatedStorage || undefined,
    MultiAZ: request.multiAz ?? defaults.multiAz,
    AvailabilityZone: request.availabilityZone,
    VpcSecurityGroupIds: filled(request.securityGroups),
    Port: request.port,
    AutoMinorVersionUpgrade: request.autoMinorVersionUpgrade ?? defaults.autoMinorVersionUpgrade,
    CACertificateIdentifier: request.caCertificate,
    ...insightsOfCreate(request),
    DatabaseInsightsMode: request.databaseInsightsMode,
    OptionGroupName: request.optionGroup,
    EnableCloudwatchLogsExports: filled(request.logExports ?? defaults.logExports),
    EnableIAMDatabaseAuthentication: request.iamAuthentication ?? defaults.iamAuthentication,
    PubliclyAccessible: request.publiclyAccessible ?? defaults.publiclyAccessible,
    CopyTagsToSnapshot: request.copyTagsToSnapshot ?? defaults.copyTagsToSnapshot,
    MonitoringInterval: request.monitoringInterval,
    MonitoringRoleArn: request.monitoringRole,
    DeletionProtection: request.deletionProtection ?? defaults.deletionProtection,
  };
}
