/** ModifyDBInstance: changes that apply at once, changes that wait for the maintenance window, and refusals. */
import type { ModifyDBInstanceMessage } from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { checkPassword, hashOf, newSecret } from "./accounts.ts";
import { describeInstance } from "./describe.ts";
import { familyOf, hasPerformanceInsights, isNewer, majorOf, needClass, resolveVersion, type EngineName } from "./engines.ts";
import { invalidCombination, invalidState } from "./faults.ts";
import { asksInsights, newInsights } from "./insights.ts";
import { checkAuthority, checkLimit, checkLogs, checkMonitoring, checkPort, checkRetention, needInstance } from "./new-instance.ts";
import { words } from "./names.ts";
import { checkPublic, chooseGroups, regroup } from "./network.ts";
import { chooseOptionGroup, isDefaultOptionGroup } from "./chosen-options.ts";
import { isDefault, needParameterGroup } from "./parameter-groups.ts";
import { instances, type InstanceRecord, type Pending } from "./state.ts";
import { changedStorage } from "./storage.ts";
import { needSubnetGroup } from "./subnet-groups.ts";
import { timeFor } from "./timing.ts";
import { windows } from "./windows.ts";
import { awaitWindow, isBroken, isFree, make, occupy } from "./work.ts";

type Input = ModifyDBInstanceMessage;

const modelled = words(`
  DBInstanceIdentifier AllocatedStorage DBInstanceClass DBSubnetGroupName VpcSecurityGroupIds ApplyImmediately MasterUserPassword
  DBParameterGroupName BackupRetentionPeriod PreferredBackupWindow PreferredMaintenanceWindow MultiAZ EngineVersion
  AllowMajorVersionUpgrade AutoMinorVersionUpgrade Iops StorageThroughput StorageType CACertificateIdentifier CopyTagsToSnapshot
  MonitoringInterval MonitoringRoleArn DBPortNumber PubliclyAccessible EnableIAMDatabaseAuthentication EnablePerformanceInsights
  CloudwatchLogsExportConfiguration DeletionProtection PromotionTier MaxAllocatedStorage ManageMasterUserPassword EngineLifecycleSupport
  OptionGroupName PerformanceInsightsRetentionPeriod PerformanceInsightsKMSKeyId DatabaseInsightsMode
`);

/** Parameters that say how to make a change. They are not changes themselves. */
const manners = new Set(["DBInstanceIdentifier", "ApplyImmediately", "AllowMajorVersionUpgrade"]);

export const modifyOperations: Readonly<Record<string, Handler>> = {
  ModifyDBInstance(input: Input, call) {
    refuseUnknown(call, input, modelled);
    const instance = needInstance(call, input.DBInstanceIdentifier);
    if (!isFree(instance) && !(isBroken(instance) && onlyProtection(input)))
      throw invalidState(`Database instance is not in available state: ${instance.id} is ${instance.status}.`);
    if (!Object.entries(input).some(([name, value]) => value !== undefined && !manners.has(name)))
      throw invalidCombination("No modifications were requested");
    refuseShared(instance, input);
    refuseMove(call, instance, input);
    refuseSettings(call, instance, input);
    const waits = whatWaits(call, instance, input);
    const atOnce = whatIsAtOnce(call, instance, input);
    applySettings(call, instance, input);
    setPending(instance, { ...waits, ...atOnce });
    const isImmediate = input.ApplyImmediately === true;
    // With ApplyImmediately, all pending changes are made, also those of earlier calls.
    const due = isImmediate ? Object.keys(instance.pending) : Object.keys(atOnce);
    make(call, instance, due as (keyof Pending)[]);
    if (Object.keys(waits).length > 0 && !isImmediate) awaitWindow(call, instance);
    return { DBInstance: describeInstance(instance, call) };
  },
};

/**
 * Whether a call changes only the deletion protection. This is allowed on a broken instance: otherwise it could never be deleted. AWS does
 * not document it, but only so do its pages on failed and on protected instances agree.
 */
function onlyProtection(input: Input): boolean {
  return Object.entries(input).every(([name, value]) => value === undefined || manners.has(name) || name === "DeletionProtection");
}

/**
 * Settings that an instance of a cluster takes from the cluster. They are changed there (RDS API,
 * ModifyDBInstance: "doesn't apply to Amazon Aurora").
 */
const ofCluster = words(`
  AllocatedStorage BackupRetentionPeriod DBPortNumber DeletionProtection EnableIAMDatabaseAuthentication EngineVersion Iops
  ManageMasterUserPassword MasterUserPassword MultiAZ OptionGroupName PreferredBackupWindow StorageThroughput StorageType VpcSecurityGroupIds
`);

function refuseShared({ clusterId }: InstanceRecord, input: Input): void {
  if (clusterId === undefined) {
    if (input.PromotionTier !== undefined) throw invalidCombination("PromotionTier can only be specified for instances of a DB cluster.");
    return;
  }
  const found = ofCluster.find((name) => input[name as keyof Input] !== undefined);
  if (found) throw invalidCombination(`The DB instance is a member of the DB cluster ${clusterId}. Modify ${found} for the cluster.`);
}

/** Refuses a change of the subnet group. Within its VPC AWS does not allow it; the move to another VPC is not modelled. */
function refuseMove(call: Call, instance: InstanceRecord, { DBSubnetGroupName }: Input): void {
  if (DBSubnetGroupName === undefined || DBSubnetGroupName.toLowerCase() === instance.subnetGroup) return;
  const group = needSubnetGroup(call, DBSubnetGroupName);
  if (group.vpcId !== instance.vpcId)
    throw new AwsFault("NotImplemented", "The sandbox does not model the move of an instance to another VPC.", 501);
  throw new AwsFault(
    "InvalidVPCNetworkStateFault",
    `You cannot move DB instance ${instance.id} to subnet group ${group.name}. The specified DB subnet group and DB instance are in the same VPC. Choose a DB subnet group in different VPC than the specified DB instance and try again.`,
  );
}

/** Checks all settings before the first is changed. */
function refuseSettings(call: Call, instance: InstanceRecord, input: Input): void {
  const engine = instance.engine as EngineName;
  newWindows(instance, input);
  if (input.VpcSecurityGroupIds?.length) chooseGroups(call, instance.vpcId, input.VpcSecurityGroupIds);
  newParameterGroup(call, instance, input);
  if (asksMonitoring(input)) newMonitoring(call, instance, input);
  if (input.BackupRetentionPeriod !== undefined) checkRetention(input.BackupRetentionPeriod);
  if (input.EnablePerformanceInsights === true && !hasPerformanceInsights(engine, instance.instanceClass))
    throw invalidCombination("Performance Insights not supported for this configuration.");
  if (asksInsights(input)) newInsights(call, input, instance.insights);
  if (input.PubliclyAccessible === true) checkPublic(call, instance.vpcId);
  if (input.EngineLifecycleSupport !== undefined && engine === "mariadb")
    throw invalidCombination("EngineLifecycleSupport isn't supported for MariaDB.");
}

/**
 * The changes that wait for the maintenance window without ApplyImmediately. A value that the instance already has
 * is no change, and removes a pending one.
 */
function whatWaits(call: Call, instance: InstanceRecord, input: Input): Pending {
  const { engine, engineVersion } = instance;
  const name = engine as EngineName;
  const version = input.EngineVersion === undefined ? undefined : newVersion(call, instance, input);
  const retention = input.BackupRetentionPeriod;
  if (retention === 0 && instance.replicaIds.length > 0)
    throw invalidCombination(`Automated backups cannot be disabled on a source instance: ${instance.id} has read replicas.`);
  // A change from one number of days to another switches nothing on or off, so it does not wait.
  const isSwitch = retention !== undefined && (retention === 0) !== (instance.backupRetention === 0);
  const pending: Pending = {
    ...(input.DBInstanceClass === undefined ? {} : { DBInstanceClass: needClass(input.DBInstanceClass, name, version ?? engineVersion) }),
    ...changedStorage(call, instance, input),
    ...(input.MultiAZ === undefined ? {} : { MultiAZ: input.MultiAZ }),
    ...(version === undefined ? {} : { EngineVersion: version }),
    ...(isSwitch ? { BackupRetentionPeriod: checkRetention(retention) } : {}),
    ...(input.CACertificateIdentifier === undefined ? {} : { CACertificateIdentifier: checkAuthority(input.CACertificateIdentifier) }),
    ...(input.EnableIAMDatabaseAuthentication === undefined
      ? {}
      : { IAMDatabaseAuthenticationEnabled: input.EnableIAMDatabaseAuthentication }),
    ...newOptionGroup(call, instance, input, version),
  };
  if (input.MaxAllocatedStorage !== undefined) checkLimit(input.MaxAllocatedStorage, pending.AllocatedStorage ?? instance.allocatedStorage);
  return pending;
}

/** The changes that take time and start at once, whatever ApplyImmediately says. */
function whatIsAtOnce(call: Call, instance: InstanceRecord, input: Input): Pending {
  const logs = input.CloudwatchLogsExportConfiguration;
  const on = checkLogs(instance.engine as EngineName, logs?.EnableLogTypes ?? []);
  const off = checkLogs(instance.engine as EngineName, logs?.DisableLogTypes ?? []);
  return {
    ...(input.DBPortNumber === undefined || input.DBPortNumber === instance.port ? {} : { Port: checkPort(input.DBPortNumber) }),
    ...(on.length + off.length === 0 ? {} : { logs: { on, off } }),
    ...password(call, instance, input),
  };
}

/** Checks and hashes a password. A pending password is shown as asterisks. */
function password(call: Call, instance: InstanceRecord, input: Input): Pending {
  const { ManageMasterUserPassword: manage, MasterUserPassword: given } = input;
  if (manage === undefined && given === undefined) return {};
  if (instance.sourceId !== undefined) throw invalidCombination("The master user password of a read replica is that of its source.");
  if (manage === true) {
    if (given !== undefined) throw invalidCombination("You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.");
    if (instance.replicaIds.length > 0)
      throw invalidCombination("ManageMasterUserPassword isn't supported for a DB instance that has read replicas.");
    if (!instance.secret) instance.secret = newSecret(call);
    delete instance.passwordHash;
    return {};
  }
  if (manage === false && instance.secret && given === undefined)
    throw invalidCombination("You must specify MasterUserPassword when you turn off ManageMasterUserPassword.");
  if (given === undefined) return {};
  if (instance.secret && manage !== false)
    throw invalidCombination("You can't specify MasterUserPassword for an instance with ManageMasterUserPassword enabled.");
  checkPassword(instance.engine, given);
  delete instance.secret;
  instance.passwordHash = hashOf(call, given);
  return { MasterUserPassword: "****" };
}

/** Applies the settings that change at the moment of the call. */
function applySettings(call: Call, instance: InstanceRecord, input: Input): void {
  const window = newWindows(instance, input);
  instance.backupWindow = window.backup;
  instance.maintenanceWindow = window.maintenance;
  if (input.VpcSecurityGroupIds?.length) regroup(call, instance, chooseGroups(call, instance.vpcId, input.VpcSecurityGroupIds));
  const group = newParameterGroup(call, instance, input);
  if (group !== instance.parameterGroup) Object.assign(instance, { parameterGroup: group, parameterStatus: "pending-reboot" });
  if (asksMonitoring(input)) applyMonitoring(call, instance, input);
  instance.autoMinorVersionUpgrade = input.AutoMinorVersionUpgrade ?? instance.autoMinorVersionUpgrade;
  instance.copyTagsToSnapshot = input.CopyTagsToSnapshot ?? instance.copyTagsToSnapshot;
  instance.deletionProtection = input.DeletionProtection ?? instance.deletionProtection;
  instance.publiclyAccessible = input.PubliclyAccessible ?? instance.publiclyAccessible;
  if (asksInsights(input)) {
    const insights = newInsights(call, input, instance.insights);
    if (insights === undefined) delete instance.insights;
    else instance.insights = insights;
  }
  if (input.PromotionTier !== undefined) instance.promotionTier = input.PromotionTier;
  if (input.EngineLifecycleSupport !== undefined) instance.lifecycleSupport = input.EngineLifecycleSupport;
  if (input.MaxAllocatedStorage !== undefined) instance.maxAllocatedStorage = input.MaxAllocatedStorage;
  const retention = input.BackupRetentionPeriod;
  if (retention !== undefined && retention > 0 && instance.backupRetention > 0) instance.backupRetention = retention;
}

function newWindows(instance: InstanceRecord, { PreferredBackupWindow, PreferredMaintenanceWindow }: Input) {
  return windows(
    instance.resourceId,
    PreferredBackupWindow ?? instance.backupWindow,
    PreferredMaintenanceWindow ?? instance.maintenanceWindow,
  );
}

/** The name of the new parameter group. Its family must fit the present version, or the version in the same call. */
function newParameterGroup(call: Call, instance: InstanceRecord, { DBParameterGroupName, EngineVersion }: Input): string {
  if (DBParameterGroupName === undefined || DBParameterGroupName.toLowerCase() === instance.parameterGroup) return instance.parameterGroup;
  const group = needParameterGroup(call, DBParameterGroupName);
  const engine = instance.engine as EngineName;
  const family = familyOf(engine, EngineVersion === undefined ? instance.engineVersion : resolveVersion(engine, EngineVersion));
  if (group.family === family) return group.name;
  throw invalidCombination(
    `The parameter group ${group.name} with DBParameterGroupFamily ${group.family} can't be used for this instance. Use a parameter group with DBParameterGroupFamily ${family}.`,
  );
}

/**
 * The new option group, for the present version or the version in the same call. At a new major version
 * RDS replaces only its own default group.
 */
function newOptionGroup(call: Call, instance: InstanceRecord, { OptionGroupName: name }: Input, version: string | undefined): Pending {
  const engine = instance.engine as EngineName;
  const next = version ?? instance.engineVersion;
  if (name !== undefined) return { OptionGroupName: chooseOptionGroup(call, engine, next, instance.vpcId, name) };
  if (majorOf(engine, next) === majorOf(engine, instance.engineVersion) || isDefaultOptionGroup(instance.optionGroup)) return {};
  throw invalidCombination(
    `The current option group ${instance.optionGroup} is non-default. You need to explicitly specify a new option group in this case (default or custom).`,
  );
}

function asksMonitoring(input: Input): boolean {
  return input.MonitoringInterval !== undefined || input.MonitoringRoleArn !== undefined;
}

function newMonitoring(call: Call, instance: InstanceRecord, input: Input) {
  const interval = input.MonitoringInterval ?? instance.monitoringInterval;
  return checkMonitoring(call, interval, interval === 0 ? input.MonitoringRoleArn : (input.MonitoringRoleArn ?? instance.monitoringRole));
}

function applyMonitoring(call: Call, instance: InstanceRecord, input: Input): void {
  const made = newMonitoring(call, instance, input);
  instance.monitoringInterval = made.monitoringInterval;
  if (made.monitoringRole === undefined) delete instance.monitoringRole;
  else instance.monitoringRole = made.monitoringRole;
  occupy(
    call,
    instance,
    "configuring-enhanced-monitoring",
    timeFor(call, instance.resourceId, "adjusted"),
    timeFor(call, instance.resourceId, "statusLag"),
  );
}

/** The new version of an upgrade; undefined when the call names a major version whose newest minor version already runs. */
function newVersion(call: Call, instance: InstanceRecord, input: Input): string | undefined {
  const engine = instance.engine as EngineName;
  const have = instance.engineVersion;
  const version = resolveVersion(engine, input.EngineVersion);
  if (version === have) return undefined;
  if (!isNewer(have, version)) {
    if (majorOf(engine, have) === input.EngineVersion) return undefined;
    throw invalidCombination(`Cannot upgrade ${engine} from ${have} to ${version}`);
  }
  if (majorOf(engine, have) === majorOf(engine, version)) return version;
  if (input.AllowMajorVersionUpgrade !== true)
    throw invalidCombination("The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.");
  if (!isDefault(instance.parameterGroup) && input.DBParameterGroupName === undefined)
    throw invalidCombination(
      `Current parameter group (${instance.parameterGroup}) is non-default. You need to explicitly specify a new parameter group in this case (default or custom).`,
    );
  refuseOlderReplicas(call, instance, version);
  const source = instance.sourceId === undefined ? undefined : needInstance(call, instance.sourceId);
  if (source && engine === "postgres" && majorOf(engine, version) !== majorOf(engine, source.engineVersion))
    throw invalidCombination(
      `Cannot upgrade ${instance.id} to ${version}: a read replica is upgraded to another major version with its source ${source.id}.`,
    );
  if (source && isNewer(version, source.engineVersion))
    throw invalidCombination(`A read replica cannot run a version older than its source's ${source.engineVersion}.`);
  return version;
}

/**
 * Refuses an upgrade while replicas are older. Replicas of MySQL and MariaDB are upgraded first, those
 * of PostgreSQL together with their source.
 */
function refuseOlderReplicas(call: Call, instance: InstanceRecord, version: string): void {
  if (instance.engine === "postgres") return;
  const older = instance.replicaIds.filter((id) => {
    const replica = instances.get(call, id)!;
    return isNewer(replica.pending.EngineVersion ?? replica.engineVersion, version);
  });
  if (older.length > 0) throw invalidCombination(`One or more of the DB Instance's read replicas need to be upgraded: ${older.join(", ")}`);
}

/** Merges changes into the pending ones. A value that the instance already has removes the pending change. */
function setPending(instance: InstanceRecord, changes: Pending): void {
  const have: Partial<Record<keyof Pending, unknown>> = {
    DBInstanceClass: instance.instanceClass,
    MultiAZ: instance.multiAz,
    EngineVersion: instance.engineVersion,
    BackupRetentionPeriod: instance.backupRetention,
    CACertificateIdentifier: instance.caCertificate,
    IAMDatabaseAuthenticationEnabled: instance.iamAuthentication,
    OptionGroupName: instance.optionGroup,
  };
  for (const [key, value] of Object.entries(changes) as [keyof Pending, never][])
    if (value === have[key] && !instance.making.includes(key)) delete instance.pending[key];
    else if (value !== have[key]) instance.pending[key] = value;
}
