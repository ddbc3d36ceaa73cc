import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, refOr, string, zone } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { restoreTime } from "../shared/rds/copies.ts";
import { dailyWindow, monitoringInterval, weeklyWindow } from "../shared/rds/fields.ts";
import { insightsFields } from "../shared/rds/insights.ts";
import { masterPassword } from "../shared/rds/password.ts";
import { satisfies } from "../shared/rds/versions.ts";

export const engines = ["mysql", "mariadb", "postgres"] as const;
/** The engines of instances that are in no cluster. */
export type Engine = (typeof engines)[number];

export const schema = object({
  engine: optional(oneOf(engines, "The database engine. Required, except for a replica, which has that of its source.")),
  engineVersion: optional(
    string(
      "The engine version or its beginning: `8.4` matches every 8.4.x. If omitted: AWS's default. A newer beginning is an upgrade, which cannot be reverted.",
      {
        pattern: "^\\d+(\\.\\d+){0,3}(-R\\d+|-rds\\.\\d+)?$",
        examples: ["8.4", "17", "10.11.9"],
      },
    ),
  ),
  instanceClass: optional(
    string(
      "The instance class: `db.t3.micro`. Required, except for a replica, which gets that of its source. A change restarts the database, in the maintenance window unless applyImmediately is set: an outage of one to ten minutes, or about one with multiAz or blueGreenUpdate.",
      {
        pattern: "^db\\.[a-z0-9-]+\\.[a-z0-9-]+$",
        examples: ["db.t4g.micro", "db.r7g.large"],
      },
    ),
  ),
  storageType: optional(oneOf(["gp3", "gp2", "io1", "io2", "standard"], "The storage type.")),
  allocatedStorage: optional(
    integer(
      "The size of the storage in GiB. It can grow, by at least a tenth, and never shrink. Required, except for a replica and for a database that is made from a snapshot or from another database.",
      {
        minimum: 5,
        maximum: 65536,
      },
    ),
  ),
  iops: optional(
    integer("Number of provisioned I/O operations per second: for io1 and io2, and for gp3 from 400 GiB (there at least 12,000).", {
      minimum: 1000,
    }),
  ),
  storageThroughput: optional(integer("The storage throughput in MiB/s: for gp3 from 400 GiB (there at least 500).", { minimum: 125 })),
  maxAllocatedStorage: optional(
    integer(
      "The size in GiB up to which AWS grows the storage automatically when it fills (storage autoscaling); at least a tenth above allocatedStorage. 0: off.",
      { minimum: 0, maximum: 65536 },
    ),
  ),
  storageEncrypted: optional(boolean("Whether the storage is encrypted; it can only be chosen at creation.")),
  kmsKey: optional(keyRef("The KMS key that encrypts the storage. If omitted: the AWS managed key for RDS.")),
  multiAz: optional(boolean("Whether the database has a standby in another zone for failover (Multi-AZ).")),
  subnetGroup: optional(ref("dbSubnetGroup", "The subnet group. Required, except for a replica, which uses that of its source.")),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups, which control access to the database. If omitted: the default group of the VPC.",
      { minItems: 1 },
    ),
  ),
  port: optional(integer("The port. If omitted: the engine's default (3306, 5432).", { minimum: 1150, maximum: 65535 })),
  parameterGroup: optional(
    refOr("^default\\.", "dbParameterGroup", "The parameter group: one of this file, or one of AWS (`default.mysql8.4`)."),
  ),
  optionGroup: optional(
    refOr(
      "^default:",
      "dbOptionGroup",
      "The option group: one of this file, or one of AWS (`default:mysql-8-4`). AWS may apply a change only in the maintenance window.",
    ),
  ),
  backupRetention: optional(
    integer("Number of days for which automated backups are kept; the database can be restored to any second of them. 0 turns them off.", {
      minimum: 0,
      maximum: 35,
    }),
  ),
  backupWindow: optional(string("The daily window in which the backup starts, UTC; at least half an hour.", dailyWindow)),
  maintenanceWindow: optional(string("The weekly window for waiting changes and patches, UTC; at least half an hour.", weeklyWindow)),
  autoMinorVersionUpgrade: optional(boolean("Whether AWS upgrades to newer minor versions in the maintenance window.")),
  engineLifecycleSupport: optional(
    oneOf(
      ["open-source-rds-extended-support-disabled", "open-source-rds-extended-support"],
      "The action at the end of the version's standard support (MySQL, PostgreSQL): an upgrade, or Extended Support, which is charged by the hour.",
    ),
  ),
  caCertificate: optional(string("The certificate authority (CA) of the server certificate.", { examples: ["rds-ca-rsa2048-g1"] })),
  performanceInsights: optional(boolean("Whether Performance Insights is on, which records database load and waits.")),
  ...insightsFields,
  logExports: optional(
    list(
      string("A log: `error`, `slowquery`, `general`, `audit` (MySQL, MariaDB); `postgresql`, `upgrade` (PostgreSQL)."),
      "The logs that are sent to CloudWatch Logs.",
    ),
  ),
  iamAuthentication: optional(boolean("Whether IAM database authentication is on. AWS may apply a change only in the maintenance window.")),
  publiclyAccessible: optional(boolean("Whether the database has a public address.")),
  masterUsername: optional(
    string(
      "The name of the master user, which has all privileges. Required, except for a replica and for a database that is made from a snapshot or from another database.",
      {
        pattern: "^[A-Za-z][A-Za-z0-9_]{0,62}$",
        examples: ["dbadmin"],
      },
    ),
  ),
  masterPassword: optional(masterPassword),
  dbName: optional(
    string("The name of the first database. If omitted: none (PostgreSQL: `postgres`).", { pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$" }),
  ),
  availabilityZone: optional(zone("The Availability Zone; not with multiAz.")),
  copyTagsToSnapshot: optional(
    boolean(
      "Whether snapshots get the tags of the database. They then have the ownership tags too, as do databases restored from them; infra reports such copies and does not touch them.",
    ),
  ),
  monitoringInterval: optional(monitoringInterval),
  monitoringRole: optional(
    ref("iamRole", "The role with which Enhanced Monitoring writes its metrics to CloudWatch Logs.", { named: true }),
  ),
  deletionProtection: optional(
    boolean("Whether AWS refuses to delete the database. infra turns it off only for a delete that `allowDestroy` names."),
  ),
  applyImmediately: optional(
    boolean(
      "Whether changes that would wait for the maintenance window are applied at once, together with everything else that waits. If it is set and something in this block waits, the plan shows that as a change.",
    ),
  ),
  blueGreenUpdate: optional(
    boolean(
      "Whether a change of engine version, class or parameter group, or away from magnetic storage, uses a blue/green deployment: AWS makes a copy that replicates the database, changes the copy, and gives it the database's name, at once and with an outage of about a minute. The old database is then deleted, with a final snapshot unless `finalSnapshot` is false. Needs backups and a password that is not managed; not with read replicas or a proxy.",
    ),
  ),
  snapshotBefore: optional(
    oneOf(
      ["risky", "always", "never"],
      "The changes before which infra takes a snapshot. Risky changes: the engine version, the storage type, and the class of a database without a standby.",
    ),
  ),
  keepSnapshots: optional(
    integer("Number of snapshots taken by snapshotBefore to keep; older ones are deleted after a new one. If omitted: all.", {
      minimum: 1,
      maximum: 100,
    }),
  ),
  finalSnapshot: optional(
    boolean(
      "Whether a final snapshot is taken before the database is deleted; a tag records it, so that it also holds after this block is removed.",
    ),
  ),
  snapshot: optional(
    string(
      "The DB snapshot from which to restore, by name or ARN, instead of an empty database. It matters only at creation, and the line may stay or be removed later. User, first database and encryption come from the snapshot.",
      { pattern: "^(arn:[^:]+:rds:[^:]+:\\d{12}:snapshot:.+|[A-Za-z][A-Za-z0-9:-]*)$", examples: ["main-final-1a2b3c4d5e6f"] },
    ),
  ),
  restoreToPointInTime: optional(
    object(
      {
        dbInstance: refOr(
          "^(db-[A-Z0-9]+|arn:[^:]+:rds:[^:]+:\\d{12}:auto-backup:.+)$",
          "dbInstance",
          "The database to restore from; for a deleted one whose backups are retained, its resource id (`db-…`), or the ARN of the backups.",
        ),
        time: restoreTime,
      },
      "The database and time to restore from, instead of an empty database. It matters only at creation.",
    ),
  ),
  replicaOf: optional(
    refOr(
      "^none$",
      "dbInstance",
      "The source database of a read replica. If the line is removed, the replica is promoted: it becomes an independent database and cannot become a replica again.",
    ),
  ),
});

export type DbInstance = Static<typeof schema>;

/** Values that a create sends where the author wrote nothing. The field rules and the driver both read them here. */
export const defaults = {
  storageType: "gp3",
  storageEncrypted: true,
  multiAz: false,
  backupRetention: 7,
  autoMinorVersionUpgrade: true,
  engineLifecycleSupport: "open-source-rds-extended-support-disabled",
  logExports: [] as string[],
  iamAuthentication: false,
  publiclyAccessible: false,
  masterPassword: "managed",
  copyTagsToSnapshot: false,
  deletionProtection: true,
  applyImmediately: false,
  blueGreenUpdate: false,
  snapshotBefore: "risky",
  finalSnapshot: true,
  replicaOf: "none",
} as const satisfies Partial<{ [F in keyof DbInstance]: unknown }>;

/** Whether the database needs a change that interrupts it and that a blue/green deployment can make. */
export function isGreenDue(wanted: Partial<DbInstance>, have: Partial<DbInstance>): boolean {
  const differs = (field: "instanceClass" | "parameterGroup" | "storageType") =>
    wanted[field] !== undefined && have[field] !== undefined && wanted[field] !== have[field];
  const { engineVersion: version } = wanted;
  const isUpgrade = version !== undefined && have.engineVersion !== undefined && !satisfies(have.engine, have.engineVersion, version);
  return isUpgrade || differs("instanceClass") || differs("parameterGroup") || (have.storageType === "standard" && differs("storageType"));
}

/** Whether it is made from a copy, which already has a user, a size and a password. */
export function isRestored(spec: Partial<DbInstance>): boolean {
  return spec.snapshot !== undefined || spec.restoreToPointInTime !== undefined;
}

/** Whether a spec, desired or observed, describes a read replica. */
export function isReplica(spec: Partial<DbInstance>): boolean {
  return spec.replicaOf !== undefined && spec.replicaOf !== "none";
}

/**
 * Fields whose change waits for the maintenance window unless the call says otherwise (RDS User Guide, "Settings for DB instances"). AWS
 * makes all other changes at once.
 */
export const waitsForWindow: ReadonlySet<string> = new Set<keyof DbInstance>([
  "engineVersion",
  "instanceClass",
  "storageType",
  "allocatedStorage",
  "iops",
  "storageThroughput",
  "multiAz",
  "optionGroup",
  "backupRetention",
  "caCertificate",
  // Some engines and versions apply it at once. Either outcome is right.
  "iamAuthentication",
]);

/**
 * The minimums of gp3 storage from 400 GiB on, with each of our engines. Smaller storage has 3,000 IOPS and 125 MiB a second and takes no
 * other values (RDS User Guide, "General Purpose SSD storage", gp3).
 */
export const largeGp3 = { from: 400, iops: 12_000, throughput: 500 } as const;

/** Whether IOPS and throughput are provisioned on gp3 storage of that size. */
export function isLargeGp3(type: string | undefined, size: number): boolean {
  return type === "gp3" && size >= largeGp3.from;
}

/** A tenth more, rounded up: storage grows at least by that. It uses whole numbers, since 100 * 1.1 is 110.00000000000001. */
export function tenthMore(size: number): number {
  return Math.ceil((size * 11) / 10);
}
