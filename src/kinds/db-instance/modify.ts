import type { ModifyDBInstanceCommandInput } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import type { Changes, Run } from "../kind.ts";
import type { Handle, LiveDb } from "./observe.ts";
import { throughGreen } from "./blue-green.ts";
import { passwordIn, passwordTag } from "../shared/rds/password.ts";
import { isMajor } from "../shared/rds/versions.ts";
import { isCarriedAlong } from "./replication.ts";
import { fields } from "./rules.ts";
import { defaults, isReplica, waitsForWindow, type DbInstance } from "./schema.ts";
import { needsSnapshot, snapshotCalls } from "./snapshots.ts";
import { insightsChanged } from "../shared/rds/insights.ts";
import { logChange } from "../shared/rds/fields.ts";
import { rdsTagging } from "../shared/rds/tagging.ts";
import { snapshotBefore } from "../shared/rds/snapshots.ts";
import { conditionOf, isFailure, isReady } from "../shared/rds/status.ts";
import { storage } from "./storage.ts";
import { Refusal } from "../../resource/refusal.ts";

type Input = ModifyDBInstanceCommandInput;
type Field = keyof DbInstance & string;

/** Brings a database from observed to desired: a snapshot where the change is risky, a promotion, then everything else in one call. */
export async function modify(
  aws: Aws,
  live: LiveDb,
  request: DbInstance,
  changes: Changes<DbInstance>,
  run: Run<DbInstance, Handle>,
): Promise<void> {
  const { status } = live.handle;
  if (status === "stopped")
    throw new Refusal(`${live.id} is stopped, and AWS does not change a stopped database. Start it and apply again.`);
  if (isFailure(status))
    throw new Refusal(`${live.id} is ${status}, and AWS does not change a database in this state. Repair it and apply again.`);
  const { blueGreenUpdate, ...others } = withoutCarried(live, changes, run);
  if (needsSnapshot(live, request, others)) {
    const source = { id: live.id, resourceId: live.handle.resourceId, tags: live.tags };
    await snapshotBefore(aws, await snapshotCalls(), source, others, request.keepSnapshots, run);
  }
  const left = blueGreenUpdate ? await throughGreen(aws, live, request, others, run) : { live, changes: others };
  const { replicaOf, ...inPlace } = left.changes;
  if (replicaOf) await promote(aws, live, request, run);
  const rest = replicaOf ? withoutPromoted(inPlace) : inPlace;
  if (Object.keys(rest).length > 0) await change(aws, left.live, request, rest, run);
}

/**
 * Drops the version change of a PostgreSQL replica that AWS upgrades together with its source. The step of the source comes after this one.
 */
function withoutCarried(live: LiveDb, changes: Changes<DbInstance>, run: Run<DbInstance, Handle>): Changes<DbInstance> {
  const { engineVersion, ...others } = changes;
  const { engine, engineVersion: runs } = live.handle.current;
  if (!isCarriedAlong(engine, isReplica(live.handle.current), runs, engineVersion?.after) || changes.replicaOf) return changes;
  run.say(`AWS upgrades ${live.id} together with its source`);
  return others;
}

/** Drops the changes that PromoteReadReplica makes itself. It takes no retention of 0, so that stays a separate change. */
function withoutPromoted(changes: Changes<DbInstance>): Changes<DbInstance> {
  const { backupRetention, backupWindow: _window, ...rest } = changes;
  return backupRetention?.after === 0 ? { ...rest, backupRetention } : rest;
}

/** Promotes a replica. A replica that does not follow its source lacks some of its writes, and a promotion would lose them for good. */
async function promote(aws: Aws, live: LiveDb, request: DbInstance, run: Run<DbInstance, Handle>): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const { replication } = live.handle;
  if (replication !== undefined && replication !== "replicating")
    throw new Refusal(`${live.id} is not promoted: its replication is "${replication}", so it may lack the last writes of its source.`);
  await whenFree(live, run, async () => {
    try {
      await aws.rds(
        new rds.PromoteReadReplicaCommand({
          DBInstanceIdentifier: live.id,
          BackupRetentionPeriod: (request.backupRetention ?? defaults.backupRetention) || undefined,
          PreferredBackupWindow: request.backupWindow,
        }),
      );
    } catch (error) {
      if (!/not a read replica/i.test((error as Error).message)) throw error;
    }
  });
  await run.wait(
    `AWS to promote ${live.id}`,
    3600,
    (now) => now !== undefined && !isReplica(now.handle.current) && isReady(now.handle.status),
  );
}

async function change(
  aws: Aws,
  live: LiveDb,
  request: DbInstance,
  changes: Changes<DbInstance>,
  run: Run<DbInstance, Handle>,
): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const isAtOnce =
    request.applyImmediately === true && Object.keys(changes).some((field) => field === "applyImmediately" || waitsForWindow.has(field));
  const due = changes.applyImmediately ? { ...flushed(live, request), ...changes } : changes;
  const others = live.handle.waiting.filter((name) => name !== "MasterUserPassword");
  if (isAtOnce && others.length > 0) run.say(`this also applies the changes that waited for the maintenance window: ${others.join(", ")}`);
  const input: Input = {
    DBInstanceIdentifier: live.id,
    ...(isAtOnce ? { ApplyImmediately: true } : {}),
    ...(await settings(aws, live, request, due)),
  };
  await whenFree(live, run, async () => {
    try {
      await aws.rds(new rds.ModifyDBInstanceCommand(input));
    } catch (error) {
      if (!(hasCode(error, "InvalidParameterCombination") && /no modifications were requested/i.test(error.message))) throw error;
    }
  });
  const isTaken = taken(aws, due, isAtOnce);
  await run.wait(`${live.id} to be modified`, 4800, (now) => now !== undefined && isTaken(now));
  if (changes.masterPassword && live.tags[passwordTag] !== undefined) await rdsTagging(aws, live.handle.arn, {}, [passwordTag]);
  if (isAtOnce && input.AllowMajorVersionUpgrade && live.spec.engine === "postgres")
    await whenCarried(aws, live, input.EngineVersion!, run);
}

/** Waits until AWS has upgraded the PostgreSQL replicas to the new major version with their source. Nothing else waits for them. */
async function whenCarried(aws: Aws, live: LiveDb, version: string, run: Run<DbInstance, Handle>): Promise<void> {
  const { replicaIds } = live.handle;
  if (replicaIds.length === 0) return;
  const rds = await import("../../aws/sdk/rds.ts");
  await run.until(`AWS to upgrade the replicas of ${live.id}`, 4800, 15, async () => {
    const Filters = [{ Name: "db-instance-id", Values: [...replicaIds] }];
    const { DBInstances = [] } = await aws.rds(new rds.DescribeDBInstancesCommand({ Filters }));
    return DBInstances.every(
      ({ EngineVersion, DBInstanceStatus = "" }) =>
        !isMajor("postgres", EngineVersion ?? "", version) && conditionOf(DBInstanceStatus) !== "pending",
    );
  });
}

/** The pending values that the request also has. They are sent again, because AWS answers an empty change with "no modifications". */
function flushed(live: LiveDb, request: DbInstance): Changes<DbInstance> {
  const { pending, current } = live.handle;
  const names = (Object.keys(pending) as Field[]).filter((field) => request[field] !== undefined);
  return Object.fromEntries(names.map((field) => [field, { before: current[field], after: pending[field] }])) as Changes<DbInstance>;
}

/** Repeats the call until AWS takes it: backups, monitoring changes and other people's modifications may come between. */
async function whenFree(live: LiveDb, run: Run<DbInstance, Handle>, send: () => Promise<void>): Promise<void> {
  await run.until(`${live.id} to accept the change`, 4800, 15, async () => {
    try {
      await send();
      return true;
    } catch (error) {
      if (hasCode(error, "InvalidDBInstanceState")) return false;
      throw error;
    }
  });
}

/**
 * Whether AWS has made a modification. The status lags: for up to a minute after the call AWS still says "available". So the values decide:
 * immediate changes must be there, and waiting ones must be seen to wait. A password cannot be seen; for it the status must have been good
 * for more than that minute.
 */
function taken(aws: Aws, changes: Changes<DbInstance>, isAtOnce: boolean): (now: LiveDb) => boolean {
  const sent = aws.clock.now();
  const seen = (Object.keys(changes) as Field[]).filter((field) => field !== "applyImmediately");
  return (now) => {
    if (isFailure(now.handle.status)) throw new Refusal(`${now.id} became ${now.handle.status} when AWS modified it.`);
    if (!isReady(now.handle.status)) return false;
    if (changes.masterPassword && aws.clock.now() - sent < 75_000) return false;
    const { current, pending } = now.handle;
    const told = (field: Field) => (waitsForWindow.has(field) && !isAtOnce ? { ...current, ...pending } : current);
    return seen.every((field) => agrees(field, changes[field]?.after, told(field), now));
  };
}

function agrees(field: Field, after: unknown, have: Partial<DbInstance>, now: LiveDb): boolean {
  const value = have[field];
  // Such a value cannot be compared exactly: AWS rounds sizes up, and returns groups and roles resolved.
  if (after === undefined || value === undefined) return true;
  if (field === "allocatedStorage") return (value as number) >= (after as number);
  if (field === "maxAllocatedStorage") return true;
  const rule = fields[field] as { same?: (request: unknown, have: unknown, live: LiveDb, resolved: unknown) => boolean; as?: unknown };
  if (rule.same) return rule.same(after, value, now, after);
  if (Array.isArray(after)) return [...after].sort().join() === [...(value as unknown[])].sort().join();
  return value === after;
}

async function settings(aws: Aws, live: LiveDb, request: DbInstance, changes: Changes<DbInstance>): Promise<Partial<Input>> {
  return {
    ...plain(changes),
    ...given(insightsChanged(live.spec, request, changes)),
    ...storage(live.spec, request, changes),
    ...engine(live, changes),
    ...logs(live, changes),
    ...monitoring(request, changes),
    ...(await password(aws, changes)),
  };
}

/** Fields whose value goes into the call as it is. */
function plain(changes: Changes<DbInstance>): Partial<Input> {
  const { securityGroups } = changes;
  return given({
    DBInstanceClass: changes.instanceClass?.after,
    MultiAZ: changes.multiAz?.after,
    VpcSecurityGroupIds: securityGroups?.after && securityGroups.after.length > 0 ? [...securityGroups.after] : undefined,
    DBPortNumber: changes.port?.after,
    DBParameterGroupName: changes.parameterGroup?.after,
    OptionGroupName: changes.optionGroup?.after,
    BackupRetentionPeriod: changes.backupRetention?.after,
    PreferredBackupWindow: changes.backupWindow?.after,
    PreferredMaintenanceWindow: changes.maintenanceWindow?.after,
    AutoMinorVersionUpgrade: changes.autoMinorVersionUpgrade?.after,
    EngineLifecycleSupport: changes.engineLifecycleSupport?.after,
    CACertificateIdentifier: changes.caCertificate?.after,
    EnableIAMDatabaseAuthentication: changes.iamAuthentication?.after,
    PubliclyAccessible: changes.publiclyAccessible?.after,
    CopyTagsToSnapshot: changes.copyTagsToSnapshot?.after,
    DeletionProtection: changes.deletionProtection?.after,
  });
}

/**
 * The declared version is only a beginning of a version. It is sent only when it changed, since sending it is an upgrade to AWS's default.
 */
function engine(live: LiveDb, changes: Changes<DbInstance>): Partial<Input> {
  const version = changes.engineVersion?.after;
  if (version === undefined) return {};
  const allows = isMajor(live.spec.engine, live.handle.current.engineVersion ?? version, version);
  return { EngineVersion: version, ...(allows ? { AllowMajorVersionUpgrade: true } : {}) };
}

function logs(live: LiveDb, changes: Changes<DbInstance>): Partial<Input> {
  const after = changes.logExports?.after;
  if (after === undefined) return {};
  return { CloudwatchLogsExportConfiguration: logChange(live.spec.logExports ?? [], after) };
}

/** AWS checks interval and role together and refuses one without the other. */
function monitoring(request: DbInstance, changes: Changes<DbInstance>): Partial<Input> {
  if (!changes.monitoringInterval && !changes.monitoringRole) return {};
  return given({
    MonitoringInterval: request.monitoringInterval,
    MonitoringRoleArn: request.monitoringInterval ? request.monitoringRole : undefined,
  });
}

async function password(aws: Aws, changes: Changes<DbInstance>): Promise<Partial<Input>> {
  const source = changes.masterPassword?.after;
  if (source === undefined) return {};
  if (source === "managed") return { ManageMasterUserPassword: true };
  return { ManageMasterUserPassword: false, MasterUserPassword: await passwordIn(aws, source.ssmParameter) };
}

function given<T extends object>(input: T): Partial<Input> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<Input>;
}
