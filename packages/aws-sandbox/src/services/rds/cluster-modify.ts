/** ModifyDBCluster, the settings that have calls of their own, and the failover. */
import type { FailoverDBClusterMessage, ModifyDBClusterMessage } from "@aws-sdk/client-rds";
import type { Call, Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { checkPassword, hashOf, newSecret } from "./accounts.ts";
import { describeCluster } from "./cluster-describe.ts";
import { awaitClusterWindow, isClusterFree, makeOfCluster, occupyCluster } from "./cluster-work.ts";
import { checkClusterRetention, checkIops, checkScaling, needCluster } from "./clusters.ts";
import { familyOf, isAurora, isNewer, majorOf, needClass, isClusterClass, resolveVersion, type EngineName } from "./engines.ts";
import { invalidClusterState, invalidCombination, invalidValue, required } from "./faults.ts";
import { asksInsights, newInsights } from "./insights.ts";
import { checkLogs, checkMonitoring, checkPort } from "./new-instance.ts";
import { parseArn, words } from "./names.ts";
import { chooseGroups, regroup } from "./network.ts";
import { isDefault, needClusterParameterGroup, needParameterGroup } from "./parameter-groups.ts";
import { instances, type ClusterPending, type ClusterRecord, type InstanceRecord } from "./state.ts";
import { timeFor } from "./timing.ts";
import { windows } from "./windows.ts";
import { isFree, make } from "./work.ts";

type Input = ModifyDBClusterMessage;

const modelled = words(`
  DBClusterIdentifier ApplyImmediately AllowMajorVersionUpgrade EngineVersion DBInstanceParameterGroupName DBClusterInstanceClass
  StorageType AllocatedStorage Iops ServerlessV2ScalingConfiguration VpcSecurityGroupIds Port DBClusterParameterGroupName
  BackupRetentionPeriod PreferredBackupWindow PreferredMaintenanceWindow AutoMinorVersionUpgrade BacktrackWindow
  EnableLocalWriteForwarding EnablePerformanceInsights PerformanceInsightsRetentionPeriod PerformanceInsightsKMSKeyId
  DatabaseInsightsMode MonitoringInterval MonitoringRoleArn CloudwatchLogsExportConfiguration
  EnableIAMDatabaseAuthentication MasterUserPassword ManageMasterUserPassword CopyTagsToSnapshot DeletionProtection
`);

/** Parameters that say how to make a change. They are not changes themselves. */
const manners = new Set(["DBClusterIdentifier", "ApplyImmediately", "AllowMajorVersionUpgrade", "DBInstanceParameterGroupName"]);

export const clusterModifyOperations: Readonly<Record<string, Handler>> = {
  ModifyDBCluster(input: Input, call) {
    refuseUnknown(call, input, modelled);
    const cluster = needCluster(call, input.DBClusterIdentifier);
    if (!isClusterFree(cluster) && !(cluster.status === "failed" && onlyProtection(input)))
      throw invalidClusterState(`DB cluster ${cluster.id} is not currently in the available state: it is ${cluster.status}.`);
    if (!Object.entries(input).some(([name, value]) => value !== undefined && !manners.has(name)))
      throw invalidCombination("No modifications were requested");
    refuseSettings(call, cluster, input);
    const waits = whatWaits(call, cluster, input);
    const atOnce = whatIsAtOnce(call, cluster, input);
    applySettings(call, cluster, input);
    setPending(cluster, { ...waits, ...atOnce });
    const isImmediate = input.ApplyImmediately === true;
    changeClass(call, cluster, input, isImmediate);
    const due = isImmediate ? Object.keys(cluster.pending) : Object.keys(atOnce);
    makeOfCluster(call, cluster, due as (keyof ClusterPending)[]);
    if (Object.keys(waits).length > 0 && !isImmediate) awaitClusterWindow(call, cluster);
    return { DBCluster: describeCluster(cluster, call) };
  },

  FailoverDBCluster(input: FailoverDBClusterMessage, call) {
    refuseUnknown(call, input, ["DBClusterIdentifier", "TargetDBInstanceIdentifier"]);
    const cluster = needCluster(call, input.DBClusterIdentifier);
    if (!isClusterFree(cluster))
      throw invalidClusterState(`DB cluster ${cluster.id} is not currently in the available state: it is ${cluster.status}.`);
    const able = cluster.members.map((id) => instances.get(call, id)!).filter((one) => one.id !== cluster.writer && isFree(one));
    const wanted = input.TargetDBInstanceIdentifier?.toLowerCase();
    if (wanted !== undefined && wanted === cluster.writer)
      throw invalidClusterState(`Cannot fail over to ${wanted}: it is already the writer of ${cluster.id}.`);
    const heir = wanted === undefined ? able[0] : able.find(({ id }) => id === wanted);
    if (!heir) throw invalidClusterState(`Cannot fail over ${cluster.id}: there is no available instance to fail over to.`);
    const takes = timeFor(call, cluster.resourceId, "failedOver");
    occupyCluster(call, cluster, "failing-over", takes);
    call.later(takes - 1, "rds:failedOver", { id: cluster.id, resourceId: cluster.resourceId, to: heir.id });
    return { DBCluster: describeCluster(cluster, call) };
  },

  EnableHttpEndpoint: (input: { ResourceArn?: string }, call) => switchEndpoint(input, call, true),
  DisableHttpEndpoint: (input: { ResourceArn?: string }, call) => switchEndpoint(input, call, false),
};

function switchEndpoint({ ResourceArn }: { ResourceArn?: string }, call: Call, isOn: boolean) {
  const cluster = needCluster(call, parseArn(required(ResourceArn, "ResourceArn")).name);
  if (!isAurora(cluster.engine)) throw invalidCombination("The HTTP endpoint isn't supported for Multi-AZ DB clusters.");
  call.later(timeFor(call, cluster.resourceId, "endpointSwitched"), "rds:endpointSwitched", {
    id: cluster.id,
    resourceId: cluster.resourceId,
    isOn,
  });
  return { ResourceArn, HttpEndpointEnabled: isOn };
}

/**
 * Whether a call changes only the deletion protection. This must always be allowed, as for instances: otherwise
 * a broken cluster could never be deleted.
 */
function onlyProtection(input: Input): boolean {
  return Object.entries(input).every(([name, value]) => value === undefined || manners.has(name) || name === "DeletionProtection");
}

const ofAurora = ["ServerlessV2ScalingConfiguration", "BacktrackWindow", "EnableLocalWriteForwarding", "Port"] as const;
const ofThree = ["DBClusterInstanceClass", "AllocatedStorage", "Iops"] as const;

/** Checks all settings before the first is changed. */
function refuseSettings(call: Call, cluster: ClusterRecord, input: Input): void {
  const foreign = (isAurora(cluster.engine) ? ofThree : ofAurora).find((name) => input[name] !== undefined);
  if (foreign) throw invalidCombination(`${foreign} isn't supported for this type of DB cluster.`);
  newWindows(cluster, input);
  if (input.VpcSecurityGroupIds?.length) chooseGroups(call, cluster.vpcId, input.VpcSecurityGroupIds);
  newParameterGroup(call, cluster, input);
  if (asksMonitoring(input)) newMonitoring(call, cluster, input);
  checkScaling(input.ServerlessV2ScalingConfiguration);
  if (input.BacktrackWindow && !cluster.backtrackWindow)
    throw invalidCombination("Backtrack is not enabled for the DB cluster: it can be enabled only when the cluster is created.");
  if (input.DBInstanceParameterGroupName !== undefined && !isMajor(cluster, input))
    throw invalidCombination("The DBInstanceParameterGroupName parameter can only be specified for a major engine version upgrade.");
}

function whatWaits(call: Call, cluster: ClusterRecord, input: Input): ClusterPending {
  const version = input.EngineVersion === undefined ? undefined : newVersion(call, cluster, input);
  const size = input.AllocatedStorage ?? cluster.allocatedStorage;
  if (input.AllocatedStorage !== undefined && input.AllocatedStorage < cluster.allocatedStorage!)
    throw invalidCombination(`Requested size must be larger than the current ${cluster.allocatedStorage} GiB.`);
  if (size !== undefined) checkIops(input.Iops, size);
  if (input.StorageType !== undefined && input.StorageType.startsWith("aurora") !== isAurora(cluster.engine))
    throw invalidValue(`Invalid storage type: ${input.StorageType}`);
  return {
    ...(version === undefined ? {} : { EngineVersion: version }),
    ...(input.StorageType === undefined ? {} : { StorageType: input.StorageType }),
    ...(input.AllocatedStorage === undefined ? {} : { AllocatedStorage: input.AllocatedStorage }),
    ...(input.Iops === undefined ? {} : { Iops: input.Iops }),
    ...(input.BackupRetentionPeriod === undefined ? {} : { BackupRetentionPeriod: checkClusterRetention(input.BackupRetentionPeriod) }),
    ...(input.EnableIAMDatabaseAuthentication === undefined
      ? {}
      : { IAMDatabaseAuthenticationEnabled: input.EnableIAMDatabaseAuthentication }),
  };
}

/** The changes that take time and start at once, whatever ApplyImmediately says. */
function whatIsAtOnce(call: Call, cluster: ClusterRecord, input: Input): ClusterPending {
  const logs = input.CloudwatchLogsExportConfiguration;
  const on = checkLogs(cluster.engine as EngineName, logs?.EnableLogTypes ?? []);
  const off = checkLogs(cluster.engine as EngineName, logs?.DisableLogTypes ?? []);
  return {
    ...(input.Port === undefined || input.Port === cluster.port ? {} : { Port: checkPort(input.Port) }),
    ...(on.length + off.length === 0 ? {} : { logs: { on, off } }),
    ...password(call, cluster, input),
  };
}

function password(
  call: Call,
  cluster: ClusterRecord,
  { ManageMasterUserPassword: manage, MasterUserPassword: given }: Input,
): ClusterPending {
  if (manage === undefined && given === undefined) return {};
  if (manage === true) {
    if (given !== undefined) throw invalidCombination("You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.");
    if (!cluster.secret) cluster.secret = newSecret(call, "cluster");
    delete cluster.passwordHash;
    return {};
  }
  if (manage === false && cluster.secret && given === undefined)
    throw invalidCombination("You must specify MasterUserPassword when you turn off ManageMasterUserPassword.");
  if (given === undefined) return {};
  if (cluster.secret && manage !== false)
    throw invalidCombination("You can't specify MasterUserPassword for a cluster with ManageMasterUserPassword enabled.");
  checkPassword(cluster.engine, given);
  delete cluster.secret;
  cluster.passwordHash = hashOf(call, given);
  return { MasterUserPassword: "****" };
}

/** Applies the settings that change at the moment of the call. */
function applySettings(call: Call, cluster: ClusterRecord, input: Input): void {
  const window = newWindows(cluster, input);
  cluster.backupWindow = window.backup;
  cluster.maintenanceWindow = window.maintenance;
  const members = cluster.members.map((id) => instances.get(call, id)!);
  if (input.VpcSecurityGroupIds?.length) {
    cluster.securityGroups = chooseGroups(call, cluster.vpcId, input.VpcSecurityGroupIds);
    for (const member of members) regroup(call, member, cluster.securityGroups);
  }
  const group = newParameterGroup(call, cluster, input);
  if (group !== cluster.parameterGroup) {
    cluster.parameterGroup = group;
    for (const member of members) member.parameterStatus = "pending-reboot";
  }
  if (asksMonitoring(input)) {
    const made = newMonitoring(call, cluster, input);
    cluster.monitoringInterval = made.monitoringInterval;
    if (made.monitoringRole === undefined) delete cluster.monitoringRole;
    else cluster.monitoringRole = made.monitoringRole;
  }
  cluster.autoMinorVersionUpgrade = input.AutoMinorVersionUpgrade ?? cluster.autoMinorVersionUpgrade;
  cluster.copyTagsToSnapshot = input.CopyTagsToSnapshot ?? cluster.copyTagsToSnapshot;
  cluster.deletionProtection = input.DeletionProtection ?? cluster.deletionProtection;
  if (asksInsights(input)) setInsights(call, cluster, input, members);
  cluster.localWriteForwarding = input.EnableLocalWriteForwarding ?? cluster.localWriteForwarding;
  if (input.BacktrackWindow !== undefined) cluster.backtrackWindow = input.BacktrackWindow;
  Object.assign(cluster, checkScaling(input.ServerlessV2ScalingConfiguration));
}

/** Sets Performance Insights for the cluster and its instances. */
function setInsights(call: Call, cluster: ClusterRecord, input: Input, members: readonly InstanceRecord[]): void {
  const insights = newInsights(call, input, cluster.insights);
  for (const one of [cluster, ...members])
    if (insights === undefined) delete one.insights;
    else one.insights = insights;
}

/** Changes the class of a Multi-AZ cluster. The change is pending on its three instances. */
function changeClass(call: Call, cluster: ClusterRecord, input: Input, isImmediate: boolean): void {
  const members = cluster.members.map((id) => instances.get(call, id)!);
  if (input.DBClusterInstanceClass !== undefined) {
    const name = needClass(input.DBClusterInstanceClass, cluster.engine as EngineName, cluster.engineVersion);
    if (!isClusterClass(name)) throw invalidCombination(`DB instance class ${name} isn't supported for Multi-AZ DB clusters.`);
    for (const member of members) setClass(member, name);
  }
  if (isAurora(cluster.engine) || !isImmediate) return;
  const waiting = members.filter(({ pending }) => pending.DBInstanceClass !== undefined);
  if (waiting.length === 0) return;
  const name = waiting[0]!.pending.DBInstanceClass!;
  for (const member of waiting) make(call, member, ["DBInstanceClass"]);
  const takes = Math.max(
    ...waiting.map(({ resourceId }) => timeFor(call, resourceId, "classChanged") + timeFor(call, resourceId, "statusLag")),
  );
  occupyCluster(call, cluster, "modifying", takes, timeFor(call, cluster.resourceId, "statusLag"));
  call.later(takes, "rds:clusterClass", { id: cluster.id, resourceId: cluster.resourceId, name });
}

function setClass(member: InstanceRecord, name: string): void {
  if (member.instanceClass === name) delete member.pending.DBInstanceClass;
  else member.pending.DBInstanceClass = name;
}

function newWindows(cluster: ClusterRecord, { PreferredBackupWindow, PreferredMaintenanceWindow }: Input) {
  return windows(
    cluster.resourceId,
    PreferredBackupWindow ?? cluster.backupWindow,
    PreferredMaintenanceWindow ?? cluster.maintenanceWindow,
  );
}

function newParameterGroup(call: Call, cluster: ClusterRecord, { DBClusterParameterGroupName: name, EngineVersion }: Input): string {
  if (name === undefined || name.toLowerCase() === cluster.parameterGroup) return cluster.parameterGroup;
  const group = needClusterParameterGroup(call, name);
  const engine = cluster.engine as EngineName;
  const family = familyOf(engine, EngineVersion === undefined ? cluster.engineVersion : resolveVersion(engine, EngineVersion));
  if (group.family === family) return group.name;
  throw invalidCombination(
    `The parameter group ${group.name} with DBParameterGroupFamily ${group.family} can't be used for this cluster. Use a parameter group with DBParameterGroupFamily ${family}.`,
  );
}

function asksMonitoring(input: Input): boolean {
  return input.MonitoringInterval !== undefined || input.MonitoringRoleArn !== undefined;
}

function newMonitoring(call: Call, cluster: ClusterRecord, input: Input) {
  const interval = input.MonitoringInterval ?? cluster.monitoringInterval;
  return checkMonitoring(call, interval, interval === 0 ? input.MonitoringRoleArn : (input.MonitoringRoleArn ?? cluster.monitoringRole));
}

function isMajor(cluster: ClusterRecord, { EngineVersion }: Input): boolean {
  const engine = cluster.engine as EngineName;
  return EngineVersion !== undefined && majorOf(engine, cluster.engineVersion) !== majorOf(engine, resolveVersion(engine, EngineVersion));
}

/** The new version of an upgrade; undefined when the call names a major version whose newest minor version already runs. */
function newVersion(call: Call, cluster: ClusterRecord, input: Input): string | undefined {
  const engine = cluster.engine as EngineName;
  const have = cluster.engineVersion;
  const version = resolveVersion(engine, input.EngineVersion);
  if (version === have) return undefined;
  if (!isNewer(have, version)) {
    if (majorOf(engine, have) === input.EngineVersion) return undefined;
    throw invalidCombination(`Cannot upgrade ${engine} from ${have} to ${version}`);
  }
  if (!isMajor(cluster, input)) return version;
  if (input.AllowMajorVersionUpgrade !== true)
    throw invalidCombination("The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.");
  if (!isDefault(cluster.parameterGroup) && input.DBClusterParameterGroupName === undefined)
    throw invalidCombination(
      `The current DB cluster parameter group ${cluster.parameterGroup} is custom. You must explicitly specify a new DB cluster parameter group, either default or custom, for the engine version upgrade.`,
    );
  upgradeGroups(call, cluster, input, familyOf(engine, version));
  return version;
}

/** Sets the parameter groups of an upgrade. Instances with a custom group need a group of the new family. */
function upgradeGroups(call: Call, cluster: ClusterRecord, { DBInstanceParameterGroupName: name }: Input, family: string): void {
  const custom = cluster.members.map((id) => instances.get(call, id)!).filter(({ parameterGroup }) => !isDefault(parameterGroup));
  if (name === undefined) {
    if (custom.length === 0) return;
    throw invalidCombination(
      `The current DB instance parameter group ${custom[0]!.parameterGroup} is custom. You must explicitly specify a new DB instance parameter group, either default or custom, for the engine version upgrade.`,
    );
  }
  const group = needParameterGroup(call, name);
  if (group.family !== family)
    throw invalidCombination(
      `The parameter group ${group.name} with DBParameterGroupFamily ${group.family} can't be used for this upgrade.`,
    );
  for (const id of cluster.members) instances.get(call, id)!.parameterGroup = group.name;
}

/** Merges changes into the pending ones. A value that the cluster already has removes the pending change. */
function setPending(cluster: ClusterRecord, changes: ClusterPending): void {
  const have: Partial<Record<keyof ClusterPending, unknown>> = {
    EngineVersion: cluster.engineVersion,
    StorageType: cluster.storageType,
    AllocatedStorage: cluster.allocatedStorage,
    Iops: cluster.iops,
    BackupRetentionPeriod: cluster.backupRetention,
    IAMDatabaseAuthenticationEnabled: cluster.iamAuthentication,
  };
  for (const [key, value] of Object.entries(changes) as [keyof ClusterPending, never][])
    if (value === have[key] && !cluster.making.includes(key)) delete cluster.pending[key];
    else if (value !== have[key]) cluster.pending[key] = value;
}
