/** Instances restored from a snapshot or to a point in time. */
import type { RestoreDBInstanceFromDBSnapshotMessage, RestoreDBInstanceToPointInTimeMessage } from "@aws-sdk/client-rds";
import type { Call } from "../../model.ts";
import { newSecret } from "./accounts.ts";
import { chooseOptionGroup } from "./chosen-options.ts";
import { familyOf, needClass, type EngineName } from "./engines.ts";
import { invalidCombination, invalidValue, required } from "./faults.ts";
import { words } from "./names.ts";
import { checkPublic, chooseGroups, chooseZones } from "./network.ts";
import { add, blank, checkLimit, checkPort, checkRetention, newResourceId, options } from "./new-instance.ts";
import { defaultParameterGroup, needParameterGroup } from "./parameter-groups.ts";
import type { InstanceRecord, SnapshotRecord } from "./state.ts";
import { newStorage } from "./storage.ts";
import { needSubnetGroup } from "./subnet-groups.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";
import { windows } from "./windows.ts";
import { loadStorage } from "./work.ts";

/**
 * Parameters of both restores, besides the name and the source. Monitoring, insights, the user and
 * the maintenance window are not among them.
 */
export const restoreNames = words(`
  DBInstanceClass Port AvailabilityZone DBSubnetGroupName MultiAZ PubliclyAccessible AutoMinorVersionUpgrade Tags VpcSecurityGroupIds
  CopyTagsToSnapshot DBParameterGroupName DeletionProtection EnableIAMDatabaseAuthentication OptionGroupName Engine AllocatedStorage
  StorageType Iops StorageThroughput EnableCloudwatchLogsExports BackupRetentionPeriod PreferredBackupWindow CACertificateIdentifier
  EngineLifecycleSupport ManageMasterUserPassword
`);

/** Parameters that may be ignored when they have these values. */
export const restoreDefaults = { NetworkType: "IPV4", BackupTarget: "region", DedicatedLogVolume: false };

type Input = Omit<RestoreDBInstanceFromDBSnapshotMessage, "DBInstanceIdentifier" | "DBSnapshotIdentifier"> &
  Pick<RestoreDBInstanceToPointInTimeMessage, "MaxAllocatedStorage">;

interface Copy {
  readonly of: SnapshotRecord["of"];
  readonly passwordHash?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export function restoreInstance(call: Call, id: string, input: Input, { of, passwordHash, tags }: Copy): InstanceRecord {
  const engine = of.engine as EngineName;
  if (input.Engine !== undefined && input.Engine !== engine)
    throw invalidValue(`The engine ${input.Engine} is not compatible with the engine of the source, ${engine}.`);
  const group = needSubnetGroup(call, input.DBSubnetGroupName ?? of.subnetGroup);
  const resourceId = newResourceId(call);
  const window = windows(resourceId, input.PreferredBackupWindow, undefined);
  if (input.PubliclyAccessible === true) checkPublic(call, group.vpcId);
  const multiAz = input.MultiAZ ?? false;
  const family = familyOf(engine, of.engineVersion);
  // AWS's default group, unless the request names one (RDS User Guide, "Restoring to a DB instance").
  const parameters =
    input.DBParameterGroupName === undefined ? defaultParameterGroup(call, family) : needParameterGroup(call, input.DBParameterGroupName);
  if (parameters.family !== family)
    throw invalidCombination(
      `The parameter group ${parameters.name} with DBParameterGroupFamily ${parameters.family} can't be used for this instance. Use a parameter group with DBParameterGroupFamily ${family}.`,
    );
  const asksStorage = input.StorageType !== undefined || input.Iops !== undefined || input.StorageThroughput !== undefined;
  const size = input.AllocatedStorage ?? of.allocatedStorage;
  if (size < of.allocatedStorage)
    throw invalidCombination(`The allocated storage can't be smaller than that of the source: ${of.allocatedStorage} GiB.`);
  const storage = asksStorage
    ? newStorage(call, engine, {
        AllocatedStorage: size,
        StorageType: input.StorageType ?? of.storageType,
        Iops: input.Iops,
        StorageThroughput: input.StorageThroughput,
      })
    : { type: of.storageType, size, iops: of.iops, throughput: of.throughput };
  checkLimit(input.MaxAllocatedStorage, size);
  const { createdAt: _createdAt, zone: _zone, iops: _iops, throughput: _throughput, ...kept } = of;
  const record: InstanceRecord = {
    ...kept,
    ...blank(call, id, resourceId),
    instanceClass: needClass(required(input.DBInstanceClass, "DBInstanceClass"), engine, of.engineVersion),
    storageType: storage.type,
    allocatedStorage: storage.size,
    ...(storage.iops === undefined ? {} : { iops: storage.iops }),
    ...(storage.throughput === undefined ? {} : { throughput: storage.throughput }),
    ...(input.MaxAllocatedStorage === undefined ? {} : { maxAllocatedStorage: input.MaxAllocatedStorage }),
    subnetGroup: group.name,
    vpcId: group.vpcId,
    multiAz,
    ...chooseZones(call, group, input.AvailabilityZone, multiAz),
    securityGroups: chooseGroups(call, group.vpcId, input.VpcSecurityGroupIds),
    port: checkPort(input.Port ?? of.port),
    parameterGroup: parameters.name,
    optionGroup: chooseOptionGroup(call, engine, of.engineVersion, group.vpcId, input.OptionGroupName ?? of.optionGroup),
    backupRetention: checkRetention(input.BackupRetentionPeriod ?? of.backupRetention),
    backupWindow: window.backup,
    maintenanceWindow: window.maintenance,
    ...options(call, engine, input),
    iamAuthentication: input.EnableIAMDatabaseAuthentication ?? of.iamAuthentication,
    ...(engine === "mariadb" ? {} : { lifecycleSupport: input.EngineLifecycleSupport ?? "open-source-rds-extended-support" }),
    ...(input.ManageMasterUserPassword === true ? { secret: newSecret(call) } : passwordHash === undefined ? {} : { passwordHash }),
    // Without tags in the request, a restored instance gets those of its snapshot.
    tags: input.Tags === undefined ? { ...tags } : newTags(input.Tags),
  };
  add(call, record, timeFor(call, resourceId, "restored"));
  loadStorage(call, record, timeFor(call, resourceId, "restored"));
  return record;
}
