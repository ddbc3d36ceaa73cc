/** Describes records in the shape of RDS's answers. */
import type { DBInstance, DBSnapshot, PendingModifiedValues } from "@aws-sdk/client-rds";
import { AwsFault, type Call } from "../../model.ts";
import { hash32 } from "../../random.ts";
import { engines, type EngineName } from "./engines.ts";
import { arn } from "./names.ts";
import { instances, subnetGroups, type Insights, type InstanceRecord, type SnapshotRecord } from "./state.ts";
import { describeSubnetGroup } from "./subnet-groups.ts";
import { tagList } from "./tags.ts";
import { timing } from "./timing.ts";

const minutes = 60_000;

export function describeInstance(record: InstanceRecord, call: Call): DBInstance {
  const group = subnetGroups.get(call, record.subnetGroup);
  const isUp = record.createdAt !== undefined;
  return {
    DBInstanceIdentifier: record.id,
    DBInstanceArn: arn(call, "db", record.id),
    DbiResourceId: record.resourceId,
    DBInstanceClass: record.instanceClass,
    DBInstanceStatus: record.status,
    ...(record.clusterId === undefined ? {} : { DBClusterIdentifier: record.clusterId, PromotionTier: record.promotionTier }),
    Engine: record.engine,
    EngineVersion: record.engineVersion,
    LicenseModel: engines[record.engine as EngineName].license,
    MasterUsername: record.masterUsername,
    ...(record.dbName === undefined ? {} : { DBName: record.dbName }),
    ...(isUp
      ? {
          InstanceCreateTime: new Date(record.createdAt!),
          Endpoint: { Address: hostOf(record, call), Port: record.port, HostedZoneId: "ZLA2NUCOLGUUR" },
        }
      : {}),
    DbInstancePort: 0,
    AllocatedStorage: record.allocatedStorage,
    StorageType: record.storageType,
    ...(record.iops === undefined ? {} : { Iops: record.iops }),
    ...(record.throughput === undefined ? {} : { StorageThroughput: record.throughput }),
    ...(record.maxAllocatedStorage === undefined ? {} : { MaxAllocatedStorage: record.maxAllocatedStorage }),
    StorageEncrypted: record.encrypted,
    ...(record.kmsKeyId === undefined ? {} : { KmsKeyId: record.kmsKeyId }),
    DBSecurityGroups: [],
    VpcSecurityGroups: record.securityGroups.map((id) => ({ VpcSecurityGroupId: id, Status: "active" })),
    DBParameterGroups: [{ DBParameterGroupName: record.parameterGroup, ParameterApplyStatus: record.parameterStatus }],
    OptionGroupMemberships: memberships(record),
    AvailabilityZone: record.zone,
    ...(record.secondaryZone === undefined ? {} : { SecondaryAvailabilityZone: record.secondaryZone }),
    MultiAZ: record.multiAz,
    ...(group ? { DBSubnetGroup: describeSubnetGroup(group, call) } : {}),
    PreferredBackupWindow: record.backupWindow,
    PreferredMaintenanceWindow: record.maintenanceWindow,
    BackupRetentionPeriod: record.backupRetention,
    BackupTarget: "region",
    ...(isUp && record.backupRetention > 0 ? { LatestRestorableTime: new Date(latestRestorable(record, call)) } : {}),
    PendingModifiedValues: describePending(record),
    AutoMinorVersionUpgrade: record.autoMinorVersionUpgrade,
    ...(record.lifecycleSupport === undefined ? {} : { EngineLifecycleSupport: record.lifecycleSupport }),
    ...(record.sourceId === undefined
      ? {}
      : {
          ReadReplicaSourceDBInstanceIdentifier: record.sourceId,
          StatusInfos: isUp ? [{ StatusType: "read replication", Normal: true, Status: "replicating" }] : [],
        }),
    ReadReplicaDBInstanceIdentifiers: [...record.replicaIds],
    PubliclyAccessible: record.publiclyAccessible,
    CACertificateIdentifier: record.caCertificate,
    CopyTagsToSnapshot: record.copyTagsToSnapshot,
    MonitoringInterval: record.monitoringInterval,
    ...(record.monitoringRole === undefined ? {} : { MonitoringRoleArn: record.monitoringRole }),
    IAMDatabaseAuthenticationEnabled: record.iamAuthentication,
    ...insightsTold(record.insights),
    ...(record.logExports.length > 0 ? { EnabledCloudwatchLogsExports: [...record.logExports] } : {}),
    DeletionProtection: record.deletionProtection,
    ...(record.secret === undefined
      ? {}
      : {
          MasterUserSecret: {
            SecretArn: record.secret.arn,
            SecretStatus: call.now - record.secret.since < timing.secretActive ? "creating" : "active",
            KmsKeyId: keyArn(call, "alias/aws/secretsmanager"),
          },
        }),
    AssociatedRoles: [],
    DomainMemberships: [],
    TagList: tagList(record.tags),
    NetworkType: "IPV4",
    StorageVolumeStatus: "not-applicable",
    DedicatedLogVolume: false,
  };
}

/** The present option group and the pending one (RDS API, OptionGroupMembership). */
function memberships({ optionGroup, optionStatus, pending, making }: InstanceRecord) {
  const next = pending.OptionGroupName;
  if (next === undefined) return [{ OptionGroupName: optionGroup, Status: optionStatus ?? "in-sync" }];
  const isMade = making.includes("OptionGroupName");
  return [
    { OptionGroupName: next, Status: isMade ? "applying" : "pending-maintenance-apply" },
    { OptionGroupName: optionGroup, Status: isMade ? "removing" : "pending-maintenance-removal" },
  ];
}

/** Performance Insights and Database Insights in the shape of the answers. */
export function insightsTold(insights: Insights | undefined) {
  return {
    PerformanceInsightsEnabled: insights !== undefined,
    ...(insights === undefined ? {} : { PerformanceInsightsRetentionPeriod: insights.days, PerformanceInsightsKMSKeyId: insights.key }),
    DatabaseInsightsMode: insights?.mode ?? ("standard" as const),
  };
}

/** The ARN of the given key, or of RDS's own key. Throws when the account does not have the key. */
export function kmsKey(call: Call, asked: string | undefined): string {
  if (asked !== undefined && asked !== keyArn(call, undefined) && !call.exists("kmsKey", asked))
    throw new AwsFault(
      "KMSKeyNotAccessibleFault",
      `The specified KMS key [${asked}] does not exist, is not enabled or you do not have permissions to access it.`,
    );
  return keyArn(call, asked);
}

/** The ARN of a key of AWS or of the account. */
export function keyArn(call: Call, asked: string | undefined): string {
  if (asked?.startsWith("arn:") && asked.includes(":key/")) return asked;
  const word = (i: number) =>
    hash32(`${call.account}/${call.region}/${asked ?? "alias/aws/rds"}`, i)
      .toString(16)
      .padStart(8, "0");
  const id =
    asked !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(asked)
      ? asked
      : `${word(1)}-${word(2).slice(0, 4)}-4${word(2).slice(5)}-a${word(3).slice(1, 4)}-${word(3).slice(4)}${word(4)}`;
  return `arn:${call.partition}:kms:${call.region}:${call.account}:key/${id}`;
}

export function describeSnapshot(record: SnapshotRecord, call: Call): DBSnapshot {
  const { of } = record;
  return {
    DBSnapshotIdentifier: record.id,
    DBSnapshotArn: arn(call, "snapshot", record.id),
    DBInstanceIdentifier: record.instanceId,
    DbiResourceId: record.resourceId,
    SnapshotType: record.type,
    Status: record.status,
    PercentProgress: record.status === "available" ? 100 : 0,
    SnapshotCreateTime: new Date(record.askedAt),
    OriginalSnapshotCreateTime: new Date(record.askedAt),
    ...(of.createdAt === undefined ? {} : { InstanceCreateTime: new Date(of.createdAt) }),
    Engine: of.engine,
    EngineVersion: of.engineVersion,
    LicenseModel: engines[of.engine as EngineName].license,
    AllocatedStorage: of.allocatedStorage,
    StorageType: of.storageType,
    ...(of.iops === undefined ? {} : { Iops: of.iops }),
    ...(of.throughput === undefined ? {} : { StorageThroughput: of.throughput }),
    Encrypted: of.encrypted,
    ...(of.kmsKeyId === undefined ? {} : { KmsKeyId: of.kmsKeyId }),
    MasterUsername: of.masterUsername,
    Port: of.port,
    AvailabilityZone: of.zone,
    VpcId: of.vpcId,
    OptionGroupName: of.optionGroup,
    IAMDatabaseAuthenticationEnabled: of.iamAuthentication,
    TagList: tagList(record.tags),
  };
}

/** The latest time for a restore: RDS can restore to any second until about five minutes ago. */
export function latestRestorable(record: { createdAt?: number }, call: Call): number {
  return Math.max(record.createdAt!, Math.floor((call.now - 3 * minutes) / (5 * minutes)) * 5 * minutes);
}

/** The host name of an endpoint. Its random part is the same for every instance of an account and region. */
export function hostOf({ id }: { readonly id: string }, call: Call, of = ""): string {
  const word = hash32(`${call.account}/${call.region}`, 7).toString(36) + hash32(`${call.account}/${call.region}`, 8).toString(36);
  return `${id}.${of}c${word.slice(0, 11)}.${call.region}.rds.amazonaws.com`;
}

/** Describes pending changes. A new password is shown as asterisks, because only its value is secret. */
function describePending({ pending }: InstanceRecord): PendingModifiedValues {
  const { logs, OptionGroupName: _told, ...values } = pending;
  return { ...values, ...(logs ? { PendingCloudwatchLogsExports: { LogTypesToEnable: logs.on, LogTypesToDisable: logs.off } } : {}) };
}

/** The instances that a call can already see, by name. */
export function visibleInstances(call: Call): InstanceRecord[] {
  return instances.all(call).filter((one) => call.sees(instances.key(one.id), "id"));
}
