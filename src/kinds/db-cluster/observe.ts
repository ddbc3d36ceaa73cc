import type { ClusterPendingModifiedValues, DBCluster, DBInstance } from "@aws-sdk/client-rds";
import { addressOfTag, ownership, tagsOf } from "../../resource/ownership.ts";
import type { Scope } from "../kind.ts";
import { isAskedFor } from "../shared/asked-for.ts";
import { isAurora } from "../shared/rds/engines.ts";
import { copiedOf } from "../shared/rds/copies.ts";
import { mergedLogs, withoutUndefined } from "../shared/rds/fields.ts";
import { passwordOfCopy } from "../shared/rds/password.ts";
import { conditionOf, isReady, type Condition } from "../shared/rds/status.ts";
import { whenMade } from "../shared/rds/waiting.ts";
import type { Handle, LiveCluster, Member } from "./live.ts";
import { isOurs, memberOf } from "./members.ts";
import { engines, waitsForWindow, type DbCluster } from "./schema.ts";
import { toldValue } from "../shared/told.ts";

/** Whether the cluster is of this kind: the same listing returns Neptune, DocumentDB and the first generation of serverless clusters. */
export function isOurKind({ Engine = "", EngineMode = "provisioned" }: DBCluster): boolean {
  return (engines as readonly string[]).includes(Engine) && EngineMode === "provisioned";
}

/** The meaning of a status: those of instances, and two more (Aurora User Guide, "Viewing DB cluster status"). */
export function clusterCondition(status: string): Condition {
  return status === "migration-failed" || status === "cloning-failed" ? "broken" : conditionOf(status);
}

/** Converts a cluster to the engine's form: its current values, overlaid by the values that wait for the maintenance window. */
export function live(found: DBCluster, instances: readonly DBInstance[], scope: Scope): LiveCluster {
  const tags = tagsOf(found.TagList);
  const address = addressOfTag(tags[ownership.resource] ?? "");
  const asks = (field: string) => scope.asks(address, field);
  const status = found.Status ?? "creating";
  const writers = new Set((found.DBClusterMembers ?? []).filter((one) => one.IsClusterWriter).map((one) => one.DBInstanceIdentifier));
  const all = instances.map((one) => memberOf(one, found.DBClusterIdentifier!, writers.has(one.DBInstanceIdentifier)));
  const members = isAurora(found.Engine as DbCluster["engine"]) ? all : [];
  const current = currentSpec(found, members);
  const pending = pendingSpec(found, instances, current);
  const handle: Handle = {
    arn: found.DBClusterArn!,
    resourceId: found.DbClusterResourceId!,
    status,
    current,
    pending,
    waiting: Object.entries(found.PendingModifiedValues ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name),
    hasLived: found.EarliestRestorableTime !== undefined || instances.length > 0,
    members,
  };
  const waitsForUs =
    status === "available" &&
    (Object.keys(pending).some((field) => waitsForWindow.has(field) && asks(field)) ||
      members.some(({ status: its, pending: own }) => isReady(its) && Object.keys(own).length > 0));
  return {
    id: found.DBClusterIdentifier!,
    aliases: [found.DBClusterArn, found.DbClusterResourceId].filter((alias) => alias !== undefined),
    tags,
    name: found.DBClusterIdentifier!,
    owner: found.DBClusterArn?.split(":")[4],
    state: stateOf(status, handle.hasLived),
    isUnderWay:
      isAskedFor(status) ||
      (!handle.hasLived && clusterCondition(status) === "pending") ||
      members.some((member) => isOurs(member, tags) && isAskedFor(member.status)),
    spec: { ...current, ...pending, ...copiedOf<DbCluster>(tags, passwordOfCopy), ...(waitsForUs ? { applyImmediately: false } : {}) },
    handle,
    outputs: outputsOf(found, handle),
    ...(found.ClusterCreateTime ? { createdAt: found.ClusterCreateTime.toISOString() } : {}),
    ...(clusterCondition(status) === "pending" && { status }),
    notes: notesOf(found, handle, asks),
    parts: all.map((member) => ({ id: member.id, text: partText(member, members.length > 0 && !isOurs(member, tags)) })),
  };
}

function partText({ isWriter, current, status }: Member, isForeign: boolean): string {
  return [isWriter ? "writer" : "reader", current.instanceClass, current.availabilityZone, status, ...(isForeign ? ["not ours"] : [])]
    .filter(Boolean)
    .join(", ");
}

/** The engine may make a failed object again, so only a cluster that never came up counts as failed. */
function stateOf(status: string, hasLived: boolean): LiveCluster["state"] {
  switch (clusterCondition(status)) {
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

function currentSpec(found: DBCluster, members: readonly Member[]): Partial<DbCluster> {
  const aurora = isAurora(found.Engine as DbCluster["engine"]);
  const scaling = found.ServerlessV2ScalingConfiguration;
  return withoutUndefined<DbCluster>({
    engine: found.Engine as DbCluster["engine"],
    engineVersion: found.EngineVersion,
    instances: aurora ? Object.fromEntries(members.map(({ key, current, pending }) => [key, { ...current, ...pending }])) : undefined,
    serverlessV2Scaling:
      scaling?.MaxCapacity === undefined
        ? undefined
        : (withoutUndefined({
            minCapacity: scaling.MinCapacity,
            maxCapacity: scaling.MaxCapacity,
            untilAutoPause: scaling.SecondsUntilAutoPause,
          }) as DbCluster["serverlessV2Scaling"]),
    instanceClass: found.DBClusterInstanceClass,
    // AWS returns nothing for its standard type.
    storageType: (found.StorageType ?? "aurora") as DbCluster["storageType"],
    // For Aurora, AWS returns 1, which means nothing.
    allocatedStorage: aurora ? undefined : found.AllocatedStorage,
    iops: aurora ? undefined : found.Iops,
    storageEncrypted: found.StorageEncrypted ?? false,
    kmsKey: found.KmsKeyId,
    subnetGroup: found.DBSubnetGroup,
    securityGroups: found.VpcSecurityGroups?.filter((group) => group.Status !== "removing").map((group) => group.VpcSecurityGroupId!),
    port: found.Port,
    parameterGroup: found.DBClusterParameterGroup,
    backupRetention: found.BackupRetentionPeriod,
    backupWindow: found.PreferredBackupWindow,
    maintenanceWindow: found.PreferredMaintenanceWindow,
    autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade,
    engineLifecycleSupport: found.EngineLifecycleSupport as DbCluster["engineLifecycleSupport"],
    backtrackWindow: found.Engine === "aurora-mysql" ? (found.BacktrackWindow ?? 0) : undefined,
    httpEndpoint: found.HttpEndpointEnabled ?? false,
    localWriteForwarding: ["enabled", "enabling", "requested"].includes(found.LocalWriteForwardingStatus ?? ""),
    performanceInsights: found.PerformanceInsightsEnabled ?? false,
    performanceInsightsRetention: found.PerformanceInsightsEnabled ? found.PerformanceInsightsRetentionPeriod : undefined,
    performanceInsightsKmsKey: found.PerformanceInsightsEnabled ? found.PerformanceInsightsKMSKeyId : undefined,
    databaseInsightsMode: found.DatabaseInsightsMode,
    monitoringInterval: (found.MonitoringInterval ?? 0) as DbCluster["monitoringInterval"],
    monitoringRole: found.MonitoringRoleArn ?? "",
    logExports: found.EnabledCloudwatchLogsExports ?? [],
    iamAuthentication: found.IAMDatabaseAuthenticationEnabled ?? false,
    masterUsername: found.MasterUsername,
    // A password that AWS does not manage came from a parameter, and AWS does not know which.
    masterPassword: found.MasterUserSecret ? "managed" : { ssmParameter: "(not managed)" },
    databaseName: found.DatabaseName,
    copyTagsToSnapshot: found.CopyTagsToSnapshot ?? false,
    deletionProtection: found.DeletionProtection ?? false,
  });
}

function pendingSpec(
  { PendingModifiedValues: waits = {} }: DBCluster,
  instances: readonly DBInstance[],
  current: Partial<DbCluster>,
): Partial<DbCluster> {
  const logs: ClusterPendingModifiedValues["PendingCloudwatchLogsExports"] = waits.PendingCloudwatchLogsExports;
  return withoutUndefined<Partial<DbCluster>>({
    engineVersion: waits.EngineVersion,
    // A cluster does not show that its class waits. Its instances do.
    instanceClass:
      current.instanceClass === undefined
        ? undefined
        : instances.map((one) => one.PendingModifiedValues?.DBInstanceClass).find((name) => name !== undefined),
    storageType: waits.StorageType as DbCluster["storageType"],
    allocatedStorage: current.allocatedStorage === undefined ? undefined : waits.AllocatedStorage,
    iops: current.allocatedStorage === undefined ? undefined : waits.Iops,
    backupRetention: waits.BackupRetentionPeriod,
    iamAuthentication: waits.IAMDatabaseAuthenticationEnabled,
    logExports: logs ? mergedLogs(current.logExports ?? [], logs) : undefined,
  });
}

function outputsOf(found: DBCluster, { status, resourceId, waiting }: Handle): Readonly<Record<string, string>> {
  const until = found.LatestRestorableTime ? `, until ${found.LatestRestorableTime.toISOString()}` : "";
  return withoutUndefined<Record<string, string>>({
    status,
    arn: found.DBClusterArn,
    endpoint: found.Endpoint,
    readerEndpoint: found.ReaderEndpoint,
    port: found.Port?.toString(),
    secret: found.MasterUserSecret?.SecretArn,
    recovery: found.BackupRetentionPeriod ? `${found.BackupRetentionPeriod} days${until}` : undefined,
    pending: waiting.length > 0 ? waiting.join(", ") : undefined,
    resourceId,
  }) as Readonly<Record<string, string>>;
}

function notesOf(found: DBCluster, handle: Handle, asks: (field: string) => boolean): string[] {
  const notes: string[] = [];
  const condition = clusterCondition(handle.status);
  if (condition === "stopped") notes.push("is stopped: AWS accepts no changes, and starts it automatically after seven days");
  else if (condition === "broken") notes.push(`is ${handle.status}: AWS accepts no changes until this is repaired`);
  const when = (status: string, window: string | undefined) => whenMade(status, window, asks("applyImmediately"));
  const whoAsks = (field: string) => (asks(field) ? "" : " (not declared here)");
  for (const [field, value] of Object.entries(handle.pending))
    notes.push(
      `${field} ${toldValue(handle.current[field as keyof DbCluster])} → ${toldValue(value)}${whoAsks(field)} ${when(handle.status, found.PreferredMaintenanceWindow)}`,
    );
  for (const { id, status, current, pending } of handle.members)
    for (const [field, value] of Object.entries(pending))
      notes.push(
        `${field} ${toldValue(current[field as keyof typeof current])} → ${toldValue(value)} of ${id} ${when(status, current.maintenanceWindow)}`,
      );
  for (const member of found.DBClusterMembers ?? [])
    if (member.DBClusterParameterGroupStatus === "pending-reboot")
      notes.push(
        `values of parameter group ${found.DBClusterParameterGroup} wait for a reboot of ${member.DBInstanceIdentifier}, which you must start: AWS does not do it in a maintenance window`,
      );
  if (found.MasterUserSecret?.SecretStatus === "impaired") notes.push(`Secrets Manager cannot rotate ${found.MasterUserSecret.SecretArn}`);
  return notes;
}
