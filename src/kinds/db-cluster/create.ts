import type { CreateDBClusterCommandInput } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { tagList } from "../../aws/tagging.ts";
import type { CreateIdentity } from "../kind.ts";
import { isAurora } from "../shared/rds-engines.ts";
import { filled } from "../shared/rds-fields.ts";
import { passwordIn } from "../shared/rds-password.ts";
import { defaults, type DbCluster } from "./schema.ts";

/** Makes a cluster: one call, tagged; its identifier is its name. The instances of Aurora come in a later stage. */
export async function create(aws: Aws, request: DbCluster, identity: CreateIdentity): Promise<string> {
  const rds = await import("../../aws/sdk/rds.ts");
  await aws.rds(new rds.CreateDBClusterCommand(await birth(aws, request, identity)), { once: true });
  return identity.name;
}

/**
 * What AWS's own defaults would leave unsafe or costly is always said: encryption (off), backups (a day), Extended Support (enrolled, and
 * charged).
 */
async function birth(aws: Aws, request: DbCluster, identity: CreateIdentity): Promise<CreateDBClusterCommandInput> {
  return {
    DBClusterIdentifier: identity.name,
    Tags: tagList(identity.tags),
    Engine: request.engine,
    EngineVersion: request.engineVersion,
    DatabaseName: request.databaseName,
    MasterUsername: request.masterUsername,
    ...(await password(aws, request)),
    DBSubnetGroupName: request.subnetGroup,
    VpcSecurityGroupIds: filled(request.securityGroups),
    Port: request.port,
    DBClusterParameterGroupName: request.parameterGroup,
    StorageEncrypted: request.storageEncrypted ?? defaults.storageEncrypted,
    KmsKeyId: request.kmsKey,
    ...(isAurora(request.engine) ? ofAurora(request) : ofThree(request)),
    BackupRetentionPeriod: request.backupRetention ?? defaults.backupRetention,
    PreferredBackupWindow: request.backupWindow,
    PreferredMaintenanceWindow: request.maintenanceWindow,
    AutoMinorVersionUpgrade: request.autoMinorVersionUpgrade ?? defaults.autoMinorVersionUpgrade,
    EngineLifecycleSupport: request.engineLifecycleSupport ?? defaults.engineLifecycleSupport,
    EnablePerformanceInsights: request.performanceInsights,
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

/** A Multi-AZ cluster has disks, and three machines of one class. */
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

async function password(aws: Aws, { masterPassword: source = defaults.masterPassword }: DbCluster) {
  return source === "managed" ? { ManageMasterUserPassword: true } : { MasterUserPassword: await passwordIn(aws, source.ssmParameter) };
}
