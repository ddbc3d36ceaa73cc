/** The engine versions and instance options that RDS offers, and the account's limits. */
import type {
  DBEngineVersion,
  DescribeCertificatesMessage,
  DescribeDBEngineVersionsMessage,
  DescribeOrderableDBInstanceOptionsMessage,
  DescribePendingMaintenanceActionsMessage,
  OrderableDBInstanceOption,
} from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { zonesOf } from "../ec2/zones.ts";
import {
  authorities,
  classesOf,
  engines,
  familyOf,
  hasPerformanceInsights,
  isAurora,
  isClusterClass,
  isNewer,
  needEngine,
  type EngineName,
} from "./engines.ts";
import {
  clusterParameterGroups,
  clusters,
  clusterSnapshots,
  instances,
  parameterGroups,
  quota,
  eventSubscriptions,
  optionGroups,
  quotaNames,
  snapshots,
  subnetGroups,
} from "./state.ts";

export const catalogueOperations: Readonly<Record<string, Handler>> = {
  DescribeDBEngineVersions(input: DescribeDBEngineVersionsMessage, call) {
    refuseUnknown(call, input, ["Engine", "EngineVersion", "DBParameterGroupFamily", "MaxRecords", "Marker", "DefaultOnly"], {
      IncludeAll: false,
      ListSupportedCharacterSets: false,
      ListSupportedTimezones: false,
    });
    const all = (Object.keys(engines) as EngineName[])
      .filter((engine) => input.Engine === undefined || engine === input.Engine)
      .flatMap((engine) => versionsOf(engine))
      .filter(
        ({ EngineVersion, MajorEngineVersion }) =>
          input.EngineVersion === undefined || EngineVersion === input.EngineVersion || MajorEngineVersion === input.EngineVersion,
      )
      .filter(
        ({ DBParameterGroupFamily }) =>
          input.DBParameterGroupFamily === undefined || DBParameterGroupFamily === input.DBParameterGroupFamily,
      )
      .filter((version) => input.DefaultOnly !== true || isDefaultVersion(version, input.EngineVersion !== undefined));
    const { items, next } = page(call, all, input, {
      key: (one) => `${one.Engine} ${one.EngineVersion}`,
      min: 20,
      max: 100,
      size: 100,
      names: "rds",
    });
    return { DBEngineVersions: items, ...next };
  },

  DescribeOrderableDBInstanceOptions(input: DescribeOrderableDBInstanceOptionsMessage, call) {
    refuseUnknown(call, input, ["Engine", "EngineVersion", "DBInstanceClass", "LicenseModel", "Vpc", "MaxRecords", "Marker"]);
    const engine = needEngine(input.Engine);
    const all = versionsOf(engine)
      .filter(({ EngineVersion }) => input.EngineVersion === undefined || EngineVersion === input.EngineVersion)
      .flatMap(({ EngineVersion }) =>
        classesOf(engine)
          .filter((name) => input.DBInstanceClass === undefined || name === input.DBInstanceClass)
          .flatMap((name) => optionsOf(call, engine, EngineVersion!, name)),
      );
    const { items, next } = page(call, all, input, {
      key: (one) => `${one.EngineVersion} ${one.DBInstanceClass} ${one.StorageType}`,
      min: 20,
      max: 1000,
      size: 100,
      names: "rds",
    });
    return { OrderableDBInstanceOptions: items, ...next };
  },

  /** No database in the sandbox ever needs a patch. */
  DescribePendingMaintenanceActions(input: DescribePendingMaintenanceActionsMessage, call) {
    refuseUnknown(call, input, ["ResourceIdentifier", "Filters", "MaxRecords", "Marker"]);
    return { PendingMaintenanceActions: [] };
  },

  DescribeCertificates(input: DescribeCertificatesMessage, call) {
    if (input.CertificateIdentifier !== undefined && !(authorities as readonly string[]).includes(input.CertificateIdentifier))
      throw new AwsFault("CertificateNotFound", `Certificate ${input.CertificateIdentifier} not found.`, 404);
    const found = authorities.filter((name) => input.CertificateIdentifier === undefined || name === input.CertificateIdentifier);
    return {
      Certificates: found.map((name) => ({
        CertificateIdentifier: name,
        CertificateType: "CA",
        CertificateArn: `arn:${call.partition}:rds:${call.region}::cert:${name}`,
      })),
      DefaultCertificateForNewLaunches: authorities[0],
    };
  },

  DescribeAccountAttributes(_input: object, call) {
    const used: Readonly<Record<string, number>> = {
      instances: instances.all(call).length,
      snapshots: snapshots.all(call).filter(({ type }) => type === "manual").length,
      storage: instances.all(call).reduce((sum, one) => sum + one.allocatedStorage, 0),
      subnetGroups: subnetGroups.all(call).length,
      clusters: clusters.all(call).length,
      clusterSnapshots: clusterSnapshots.all(call).length,
      clusterParameterGroups: clusterParameterGroups.all(call).filter(({ name }) => !name.startsWith("default.")).length,
      subnetsPerGroup: Math.max(0, ...subnetGroups.all(call).map((group) => group.subnetIds.length)),
      parameterGroups: parameterGroups.all(call).length,
      optionGroups: optionGroups.all(call).filter(({ name }) => !name.startsWith("default:")).length,
      eventSubscriptions: eventSubscriptions.all(call).length,
    };
    const names = {
      instances: "DBInstances",
      snapshots: "ManualSnapshots",
      storage: "AllocatedStorage",
      subnetGroups: "DBSubnetGroups",
      subnetsPerGroup: "SubnetsPerDBSubnetGroup",
      parameterGroups: "DBParameterGroups",
      optionGroups: "OptionGroups",
      eventSubscriptions: "EventSubscriptions",
      clusters: "DBClusters",
      clusterSnapshots: "ManualClusterSnapshots",
      clusterParameterGroups: "DBClusterParameterGroups",
    };
    return { AccountQuotas: quotaNames.map((name) => ({ AccountQuotaName: names[name], Used: used[name]!, Max: quota(call, name) })) };
  },
};

function versionsOf(engine: EngineName): DBEngineVersion[] {
  const { versions, description, logs } = engines[engine];
  const all = Object.values(versions).flat();
  return Object.entries(versions).flatMap(([major, minors]) =>
    minors.map((version) => ({
      Engine: engine,
      EngineVersion: version,
      MajorEngineVersion: major,
      DBParameterGroupFamily: familyOf(engine, version),
      DBEngineDescription: description,
      DBEngineVersionDescription: `${description} ${version}`,
      Status: "available",
      SupportsReadReplica: true,
      SupportsLogExportsToCloudwatchLogs: true,
      ExportableLogTypes: [...logs],
      SupportedCACertificateIdentifiers: [...authorities],
      ValidUpgradeTarget: all
        .filter((target) => isNewer(version, target))
        .map((target) => ({
          Engine: engine,
          EngineVersion: target,
          Description: `${description} ${target}`,
          AutoUpgrade: false,
          IsMajorVersionUpgrade: !minors.includes(target),
        })),
    })),
  );
}

function isDefaultVersion({ Engine, MajorEngineVersion, EngineVersion }: DBEngineVersion, ofMajor: boolean): boolean {
  const { versions, defaultMajor } = engines[Engine as EngineName];
  return versions[MajorEngineVersion!]!.at(-1) === EngineVersion && (ofMajor || MajorEngineVersion === defaultMajor);
}

function optionsOf(call: Call, engine: EngineName, version: string, name: string): OrderableDBInstanceOption[] {
  const types = isAurora(engine) ? ["aurora", "aurora-iopt1"] : ["gp2", "gp3", "io1", "io2", "standard"];
  return types.map((type) => ({
    Engine: engine,
    EngineVersion: version,
    DBInstanceClass: name,
    LicenseModel: engines[engine].license,
    AvailabilityZones: zonesOf(call).map((zone) => ({ Name: zone.name })),
    MultiAZCapable: true,
    ReadReplicaCapable: true,
    Vpc: true,
    SupportsClusters: isAurora(engine) || isClusterClass(name),
    SupportsStorageEncryption: true,
    StorageType: type,
    SupportsIops: type === "io1" || type === "io2" || type === "gp3",
    SupportsEnhancedMonitoring: true,
    SupportsIAMDatabaseAuthentication: true,
    SupportsPerformanceInsights: hasPerformanceInsights(engine, name),
    SupportsStorageAutoscaling: type !== "standard",
    MinStorageSize: type === "standard" ? 5 : type.startsWith("io") ? 100 : 20,
    MaxStorageSize: type === "standard" ? 3072 : 65536,
    SupportedNetworkTypes: ["IPV4"],
  }));
}
