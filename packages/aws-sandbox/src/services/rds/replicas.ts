/** Read replicas: created from a backup of the source, following it, and promoted. */
import type { CreateDBInstanceReadReplicaMessage, PromoteReadReplicaMessage } from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { describeInstance, kmsKey } from "./describe.ts";
import { needClass, type EngineName } from "./engines.ts";
import { invalidCombination, invalidState } from "./faults.ts";
import { add, blank, checkLimit, checkPort, checkRetention, needInstance, newIdentifier, newResourceId, options } from "./new-instance.ts";
import { nameOf, words } from "./names.ts";
import { checkPublic, chooseGroups, chooseZones } from "./network.ts";
import { chooseOptionGroup } from "./chosen-options.ts";
import { instances, subnetGroups, type InstanceRecord } from "./state.ts";
import { newStorage } from "./storage.ts";
import { needSubnetGroup } from "./subnet-groups.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";
import { windows } from "./windows.ts";
import { isFree, loadStorage, occupy } from "./work.ts";

const modelled = words(`
  DBInstanceIdentifier SourceDBInstanceIdentifier DBInstanceClass AvailabilityZone Port MultiAZ AutoMinorVersionUpgrade Iops
  StorageThroughput PubliclyAccessible Tags DBSubnetGroupName VpcSecurityGroupIds StorageType CopyTagsToSnapshot
  MonitoringInterval MonitoringRoleArn KmsKeyId EnableIAMDatabaseAuthentication EnablePerformanceInsights
  EnableCloudwatchLogsExports DeletionProtection MaxAllocatedStorage AllocatedStorage CACertificateIdentifier OptionGroupName
  PerformanceInsightsRetentionPeriod PerformanceInsightsKMSKeyId DatabaseInsightsMode
`);

export const replicaOperations: Readonly<Record<string, Handler>> = {
  CreateDBInstanceReadReplica(input: CreateDBInstanceReadReplicaMessage, call) {
    refuseUnknown(call, input, modelled);
    const id = newIdentifier(call, input.DBInstanceIdentifier);
    const source = needSource(call, input.SourceDBInstanceIdentifier);
    const engine = source.engine as EngineName;
    const group =
      input.DBSubnetGroupName === undefined ? subnetGroups.get(call, source.subnetGroup)! : needSubnetGroup(call, input.DBSubnetGroupName);
    const instanceClass = needClass(input.DBInstanceClass ?? source.instanceClass, engine, source.engineVersion);
    const { StorageType, Iops, StorageThroughput } = input;
    const storage = newStorage(call, engine, {
      AllocatedStorage: input.AllocatedStorage ?? source.allocatedStorage,
      StorageType,
      Iops,
      StorageThroughput,
    });
    if (storage.size < source.allocatedStorage)
      throw invalidCombination(`A read replica needs the storage of its source: ${source.allocatedStorage} GiB.`);
    checkLimit(input.MaxAllocatedStorage, storage.size);
    if (input.PubliclyAccessible === true) checkPublic(call, group.vpcId);
    const multiAz = input.MultiAZ ?? false;
    const resourceId = newResourceId(call);
    const window = windows(resourceId, undefined, undefined);
    const record: InstanceRecord = {
      ...blank(call, id, resourceId),
      engine,
      masterUsername: source.masterUsername,
      encrypted: source.encrypted,
      ...(source.encrypted ? { kmsKeyId: input.KmsKeyId === undefined ? source.kmsKeyId! : kmsKey(call, input.KmsKeyId) } : {}),
      ...(source.dbName === undefined ? {} : { dbName: source.dbName }),
      subnetGroup: group.name,
      vpcId: group.vpcId,
      engineVersion: source.engineVersion,
      instanceClass,
      storageType: storage.type,
      allocatedStorage: storage.size,
      ...(storage.iops === undefined ? {} : { iops: storage.iops }),
      ...(storage.throughput === undefined ? {} : { throughput: storage.throughput }),
      ...(input.MaxAllocatedStorage === undefined ? {} : { maxAllocatedStorage: input.MaxAllocatedStorage }),
      multiAz,
      ...chooseZones(call, group, input.AvailabilityZone, multiAz),
      securityGroups: chooseGroups(call, group.vpcId, input.VpcSecurityGroupIds),
      port: checkPort(input.Port ?? source.port),
      parameterGroup: source.parameterGroup,
      optionGroup: chooseOptionGroup(call, engine, source.engineVersion, group.vpcId, input.OptionGroupName ?? source.optionGroup),
      backupRetention: 0,
      backupWindow: window.backup,
      maintenanceWindow: window.maintenance,
      ...options(call, engine, { ...input, DBInstanceClass: instanceClass }),
      ...(source.lifecycleSupport === undefined ? {} : { lifecycleSupport: source.lifecycleSupport }),
      ...(source.passwordHash === undefined ? {} : { passwordHash: source.passwordHash }),
      sourceId: source.id,
      // For six hours after its creation the storage of a replica cannot be changed.
      storageLockedUntil: call.now + 6 * 3_600_000,
      tags: newTags(input.Tags),
    };
    source.replicaIds.push(id);
    add(call, record, timeFor(call, resourceId, "replicaCreated"));
    loadStorage(call, record, timeFor(call, resourceId, "replicaCreated"));
    return { DBInstance: describeInstance(record, call) };
  },

  PromoteReadReplica(input: PromoteReadReplicaMessage, call) {
    refuseUnknown(call, input, ["DBInstanceIdentifier", "BackupRetentionPeriod", "PreferredBackupWindow"]);
    const instance = needInstance(call, input.DBInstanceIdentifier);
    if (instance.sourceId === undefined) throw invalidState("DB Instance is not a read replica");
    if (!isFree(instance)) throw invalidState(`Database instance is not in available state: ${instance.id} is ${instance.status}.`);
    const days = checkRetention(input.BackupRetentionPeriod ?? 1);
    const window = windows(instance.resourceId, input.PreferredBackupWindow ?? instance.backupWindow, instance.maintenanceWindow);
    occupy(call, instance, "modifying", timeFor(call, instance.resourceId, "promoted"), timeFor(call, instance.resourceId, "statusLag"));
    call.later(timeFor(call, instance.resourceId, "statusLag") + timeFor(call, instance.resourceId, "promoted") - 1, "rds:promoted", {
      id: instance.id,
      resourceId: instance.resourceId,
      days,
      window: window.backup,
    });
    return { DBInstance: describeInstance(instance, call) };
  },
};

export const replicaTransitions = {
  promoted({ id, resourceId, days, window }: { id: string; resourceId: string; days: number; window: string }, call: Call) {
    const instance = instances.get(call, id);
    if (instance?.resourceId !== resourceId) return;
    instance.backupRetention = days;
    instance.backupWindow = window;
    standAlone(call, instance);
  },
};

/** Makes a replica independent of its source: at a promotion, and when the source is deleted. */
export function standAlone(call: Call, replica: InstanceRecord): void {
  const source = replica.sourceId === undefined ? undefined : instances.get(call, replica.sourceId);
  if (source) source.replicaIds = source.replicaIds.filter((id) => id !== replica.id);
  delete replica.sourceId;
}

function needSource(call: Call, name: string | undefined): InstanceRecord {
  const source = needInstance(call, name === undefined ? undefined : nameOf(name));
  if (!isFree(source)) throw invalidState(`Source database instance ${source.id} is not in the available state: it is ${source.status}.`);
  if (source.backupRetention === 0)
    throw invalidState(
      "Automated backups are not enabled for this database instance. To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.",
    );
  if (source.secret)
    throw invalidCombination(
      "You can't create a read replica of a DB instance whose master user password is managed in AWS Secrets Manager.",
    );
  if (source.replicaIds.length >= 15) throw new AwsFault("InstanceQuotaExceeded", "The DB instance has the maximum of 15 read replicas.");
  return source;
}
