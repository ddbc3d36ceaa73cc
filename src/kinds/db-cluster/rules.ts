import type { FieldRule, Fields, Impact, Live } from "../kind.ts";
import { isSameKey } from "../shared/kms-keys.ts";
import { isAurora } from "../shared/rds/engines.ts";
import { keyOfInsights } from "../shared/rds/insights.ts";
import { isOfCopy } from "../shared/rds/password.ts";
import { copyRules } from "../shared/rds/copies.ts";
import { isSameWindow } from "../shared/rds/fields.ts";
import { compareVersions, satisfies } from "../shared/rds/versions.ts";
import { atLeast } from "../shared/slots.ts";
import { bearsOurTags } from "./members.ts";
import { defaults, type DbCluster, type MemberSpec } from "./schema.ts";
import { opensWhen, opensWithMore } from "../shared/urgency.ts";

/** Tells the user what to do where AWS cannot change a cluster in place: a plan never replaces a cluster. */
export const runbook =
  "A replacement would lose its data. By hand: take a snapshot, restore it with the new settings under another identifier, stop the writers, rename both clusters, " +
  "or use an RDS blue/green deployment; then declare the new cluster and `adopt` it.";
const refuse = (why: string): { readonly refuse: string } => ({ refuse: `${why}. A cluster is never replaced. ${runbook}` });

type Instances = NonNullable<DbCluster["instances"]>;

/** How each field of a cluster is compared, and the cost of a change. */
export const fields: Fields<DbCluster> = {
  engine: { change: refuse("RDS cannot change the engine of a cluster") },
  engineVersion: {
    change: (was, now) => {
      if (was === undefined || now === undefined || compareVersions(now, was) >= 0) return "restart";
      return refuse(`AWS cannot downgrade a cluster from ${was} to ${now}; a snapshot from before the upgrade can be restored`);
    },
    same: (request, have, live) => have !== undefined && satisfies(live.spec.engine, have, request),
    because:
      "an upgrade restarts all instances, in the maintenance window unless applyImmediately is set, with an outage of minutes (up to an hour for a major version); only the snapshot taken before the upgrade can revert it",
  },
  instances: {
    change: (_was, _now, { was, now }) => ofInstances(was.instances, now.instances),
    as: {
      map: true,
      // Aurora Auto Scaling adds readers of its own, and so do people.
      unlisted: "keep",
      same: isSameMember,
    },
    made: { bears: (key, live) => bearsOurTags(key, live as Live<DbCluster, never>) },
    tell: tellMember,
    because: "new instances are created before old ones are deleted; a new class restarts an instance, the writer last",
    urgency: (expected?: MemberSpec, actual?: MemberSpec) =>
      actual?.publiclyAccessible === true && expected?.publiclyAccessible !== true ? "exposure" : undefined,
  },
  serverlessV2Scaling: {
    change: (_was, now) =>
      now === undefined
        ? { refuse: "AWS cannot remove serverlessV2Scaling from a cluster. Keep it: without db.serverless instances it costs nothing." }
        : "update",
    because: "instances of the class db.serverless scale online",
  },
  instanceClass: {
    change: "restart",
    because: "a new class restarts the instances one by one, with a failover, in the maintenance window unless applyImmediately is set",
  },
  storageType: {
    change: (was, now) =>
      isAuroraType(was) === isAuroraType(now)
        ? "update"
        : refuse("Aurora storage and the storage of a Multi-AZ cluster cannot be changed to each other"),
    because: "the storage type changes without an outage; Aurora goes back to aurora-iopt1 only after 30 days",
  },
  allocatedStorage: {
    change: (was, now) =>
      was !== undefined && now !== undefined && now < was ? refuse(`Storage cannot shrink from ${was} GiB to ${now} GiB`) : "update",
    because: "storage grows without an outage; AWS then optimises it for hours, in which it cannot change again",
  },
  iops: { change: "update", because: "provisioned I/O changes without an outage; AWS accepts no other storage change for hours" },
  storageEncrypted: {
    change: refuse("The encryption of the storage can only be chosen when a cluster is created"),
    default: { value: defaults.storageEncrypted, class: "create-only" },
    urgency: "safety",
  },
  kmsKey: {
    change: refuse("The key of the storage can only be chosen when a cluster is created"),
    same: (request, have) => have !== undefined && isSameKey(request, have),
    urgency: "safety",
  },
  subnetGroup: { change: refuse("A cluster cannot move to another subnet group (you can change the subnets of its group)") },
  securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
  port: {
    change: (_was, _now, { was }) =>
      isAurora(was.engine) ? "restart" : refuse("The port of a Multi-AZ cluster can only be chosen when it is created"),
    because: "a new port restarts all instances at once, whatever applyImmediately says",
    urgency: "traffic",
  },
  parameterGroup: {
    change: "update",
    because: "the group changes at once; its static parameters take effect when you restart the instances",
  },
  backupRetention: {
    change: "update",
    default: { value: defaults.backupRetention, class: "floor" },
    lessSafe: (have, dflt) => have < dflt,
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
    change: refuse("engineLifecycleSupport can only be chosen when a cluster is created"),
    default: { value: defaults.engineLifecycleSupport, class: "create-only" },
  },
  backtrackWindow: {
    change: (was, now) =>
      (was ?? 0) === 0 && now !== 0 ? refuse("Backtracking can only be switched on when a cluster is created") : "update",
    urgency: "safety",
  },
  httpEndpoint: { change: "update", urgency: opensWhen(true) },
  localWriteForwarding: { change: "update" },
  performanceInsights: { change: "update" },
  performanceInsightsRetention: { change: "update" },
  performanceInsightsKmsKey: keyOfInsights as FieldRule<string, DbCluster>,
  databaseInsightsMode: { change: "update" },
  monitoringInterval: { change: "update" },
  monitoringRole: { change: "update" },
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
  masterUsername: { change: refuse("The name of the master user can only be chosen when a cluster is created") },
  masterPassword: {
    change: "update",
    // A restore takes no managed password. It is set when the cluster is up; if this run dies before, the next run sets it.
    default: { value: defaults.masterPassword, class: "floor" },
    lessSafe: isOfCopy,
    same: (request, have) => have !== undefined && !isOfCopy(have) && (request === "managed") === (have === "managed"),
    because: "the password changes; open sessions continue, new ones need the new password",
    urgency: "safety",
  },
  ...copyRules("cluster"),
  // AWS does not always return it (hashicorp/terraform-provider-aws, aws_rds_cluster: database_name), and an absent field is never
  // compared.
  databaseName: { change: refuse("The first database can only be named when the cluster is created") },
  copyTagsToSnapshot: { change: "update", default: { value: defaults.copyTagsToSnapshot, class: "create-only" } },
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
  snapshotBefore: { change: "never", default: { value: defaults.snapshotBefore, class: "create-only" } },
  keepSnapshots: { change: "never" },
  finalSnapshot: { change: "never", default: { value: defaults.finalSnapshot, class: "create-only" } },
};

function isAuroraType(type: string | undefined): boolean {
  return type === undefined || type.startsWith("aurora");
}

function ofInstances(was: Instances | undefined, now: Instances | undefined): Impact {
  const pairs = Object.entries(now ?? {}).map(([name, wanted]) => [name, was?.[name], wanted] as const);
  const moved = pairs.find(
    ([, have, { availabilityZone }]) => have !== undefined && availabilityZone !== undefined && availabilityZone !== have.availabilityZone,
  );
  if (moved)
    return {
      refuse: `An instance cannot move to another zone. Add a second instance in the new zone, apply, and then remove ${moved[0]}.`,
    };
  const isRestart = ([, have, wanted]: (typeof pairs)[number]) =>
    have !== undefined &&
    (wanted.instanceClass !== have.instanceClass || (wanted.caCertificate !== undefined && wanted.caCertificate !== have.caCertificate));
  return pairs.some(isRestart) ? "restart" : "update";
}

/** Compares the written keys. An unwritten public address is a difference, too. */
function isSameMember(request: MemberSpec, have: MemberSpec | undefined): boolean {
  if (have === undefined) return false;
  if (have.publiclyAccessible === true && request.publiclyAccessible !== true) return false;
  return (Object.keys(request) as (keyof MemberSpec)[]).every((key) =>
    key === "maintenanceWindow" ? isSameWindow(request[key]!, have[key]) : request[key] === undefined || request[key] === have[key],
  );
}

function tellMember(member: MemberSpec | undefined, name?: string) {
  const { instanceClass = "", availabilityZone, promotionTier, publiclyAccessible } = member ?? {};
  const more = [availabilityZone && `in ${availabilityZone}`, promotionTier !== undefined && `tier ${promotionTier}`].filter(Boolean);
  return {
    text: [`${name}: ${instanceClass}`, ...more].join(", "),
    ...(publiclyAccessible === true ? { warning: "has a public address" } : {}),
  };
}
