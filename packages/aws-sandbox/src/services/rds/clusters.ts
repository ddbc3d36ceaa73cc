/** DB clusters: creating and describing them and their instances. */
import type { CreateDBClusterMessage, CreateDBInstanceMessage, DescribeDBClustersMessage } from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createdWith } from "../ec2/default-vpc.ts";
import { checkUser, firstPassword, newSecret } from "./accounts.ts";
import { describeCluster } from "./cluster-describe.ts";
import { isClusterFree } from "./cluster-work.ts";
import { kmsKey } from "./describe.ts";
import { engines, familyOf, isAurora, isClusterClass, needClass, needEngine, resolveVersion, type EngineName } from "./engines.ts";
import { invalidClusterState, invalidCombination, invalidValue, noCluster, notModelled, required } from "./faults.ts";
import { insightsOfCreate } from "./insights.ts";
import { add, blank, checkAuthority, checkLogs, checkMonitoring, checkPort, newIdentifier, newResourceId } from "./new-instance.ts";
import { identifier, nameOf, words } from "./names.ts";
import { checkPublic, chooseGroups, chooseZones, plugIn } from "./network.ts";
import { chooseOptionGroup } from "./chosen-options.ts";
import { defaultClusterParameterGroup, defaultParameterGroup, needClusterParameterGroup, needParameterGroup } from "./parameter-groups.ts";
import { clusters, instances, quota, subnetGroups, type ClusterRecord, type InstanceRecord, type SubnetGroupRecord } from "./state.ts";
import { subnets as ec2Subnets } from "../ec2/state.ts";
import { defaultSubnetGroup, needSubnetGroup } from "./subnet-groups.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";
import { windows } from "./windows.ts";

const modelled = words(`
  DBClusterIdentifier Engine EngineVersion DatabaseName MasterUsername MasterUserPassword ManageMasterUserPassword DBSubnetGroupName
  VpcSecurityGroupIds Port DBClusterParameterGroupName StorageEncrypted KmsKeyId BackupRetentionPeriod PreferredBackupWindow
  PreferredMaintenanceWindow AutoMinorVersionUpgrade EngineLifecycleSupport EnablePerformanceInsights MonitoringInterval
  MonitoringRoleArn EnableCloudwatchLogsExports EnableIAMDatabaseAuthentication CopyTagsToSnapshot DeletionProtection StorageType
  ServerlessV2ScalingConfiguration BacktrackWindow EnableHttpEndpoint EnableLocalWriteForwarding DBClusterInstanceClass
  AllocatedStorage Iops PubliclyAccessible AvailabilityZones Tags PerformanceInsightsRetentionPeriod PerformanceInsightsKMSKeyId
  DatabaseInsightsMode
`);

export const clusterOperations: Readonly<Record<string, Handler>> = {
  CreateDBCluster(input: CreateDBClusterMessage, call) {
    createdWith(call);
    refuseUnknown(call, input, modelled, { NetworkType: "IPV4", EngineMode: "provisioned", ClusterScalabilityType: "standard" });
    const id = newClusterIdentifier(call, input.DBClusterIdentifier);
    const engine = needEngine(required(input.Engine, "Engine"));
    if (engine === "mariadb") throw invalidValue("The engine mariadb isn't supported for DB clusters.");
    const version = resolveVersion(engine, input.EngineVersion);
    const masterUsername = checkUser(engine, input.MasterUsername);
    const password = firstPassword(call, engine, input);
    const encrypted = input.StorageEncrypted ?? false;
    if (input.KmsKeyId !== undefined && !encrypted) throw invalidCombination("You must specify StorageEncrypted with KmsKeyId.");
    const record = makeCluster(call, { id, engine, version, takes: "clusterCreated" }, input, {
      ...(input.DatabaseName ? { databaseName: input.DatabaseName } : {}),
      masterUsername,
      encrypted,
      ...(encrypted ? { kmsKeyId: kmsKey(call, input.KmsKeyId) } : {}),
      port: input.Port ?? engines[engine].port,
      backupRetention: input.BackupRetentionPeriod ?? 1,
      iamAuthentication: input.EnableIAMDatabaseAuthentication ?? false,
      ...(password.managed ? { secret: newSecret(call, "cluster") } : { passwordHash: password.hash }),
      tags: newTags(input.Tags),
    });
    return { DBCluster: describeCluster(record, call) };
  },

  DescribeDBClusters(input: DescribeDBClustersMessage, call) {
    refuseUnknown(call, input, ["DBClusterIdentifier", "Filters", "MaxRecords", "Marker"], { IncludeShared: false });
    if (input.DBClusterIdentifier !== undefined)
      return { DBClusters: [describeCluster(needCluster(call, input.DBClusterIdentifier), call)] };
    const all = filtered(
      clusters.all(call).filter(({ id }) => call.sees(clusters.key(id), "id")),
      input.Filters,
    );
    const { items, next } = page(call, all, input, { key: ({ id }) => clusters.key(id), min: 20, max: 100, size: 100, names: "rds" });
    return { DBClusters: items.map((one) => describeCluster(one, call)), ...next };
  },

  /** There are none: the sandbox does not model clusters over several regions. */
  DescribeGlobalClusters(input: { GlobalClusterIdentifier?: string }, call) {
    refuseUnknown(call, input, ["GlobalClusterIdentifier", "Filters", "MaxRecords", "Marker"]);
    if (input.GlobalClusterIdentifier !== undefined)
      throw new AwsFault("GlobalClusterNotFoundFault", `Global cluster ${input.GlobalClusterIdentifier} not found`, 404);
    return { GlobalClusters: [] };
  },
};

interface Which {
  readonly id: string;
  readonly engine: EngineName;
  readonly version: string;
  readonly takes: "clusterCreated" | "restored";
}

/** The values that a new cluster takes from its request, or from the copy that it is restored from. */
type Own = Pick<ClusterRecord, "masterUsername" | "encrypted" | "port" | "backupRetention" | "iamAuthentication" | "tags"> &
  Partial<Pick<ClusterRecord, "databaseName" | "kmsKeyId" | "secret" | "passwordHash">>;

/** Makes a cluster, empty or from a copy. A Multi-AZ cluster has its instances at once. */
export function makeCluster(call: Call, { id, engine, version, takes }: Which, input: Create, own: Own): ClusterRecord {
  const group = input.DBSubnetGroupName === undefined ? defaultSubnetGroup(call) : needSubnetGroup(call, input.DBSubnetGroupName);
  const family = familyOf(engine, version);
  const parameters =
    input.DBClusterParameterGroupName === undefined
      ? defaultClusterParameterGroup(call, family)
      : needClusterParameterGroup(call, input.DBClusterParameterGroupName);
  if (parameters.family !== family)
    throw invalidCombination(
      `The parameter group ${parameters.name} with DBParameterGroupFamily ${parameters.family} can't be used for this cluster. Use a parameter group with DBParameterGroupFamily ${family}.`,
    );
  const resourceId = `cluster-${newResourceId(call).slice(3)}`;
  const window = windows(resourceId, input.PreferredBackupWindow, input.PreferredMaintenanceWindow);
  const record: ClusterRecord = {
    ...own,
    id,
    resourceId,
    engine,
    engineVersion: version,
    askedAt: call.now,
    status: "creating",
    works: 0,
    making: [],
    members: [],
    pending: {},
    subnetGroup: group.name,
    vpcId: group.vpcId,
    lifecycleSupport: input.EngineLifecycleSupport ?? "open-source-rds-extended-support",
    securityGroups: chooseGroups(call, group.vpcId, input.VpcSecurityGroupIds),
    port: checkPort(own.port),
    parameterGroup: parameters.name,
    backupRetention: checkClusterRetention(own.backupRetention),
    backupWindow: window.backup,
    maintenanceWindow: window.maintenance,
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
    logExports: checkLogs(engine, input.EnableCloudwatchLogsExports ?? []),
    copyTagsToSnapshot: input.CopyTagsToSnapshot ?? false,
    deletionProtection: input.DeletionProtection ?? false,
    ...insightsOfCreate(call, input),
    ...checkMonitoring(call, input.MonitoringInterval, input.MonitoringRoleArn),
    ...(isAurora(engine) ? ofAurora(engine, input) : ofThree(call, engine, version, group, input)),
  };
  clusters.set(call, id, record);
  if (!isAurora(engine)) addThree(call, record, group);
  call.later(timeFor(call, resourceId, isAurora(engine) ? takes : "multiAzClusterCreated"), "rds:clusterCreated", { id, resourceId });
  return record;
}

export function needCluster(call: Call, name: string | undefined): ClusterRecord {
  const wanted = nameOf(required(name, "DBClusterIdentifier"));
  const found = clusters.get(call, wanted);
  if (!found || !call.sees(clusters.key(wanted), "id")) throw noCluster(wanted);
  return found;
}

/**
 * Parameters of an instance of a cluster. All other values are its cluster's ("doesn't apply to Amazon Aurora
 * DB instances", RDS API, CreateDBInstance).
 */
const ofMember = words(`
  DBInstanceIdentifier DBClusterIdentifier Engine DBInstanceClass AvailabilityZone PromotionTier DBParameterGroupName PubliclyAccessible
  CACertificateIdentifier PreferredMaintenanceWindow AutoMinorVersionUpgrade Tags
`);

/** Creates an instance of an Aurora cluster. It shares the storage and the settings of its cluster. */
export function createMember(input: CreateDBInstanceMessage, call: Call): InstanceRecord {
  const foreign = Object.entries(input).find(([name, value]) => value !== undefined && !ofMember.includes(name));
  if (foreign && ["Iops", "AllocatedStorage", "BackupRetentionPeriod", "MasterUsername", "VpcSecurityGroupIds"].includes(foreign[0]))
    throw invalidCombination(`The requested DB Instance will be a member of a DB Cluster. Set ${foreign[0]} for the DB Cluster.`);
  refuseUnknown(call, input, ofMember, {
    CopyTagsToSnapshot: false,
    MultiAZ: false,
    StorageEncrypted: false,
    EnablePerformanceInsights: false,
    MonitoringInterval: 0,
  });
  const cluster = needCluster(call, input.DBClusterIdentifier);
  const engine = needEngine(required(input.Engine, "Engine"));
  if (!isAurora(cluster.engine)) throw invalidCombination("Instances of a Multi-AZ DB cluster are made by RDS.");
  if (engine !== cluster.engine)
    throw invalidCombination(
      `The engine name requested for your DB instance (${engine}) doesn't match the engine name of your DB cluster (${cluster.engine}).`,
    );
  const id = newIdentifier(call, input.DBInstanceIdentifier);
  if (!isClusterFree(cluster))
    throw invalidClusterState(`DB cluster ${cluster.id} is not currently in the available state: it is ${cluster.status}.`);
  if (cluster.members.length >= 16) throw new AwsFault("InstanceQuotaExceeded", "A DB cluster can have a writer and 15 readers at most.");
  const tier = input.PromotionTier ?? 1;
  if (tier < 0 || tier > 15) throw invalidValue(`Invalid PromotionTier: ${tier}. Valid values are 0 to 15.`);
  if (input.DBInstanceClass === "db.serverless" && cluster.scaling === undefined)
    throw invalidCombination(
      "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance.",
    );
  const family = familyOf(engine, cluster.engineVersion);
  const parameters =
    input.DBParameterGroupName === undefined ? defaultParameterGroup(call, family) : needParameterGroup(call, input.DBParameterGroupName);
  if (parameters.family !== family)
    throw invalidCombination(
      `The parameter group ${parameters.name} with DBParameterGroupFamily ${parameters.family} can't be used for this instance. Use a parameter group with DBParameterGroupFamily ${family}.`,
    );
  if (input.PubliclyAccessible === true) checkPublic(call, cluster.vpcId);
  const resourceId = newResourceId(call);
  const group = subnetGroups.get(call, cluster.subnetGroup)!;
  const record: InstanceRecord = {
    ...blank(call, id, resourceId),
    ...shared(cluster),
    instanceClass: needClass(required(input.DBInstanceClass, "DBInstanceClass"), engine, cluster.engineVersion),
    ...chooseZones(call, group, input.AvailabilityZone, false),
    parameterGroup: parameters.name,
    optionGroup: chooseOptionGroup(call, engine, cluster.engineVersion, cluster.vpcId, undefined),
    maintenanceWindow: windows(resourceId, cluster.backupWindow, input.PreferredMaintenanceWindow).maintenance,
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
    caCertificate: checkAuthority(input.CACertificateIdentifier ?? "rds-ca-rsa2048-g1"),
    publiclyAccessible: input.PubliclyAccessible ?? false,
    promotionTier: tier,
    tags: newTags(input.Tags),
  };
  cluster.members.push(id);
  add(call, record, timeFor(call, resourceId, "created"));
  return record;
}

/** The values of its cluster that an instance shows as its own. */
function shared(cluster: ClusterRecord) {
  return {
    clusterId: cluster.id,
    engine: cluster.engine,
    engineVersion: cluster.engineVersion,
    masterUsername: cluster.masterUsername,
    encrypted: cluster.encrypted,
    ...(cluster.kmsKeyId === undefined ? {} : { kmsKeyId: cluster.kmsKeyId }),
    ...(cluster.databaseName === undefined ? {} : { dbName: cluster.databaseName }),
    subnetGroup: cluster.subnetGroup,
    vpcId: cluster.vpcId,
    storageType: cluster.storageType ?? "aurora",
    allocatedStorage: cluster.allocatedStorage ?? 1,
    multiAz: false,
    securityGroups: [...cluster.securityGroups],
    port: cluster.port,
    backupRetention: cluster.backupRetention,
    backupWindow: cluster.backupWindow,
    lifecycleSupport: cluster.lifecycleSupport,
    ...(cluster.insights === undefined ? {} : { insights: cluster.insights }),
    logExports: [] as string[],
    iamAuthentication: cluster.iamAuthentication,
    copyTagsToSnapshot: cluster.copyTagsToSnapshot,
    monitoringInterval: cluster.monitoringInterval,
    ...(cluster.monitoringRole === undefined ? {} : { monitoringRole: cluster.monitoringRole }),
    deletionProtection: false,
  };
}

/**
 * Makes the writer and two readers of a Multi-AZ cluster, each in its own zone, as RDS does (RDS User
 * Guide, "Multi-AZ DB cluster deployments").
 */
function addThree(call: Call, cluster: ClusterRecord, group: SubnetGroupRecord): void {
  const zones = zonesIn(call, group);
  for (const [i, zone] of zones.slice(0, 3).entries()) {
    const id = `${cluster.id}-instance-${i + 1}`;
    const record: InstanceRecord = {
      ...blank(call, id, newResourceId(call)),
      ...shared(cluster),
      instanceClass: cluster.instanceClass!,
      zone,
      parameterGroup: defaultParameterGroup(call, familyOf(cluster.engine as EngineName, cluster.engineVersion)).name,
      optionGroup: chooseOptionGroup(call, cluster.engine as EngineName, cluster.engineVersion, cluster.vpcId, undefined),
      maintenanceWindow: cluster.maintenanceWindow,
      autoMinorVersionUpgrade: cluster.autoMinorVersionUpgrade,
      caCertificate: "rds-ca-rsa2048-g1",
      publiclyAccessible: false,
      tags: {},
    };
    plugIn(call, record);
    instances.set(call, id, record);
    cluster.members.push(id);
  }
}

function zonesIn(call: Call, group: SubnetGroupRecord): string[] {
  return [...new Set(group.subnetIds.map((id) => ec2Subnets(call).get(id)?.zone).filter((zone) => zone !== undefined))].sort();
}

type Create = CreateDBClusterMessage;

function ofAurora(engine: EngineName, input: Create) {
  const foreign = (["DBClusterInstanceClass", "AllocatedStorage", "Iops"] as const).find((name) => input[name] !== undefined);
  if (foreign) throw invalidCombination(`${foreign} isn't supported for Aurora DB clusters.`);
  if (input.BacktrackWindow && engine !== "aurora-mysql")
    throw invalidCombination("Backtrack is not enabled for the Aurora PostgreSQL engine.");
  const storageType = input.StorageType ?? "aurora";
  if (storageType !== "aurora" && storageType !== "aurora-iopt1") throw invalidValue(`Invalid storage type: ${storageType}`);
  return {
    storageType,
    ...checkScaling(input.ServerlessV2ScalingConfiguration),
    ...(input.BacktrackWindow === undefined ? {} : { backtrackWindow: input.BacktrackWindow }),
    httpEndpoint: input.EnableHttpEndpoint ?? false,
    localWriteForwarding: input.EnableLocalWriteForwarding ?? false,
  };
}

/**
 * Checks the capacities: steps of 0.5; a minimum of 0 lets the cluster pause (Aurora User Guide,
 * "Performance and scaling for Aurora Serverless v2").
 */
export function checkScaling(asked: Create["ServerlessV2ScalingConfiguration"]): Pick<ClusterRecord, "scaling"> {
  if (asked === undefined) return {};
  const { MinCapacity: min, MaxCapacity: max, SecondsUntilAutoPause: pause } = asked;
  const isStep = (value: number | undefined) => value !== undefined && Number.isInteger(value * 2);
  if (!isStep(min) || !isStep(max) || min! < 0 || max! < 1 || max! > 256 || min! > max!)
    throw invalidValue(`Invalid Serverless v2 capacity: ${min} to ${max}. Capacities are in steps of 0.5, from 0 to 256.`);
  if (pause !== undefined && min !== 0) throw invalidCombination("SecondsUntilAutoPause can only be set when MinCapacity is 0.");
  if (pause !== undefined && (pause < 300 || pause > 86_400)) throw invalidValue(`Invalid SecondsUntilAutoPause: ${pause}`);
  return { scaling: { min: min!, max: max!, ...(pause === undefined ? {} : { pause }) } };
}

function ofThree(call: Call, engine: EngineName, version: string, group: SubnetGroupRecord, input: Create) {
  const foreign = (
    ["ServerlessV2ScalingConfiguration", "BacktrackWindow", "EnableHttpEndpoint", "EnableLocalWriteForwarding"] as const
  ).find((name) => input[name] !== undefined);
  if (foreign) throw invalidCombination(`${foreign} isn't supported for Multi-AZ DB clusters.`);
  const name = needClass(required(input.DBClusterInstanceClass, "DBClusterInstanceClass"), engine, version);
  if (!isClusterClass(name)) throw invalidCombination(`DB instance class ${name} isn't supported for Multi-AZ DB clusters.`);
  const size = required(input.AllocatedStorage, "AllocatedStorage");
  const storageType = input.StorageType ?? "io1";
  if (!["gp3", "io1", "io2"].includes(storageType)) throw invalidValue(`Invalid storage type: ${storageType}`);
  if (storageType !== "gp3" && input.Iops === undefined) throw invalidCombination(`Iops is required for storage type ${storageType}.`);
  if (size < (storageType === "gp3" ? 20 : 100)) throw invalidValue(`Invalid storage size for storage type ${storageType}: ${size}`);
  checkIops(input.Iops, size);
  if (zonesIn(call, group).length < 3)
    throw new AwsFault(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      `DB Subnet Group doesn't meet availability zone coverage requirement. Please add subnets to cover at least 3 availability zones. Current coverage: ${zonesIn(call, group).length}`,
    );
  return {
    instanceClass: name,
    allocatedStorage: size,
    storageType,
    ...(input.Iops === undefined ? {} : { iops: input.Iops }),
    httpEndpoint: false,
    localWriteForwarding: false,
  };
}

/** Checks the IOPS: "A multiple between .5 and 50 of the storage amount for the DB cluster" (RDS API, CreateDBCluster, Iops). */
export function checkIops(iops: number | undefined, size: number): void {
  if (iops !== undefined && (iops < size / 2 || iops > size * 50))
    throw invalidCombination(`Invalid iops value: ${iops}. It must be a multiple between .5 and 50 of the storage amount of ${size} GiB.`);
}

export function checkClusterRetention(days: number): number {
  if (days < 1 || days > 35) throw invalidValue(`Invalid backup retention period: ${days}. Must be between 1 and 35.`);
  return days;
}

export function newClusterIdentifier(call: Call, text: string | undefined): string {
  const id = identifier(text, "DBClusterIdentifier", 63);
  if (clusters.get(call, id)) throw new AwsFault("DBClusterAlreadyExistsFault", "DB Cluster already exists");
  if (clusters.all(call).length >= quota(call, "clusters"))
    throw new AwsFault(
      "DBClusterQuotaExceededFault",
      "The user attempted to create a new DB cluster and the user has already reached the maximum allowed DB cluster quota.",
      403,
    );
  return id;
}

/** The clusters that pass the filters. Filters are joined by AND, their values by OR (RDS API, DescribeDBClusters). */
function filtered(all: readonly ClusterRecord[], filters: DescribeDBClustersMessage["Filters"]): ClusterRecord[] {
  const tests = (filters ?? []).map(({ Name, Values }) => {
    const wanted = new Set((Values ?? []).map(nameOf));
    if (wanted.size === 0) throw invalidValue(`The filter ${Name} needs values.`);
    if (Name === "db-cluster-id") return ({ id }: ClusterRecord) => wanted.has(id);
    if (Name === "db-cluster-resource-id") return ({ resourceId }: ClusterRecord) => wanted.has(resourceId.toLowerCase());
    if (Name === "engine") return ({ engine }: ClusterRecord) => wanted.has(engine);
    if (Name === "clone-group-id" || Name === "domain") throw notModelled(`the filter ${Name} of DescribeDBClusters`);
    throw invalidValue(`Unrecognized filter name: ${Name}`);
  });
  return all.filter((one) => tests.every((test) => test(one)));
}
