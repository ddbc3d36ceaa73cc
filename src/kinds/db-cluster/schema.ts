import type { Static } from "typebox";
import { boolean, integer, list, map, number, object, oneOf, optional, ref, refOr, string, zone } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { restoreTime } from "../shared/rds/copies.ts";
import { dailyWindow, monitoringInterval, weeklyWindow } from "../shared/rds/fields.ts";
import { insightsFields } from "../shared/rds/insights.ts";
import { masterPassword } from "../shared/rds/password.ts";

export const engines = ["aurora-mysql", "aurora-postgresql", "mysql", "postgres"] as const;

const member = object({
  instanceClass: string("The instance class: `db.r7g.large`; `db.serverless` scales within `serverlessV2Scaling`.", {
    pattern: "^db\\.([a-z0-9-]+\\.[a-z0-9-]+|serverless)$",
    examples: ["db.t4g.medium", "db.r7g.large", "db.serverless"],
  }),
  availabilityZone: optional(zone("The Availability Zone. If omitted: AWS chooses one.")),
  promotionTier: optional(
    integer("The priority in a failover: the lowest number is promoted first, and among equals the largest class. Default: 1.", {
      minimum: 0,
      maximum: 15,
    }),
  ),
  parameterGroup: optional(
    refOr(
      "^default\\.",
      "dbParameterGroup",
      "The parameter group of this instance alone: one of this file, or one of AWS (`default.aurora-postgresql16`).",
    ),
  ),
  publiclyAccessible: optional(boolean("Whether the instance has a public address. Default: false.")),
  caCertificate: optional(string("The certificate authority (CA) of the server certificate.", { examples: ["rds-ca-rsa2048-g1"] })),
  maintenanceWindow: optional(string("The weekly window for changes of this instance, UTC. If omitted: AWS chooses one.", weeklyWindow)),
});

const scaling = object(
  {
    minCapacity: number(
      "The minimum in Aurora capacity units (ACU): 0, with which the instance can pause, if the version supports it; else 0.5 or more, in steps of 0.5.",
      {
        minimum: 0,
        maximum: 256,
        multipleOf: 0.5,
      },
    ),
    maxCapacity: number("The maximum in Aurora capacity units (ACU), in steps of 0.5; one unit has about 2 GiB of memory.", {
      minimum: 1,
      maximum: 256,
      multipleOf: 0.5,
    }),
    untilAutoPause: optional(
      integer("Number of seconds without a connection after which the instance pauses; needs minCapacity: 0.", {
        minimum: 300,
        maximum: 86_400,
      }),
    ),
  },
  "The range in which instances of the class `db.serverless` scale. AWS cannot remove it from a cluster again.",
);

export const schema = object({
  engine: oneOf(
    engines,
    "The engine. `aurora-mysql` and `aurora-postgresql`: one storage in three zones, and the `instances` that you name. `mysql` and `postgres`: a Multi-AZ cluster, with a writer and two readers that AWS makes.",
  ),
  engineVersion: optional(
    string(
      "The engine version or its beginning: `16` matches every 16.x, `8.0` every Aurora MySQL 3. If omitted: AWS's default. A newer beginning is an upgrade, which cannot be reverted.",
      { pattern: "^\\d+(\\.\\d+){0,3}(\\.mysql_aurora\\.\\d+(\\.\\d+){0,2})?$", examples: ["16", "16.6", "8.0.mysql_aurora.3.08"] },
    ),
  ),
  instances: optional(
    map(
      member,
      "The instances of an Aurora cluster, by the end of their names in AWS (`CLUSTER-NAME`). One of them is the writer, and another is promoted when it fails; all can be read. They hold no data: they can be added and removed.",
      "^[a-z0-9](-?[a-z0-9])*$",
    ),
  ),
  serverlessV2Scaling: optional(scaling),
  instanceClass: optional(
    string("The instance class of all three instances of a Multi-AZ cluster; required there.", {
      pattern: "^db\\.[a-z0-9-]+\\.[a-z0-9-]+$",
      examples: ["db.m6gd.large"],
    }),
  ),
  storageType: optional(
    oneOf(
      ["aurora", "aurora-iopt1", "gp3", "io1", "io2"],
      "The storage type. Aurora: `aurora` (the default), where each I/O is charged, or `aurora-iopt1`, where none is. Multi-AZ cluster: the volume type, by default `gp3`.",
    ),
  ),
  allocatedStorage: optional(
    integer(
      "The size of each volume of a Multi-AZ cluster in GiB; required there. It can grow and never shrink. Storage of Aurora grows automatically.",
      {
        minimum: 20,
        maximum: 65536,
      },
    ),
  ),
  iops: optional(
    integer("Number of provisioned I/O operations per second of a Multi-AZ cluster; required with io1 and io2.", {
      minimum: 1000,
      maximum: 256_000,
    }),
  ),
  storageEncrypted: optional(boolean("Whether the storage is encrypted; it can only be chosen at creation.")),
  kmsKey: optional(keyRef("The KMS key that encrypts the storage. If omitted: the AWS managed key for RDS.")),
  subnetGroup: ref("dbSubnetGroup", "The subnet group of the instances; it cannot be changed."),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups, which control access to the cluster. If omitted: the default group of the VPC.",
      { minItems: 1 },
    ),
  ),
  port: optional(
    integer("The port. If omitted: the engine's default (3306, 5432). For a Multi-AZ cluster it cannot be changed.", {
      minimum: 1150,
      maximum: 65535,
    }),
  ),
  parameterGroup: optional(
    refOr(
      "^default\\.",
      "dbClusterParameterGroup",
      "The parameter group of all instances: one of this file, or one of AWS (`default.aurora-postgresql16`).",
    ),
  ),
  backupRetention: optional(
    integer("Number of days for which automated backups are kept; the cluster can be restored to any second of them.", {
      minimum: 1,
      maximum: 35,
    }),
  ),
  backupWindow: optional(string("The daily window in which the backup starts, UTC; at least half an hour.", dailyWindow)),
  maintenanceWindow: optional(string("The weekly window for waiting changes of the cluster and patches, UTC.", weeklyWindow)),
  autoMinorVersionUpgrade: optional(boolean("Whether AWS upgrades to newer minor versions in the maintenance window.")),
  engineLifecycleSupport: optional(
    oneOf(
      ["open-source-rds-extended-support-disabled", "open-source-rds-extended-support"],
      "The action at the end of the version's standard support: an upgrade, or Extended Support, which is charged by the hour. It cannot be changed.",
    ),
  ),
  backtrackWindow: optional(
    integer(
      "Number of seconds by which an Aurora MySQL cluster can be rewound in place (backtrack); 0: off. It can only be enabled at creation.",
      {
        minimum: 0,
        maximum: 259_200,
      },
    ),
  ),
  httpEndpoint: optional(boolean("Whether an Aurora cluster accepts SQL over HTTPS (the RDS Data API).")),
  localWriteForwarding: optional(boolean("Whether readers of an Aurora cluster accept writes and forward them to the writer.")),
  performanceInsights: optional(boolean("Whether Performance Insights is on, which records database load and waits.")),
  ...insightsFields,
  monitoringInterval: optional(monitoringInterval),
  monitoringRole: optional(
    ref("iamRole", "The role with which Enhanced Monitoring writes its metrics to CloudWatch Logs.", { named: true }),
  ),
  logExports: optional(
    list(
      string("A log: `error`, `slowquery`, `general`, `audit` (MySQL); `postgresql`, `upgrade` (PostgreSQL); `instance` (Aurora)."),
      "The logs that are sent to CloudWatch Logs.",
    ),
  ),
  iamAuthentication: optional(boolean("Whether IAM database authentication is on. AWS may apply a change only in the maintenance window.")),
  masterUsername: optional(
    string(
      "The name of the master user, which has all privileges. Required, except for a cluster that is made from a snapshot or from another cluster.",
      {
        pattern: "^[A-Za-z][A-Za-z0-9_]{0,62}$",
        examples: ["dbadmin"],
      },
    ),
  ),
  masterPassword: optional(masterPassword),
  snapshot: optional(
    string(
      "The cluster snapshot from which to restore, by name or ARN, instead of an empty cluster. It matters only at creation, and the line may stay or be removed later. User and first database come from the snapshot; with `kmsKey` the cluster is encrypted, even if the snapshot is not.",
      { pattern: "^(arn:[^:]+:rds:[^:]+:\\d{12}:(cluster-)?snapshot:.+|[A-Za-z][A-Za-z0-9:-]*)$", examples: ["main-final-1a2b3c4d5e6f"] },
    ),
  ),
  restoreToPointInTime: optional(
    object(
      {
        dbCluster: refOr(
          "^cluster-[A-Z0-9]+$",
          "dbCluster",
          "The cluster to restore from; for a deleted one whose backups are retained, its resource id (`cluster-…`).",
        ),
        time: restoreTime,
        type: optional(
          oneOf(
            ["full-copy", "copy-on-write"],
            "The type of restore. `copy-on-write`, only for Aurora and for the latest second: a clone within minutes, which shares storage until either cluster changes it. Default: `full-copy`.",
          ),
        ),
      },
      "The cluster and time to restore from, instead of an empty cluster. It matters only at creation.",
    ),
  ),
  databaseName: optional(
    string("The name of the first database. If omitted: none (PostgreSQL: `postgres`). It cannot be changed.", {
      pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$",
    }),
  ),
  copyTagsToSnapshot: optional(
    boolean(
      "Whether snapshots get the tags of the cluster. They then have the ownership tags too, as do clusters restored from them; infra reports such copies and does not touch them.",
    ),
  ),
  deletionProtection: optional(
    boolean("Whether AWS refuses to delete the cluster. infra turns it off only for a delete that `allowDestroy` names."),
  ),
  applyImmediately: optional(
    boolean(
      "Whether changes that would wait for the maintenance window are applied at once, together with everything else that waits. If it is set and something in this block waits, the plan shows that as a change.",
    ),
  ),
  snapshotBefore: optional(
    oneOf(
      ["risky", "always", "never"],
      "The changes before which infra takes a snapshot. Risky changes: the engine version and, for a Multi-AZ cluster, the storage type.",
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
      "Whether a final snapshot is taken before the cluster is deleted; a tag records it, so that it also holds after this block is removed.",
    ),
  ),
});

export type DbCluster = Static<typeof schema>;
export type MemberSpec = Static<typeof member>;

/** Values that a create sends where the author wrote nothing. The field rules and the driver both read them here. */
export const defaults = {
  storageEncrypted: true,
  backupRetention: 7,
  autoMinorVersionUpgrade: true,
  engineLifecycleSupport: "open-source-rds-extended-support-disabled",
  logExports: [] as string[],
  iamAuthentication: false,
  masterPassword: "managed",
  copyTagsToSnapshot: false,
  deletionProtection: true,
  applyImmediately: false,
  snapshotBefore: "risky",
  finalSnapshot: true,
} as const satisfies Partial<{ [F in keyof DbCluster]: unknown }>;

/**
 * Fields whose change waits for the maintenance window unless the call says otherwise (RDS API, ClusterPendingModifiedValues; the class of
 * a Multi-AZ cluster waits on its instances). AWS makes all other changes at once.
 */
export const waitsForWindow: ReadonlySet<string> = new Set<keyof DbCluster>([
  "engineVersion",
  "instanceClass",
  "storageType",
  "allocatedStorage",
  "iops",
  "backupRetention",
  "iamAuthentication",
]);

/** Whether it is made from a copy, which already has a user and a password. */
export function isRestored(spec: Partial<DbCluster>): boolean {
  return spec.snapshot !== undefined || spec.restoreToPointInTime !== undefined;
}
