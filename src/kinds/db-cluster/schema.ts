import type { Static } from "typebox";
import { boolean, integer, list, map, number, object, oneOf, optional, ref, refOr, string, zone } from "../../resource/fields.ts";
import { keyRef } from "../shared/kms-keys.ts";
import { restoreTime } from "../shared/rds-copies.ts";
import { dailyWindow, monitoringInterval, weeklyWindow } from "../shared/rds-fields.ts";
import { insightsFields } from "../shared/rds-insights.ts";
import { masterPassword } from "../shared/rds-password.ts";

export const engines = ["aurora-mysql", "aurora-postgresql", "mysql", "postgres"] as const;

const member = object({
  instanceClass: string("The machine: `db.r7g.large`; `db.serverless` grows and shrinks within `serverlessV2Scaling`.", {
    pattern: "^db\\.([a-z0-9-]+\\.[a-z0-9-]+|serverless)$",
    examples: ["db.t4g.medium", "db.r7g.large", "db.serverless"],
  }),
  availabilityZone: optional(zone("The zone it stands in; AWS chooses one when left out.")),
  promotionTier: optional(
    integer("Who takes over when the writer fails: the lowest number first, then the larger class. 1 when left out.", {
      minimum: 0,
      maximum: 15,
    }),
  ),
  parameterGroup: optional(
    refOr("^default\\.", "dbParameterGroup", "Settings of this instance alone: one of ours, or AWS's (`default.aurora-postgresql16`)."),
  ),
  publiclyAccessible: optional(boolean("Whether it has an address on the internet. No when left out.")),
  caCertificate: optional(string("The authority that signs its server certificate.", { examples: ["rds-ca-rsa2048-g1"] })),
  maintenanceWindow: optional(string("When its own changes that wait are made, UTC. AWS chooses when left out.", weeklyWindow)),
});

const scaling = object(
  {
    minCapacity: number("Capacity units that it keeps: 0 lets it pause, where the version can; else 0.5 or more, in halves.", {
      minimum: 0,
      maximum: 256,
      multipleOf: 0.5,
    }),
    maxCapacity: number("Capacity units that it may reach, in halves; each has about 2 GiB of memory.", {
      minimum: 1,
      maximum: 256,
      multipleOf: 0.5,
    }),
    untilAutoPause: optional(
      integer("Seconds without a connection after which it pauses; needs minCapacity: 0.", { minimum: 300, maximum: 86_400 }),
    ),
  },
  "Between which sizes instances of the class `db.serverless` grow and shrink. AWS has no way to take it off a cluster again.",
);

export const schema = object({
  engine: oneOf(
    engines,
    "`aurora-mysql` and `aurora-postgresql`: one storage in three zones, and the `instances` that you name. `mysql` and `postgres`: a Multi-AZ cluster, of a writer and two readers that AWS makes.",
  ),
  engineVersion: optional(
    string(
      "A version or the beginning of one: `16` agrees with every 16.x, `8.0` with every Aurora MySQL 3. AWS's default when left out. A newer beginning is an upgrade; there is no way back.",
      { pattern: "^\\d+(\\.\\d+){0,3}(\\.mysql_aurora\\.\\d+(\\.\\d+){0,2})?$", examples: ["16", "16.6", "8.0.mysql_aurora.3.08"] },
    ),
  ),
  instances: optional(
    map(
      member,
      "Of Aurora: its instances, by the end of their names in AWS (`CLUSTER-NAME`). One of them writes, and another takes over when it fails; all read. They hold no data: they come and go.",
      "^[a-z0-9](-?[a-z0-9])*$",
    ),
  ),
  serverlessV2Scaling: optional(scaling),
  instanceClass: optional(
    string("Of a Multi-AZ cluster: the machine of all three. Required there.", {
      pattern: "^db\\.[a-z0-9-]+\\.[a-z0-9-]+$",
      examples: ["db.m6gd.large"],
    }),
  ),
  storageType: optional(
    oneOf(
      ["aurora", "aurora-iopt1", "gp3", "io1", "io2"],
      "Of Aurora: `aurora`, where each I/O is charged, or `aurora-iopt1`, where none is. Of a Multi-AZ cluster the kind of disk. `aurora`, and `gp3`, when left out.",
    ),
  ),
  allocatedStorage: optional(
    integer("Of a Multi-AZ cluster: the size of each disk in GiB; required there. It can grow and never shrink. Aurora grows by itself.", {
      minimum: 20,
      maximum: 65536,
    }),
  ),
  iops: optional(
    integer("Of a Multi-AZ cluster: provisioned I/O operations a second; required with io1 and io2.", { minimum: 1000, maximum: 256_000 }),
  ),
  storageEncrypted: optional(boolean("Whether the storage is encrypted; decided for good when the cluster is made.")),
  kmsKey: optional(keyRef("The KMS key that encrypts the storage; AWS's own key for RDS when left out.")),
  subnetGroup: ref("dbSubnetGroup", "The subnets in which its instances may stand; for good."),
  securityGroups: optional(
    list(ref("securityGroup", "A security group."), "Who may reach it. The VPC's default group when left out.", { minItems: 1 }),
  ),
  port: optional(
    integer("The port it listens on; the engine's own (3306, 5432) when left out. Of a Multi-AZ cluster for good.", {
      minimum: 1150,
      maximum: 65535,
    }),
  ),
  parameterGroup: optional(
    refOr(
      "^default\\.",
      "dbClusterParameterGroup",
      "The settings that all instances share: one of ours, or AWS's (`default.aurora-postgresql16`).",
    ),
  ),
  backupRetention: optional(
    integer("Days for which automated backups are kept, and to any second of which the cluster can be restored.", {
      minimum: 1,
      maximum: 35,
    }),
  ),
  backupWindow: optional(string("When the daily backup starts, UTC; half an hour or more.", dailyWindow)),
  maintenanceWindow: optional(string("When changes of the cluster that wait, and patches, are applied, UTC.", weeklyWindow)),
  autoMinorVersionUpgrade: optional(boolean("Whether AWS upgrades to newer minor versions in the maintenance window.")),
  engineLifecycleSupport: optional(
    oneOf(
      ["open-source-rds-extended-support-disabled", "open-source-rds-extended-support"],
      "What happens at the end of the version's support: an upgrade, or Extended Support, which is charged by the hour. For good.",
    ),
  ),
  backtrackWindow: optional(
    integer(
      "Of Aurora MySQL: seconds by which the cluster can be turned back in place; 0: not at all. It can only be chosen at creation.",
      {
        minimum: 0,
        maximum: 259_200,
      },
    ),
  ),
  httpEndpoint: optional(boolean("Of Aurora: whether it takes SQL by HTTPS (the RDS Data API).")),
  localWriteForwarding: optional(boolean("Of Aurora: whether readers take writes and hand them to the writer.")),
  performanceInsights: optional(boolean("Whether Performance Insights records what the instances wait for.")),
  ...insightsFields,
  monitoringInterval: optional(monitoringInterval),
  monitoringRole: optional(ref("iamRole", "The role with which Enhanced Monitoring writes its logs.", { named: true })),
  logExports: optional(
    list(
      string("A log: `error`, `slowquery`, `general`, `audit` (MySQL); `postgresql`, `upgrade` (PostgreSQL); `instance` (Aurora)."),
      "The logs that are sent to CloudWatch Logs.",
    ),
  ),
  iamAuthentication: optional(boolean("Whether IAM principals may log in. AWS may keep the change for the maintenance window.")),
  masterUsername: optional(
    string("The first user, who may do everything. Required, except on one that is made of a snapshot or of another.", {
      pattern: "^[A-Za-z][A-Za-z0-9_]{0,62}$",
      examples: ["dbadmin"],
    }),
  ),
  masterPassword: optional(masterPassword),
  snapshot: optional(
    string(
      "The cluster snapshot of which it is made, by name or ARN, in the place of an empty one. It counts when the cluster is made and never again: the line may stay or go. Its user and first database are the snapshot's; with `kmsKey` it is encrypted, whatever the snapshot is.",
      { pattern: "^(arn:[^:]+:rds:[^:]+:\\d{12}:(cluster-)?snapshot:.+|[A-Za-z][A-Za-z0-9:-]*)$", examples: ["main-final-1a2b3c4d5e6f"] },
    ),
  ),
  restoreToPointInTime: optional(
    object(
      {
        dbCluster: refOr(
          "^cluster-[A-Z0-9]+$",
          "dbCluster",
          "The cluster whose backups are taken; of one that is gone, and whose backups were kept, its resource id (`cluster-…`).",
        ),
        time: restoreTime,
        type: optional(
          oneOf(
            ["full-copy", "copy-on-write"],
            "`copy-on-write` is of Aurora, and of the latest second: a clone in minutes, which shares the storage until either changes it. `full-copy` when left out.",
          ),
        ),
      },
      "What it is made of, in the place of an empty one: another cluster as it was at some second. It counts when the cluster is made and never again.",
    ),
  ),
  databaseName: optional(
    string("The first database; none (PostgreSQL: `postgres`) when left out. For good.", { pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$" }),
  ),
  copyTagsToSnapshot: optional(
    boolean(
      "Whether its snapshots have its tags. They then have the ownership tags too, and so does what is restored from them; such a copy is reported and not touched.",
    ),
  ),
  deletionProtection: optional(boolean("Whether AWS refuses to delete it. Lifted only for a delete that `allowDestroy` names.")),
  applyImmediately: optional(
    boolean(
      "Whether changes that AWS would keep for the maintenance window are made at once, and with them everything else that waits. When it is set and something in this block waits, the plan shows it as a change.",
    ),
  ),
  snapshotBefore: optional(
    oneOf(
      ["risky", "always", "never"],
      "When a snapshot is taken before a change. Risky: the engine version, and of a Multi-AZ cluster the storage type.",
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
