/** DB instances: making and describing them. */
import type { CreateDBInstanceMessage, DescribeDBInstancesMessage } from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createdWith } from "../ec2/default-vpc.ts";
import { checkUser, firstPassword, newSecret } from "./accounts.ts";
import { describeInstance, kmsKey, visibleInstances } from "./describe.ts";
import {
  authorities,
  engines,
  familyOf,
  hasPerformanceInsights,
  needClass,
  needEngine,
  resolveVersion,
  type EngineName,
} from "./engines.ts";
import { invalidCombination, invalidValue, noInstance, notModelled, required } from "./faults.ts";
import { identifier, nameOf, words } from "./names.ts";
import { checkPublic, chooseGroups, chooseZones, plugIn } from "./network.ts";
import { defaultParameterGroup, needParameterGroup } from "./parameter-groups.ts";
import { instances, quota, type InstanceRecord } from "./state.ts";
import { newStorage } from "./storage.ts";
import { defaultSubnetGroup, needSubnetGroup } from "./subnet-groups.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";
import { windows } from "./windows.ts";

/** What CreateDBInstance is understood with here; anything else is refused rather than ignored. */
const modelled = words(`
  DBName DBInstanceIdentifier AllocatedStorage DBInstanceClass Engine MasterUsername MasterUserPassword VpcSecurityGroupIds
  AvailabilityZone DBSubnetGroupName PreferredMaintenanceWindow DBParameterGroupName BackupRetentionPeriod PreferredBackupWindow
  Port MultiAZ EngineVersion AutoMinorVersionUpgrade Iops StorageThroughput PubliclyAccessible Tags StorageType StorageEncrypted
  KmsKeyId CopyTagsToSnapshot MonitoringInterval MonitoringRoleArn EnableIAMDatabaseAuthentication EnablePerformanceInsights
  EnableCloudwatchLogsExports DeletionProtection MaxAllocatedStorage CACertificateIdentifier ManageMasterUserPassword
  EngineLifecycleSupport
`);

export const instanceOperations: Readonly<Record<string, Handler>> = {
  CreateDBInstance(input: CreateDBInstanceMessage, call) {
    createdWith(call);
    refuseUnknown(call, input, modelled, { NetworkType: "IPV4", BackupTarget: "region", DedicatedLogVolume: false, MultiTenant: false });
    const id = newIdentifier(call, input.DBInstanceIdentifier);
    const engine = needEngine(required(input.Engine, "Engine"));
    const version = resolveVersion(engine, input.EngineVersion);
    const group = input.DBSubnetGroupName === undefined ? defaultSubnetGroup(call) : needSubnetGroup(call, input.DBSubnetGroupName);
    const parameters =
      input.DBParameterGroupName === undefined
        ? defaultParameterGroup(call, familyOf(engine, version))
        : needParameterGroup(call, input.DBParameterGroupName);
    if (parameters.family !== familyOf(engine, version))
      throw invalidCombination(
        `The parameter group ${parameters.name} with DBParameterGroupFamily ${parameters.family} can't be used for this instance. Use a parameter group with DBParameterGroupFamily ${familyOf(engine, version)}.`,
      );
    const storage = newStorage(call, engine, input);
    checkLimit(input.MaxAllocatedStorage, storage.size);
    const masterUsername = checkUser(engine, input.MasterUsername);
    const password = firstPassword(call, engine, input);
    const encrypted = input.StorageEncrypted ?? false;
    if (input.KmsKeyId !== undefined && !encrypted) throw invalidCombination("You must specify StorageEncrypted with KmsKeyId.");
    if (input.DBName && !/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(input.DBName))
      throw invalidValue(`DBName must begin with a letter and contain only alphanumeric characters: ${input.DBName}`);
    if (input.PubliclyAccessible === true) checkPublic(call, group.vpcId);
    const multiAz = input.MultiAZ ?? false;
    const resourceId = newResourceId(call);
    const window = windows(resourceId, input.PreferredBackupWindow, input.PreferredMaintenanceWindow);
    const record: InstanceRecord = {
      ...blank(call, id, resourceId),
      engine,
      masterUsername,
      encrypted,
      ...(encrypted ? { kmsKeyId: kmsKey(call, input.KmsKeyId) } : {}),
      ...dbName(engine, input.DBName),
      subnetGroup: group.name,
      vpcId: group.vpcId,
      engineVersion: version,
      instanceClass: needClass(required(input.DBInstanceClass, "DBInstanceClass"), engine, version),
      storageType: storage.type,
      allocatedStorage: storage.size,
      ...(storage.iops === undefined ? {} : { iops: storage.iops }),
      ...(storage.throughput === undefined ? {} : { throughput: storage.throughput }),
      ...(input.MaxAllocatedStorage === undefined ? {} : { maxAllocatedStorage: input.MaxAllocatedStorage }),
      multiAz,
      ...chooseZones(call, group, input.AvailabilityZone, multiAz),
      securityGroups: chooseGroups(call, group.vpcId, input.VpcSecurityGroupIds),
      port: checkPort(input.Port ?? engines[engine].port),
      parameterGroup: parameters.name,
      backupRetention: checkRetention(input.BackupRetentionPeriod ?? 1),
      backupWindow: window.backup,
      maintenanceWindow: window.maintenance,
      ...options(call, engine, input),
      ...(engine === "mariadb" ? {} : { lifecycleSupport: input.EngineLifecycleSupport ?? "open-source-rds-extended-support" }),
      ...(password.managed ? { secret: newSecret(call) } : { passwordHash: password.hash }),
      tags: newTags(input.Tags),
    };
    add(call, record, timeFor(call, resourceId, multiAz ? "createdMultiAz" : "created"));
    return { DBInstance: describeInstance(record, call) };
  },

  DescribeDBInstances(input: DescribeDBInstancesMessage, call) {
    if (input.DBInstanceIdentifier !== undefined)
      return { DBInstances: [describeInstance(needInstance(call, input.DBInstanceIdentifier), call)] };
    const all = filtered(visibleInstances(call), input.Filters);
    const { items, next } = page(call, all, input, { key: ({ id }) => instances.key(id), min: 20, max: 100, size: 100, names: "rds" });
    return { DBInstances: items.map((one) => describeInstance(one, call)), ...next };
  },
};

export function needInstance(call: Call, name: string | undefined): InstanceRecord {
  const wanted = nameOf(required(name, "DBInstanceIdentifier"));
  const found = instances.get(call, wanted);
  if (!found || !call.sees(instances.key(wanted), "id")) throw noInstance(wanted);
  return found;
}

/** A free name: lower case, whatever was given. */
export function newIdentifier(call: Call, text: string | undefined): string {
  const id = identifier(text, "DBInstanceIdentifier", 63);
  if (instances.get(call, id)) throw new AwsFault("DBInstanceAlreadyExists", "DB instance already exists");
  if (instances.all(call).length >= quota(call, "instances"))
    throw new AwsFault("InstanceQuotaExceeded", "The request would result in the user exceeding the allowed number of DB instances.");
  if (call.fault("rds:insufficientCapacity"))
    throw new AwsFault(
      "InsufficientDBInstanceCapacity",
      "The specified DB instance class isn't available in the specified Availability Zone.",
    );
  return id;
}

/** `db-` and 26 letters and digits, never used twice. */
export function newResourceId(call: Call): string {
  return `db-${`${call.id("x").slice(2)}${call.id("x").slice(2)}`.toUpperCase().slice(0, 26)}`;
}

/** What every new instance begins with. */
export function blank(call: Call, id: string, resourceId: string) {
  return {
    id,
    resourceId,
    askedAt: call.now,
    status: "creating",
    works: 0,
    making: [],
    replicaIds: [],
    pending: {},
    interfaceIds: [],
    parameterStatus: "in-sync" as const,
  };
}

/** Puts it into its subnets and on its way. */
export function add(call: Call, record: InstanceRecord, ms: number): void {
  plugIn(call, record);
  instances.set(call, record.id, record);
  call.later(ms, "rds:created", { id: record.id, resourceId: record.resourceId });
}

interface Options {
  readonly DBInstanceClass?: string | undefined;
  readonly AutoMinorVersionUpgrade?: boolean | undefined;
  readonly CACertificateIdentifier?: string | undefined;
  readonly EnablePerformanceInsights?: boolean | undefined;
  readonly EnableCloudwatchLogsExports?: readonly string[] | undefined;
  readonly EnableIAMDatabaseAuthentication?: boolean | undefined;
  readonly PubliclyAccessible?: boolean | undefined;
  readonly CopyTagsToSnapshot?: boolean | undefined;
  readonly MonitoringInterval?: number | undefined;
  readonly MonitoringRoleArn?: string | undefined;
  readonly DeletionProtection?: boolean | undefined;
}

/** What can be switched on or off at any time, with AWS's defaults. */
export function options(call: Call, engine: EngineName, input: Options) {
  const monitoring = checkMonitoring(call, input.MonitoringInterval, input.MonitoringRoleArn);
  const insights = input.EnablePerformanceInsights ?? false;
  if (insights && input.DBInstanceClass !== undefined && !hasPerformanceInsights(engine, input.DBInstanceClass))
    throw invalidCombination("Performance Insights not supported for this configuration.");
  return {
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
    caCertificate: checkAuthority(input.CACertificateIdentifier ?? authorities[0]),
    performanceInsights: insights,
    logExports: checkLogs(engine, input.EnableCloudwatchLogsExports ?? []),
    iamAuthentication: input.EnableIAMDatabaseAuthentication ?? false,
    publiclyAccessible: input.PubliclyAccessible ?? false,
    copyTagsToSnapshot: input.CopyTagsToSnapshot ?? false,
    deletionProtection: input.DeletionProtection ?? false,
    ...monitoring,
  };
}

export function checkMonitoring(
  call: Call,
  interval: number | undefined,
  role: string | undefined,
): { monitoringInterval: number; monitoringRole?: string } {
  const seconds = interval ?? 0;
  if (![0, 1, 5, 10, 15, 30, 60].includes(seconds)) throw invalidValue(`Invalid MonitoringInterval: ${seconds}`);
  if (seconds > 0 && role === undefined)
    throw invalidCombination("A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.");
  if (seconds === 0 && role !== undefined)
    throw invalidCombination("You must specify a MonitoringInterval value other than 0 when you specify a MonitoringRoleARN value.");
  if (role !== undefined && !call.exists("role", role))
    throw invalidValue(`IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING (${role})`);
  return { monitoringInterval: seconds, ...(role === undefined ? {} : { monitoringRole: role }) };
}

export function checkLogs(engine: EngineName, logs: readonly string[]): string[] {
  const bad = logs.filter((log) => !engines[engine].logs.includes(log));
  if (bad.length > 0)
    throw invalidCombination(
      `You cannot use the log types '${bad.join(", ")}' with engine version ${engine}. For supported log types, see the documentation.`,
    );
  return [...new Set(logs)].sort();
}

export function checkAuthority(name: string): string {
  if (!(authorities as readonly string[]).includes(name)) throw new AwsFault("CertificateNotFound", `Certificate ${name} not found.`, 404);
  return name;
}

export function checkPort(port: number): number {
  if (port < 1150 || port > 65535) throw invalidValue(`Invalid port: ${port}. Valid values are 1150 to 65535.`);
  return port;
}

export function checkRetention(days: number): number {
  if (days < 0 || days > 35) throw invalidValue(`Invalid backup retention period: ${days}. Must be between 0 and 35.`);
  return days;
}

export function checkLimit(most: number | undefined, size: number): void {
  if (most !== undefined && most !== size && most < Math.ceil((size * 11) / 10))
    throw invalidCombination(
      `Invalid max storage size: ${most}. It must be at least 10% greater than the allocated storage of ${size} GiB.`,
    );
}

/** An empty name, as some clients send it, is none; PostgreSQL has a database of its own name anyway. */
function dbName(engine: EngineName, name: string | undefined): { dbName?: string } {
  if (name) return { dbName: name };
  return engine === "postgres" ? { dbName: "postgres" } : {};
}

function filtered(all: readonly InstanceRecord[], filters: DescribeDBInstancesMessage["Filters"]): InstanceRecord[] {
  const tests = (filters ?? []).map(({ Name, Values }) => {
    const wanted = new Set((Values ?? []).map(nameOf));
    if (wanted.size === 0) throw invalidValue(`The filter ${Name} needs values.`);
    if (Name === "db-instance-id") return ({ id }: InstanceRecord) => wanted.has(id);
    if (Name === "dbi-resource-id") return ({ resourceId }: InstanceRecord) => wanted.has(resourceId.toLowerCase());
    if (Name === "engine") return ({ engine }: InstanceRecord) => wanted.has(engine);
    if (Name === "db-cluster-id") return () => false;
    if (Name === "domain") throw notModelled("the filter domain of DescribeDBInstances");
    throw invalidValue(`Unrecognized filter name: ${Name}`);
  });
  return all.filter((one) => tests.every((test) => test(one)));
}
