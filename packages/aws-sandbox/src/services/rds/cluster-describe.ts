/** Clusters and their snapshots in the shape of RDS's answers. */
import type { DBCluster, DBClusterSnapshot } from "@aws-sdk/client-rds";
import type { Call } from "../../model.ts";
import { zonesOf } from "../ec2/zones.ts";
import { hostOf, insightsTold, keyArn, latestRestorable } from "./describe.ts";
import { isAurora } from "./engines.ts";
import { arn } from "./names.ts";
import { instances, type ClusterRecord, type ClusterSnapshotRecord } from "./state.ts";
import { tagList } from "./tags.ts";
import { timing } from "./timing.ts";

export function describeCluster(record: ClusterRecord, call: Call): DBCluster {
  const { scaling, pending } = record;
  const { logs, Port: _port, ...waits } = pending;
  const isUp = record.createdAt !== undefined;
  return {
    DBClusterIdentifier: record.id,
    DBClusterArn: arn(call, "cluster", record.id),
    DbClusterResourceId: record.resourceId,
    Status: record.status,
    Engine: record.engine,
    EngineVersion: record.engineVersion,
    EngineMode: "provisioned",
    // AWS chooses or completes the zones: there are always three.
    AvailabilityZones: zonesOf(call)
      .slice(0, 3)
      .map(({ name }) => name),
    // For Aurora this value has no meaning.
    AllocatedStorage: record.allocatedStorage ?? 1,
    ...(record.iops === undefined ? {} : { Iops: record.iops }),
    // AWS does not show the standard storage type of Aurora.
    ...(record.storageType === undefined || record.storageType === "aurora" ? {} : { StorageType: record.storageType }),
    ...(record.instanceClass === undefined ? {} : { DBClusterInstanceClass: record.instanceClass, PubliclyAccessible: false }),
    ...(record.databaseName === undefined ? {} : { DatabaseName: record.databaseName }),
    MasterUsername: record.masterUsername,
    ClusterCreateTime: new Date(record.askedAt),
    ...(isUp
      ? { EarliestRestorableTime: new Date(record.createdAt!), LatestRestorableTime: new Date(latestRestorable(record, call)) }
      : {}),
    Endpoint: hostOf(record, call, "cluster-"),
    ReaderEndpoint: hostOf(record, call, "cluster-ro-"),
    HostedZoneId: "ZLA2NUCOLGUUR",
    Port: record.port,
    MultiAZ: !isAurora(record.engine) || record.members.length > 1,
    DBSubnetGroup: record.subnetGroup,
    DBClusterParameterGroup: record.parameterGroup,
    VpcSecurityGroups: record.securityGroups.map((id) => ({ VpcSecurityGroupId: id, Status: "active" })),
    PreferredBackupWindow: record.backupWindow,
    PreferredMaintenanceWindow: record.maintenanceWindow,
    BackupRetentionPeriod: record.backupRetention,
    AutoMinorVersionUpgrade: record.autoMinorVersionUpgrade,
    EngineLifecycleSupport: record.lifecycleSupport,
    StorageEncrypted: record.encrypted,
    ...(record.kmsKeyId === undefined ? {} : { KmsKeyId: record.kmsKeyId }),
    IAMDatabaseAuthenticationEnabled: record.iamAuthentication,
    ...(record.logExports.length > 0 ? { EnabledCloudwatchLogsExports: [...record.logExports] } : {}),
    CopyTagsToSnapshot: record.copyTagsToSnapshot,
    DeletionProtection: record.deletionProtection,
    HttpEndpointEnabled: record.httpEndpoint,
    ...(record.localWriteForwarding ? { LocalWriteForwardingStatus: "enabled" } : {}),
    ...(record.backtrackWindow ? { BacktrackWindow: record.backtrackWindow } : {}),
    ...(scaling === undefined
      ? {}
      : {
          ServerlessV2ScalingConfiguration: {
            MinCapacity: scaling.min,
            MaxCapacity: scaling.max,
            ...(scaling.min === 0 ? { SecondsUntilAutoPause: scaling.pause ?? 300 } : {}),
          },
        }),
    ...insightsTold(record.insights),
    MonitoringInterval: record.monitoringInterval,
    ...(record.monitoringRole === undefined ? {} : { MonitoringRoleArn: record.monitoringRole }),
    ...(record.secret === undefined
      ? {}
      : {
          MasterUserSecret: {
            SecretArn: record.secret.arn,
            SecretStatus: call.now - record.secret.since < timing.secretActive ? "creating" : "active",
            KmsKeyId: keyArn(call, "alias/aws/secretsmanager"),
          },
        }),
    DBClusterMembers: record.members.flatMap((id) => {
      const member = instances.get(call, id);
      if (!member) return [];
      const status = member.parameterStatus === "pending-reboot" ? "pending-reboot" : "in-sync";
      return [
        {
          DBInstanceIdentifier: id,
          IsClusterWriter: record.writer === id,
          DBClusterParameterGroupStatus: status,
          PromotionTier: member.promotionTier ?? 1,
        },
      ];
    }),
    PendingModifiedValues: {
      ...waits,
      ...(logs ? { PendingCloudwatchLogsExports: { LogTypesToEnable: logs.on, LogTypesToDisable: logs.off } } : {}),
    },
    ReadReplicaIdentifiers: [],
    AssociatedRoles: [],
    DomainMemberships: [],
    DBClusterOptionGroupMemberships: [],
    CrossAccountClone: false,
    NetworkType: "IPV4",
    TagList: tagList(record.tags),
  };
}

export function describeClusterSnapshot(record: ClusterSnapshotRecord, call: Call): DBClusterSnapshot {
  const { of } = record;
  return {
    DBClusterSnapshotIdentifier: record.id,
    DBClusterSnapshotArn: arn(call, "cluster-snapshot", record.id),
    DBClusterIdentifier: record.clusterId,
    DbClusterResourceId: record.resourceId,
    SnapshotType: "manual",
    Status: record.status,
    PercentProgress: record.status === "available" ? 100 : 0,
    SnapshotCreateTime: new Date(record.askedAt),
    ...(of.createdAt === undefined ? {} : { ClusterCreateTime: new Date(of.createdAt) }),
    Engine: of.engine,
    EngineVersion: of.engineVersion,
    EngineMode: "provisioned",
    StorageEncrypted: of.encrypted,
    ...(of.kmsKeyId === undefined ? {} : { KmsKeyId: of.kmsKeyId }),
    MasterUsername: of.masterUsername,
    Port: of.port,
    VpcId: of.vpcId,
    IAMDatabaseAuthenticationEnabled: of.iamAuthentication,
    TagList: tagList(record.tags),
  };
}
