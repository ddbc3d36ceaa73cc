import type { Static } from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, refOr, string, zone } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { restoreTime } from "../shared/rds-copies.ts";
import { dailyWindow, monitoringInterval, weeklyWindow } from "../shared/rds-fields.ts";
import { insightsFields } from "../shared/rds-insights.ts";
import { masterPassword } from "../shared/rds-password.ts";
import { satisfies } from "../shared/rds-versions.ts";

export const engines = ["mysql", "mariadb", "postgres"] as const;
/** The engines of instances that are in no cluster. */
export type Engine = (typeof engines)[number];

export const schema = object({
  engine: optional(oneOf(engines, "The database engine. Required, except on a replica, which has its source's.")),
  engineVersion: optional(
    string(
      "A version or the beginning of one: `8.4` agrees with every 8.4.x. AWS's default when left out. A newer beginning is an upgrade; there is no way back.",
      {
        pattern: "^\\d+(\\.\\d+){0,3}(-R\\d+|-rds\\.\\d+)?$",
        examples: ["8.4", "17", "10.11.9"],
      },
    ),
  ),
  instanceClass: optional(
    string(
      "The machine: `db.t3.micro`. Required, except on a replica, which takes its source's. Another one restarts the database, in the maintenance window unless applyImmediately is set: an outage of one to ten minutes, with multiAz or blueGreenUpdate about one.",
      {
        pattern: "^db\\.[a-z0-9-]+\\.[a-z0-9-]+$",
        examples: ["db.t4g.micro", "db.r7g.large"],
      },
    ),
  ),
  storageType: optional(oneOf(["gp3", "gp2", "io1", "io2", "standard"], "The kind of disk.")),
  allocatedStorage: optional(
    integer(
      "Its size in GiB. It can grow, by a tenth or more, and never shrink. Required, except on a replica, and on one that is made of a snapshot or of another.",
      {
        minimum: 5,
        maximum: 65536,
      },
    ),
  ),
  iops: optional(
    integer("Provisioned I/O operations a second: for io1 and io2, and for gp3 from 400 GiB (there 12,000 or more).", { minimum: 1000 }),
  ),
  storageThroughput: optional(integer("MiB a second: for gp3 from 400 GiB (there 500 or more).", { minimum: 125 })),
  maxAllocatedStorage: optional(
    integer(
      "The size in GiB up to which AWS grows the disk by itself when it fills; at least a tenth above allocatedStorage. 0: it does not.",
      { minimum: 0, maximum: 65536 },
    ),
  ),
  storageEncrypted: optional(boolean("Whether the disk is encrypted; decided for good when the database is made.")),
  kmsKey: optional(keyRef("The KMS key that encrypts the disk; AWS's own key for RDS when left out.")),
  multiAz: optional(boolean("Whether a standby in another zone takes over when this one fails.")),
  subnetGroup: optional(ref("dbSubnetGroup", "The subnets it may stand in. Required, except on a replica, which stands in its source's.")),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "Who may reach it. The VPC's default group when left out.", { minItems: 1 }),
  ),
  port: optional(integer("The port it listens on; the engine's own (3306, 5432) when left out.", { minimum: 1150, maximum: 65535 })),
  parameterGroup: optional(refOr("^default\\.", "dbParameterGroup", "The engine's settings: one of ours, or AWS's (`default.mysql8.4`).")),
  optionGroup: optional(
    refOr(
      "^default:",
      "dbOptionGroup",
      "What the engine can do besides: one of ours, or AWS's (`default:mysql-8-4`). AWS may keep the change for the maintenance window.",
    ),
  ),
  backupRetention: optional(
    integer("Days for which automated backups are kept, and to any second of which the database can be restored; 0 switches them off.", {
      minimum: 0,
      maximum: 35,
    }),
  ),
  backupWindow: optional(string("When the daily backup starts, UTC; half an hour or more.", dailyWindow)),
  maintenanceWindow: optional(string("When changes that wait, and patches, are applied, UTC; half an hour or more.", weeklyWindow)),
  autoMinorVersionUpgrade: optional(boolean("Whether AWS upgrades to newer minor versions in the maintenance window.")),
  engineLifecycleSupport: optional(
    oneOf(
      ["open-source-rds-extended-support-disabled", "open-source-rds-extended-support"],
      "What happens at the end of the version's support (MySQL, PostgreSQL): an upgrade, or Extended Support, which is charged by the hour.",
    ),
  ),
  caCertificate: optional(string("The authority that signs its server certificate.", { examples: ["rds-ca-rsa2048-g1"] })),
  performanceInsights: optional(boolean("Whether Performance Insights records what the database waits for.")),
  ...insightsFields,
  logExports: optional(
    list(
      string("A log: `error`, `slowquery`, `general`, `audit` (MySQL, MariaDB); `postgresql`, `upgrade` (PostgreSQL)."),
      "The logs that are sent to CloudWatch Logs.",
    ),
  ),
  iamAuthentication: optional(boolean("Whether IAM principals may log in. AWS may keep the change for the maintenance window.")),
  publiclyAccessible: optional(boolean("Whether it has an address on the internet.")),
  masterUsername: optional(
    string("The first user, who may do everything. Required, except on a replica, and on one that is made of a snapshot or of another.", {
      pattern: "^[A-Za-z][A-Za-z0-9_]{0,62}$",
      examples: ["dbadmin"],
    }),
  ),
  masterPassword: optional(masterPassword),
  dbName: optional(
    string("The first database; none (PostgreSQL: `postgres`) when left out.", { pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$" }),
  ),
  availabilityZone: optional(zone("The zone it stands in; not with multiAz.")),
  copyTagsToSnapshot: optional(
    boolean(
      "Whether its snapshots have its tags. They then have the ownership tags too, and so does what is restored from them; such a copy is reported and not touched.",
    ),
  ),
  monitoringInterval: optional(monitoringInterval),
  monitoringRole: optional(ref("iamRole", "The role with which Enhanced Monitoring writes its logs.", { named: true })),
  deletionProtection: optional(boolean("Whether AWS refuses to delete it. Lifted only for a delete that `allowDestroy` names.")),
  applyImmediately: optional(
    boolean(
      "Whether changes that AWS would keep for the maintenance window are made at once, and with them everything else that waits. When it is set and something in this block waits, the plan shows it as a change.",
    ),
  ),
  blueGreenUpdate: optional(
    boolean(
      "Whether another engine version, class or parameter group, and storage that is no longer magnetic, come by a blue/green deployment: AWS makes a copy that follows the database, changes the copy, and gives it the database's name, at once and with an outage of about a minute. The database that is left is deleted then, with a last snapshot unless `finalSnapshot` is false. Needs backups and a password that is not managed; not with read replicas or a proxy.",
    ),
  ),
  snapshotBefore: optional(
    oneOf(
      ["risky", "always", "never"],
      "When a snapshot is taken before a change. Risky: the engine version, the storage type, and the class of a database without a standby.",
    ),
  ),
  keepSnapshots: optional(
    integer("How many snapshots taken by snapshotBefore are kept; older ones are deleted after a new one. All when left out.", {
      minimum: 1,
      maximum: 100,
    }),
  ),
  finalSnapshot: optional(
    boolean("Whether a last snapshot is taken when it is deleted; kept in a tag, so that it holds when this block is gone."),
  ),
  snapshot: optional(
    string(
      "The DB snapshot of which it is made, by name or ARN, in the place of an empty one. It counts when the database is made and never again: the line may stay or go. Its user, first database and encryption are the snapshot's.",
      { pattern: "^(arn:[^:]+:rds:[^:]+:\\d{12}:snapshot:.+|[A-Za-z][A-Za-z0-9:-]*)$", examples: ["main-final-1a2b3c4d5e6f"] },
    ),
  ),
  restoreToPointInTime: optional(
    object(
      {
        dbInstance: refOr(
          "^(db-[A-Z0-9]+|arn:[^:]+:rds:[^:]+:\\d{12}:auto-backup:.+)$",
          "dbInstance",
          "The database whose backups are taken; of one that is gone, and whose backups were kept, its resource id (`db-…`), or the ARN of the backups.",
        ),
        time: restoreTime,
      },
      "What it is made of, in the place of an empty one: another database as it was at some second. It counts when the database is made and never again.",
    ),
  ),
  replicaOf: optional(
    refOr(
      "^none$",
      "dbInstance",
      "The database whose read replica it is. When the line goes, the replica is promoted: it becomes a database of its own, for good.",
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
