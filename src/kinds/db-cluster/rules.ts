import type { FieldRule, Fields, Impact, Live } from "../kind.ts";
import { isSameKey } from "../shared/kms-keys.ts";
import { isAurora } from "../shared/rds-engines.ts";
import { keyOfInsights } from "../shared/rds-insights.ts";
import { isOfCopy } from "../shared/rds-password.ts";
import { copyRules } from "../shared/rds-copies.ts";
import { isSameWindow } from "../shared/rds-fields.ts";
import { compareVersions, satisfies } from "../shared/rds-versions.ts";
import { atLeast } from "../shared/slots.ts";
import { bearsOurTags } from "./members.ts";
import { defaults, type DbCluster, type MemberSpec } from "./schema.ts";
import { opensWhen, opensWithMore } from "../shared/urgency.ts";

/** Tells the user what to do where AWS cannot change a cluster in place: a plan never replaces a cluster. */
export const runbook =
  "Its data would be lost with it. By hand: take a snapshot, restore it under another identifier as wanted, stop the writers, rename both clusters, " +
  "or use an RDS blue/green deployment; then declare what you made and `adopt` it.";
const refuse = (why: string): { readonly refuse: string } => ({ refuse: `${why}. A cluster is never replaced. ${runbook}` });

type Instances = NonNullable<DbCluster["instances"]>;

/** How each field of a cluster is compared, and the cost of a change. */
export const fields: Fields<DbCluster> = {
  engine: { change: refuse("The engine of a cluster cannot change") },
  engineVersion: {
    change: (was, now) => {
      if (was === undefined || now === undefined || compareVersions(now, was) >= 0) return "restart";
      return refuse(`AWS cannot take a cluster back from ${was} to ${now}; a snapshot from before the upgrade can be restored`);
    },
    same: (request, have, live) => have !== undefined && satisfies(live.spec.engine, have, request),
    because:
      "an upgrade restarts all instances, in the maintenance window unless applyImmediately is set: an outage of minutes (a major one up to an hour), which only the snapshot taken before it can revert",
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
    because: "new instances are made before old ones are deleted; a new class restarts an instance, the writer last",
    urgency: (expected?: MemberSpec, actual?: MemberSpec) =>
      actual?.publiclyAccessible === true && expected?.publiclyAccessible !== true ? "exposure" : undefined,
  },
  serverlessV2Scaling: {
    change: (_was, now) =>
      now === undefined
        ? { refuse: "AWS cannot take serverlessV2Scaling off a cluster. It costs nothing without db.serverless instances: leave it." }
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
        : refuse("The storage of Aurora and that of a Multi-AZ cluster do not become each other"),
    because: "the storage type changes without an outage; Aurora goes back to aurora-iopt1 only after 30 days",
  },
  allocatedStorage: {
    change: (was, now) =>
      was !== undefined && now !== undefined && now < was
        ? refuse(`Storage never shrinks (${was} GiB, and ${now} GiB are declared)`)
        : "update",
    because: "storage grows without an outage; AWS then optimises it for hours, in which it cannot change again",
  },
  iops: { change: "update", because: "provisioned I/O changes without an outage; AWS accepts no other storage change for hours" },
  storageEncrypted: {
    change: refuse("Whether the storage is encrypted is decided when a cluster is made"),
    default: { value: defaults.storageEncrypted, class: "create-only" },
    urgency: "safety",
  },
  kmsKey: {
    change: refuse("The key of the storage is decided when a cluster is made"),
    same: (request, have) => have !== undefined && isSameKey(request, have),
    urgency: "safety",
  },
  subnetGroup: { change: refuse("A cluster cannot move to another subnet group (change the subnets of the group that it has)") },
  securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
  port: {
    change: (_was, _now, { was }) =>
      isAurora(was.engine) ? "restart" : refuse("The port of a Multi-AZ cluster is decided when it is made"),
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
    change: refuse("What follows the end of support is decided when a cluster is made"),
    default: { value: defaults.engineLifecycleSupport, class: "create-only" },
  },
  backtrackWindow: {
    change: (was, now) =>
      (was ?? 0) === 0 && now !== 0 ? refuse("Backtracking can be switched on only when a cluster is made") : "update",
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
  masterUsername: { change: refuse("The master user is named when a cluster is made") },
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
  databaseName: { change: refuse("The first database is made with the cluster") },
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
    because: "all changes that wait for the maintenance window are applied at once, whoever requested them, with their outages",
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
      refuse: `An instance cannot move to another zone: write a second one there, apply, and then take ${moved[0]} out.`,
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
