/**
 * The records and tables of RDS, one type and one table for each kind of resource. They are plain JSON;
 * a password is kept only as a salted hash.
 */
import type { UserAuthConfig } from "@aws-sdk/client-rds";
import type { Call } from "../../model.ts";

export type Tags = Record<string, string>;

/** The settings of Performance Insights, while it is on. */
export interface Insights {
  readonly days: number;
  readonly key: string;
  readonly mode: "standard" | "advanced";
}

export interface InstanceRecord {
  readonly resourceId: string;
  /** The name, with which its endpoint begins. It is also the key of its record. */
  id: string;
  readonly engine: string;
  readonly askedAt: number;
  readonly dbName?: string;
  readonly masterUsername: string;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly subnetGroup: string;
  readonly vpcId: string;
  status: string;
  /** Counts the work that is running on it. At 0 the instance is available again. */
  works: number;
  /** The keys of `pending` that are being changed now. */
  making: (keyof Pending)[];
  /** When it first became available. */
  createdAt?: number;
  engineVersion: string;
  instanceClass: string;
  storageType: string;
  allocatedStorage: number;
  iops?: number;
  throughput?: number;
  maxAllocatedStorage?: number;
  multiAz: boolean;
  zone: string;
  secondaryZone?: string;
  securityGroups: string[];
  port: number;
  parameterGroup: string;
  parameterStatus: "in-sync" | "applying" | "pending-reboot";
  optionGroup: string;
  /** Set while a change of its option group is applied. */
  optionStatus?: "applying";
  backupRetention: number;
  backupWindow: string;
  maintenanceWindow: string;
  autoMinorVersionUpgrade: boolean;
  lifecycleSupport?: string;
  caCertificate: string;
  insights?: Insights;
  logExports: string[];
  iamAuthentication: boolean;
  publiclyAccessible: boolean;
  copyTagsToSnapshot: boolean;
  monitoringInterval: number;
  monitoringRole?: string;
  deletionProtection: boolean;
  secret?: { readonly arn: string; readonly since: number };
  /** Salted hash of the password; absent while the password is managed. */
  passwordHash?: string;
  sourceId?: string;
  replicaIds: string[];
  tags: Tags;
  /** Changes that wait for the maintenance window, or that are being made. */
  pending: Pending;
  /** Until this time no other storage change is accepted. */
  storageLockedUntil?: number;
  /** Until this time its storage loads from the snapshot that it was restored from. It works meanwhile. */
  storageLoadsUntil?: number;
  interfaceIds: string[];
  /** The cluster, if it belongs to one. It shares the cluster's storage and settings. */
  readonly clusterId?: string;
  promotionTier?: number;
}

/** A cluster: Aurora, or a Multi-AZ cluster of MySQL or PostgreSQL. */
export interface ClusterRecord {
  readonly resourceId: string;
  readonly id: string;
  readonly engine: string;
  readonly askedAt: number;
  readonly databaseName?: string;
  readonly masterUsername: string;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly subnetGroup: string;
  readonly vpcId: string;
  readonly lifecycleSupport: string;
  status: string;
  /** Counts the work that is running on it. At 0 the cluster is available again. */
  works: number;
  making: (keyof ClusterPending)[];
  createdAt?: number;
  engineVersion: string;
  securityGroups: string[];
  port: number;
  parameterGroup: string;
  backupRetention: number;
  backupWindow: string;
  maintenanceWindow: string;
  autoMinorVersionUpgrade: boolean;
  logExports: string[];
  iamAuthentication: boolean;
  copyTagsToSnapshot: boolean;
  deletionProtection: boolean;
  insights?: Insights;
  monitoringInterval: number;
  monitoringRole?: string;
  /** For Aurora only. */
  storageType?: string;
  scaling?: { readonly min: number; readonly max: number; readonly pause?: number };
  backtrackWindow?: number;
  httpEndpoint: boolean;
  localWriteForwarding: boolean;
  /** For a Multi-AZ cluster only. */
  instanceClass?: string;
  allocatedStorage?: number;
  iops?: number;
  secret?: { readonly arn: string; readonly since: number };
  passwordHash?: string;
  /** The name of the writer instance. */
  writer?: string;
  /** Names of its instances, in order of creation. */
  members: string[];
  tags: Tags;
  pending: ClusterPending;
}

/** Pending changes by the names of ClusterPendingModifiedValues, and some that have no name there. */
export interface ClusterPending {
  EngineVersion?: string;
  StorageType?: string;
  AllocatedStorage?: number;
  Iops?: number;
  BackupRetentionPeriod?: number;
  IAMDatabaseAuthenticationEnabled?: boolean;
  MasterUserPassword?: string;
  Port?: number;
  logs?: { readonly on: string[]; readonly off: string[] };
}

export interface ClusterSnapshotRecord {
  readonly id: string;
  readonly clusterId: string;
  readonly resourceId: string;
  readonly askedAt: number;
  readonly of: Pick<
    ClusterRecord,
    | "engine"
    | "engineVersion"
    | "encrypted"
    | "kmsKeyId"
    | "masterUsername"
    | "port"
    | "vpcId"
    | "createdAt"
    | "storageType"
    | "databaseName"
    | "allocatedStorage"
    | "passwordHash"
    | "backupRetention"
    | "iamAuthentication"
  >;
  status: "creating" | "available";
  tags: Tags;
}

/** Pending changes by the names of PendingModifiedValues. */
export interface Pending {
  DBInstanceClass?: string;
  AllocatedStorage?: number;
  StorageType?: string;
  Iops?: number;
  StorageThroughput?: number;
  MultiAZ?: boolean;
  EngineVersion?: string;
  BackupRetentionPeriod?: number;
  CACertificateIdentifier?: string;
  Port?: number;
  IAMDatabaseAuthenticationEnabled?: boolean;
  MasterUserPassword?: string;
  logs?: { readonly on: string[]; readonly off: string[] };
  /** Answers show it among the memberships, not among the pending changes. */
  OptionGroupName?: string;
}

export interface SubnetGroupRecord {
  readonly name: string;
  readonly vpcId: string;
  description: string;
  subnetIds: string[];
  tags: Tags;
}

export interface ParameterGroupRecord {
  readonly name: string;
  readonly family: string;
  readonly description: string;
  /** Only values that were set, by the parameter's own spelling. */
  values: Record<string, string>;
  tags: Tags;
}

export interface OptionGroupRecord {
  readonly name: string;
  readonly engine: string;
  readonly major: string;
  readonly description: string;
  options: Record<string, OptionRecord>;
  tags: Tags;
}

export interface OptionRecord {
  readonly port?: number;
  /** Ids of security groups. */
  readonly groups: readonly string[];
  /** Only settings that were set. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface SnapshotRecord {
  readonly id: string;
  readonly instanceId: string;
  readonly resourceId: string;
  readonly askedAt: number;
  readonly type: "manual" | "automated";
  /** The values of the instance that a restore needs. */
  readonly of: Pick<
    InstanceRecord,
    | "engine"
    | "engineVersion"
    | "allocatedStorage"
    | "storageType"
    | "iops"
    | "throughput"
    | "encrypted"
    | "kmsKeyId"
    | "masterUsername"
    | "port"
    | "zone"
    | "vpcId"
    | "dbName"
    | "createdAt"
    | "subnetGroup"
    | "parameterGroup"
    | "optionGroup"
    | "backupRetention"
    | "iamAuthentication"
  >;
  readonly passwordHash?: string;
  status: "creating" | "available";
  tags: Tags;
}

/** Automated backups that outlive their instance. */
export interface RetainedBackupRecord {
  readonly resourceId: string;
  readonly instanceId: string;
  readonly of: SnapshotRecord["of"];
  readonly passwordHash?: string;
  readonly retention: number;
  readonly since: number;
  /** The last time to which it can be restored. */
  readonly until: number;
}

/** Automated backups that outlive their cluster. */
export interface RetainedClusterBackupRecord {
  readonly resourceId: string;
  readonly clusterId: string;
  readonly of: ClusterSnapshotRecord["of"];
  readonly since: number;
  /** The last time to which it can be restored. */
  readonly until: number;
}

export interface ProxyRecord {
  name: string;
  /** The id in its ARN, `prx-…`. */
  readonly id: string;
  readonly createdAt: number;
  readonly family: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly interfaceIds: readonly string[];
  status: string;
  securityGroups: string[];
  auth: UserAuthConfig[];
  roleArn: string;
  requireTls: boolean;
  idle: number;
  debug: boolean;
  pool: {
    readonly max: number;
    readonly idlePercent: number;
    readonly borrow: number;
    readonly pinning: string[];
    readonly initQuery?: string;
  };
  targets: { readonly type: "RDS_INSTANCE" | "TRACKED_CLUSTER"; readonly id: string }[];
  tags: Tags;
}

export interface EventSubscriptionRecord {
  readonly name: string;
  readonly createdAt: number;
  topic: string;
  type?: string;
  sources: string[];
  /** Event categories; empty means all. */
  categories: string[];
  enabled: boolean;
  status: string;
  tags: Tags;
}

/** A blue/green deployment. It knows its instances by their ids, which never change, and by the names that they had at its creation. */
export interface BlueGreenRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly source: { readonly id: string; readonly resourceId: string };
  readonly target: { readonly id: string; readonly resourceId: string };
  status:
    | "PROVISIONING"
    | "AVAILABLE"
    | "SWITCHOVER_IN_PROGRESS"
    | "SWITCHOVER_COMPLETED"
    | "INVALID_CONFIGURATION"
    | "SWITCHOVER_FAILED"
    | "DELETING";
  details?: string;
  tags: Tags;
}

type In = Pick<Call, "store">;

/** Keys contain the kind, because the store remembers creations by key for all tables together. */
export const instances = table<InstanceRecord>("instances", "db");
export const subnetGroups = table<SubnetGroupRecord>("subnetGroups", "subgrp");
export const parameterGroups = table<ParameterGroupRecord>("parameterGroups", "pg");
export const optionGroups = table<OptionGroupRecord>("optionGroups", "og");
export const clusters = table<ClusterRecord>("clusters", "cluster");
export const clusterParameterGroups = table<ParameterGroupRecord>("clusterParameterGroups", "cluster-pg");
export const clusterSnapshots = table<ClusterSnapshotRecord>("clusterSnapshots", "cluster-snapshot");
export const snapshots = table<SnapshotRecord>("snapshots", "snapshot");
export const proxies = table<ProxyRecord>("proxies", "db-proxy");
export const eventSubscriptions = table<EventSubscriptionRecord>("eventSubscriptions", "es");
export const blueGreens = table<BlueGreenRecord>("blueGreenDeployments", "deployment");
export const retainedBackups = table<RetainedBackupRecord>("retainedBackups", "auto-backup");
export const retainedClusterBackups = table<RetainedClusterBackupRecord>("retainedClusterBackups", "cluster-auto-backup");
const quotas = (call: In) => call.store.table<{ value: number }>("rds.quotas");

/** A table that finds records by their name in lower case, as RDS stores it. */
interface Named<R extends object> {
  get(call: In, name: string): R | undefined;
  set(call: In, name: string, record: R): void;
  delete(call: In, name: string): void;
  all(call: In): R[];
  key(name: string): string;
}

function table<R extends object>(name: string, type: string): Named<R> {
  const rows = (call: In) => call.store.table<R>(`rds.${name}`);
  const key = (id: string) => `${type}:${id.toLowerCase()}`;
  return {
    get: (call, id) => rows(call).get(key(id)),
    set: (call, id, record) => void rows(call).set(key(id), record),
    delete: (call, id) => void rows(call).delete(key(id)),
    // AWS lists records by name.
    all: (call) => [...rows(call)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record),
    key,
  };
}

const defaults = {
  instances: 40,
  snapshots: 100,
  storage: 100 * 1024,
  subnetGroups: 50,
  subnetsPerGroup: 20,
  parameterGroups: 50,
  optionGroups: 20,
  eventSubscriptions: 20,
  clusters: 40,
  clusterParameterGroups: 50,
  clusterSnapshots: 100,
} as const;

/** A quota (DescribeAccountAttributes). The table "rds.quotas" of the store overrides AWS's defaults. */
export function quota(call: In, name: keyof typeof defaults): number {
  return quotas(call).get(name)?.value ?? defaults[name];
}

export const quotaNames = Object.keys(defaults) as (keyof typeof defaults)[];
