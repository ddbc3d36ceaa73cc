import type { DBInstance, PendingModifiedValues } from "@aws-sdk/client-rds";
import { ownership, addressOfTag, blueGreenTag, tagsOf } from "../../resource/ownership.ts";
import type { Live, Scope } from "../kind.ts";
import { isAskedFor } from "../shared/asked-for.ts";
import { copiedOf } from "../shared/rds/copies.ts";
import { mergedLogs, withoutUndefined } from "../shared/rds/fields.ts";
import type { Peers } from "./replication.ts";
import { engines, waitsForWindow, type DbInstance, type Engine } from "./schema.ts";
import { conditionOf, isFailure, isReady } from "../shared/rds/status.ts";
import { whenMade } from "../shared/rds/waiting.ts";
import { toldValue } from "../shared/told.ts";

/** Data that the driver needs about a database beyond its spec. */
export interface Handle {
  readonly arn: string;
  /** `db-…`: it never changes and is never used again. */
  readonly resourceId: string;
  readonly status: string;
  /** The spec as it is now, without pending values. */
  readonly current: Partial<DbInstance>;
  /** Values that wait for the maintenance window, or that AWS is applying now. */
  readonly pending: Partial<DbInstance>;
  /** AWS's names of all pending values, including those for which the YAML has no field. */
  readonly waiting: readonly string[];
  readonly iops: number | undefined;
  /** "replicating", "error" …; undefined for a database that is no replica. */
  readonly replication: string | undefined;
  /** Whether it ever came up, so that it may hold data. */
  readonly hasLived: boolean;
  /** Its replicas in this region, by AWS's names. */
  readonly replicaIds: readonly string[];
  /** The known facts about its source and its replicas. Absent after a read by id. */
  readonly peers?: Peers;
}

export type LiveDb = Live<DbInstance, Handle>;

/** Converts a database to the engine's form: its current values, overlaid by the values that wait for the maintenance window. */
export function live(found: DBInstance, scope: Scope, peers?: Peers): LiveDb {
  const tags = tagsOf(found.TagList);
  const address = addressOfTag(tags[ownership.resource] ?? "");
  const asks = (field: string) => scope.asks(address, field);
  const current = currentSpec(found, asks);
  const nextGroup = found.OptionGroupMemberships?.find(({ Status = "" }) => /apply$|^applying$/.test(Status))?.OptionGroupName;
  const waits = nextGroup === undefined || nextGroup === current.optionGroup ? {} : { optionGroup: nextGroup };
  const pending = { ...pendingSpec(found.PendingModifiedValues ?? {}, current), ...waits };
  const status = found.DBInstanceStatus ?? "creating";
  const handle: Handle = {
    arn: found.DBInstanceArn!,
    resourceId: found.DbiResourceId!,
    status,
    current,
    pending,
    waiting: [
      ...Object.entries(found.PendingModifiedValues ?? {})
        .filter(([, value]) => value !== undefined)
        .map(([name]) => name),
      ...Object.keys(waits).map(() => "OptionGroupName"),
    ],
    iops: found.Iops,
    replication: found.StatusInfos?.find((info) => info.StatusType === "read replication")?.Status,
    hasLived: found.InstanceCreateTime !== undefined,
    replicaIds: (found.ReadReplicaDBInstanceIdentifiers ?? []).filter((id) => !id.startsWith("arn:")),
    ...(peers && { peers }),
  };
  const waitsForUs = isReady(status) && Object.keys(pending).some((field) => waitsForWindow.has(field) && asks(field));
  // After an interrupted run: the opposite of the desired value, so that it is a change whatever the file says.
  const blueGreenUpdate = blueGreenTag in tags ? scope.wants?.(address, "blueGreenUpdate") !== true : undefined;
  return {
    id: found.DBInstanceIdentifier!,
    aliases: [found.DBInstanceArn, found.DbiResourceId].filter((alias) => alias !== undefined),
    lastingId: found.DbiResourceId,
    tags,
    name: found.DBInstanceIdentifier!,
    owner: found.DBInstanceArn?.split(":")[4],
    state: stateOf(status, handle.hasLived),
    isUnderWay: isAskedFor(status) || (!handle.hasLived && conditionOf(status) === "pending"),
    spec: {
      ...current,
      ...pending,
      ...copiedOf<DbInstance>(tags, undefined),
      ...(waitsForUs ? { applyImmediately: false } : {}),
      ...({ blueGreenUpdate } as Partial<DbInstance>),
    },
    handle,
    outputs: outputsOf(found, handle),
    ...(found.InstanceCreateTime ? { createdAt: found.InstanceCreateTime.toISOString() } : {}),
    ...(conditionOf(status) === "pending" && { status }),
    notes: notesOf(found, handle, asks),
  };
}

/** Whether the instance is of this kind: the same listing returns the instances of Aurora, Neptune and DocumentDB. */
export function isPlainInstance(found: DBInstance): boolean {
  return found.DBClusterIdentifier === undefined && (engines as readonly string[]).includes(found.Engine ?? "");
}

/**
 * The engine may make a failed object again, so only a database that never came up counts as failed. A database that has lived and then
 * lost its key, network or parameters still holds data. It counts as existing, and a note says what is wrong.
 */
function stateOf(status: string, hasLived: boolean): LiveDb["state"] {
  switch (conditionOf(status)) {
    case "deleting":
      return "deleting";
    case "broken":
      return hasLived ? "ready" : { failed: status };
    case "serving":
    case "stopped":
      return "ready";
    case "pending":
      return "pending";
  }
}

function currentSpec(found: DBInstance, asks: (field: string) => boolean): Partial<DbInstance> {
  const replica = found.ReadReplicaSourceDBInstanceIdentifier !== undefined;
  const max = found.MaxAllocatedStorage ?? 0;
  return withoutUndefined({
    engine: found.Engine as Engine,
    engineVersion: found.EngineVersion,
    instanceClass: found.DBInstanceClass,
    storageType: found.StorageType as DbInstance["storageType"],
    allocatedStorage: found.AllocatedStorage,
    iops: found.Iops,
    storageThroughput: found.StorageThroughput,
    // A limit that leaves no room to grow is AWS's way to say "off" after it was on.
    maxAllocatedStorage: max > (found.AllocatedStorage ?? 0) ? max : 0,
    storageEncrypted: found.StorageEncrypted ?? false,
    kmsKey: found.KmsKeyId,
    multiAz: found.MultiAZ ?? false,
    subnetGroup: found.DBSubnetGroup?.DBSubnetGroupName,
    securityGroups: found.VpcSecurityGroups?.filter((group) => group.Status !== "removing").map((group) => group.VpcSecurityGroupId!),
    port: found.Endpoint?.Port ?? (found.DbInstancePort || undefined),
    parameterGroup: found.DBParameterGroups?.[0]?.DBParameterGroupName,
    optionGroup: groupNow(found),
    // A replica is created without backups. The default of the kind does not apply to it.
    backupRetention: !replica || asks("backupRetention") ? (found.BackupRetentionPeriod ?? 0) : undefined,
    backupWindow: found.PreferredBackupWindow,
    maintenanceWindow: found.PreferredMaintenanceWindow,
    autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade ?? false,
    engineLifecycleSupport: found.Engine === "mariadb" ? undefined : (found.EngineLifecycleSupport as DbInstance["engineLifecycleSupport"]),
    caCertificate: found.CACertificateIdentifier,
    performanceInsights: found.PerformanceInsightsEnabled ?? false,
    performanceInsightsRetention: found.PerformanceInsightsEnabled ? found.PerformanceInsightsRetentionPeriod : undefined,
    performanceInsightsKmsKey: found.PerformanceInsightsEnabled ? found.PerformanceInsightsKMSKeyId : undefined,
    databaseInsightsMode: found.DatabaseInsightsMode,
    logExports: found.EnabledCloudwatchLogsExports ?? [],
    iamAuthentication: found.IAMDatabaseAuthenticationEnabled ?? false,
    publiclyAccessible: found.PubliclyAccessible ?? false,
    masterUsername: found.MasterUsername,
    // A password that AWS does not manage came from a parameter, and AWS does not know which.
    masterPassword: replica ? undefined : found.MasterUserSecret ? "managed" : { ssmParameter: "(not managed)" },
    dbName: replica ? undefined : (found.DBName ?? ""),
    availabilityZone: found.AvailabilityZone,
    copyTagsToSnapshot: found.CopyTagsToSnapshot ?? false,
    monitoringInterval: (found.MonitoringInterval ?? 0) as DbInstance["monitoringInterval"],
    monitoringRole: found.MonitoringRoleArn ?? "",
    deletionProtection: found.DeletionProtection ?? false,
    replicaOf: found.ReadReplicaSourceDBInstanceIdentifier ?? "none",
  });
}

/** The option group that it has now. Another one may be pending. */
function groupNow({ OptionGroupMemberships: all = [] }: DBInstance): string | undefined {
  const now = all.find(({ Status = "" }) => /^in-sync$|removal$|^removing$/.test(Status)) ?? all[0];
  return now?.OptionGroupName;
}

function pendingSpec(waits: PendingModifiedValues, current: Partial<DbInstance>): Partial<DbInstance> {
  const logs = waits.PendingCloudwatchLogsExports;
  const spec: Partial<DbInstance> = withoutUndefined({
    engineVersion: waits.EngineVersion,
    instanceClass: waits.DBInstanceClass,
    storageType: waits.StorageType as DbInstance["storageType"],
    allocatedStorage: waits.AllocatedStorage,
    iops: waits.Iops,
    storageThroughput: waits.StorageThroughput,
    multiAz: waits.MultiAZ,
    port: waits.Port,
    backupRetention: current.backupRetention === undefined ? undefined : waits.BackupRetentionPeriod,
    caCertificate: waits.CACertificateIdentifier,
    iamAuthentication: waits.IAMDatabaseAuthenticationEnabled,
    logExports: logs ? mergedLogs(current.logExports ?? [], logs) : undefined,
  });
  return spec;
}

function outputsOf(found: DBInstance, handle: Handle): Readonly<Record<string, string>> {
  const all: Record<string, string | undefined> = {
    status: handle.status,
    endpoint: found.Endpoint?.Address,
    port: found.Endpoint?.Port?.toString(),
    zone: found.AvailabilityZone,
    role: roleOf(found),
    secret: found.MasterUserSecret?.SecretArn,
    recovery: recoveryOf(found),
    pending: handle.waiting.length > 0 ? handle.waiting.join(", ") : undefined,
    resourceId: handle.resourceId,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function roleOf(found: DBInstance): string {
  if (found.ReadReplicaSourceDBInstanceIdentifier) return `replica of ${found.ReadReplicaSourceDBInstanceIdentifier}`;
  return found.MultiAZ ? `primary, standby in ${found.SecondaryAvailabilityZone ?? "another zone"}` : "primary";
}

function recoveryOf(found: DBInstance): string | undefined {
  if (!found.BackupRetentionPeriod) return undefined;
  const until = found.LatestRestorableTime ? `, until ${found.LatestRestorableTime.toISOString()}` : "";
  return `${found.BackupRetentionPeriod} days${until}`;
}

function notesOf(found: DBInstance, handle: Handle, asks: (field: string) => boolean): string[] {
  const notes: string[] = [];
  if (handle.status === "stopped") notes.push("is stopped: AWS accepts no changes, and starts it automatically after seven days");
  else if (isFailure(handle.status)) notes.push(`is ${handle.status}: AWS accepts no changes until this is repaired`);
  else if (handle.status === "storage-full") notes.push("its storage is full");
  else if (handle.status === "storage-initialization") notes.push("is slow until its storage is loaded from its snapshot");
  if (handle.waiting.length > 0) notes.push(...waitingNotes(found, handle, asks));
  for (const group of found.DBParameterGroups ?? [])
    if (group.ParameterApplyStatus === "pending-reboot")
      notes.push(
        `values of parameter group ${group.DBParameterGroupName} wait for a reboot, which you must start: AWS does not do it in a maintenance window`,
      );
    else if (group.ParameterApplyStatus === "failed-to-apply")
      notes.push(`values of parameter group ${group.DBParameterGroupName} could not be applied`);
  for (const info of found.StatusInfos ?? [])
    if (info.Normal === false)
      notes.push(`${info.StatusType ?? "replication"} is ${info.Status}${info.Message ? `: ${info.Message}` : ""}`);
  if (found.MasterUserSecret?.SecretStatus === "impaired") notes.push(`Secrets Manager cannot rotate ${found.MasterUserSecret.SecretArn}`);
  return notes;
}

function waitingNotes(found: DBInstance, handle: Handle, asks: (field: string) => boolean): string[] {
  const when = whenMade(handle.status, found.PreferredMaintenanceWindow, asks("applyImmediately"));
  const fields = Object.entries(handle.pending).map(
    ([field, value]) =>
      `${field} ${toldValue(handle.current[field as keyof DbInstance])} → ${toldValue(value)}${asks(field) ? "" : " (not declared here)"}`,
  );
  const known = new Set(Object.keys(handle.pending).flatMap((field) => sources[field] ?? []));
  const others = handle.waiting.filter((name) => !known.has(name)).map((name) => `${name} (not declared here)`);
  return [...fields, ...others].map((what) => `${what} ${when}`);
}

/** AWS's name of a pending value, by our field. */
const sources: Readonly<Record<string, string>> = {
  engineVersion: "EngineVersion",
  instanceClass: "DBInstanceClass",
  storageType: "StorageType",
  allocatedStorage: "AllocatedStorage",
  iops: "Iops",
  storageThroughput: "StorageThroughput",
  multiAz: "MultiAZ",
  optionGroup: "OptionGroupName",
  port: "Port",
  backupRetention: "BackupRetentionPeriod",
  caCertificate: "CACertificateIdentifier",
  iamAuthentication: "IAMDatabaseAuthenticationEnabled",
  logExports: "PendingCloudwatchLogsExports",
};
