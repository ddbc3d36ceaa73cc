import type { CreateDBInstanceCommandInput, CreateDBInstanceReadReplicaCommandInput } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { tagList } from "../../aws/tagging.ts";
import type { Birth } from "../kind.ts";
import { passwordIn } from "./password.ts";
import { defaults, isReplica, type DbInstance } from "./schema.ts";

/** Makes a database or a read replica: one call, tagged; its identifier is its name. */
export async function create(aws: Aws, want: DbInstance, birth: Birth): Promise<string> {
  const rds = await import("../../aws/sdk/rds.ts");
  if (isReplica(want)) await aws.rds(new rds.CreateDBInstanceReadReplicaCommand(replicaInput(want, birth)), { once: true });
  else await aws.rds(new rds.CreateDBInstanceCommand(await primaryInput(aws, want, birth)), { once: true });
  return birth.name;
}

/**
 * What AWS's own defaults would leave unsafe or costly is always said: encryption (off), public access (by the subnet
 * group), backups (a day), Extended Support (enrolled, and charged).
 */
async function primaryInput(aws: Aws, want: DbInstance, birth: Birth): Promise<CreateDBInstanceCommandInput> {
  return {
    ...common(want, birth),
    ...(await password(aws, want)),
    Engine: want.engine,
    EngineVersion: want.engineVersion,
    DBInstanceClass: want.instanceClass,
    StorageType: want.storageType ?? defaults.storageType,
    AllocatedStorage: want.allocatedStorage,
    StorageEncrypted: want.storageEncrypted ?? defaults.storageEncrypted,
    KmsKeyId: want.kmsKey,
    DBSubnetGroupName: want.subnetGroup,
    DBParameterGroupName: want.parameterGroup,
    BackupRetentionPeriod: want.backupRetention ?? defaults.backupRetention,
    PreferredBackupWindow: want.backupWindow,
    PreferredMaintenanceWindow: want.maintenanceWindow,
    EngineLifecycleSupport: want.engine === "mariadb" ? undefined : (want.engineLifecycleSupport ?? defaults.engineLifecycleSupport),
    MasterUsername: want.masterUsername,
    DBName: want.dbName,
  };
}

/** A replica inherits version, encryption, network and password; what differs otherwise is set when it is up. */
function replicaInput(want: DbInstance, birth: Birth): CreateDBInstanceReadReplicaCommandInput {
  const storageType = want.storageType ?? defaults.storageType;
  return {
    ...common(want, birth),
    SourceDBInstanceIdentifier: want.replicaOf,
    DBInstanceClass: want.instanceClass,
    AllocatedStorage: want.allocatedStorage,
    // gp3 is what AWS gives a replica, and named it would ask for Iops, which small gp3 disks refuse.
    StorageType: storageType === "gp3" && want.iops === undefined ? undefined : storageType,
  };
}

function common(want: DbInstance, birth: Birth) {
  return {
    DBInstanceIdentifier: birth.name,
    Tags: tagList(birth.tags),
    Iops: want.iops,
    StorageThroughput: want.storageThroughput,
    MaxAllocatedStorage: want.maxAllocatedStorage || undefined,
    MultiAZ: want.multiAz ?? defaults.multiAz,
    AvailabilityZone: want.availabilityZone,
    VpcSecurityGroupIds: filled(want.securityGroups),
    Port: want.port,
    AutoMinorVersionUpgrade: want.autoMinorVersionUpgrade ?? defaults.autoMinorVersionUpgrade,
    CACertificateIdentifier: want.caCertificate,
    EnablePerformanceInsights: want.performanceInsights,
    EnableCloudwatchLogsExports: filled(want.logExports ?? defaults.logExports),
    EnableIAMDatabaseAuthentication: want.iamAuthentication ?? defaults.iamAuthentication,
    PubliclyAccessible: want.publiclyAccessible ?? defaults.publiclyAccessible,
    CopyTagsToSnapshot: want.copyTagsToSnapshot ?? defaults.copyTagsToSnapshot,
    MonitoringInterval: want.monitoringInterval,
    MonitoringRoleArn: want.monitoringRole,
    DeletionProtection: want.deletionProtection ?? defaults.deletionProtection,
  };
}

async function password(
  aws: Aws,
  want: DbInstance,
): Promise<Pick<CreateDBInstanceCommandInput, "ManageMasterUserPassword" | "MasterUserPassword">> {
  const source = want.masterPassword ?? defaults.masterPassword;
  return source === "managed" ? { ManageMasterUserPassword: true } : { MasterUserPassword: await passwordIn(aws, source.ssmParameter) };
}

/** An empty list is sent as a parameter without a value, which RDS reads as "not given" or refuses. */
function filled(list: readonly string[] | undefined): string[] | undefined {
  return list && list.length > 0 ? [...list] : undefined;
}
