/** DB instances: creating and describing them. */
import type { CreateDBInstanceMessage, DescribeDBInstancesMessage } from "@aws-sdk/client-rds";
import type { Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createdWith } from "../ec2/default-vpc.ts";
import { checkUser, firstPassword, newSecret } from "./accounts.ts";
import { createMember } from "./clusters.ts";
import { describeInstance, kmsKey, visibleInstances } from "./describe.ts";
import { engines, familyOf, isAurora, isPostgres, needClass, needEngine, resolveVersion, type EngineName } from "./engines.ts";
import { invalidCombination, invalidValue, notModelled, required } from "./faults.ts";
import { nameOf, words } from "./names.ts";
import { add, blank, checkLimit, checkPort, checkRetention, needInstance, newIdentifier, newResourceId, options } from "./new-instance.ts";
import { checkPublic, chooseGroups, chooseZones } from "./network.ts";
import { chooseOptionGroup } from "./chosen-options.ts";
import { defaultParameterGroup, needParameterGroup } from "./parameter-groups.ts";
import { instances, type InstanceRecord } from "./state.ts";
import { newStorage } from "./storage.ts";
import { defaultSubnetGroup, needSubnetGroup } from "./subnet-groups.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";
import { windows } from "./windows.ts";

/** Parameters of CreateDBInstance that the sandbox models. All others are refused, not ignored. */
const modelled = words(`
  DBName DBInstanceIdentifier AllocatedStorage DBInstanceClass Engine MasterUsername MasterUserPassword VpcSecurityGroupIds
  AvailabilityZone DBSubnetGroupName PreferredMaintenanceWindow DBParameterGroupName BackupRetentionPeriod PreferredBackupWindow
  Port MultiAZ EngineVersion AutoMinorVersionUpgrade Iops StorageThroughput PubliclyAccessible Tags StorageType StorageEncrypted
  KmsKeyId CopyTagsToSnapshot MonitoringInterval MonitoringRoleArn EnableIAMDatabaseAuthentication EnablePerformanceInsights
  EnableCloudwatchLogsExports DeletionProtection MaxAllocatedStorage CACertificateIdentifier ManageMasterUserPassword
  EngineLifecycleSupport OptionGroupName PerformanceInsightsRetentionPeriod PerformanceInsightsKMSKeyId DatabaseInsightsMode
`);

export const instanceOperations: Readonly<Record<string, Handler>> = {
  CreateDBInstance(input: CreateDBInstanceMessage, call) {
    createdWith(call);
    if (input.DBClusterIdentifier !== undefined) return { DBInstance: describeInstance(createMember(input, call), call) };
    refuseUnknown(call, input, modelled, { NetworkType: "IPV4", BackupTarget: "region", DedicatedLogVolume: false, MultiTenant: false });
    const id = newIdentifier(call, input.DBInstanceIdentifier);
    const engine = needEngine(required(input.Engine, "Engine"));
    if (isAurora(engine)) throw invalidCombination(`DBClusterIdentifier is required for the engine ${engine}.`);
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
      optionGroup: chooseOptionGroup(call, engine, version, group.vpcId, input.OptionGroupName),
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

/** The database's name. An empty name, which some clients send, counts as none. PostgreSQL always has a database named "postgres". */
function dbName(engine: EngineName, name: string | undefined): { dbName?: string } {
  if (name) return { dbName: name };
  return isPostgres(engine) ? { dbName: "postgres" } : {};
}

function filtered(all: readonly InstanceRecord[], filters: DescribeDBInstancesMessage["Filters"]): InstanceRecord[] {
  const tests = (filters ?? []).map(({ Name, Values }) => {
    const wanted = new Set((Values ?? []).map(nameOf));
    if (wanted.size === 0) throw invalidValue(`The filter ${Name} needs values.`);
    if (Name === "db-instance-id") return ({ id }: InstanceRecord) => wanted.has(id);
    if (Name === "dbi-resource-id") return ({ resourceId }: InstanceRecord) => wanted.has(resourceId.toLowerCase());
    if (Name === "engine") return ({ engine }: InstanceRecord) => wanted.has(engine);
    if (Name === "db-cluster-id") return ({ clusterId }: InstanceRecord) => clusterId !== undefined && wanted.has(clusterId);
    if (Name === "domain") throw notModelled("the filter domain of DescribeDBInstances");
    throw invalidValue(`Unrecognized filter name: ${Name}`);
  });
  return all.filter((one) => tests.every((test) => test(one)));
}
