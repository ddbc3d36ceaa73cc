import type { FieldRule, Fields, Impact, Live } from "../kind.ts";
import type { Handle } from "./observe.ts";
import { refusedUpgrade } from "./replication.ts";
import { isSameKey } from "../shared/kms-keys.ts";
import { keyOfInsights } from "../shared/rds/insights.ts";
import { copyRules } from "../shared/rds/copies.ts";
import { isSameWindow } from "../shared/rds/fields.ts";
import { atLeast } from "../shared/slots.ts";
import { defaults, isGreenDue, isReplica, tenthMore, type DbInstance } from "./schema.ts";
import { compareVersions, isMajor, satisfies } from "../shared/rds/versions.ts";
import { opensWhen, opensWithMore } from "../shared/urgency.ts";

/** Tells the user what to do where AWS cannot change a database in place: a plan never replaces a database. */
export const runbook =
  "A replacement would lose its data. By hand: take a snapshot, restore it with the new settings under another identifier, stop the writers, rename both databases, " +
  "or use an RDS blue/green deployment; then declare the new database and `adopt` it.";
const refuse = (why: string): { readonly refuse: string } => ({ refuse: `${why}. A database is never replaced. ${runbook}` });

/** How each field of a database is compared, and the cost of a change. */
export const fields: Fields<DbInstance> = {
  engine: { change: refuse("RDS cannot change the engine of a database") },
  engineVersion: {
    change: (was, now, { was: have, now: wanted, live }) => {
      if (was === undefined || now === undefined) return "restart";
      if (compareVersions(now, was) < 0)
        return refuse(`AWS cannot downgrade a database from ${was} to ${now}; a snapshot from before the upgrade can be restored`);
      // The green instance of an interrupted run is also a replica. The file has no other replicas.
      if (have.blueGreenUpdate !== undefined || wanted.blueGreenUpdate === true) return restarting(wanted);
      return refusedUpgrade(have.engine, was, now, (live?.handle as Handle | undefined)?.peers) ?? "restart";
    },
    same: (request, have, live) => have !== undefined && satisfies(live.spec.engine, have, request),
    because:
      "an upgrade restarts the database, in the maintenance window unless applyImmediately is set, with an outage of minutes (up to an hour for a major version); only the snapshot taken before the upgrade can revert it",
  },
  instanceClass: {
    change: (_was, _now, { now: wanted }) => restarting(wanted),
    because:
      "a new class restarts the database, in the maintenance window unless applyImmediately is set, with an outage of one to ten minutes (about one with multiAz)",
  },
  storageType: {
    change: (was, now, { now: wanted }) => (was === "standard" || now === "standard" ? restarting(wanted) : "update"),
    default: { value: defaults.storageType, class: "create-only" },
    because: "AWS copies the data to the new storage type in the background for hours, and accepts no other storage change until then",
  },
  allocatedStorage: {
    change: grow,
    same: (request, have, live) => request === have || hasGrownByItself(request, have, live.spec),
    because: "storage grows without an outage; AWS then optimises it for hours, in which it cannot change again",
  },
  iops: { change: "update", because: "provisioned I/O changes without an outage; AWS accepts no other storage change for hours" },
  storageThroughput: { change: "update", because: "throughput changes without an outage; AWS accepts no other storage change for hours" },
  maxAllocatedStorage: { change: "update" },
  storageEncrypted: {
    change: refuse("The encryption of the storage can only be chosen when a database is created"),
    default: { value: defaults.storageEncrypted, class: "create-only", unless: isReplica },
    urgency: "safety",
  },
  kmsKey: {
    change: refuse("The key of the storage can only be chosen when a database is created"),
    same: (request, have) => have !== undefined && isSameKey(request, have),
    urgency: "safety",
  },
  multiAz: {
    change: "update",
    default: { value: defaults.multiAz, class: "create-only" },
    because: "a standby is added or removed without an outage, in 10 to 40 minutes",
    urgency: "safety",
  },
  subnetGroup: {
    change: refuse(
      "A database cannot move to another subnet group in its VPC (you can change the subnets of its group), and a move to another VPC causes an outage",
    ),
  },
  securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
  port: { change: "restart", because: "a new port restarts the database at once, whatever applyImmediately says", urgency: "traffic" },
  parameterGroup: {
    change: "update",
    because: "the group changes at once; its values take effect at the next reboot, which you must start",
  },
  optionGroup: {
    change: "update",
    because: "the group changes without an outage, in the maintenance window unless applyImmediately is set",
  },
  backupRetention: {
    change: "update",
    default: { value: defaults.backupRetention, class: "floor", unless: isReplica },
    lessSafe: (have, dflt) => have < dflt,
    because: "turning backups on or off pauses I/O for seconds; other changes do not",
    urgency: "safety",
  },
  backupWindow: { change: "update", same: isSameWindow, urgency: "safety" },
  maintenanceWindow: {
    change: "update",
    same: isSameWindow,
    because: "if the new window includes the present moment, AWS applies waiting changes at once",
  },
  autoMinorVersionUpgrade: { change: "update", default: { value: defaults.autoMinorVersionUpgrade, class: "create-only" } },
  engineLifecycleSupport: {
    change: "update",
    default: { value: defaults.engineLifecycleSupport, class: "create-only", unless: isReplica },
  },
  caCertificate: { change: "restart", because: "a new certificate restarts databases whose engine cannot reload it", urgency: "safety" },
  performanceInsights: { change: "update" },
  performanceInsightsRetention: { change: "update" },
  performanceInsightsKmsKey: keyOfInsights as FieldRule<string, DbInstance>,
  databaseInsightsMode: { change: "update" },
  logExports: {
    change: "update",
    as: "set",
    default: { value: [...defaults.logExports], class: "floor" },
    lessSafe: (have, dflt) => dflt.some((log) => !have.includes(log)),
    urgency: "safety",
  },
  iamAuthentication: {
    change: "update",
    default: { value: defaults.iamAuthentication, class: "create-only" },
    because: "IAM authentication changes without an outage, in the maintenance window unless applyImmediately is set",
    urgency: "safety",
  },
  publiclyAccessible: {
    change: "update",
    default: { value: defaults.publiclyAccessible, class: "floor" },
    lessSafe: (have, dflt) => have && !dflt,
    tell: (value: boolean) => ({ text: `publiclyAccessible: ${value}`, ...(value ? { warning: "has a public address" } : {}) }),
    because: "the host name resolves to another address; open connections may break",
    urgency: opensWhen(true),
  },
  masterUsername: { change: refuse("The name of the master user can only be chosen when a database is created") },
  masterPassword: {
    change: "update",
    default: { value: defaults.masterPassword, class: "create-only", unless: isReplica },
    same: (request, have) => have !== undefined && (request === "managed") === (have === "managed"),
    because: "the password changes; open sessions continue, new ones need the new password",
    urgency: "safety",
  },
  dbName: { change: refuse("The first database can only be named when the instance is created") },
  availabilityZone: {
    change: refuse("A database cannot move to another zone"),
    // A failover moves a database with a standby between its two zones by itself.
    same: (request, have, live) => request === have || live.spec.multiAz === true,
  },
  copyTagsToSnapshot: { change: "update", default: { value: defaults.copyTagsToSnapshot, class: "create-only" } },
  monitoringInterval: { change: "update" },
  monitoringRole: { change: "update" },
  deletionProtection: {
    change: "update",
    default: { value: defaults.deletionProtection, class: "floor" },
    lessSafe: (have, dflt) => !have && dflt,
    urgency: "safety",
  },
  // Observed (as false) only while a value that this block writes waits for the maintenance window. `true` then applies it at once.
  applyImmediately: {
    change: "restart",
    default: { value: defaults.applyImmediately, class: "create-only" },
    because: "all changes that wait for the maintenance window are applied at once, with their outages, no matter who requested them",
  },
  // Observed only while a deployment is under way. Otherwise it is a change where a due change would go through a deployment.
  blueGreenUpdate: {
    change: byGreen,
    default: { value: defaults.blueGreenUpdate, class: "enforced" },
    unfinished: (have) => have !== undefined,
    same: (request, have, live, _resolved, spec) => have === undefined && !(request && isGreenDue(spec as Partial<DbInstance>, live.spec)),
    because: {
      restart:
        "a blue/green deployment makes these changes at once, without a restart: AWS changes a green copy and gives it the name of the database, which breaks connections for about a minute. infra then deletes the old database, renamed NAME-old1, with a final snapshot, or without one if finalSnapshot is false",
      update:
        "an interrupted blue/green deployment is now ended: if the switchover has happened, the old database is deleted, with a final snapshot unless finalSnapshot is false; if not, the green copy is deleted",
    },
  },
  snapshotBefore: { change: "never", default: { value: defaults.snapshotBefore, class: "create-only" } },
  keepSnapshots: { change: "never" },
  finalSnapshot: { change: "never", default: { value: defaults.finalSnapshot, class: "create-only", unless: isReplica } },
  ...copyRules("database"),
  replicaOf: {
    change: promote,
    default: { value: defaults.replicaOf, class: "enforced" },
    because: "the replica is promoted: replication stops for good, and the database restarts",
  },
};

/** Where a blue/green deployment makes the change, the deployment is the step that interrupts the database. */
function restarting({ blueGreenUpdate }: DbInstance): Impact {
  return blueGreenUpdate === true ? "update" : "restart";
}

/**
 * The cost of a deployment, or why AWS makes none for the database as it is (RDS User Guide, "Limitations and considerations for blue/green
 * deployments").
 */
function byGreen(_was: unknown, now: boolean | undefined, { was: have, now: wanted, live }: GreenSides): Impact {
  if (now !== true || !isGreenDue(wanted, have)) return "update";
  const refused = (why: string, cure: string) => ({ refuse: `AWS does not make a blue/green deployment of a database ${why}. ${cure}` });
  const inPlace = "Or write blueGreenUpdate: false to make the change in place.";
  if (have.masterPassword === "managed")
    return refused("with a password in Secrets Manager", `Apply masterPassword: { ssmParameter: NAME } first. ${inPlace}`);
  if (!have.backupRetention) return refused("without automated backups", `Apply a backupRetention of one day or more first. ${inPlace}`);
  // While a deployment is under way, its green instance counts as a replica.
  if (have.blueGreenUpdate === undefined && ((live?.handle as Handle | undefined)?.replicaIds.length ?? 0) > 0)
    return { refuse: `infra does not make a blue/green deployment of a database with read replicas. ${inPlace}` };
  const version = wanted.engineVersion;
  const isCustom = have.optionGroup !== undefined && !have.optionGroup.startsWith("default:");
  if (isCustom && version !== undefined && have.engineVersion !== undefined && isMajor(have.engine, have.engineVersion, version))
    return refused("with its own option group when the major version changes", inPlace);
  return "restart";
}

interface GreenSides {
  readonly was: Partial<DbInstance>;
  readonly now: DbInstance;
  readonly live?: Live<DbInstance>;
}

function grow(was: number | undefined, now: number | undefined): Impact {
  if (was === undefined || now === undefined) return "update";
  if (now < was) return refuse(`Storage cannot shrink from ${was} GiB to ${now} GiB`);
  const least = tenthMore(was);
  if (now < least)
    return {
      refuse: `AWS increases storage by at least a tenth. The storage has ${was} GiB and the file says ${now} GiB: write ${least} or more.`,
    };
  return "update";
}

/** Storage that AWS grew because it filled up is no drift, and it cannot shrink again. */
function hasGrownByItself(request: number, have: number | undefined, live: Partial<DbInstance>): boolean {
  return have !== undefined && have > request && (live.maxAllocatedStorage ?? 0) > request;
}

function promote(was: string | undefined, now: string | undefined): Impact {
  if (!isReplica({ replicaOf: was })) return refuse("A database that is not a replica cannot become one");
  if (!isReplica({ replicaOf: now })) return "restart";
  return {
    refuse: "AWS cannot give a replica another source. Declare a second replica of the new source, move the readers, then remove this one.",
  };
}
