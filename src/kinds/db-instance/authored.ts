import type { Authored, Remark } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import type { LiveDb } from "./observe.ts";
import { isLargeGp3, isReplica, type DbInstance } from "./schema.ts";
import { isAwsOwnGroup } from "../shared/rds/parameter-groups.ts";

/** Fields that a replica takes from its source (RDS API, CreateDBInstanceReadReplica). */
const inherited = ["engine", "engineVersion", "allocatedStorage", "storageEncrypted", "kmsKey", "subnetGroup", "masterUsername"] as const;

/** A database as an author writes it. A password that AWS does not manage is known only to its owner. */
export function authored(spec: Partial<DbInstance>, live: LiveDb): Authored<DbInstance> {
  const remarks: Remark[] = [];
  const isUnmanaged = typeof spec.masterPassword === "object";
  const hasReplicas = live.handle.replicaIds.length > 0;
  if (isUnmanaged)
    remarks.push({
      text: `AWS does not return its password${hasReplicas ? "; the parameter is read only if the database is ever created again" : ""}`,
    });
  if (live.handle.waiting.length > 0)
    remarks.push({ text: `AWS has not made these changes yet, and the values below include them: ${live.handle.waiting.join(", ")}` });
  const type = spec.storageType;
  const isProvisioned = type === "io1" || type === "io2" || isLargeGp3(type, spec.allocatedStorage ?? 0);
  const left: (keyof DbInstance)[] = [
    ...(isUnmanaged || isReplica(spec) ? (["masterPassword"] as const) : []),
    ...(isProvisioned ? [] : (["iops", "storageThroughput"] as const)),
    ...(isReplica(spec) ? inherited : []),
    ...(spec.multiAz ? (["availabilityZone"] as const) : []),
    ...(isAwsOwnGroup(spec.parameterGroup) ? (["parameterGroup"] as const) : []),
    ...(spec.optionGroup?.startsWith("default:") ? (["optionGroup"] as const) : []),
    "snapshot",
    "restoreToPointInTime",
    "applyImmediately",
    "blueGreenUpdate",
  ];
  const given = {
    dbName: "",
    monitoringRole: "",
    monitoringInterval: 0,
    maxAllocatedStorage: 0,
    performanceInsights: false,
    performanceInsightsRetention: 7,
    databaseInsightsMode: "standard",
    replicaOf: "none",
  };
  const plain = without(omit(spec, left), { ...given, port: portOf(spec.engine) });
  // AWS makes no replicas of databases with managed passwords, so the file must say that this password is not managed.
  const parameter = isUnmanaged && hasReplicas ? { masterPassword: { ssmParameter: `/${live.id}/password` } } : {};
  return { spec: { ...plain, ...parameter, ...(plain.engineVersion !== undefined && { engineVersion: versionOf(spec) }) }, remarks };
}

function portOf(engine: DbInstance["engine"]): number | undefined {
  return engine === "postgres" ? 5432 : 3306;
}

/** The version to write. Where AWS upgrades the database by itself, only the part that no such upgrade changes. */
function versionOf({ engine, engineVersion = "", autoMinorVersionUpgrade }: Partial<DbInstance>): string {
  if (autoMinorVersionUpgrade !== true) return engineVersion;
  return engineVersion
    .split(".")
    .slice(0, engine === "postgres" ? 1 : 2)
    .join(".");
}
